"""Creating, postponing, resuming interactions, and deleting postponed ones (R-FIN, R-POST, R-RES, R-DELP)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from sqlalchemy import delete, insert

from persistence.conditions import among
from persistence.enums import CorrespondenceType
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.numbers import insert_numbered
from resolvers import line_warnings
from resolvers.campaigns import rules as campaigns
from resolvers.errors import Invalid, Refusal, Refused, StaleVersion, UserErrorCode, refuse_any
from resolvers.interactions import comments, drafts, snoozing
from resolvers.interactions.drafts import Draft, InteractionFields
from resolvers.line_warnings import LineWarning
from resolvers.master_data import text
from resolvers.refusals import NotPostponed
from resolvers.selections import SHOWN
from resolvers.work import Work, unfit_texts


class Until(TypedDict, total=False):
    """When a postponed interaction is wanted back, and why it waits."""

    resume_on: dt.date | None
    reason: str | None


@dataclass(frozen=True)
class Created:
    entry_no: int


@dataclass(frozen=True)
class Postponed:
    entry_no: int


@dataclass(frozen=True)
class Resumed:
    entry_no: int


@dataclass(frozen=True)
class PostponedDeleted:
    """The first of those that are gone."""

    entry_nos: list[int]


class NothingToKeep(Refusal):
    """R-POST-2, K3."""

    code = UserErrorCode.CONTACT_REQUIRED
    english = "To be finished later, an interaction needs a contact or a salesperson. Give one of them."
    french = (
        "Pour être terminée plus tard, une interaction doit avoir un contact ou un représentant. Indiquez "
        "l’un des deux."
    )


class PostponedMeanwhile(StaleVersion):
    """Somebody postponed it again since the caller read it."""

    english = (
        "Postponed interaction {key} was changed meanwhile: it has version {actual}, you expected {expected}. "
        "Read it again and repeat."
    )
    french = (
        "L’interaction reportée {key} a été modifiée entre-temps\u00a0: sa version est maintenant {actual}, et vous "
        "attendiez {expected}. "
        "Relisez-la et recommencez."
    )


def draft(
    work: Work, fields: InteractionFields, *, from_entry_no: int | None = None, postponed_entry_no: int | None = None
) -> Draft:
    """The window itself (K2): what the rules fill in and what `create` or `resume` would refuse. Nothing is stored
    or locked.
    """
    if postponed_entry_no is None:
        return drafts.begin(work, fields, from_entry_no=from_entry_no)
    if from_entry_no is not None:
        return Draft(refusals=[_two_sources("postponed_entry_no")])
    postponed = work.find(PostponedInteraction, entry_no=postponed_entry_no)
    if postponed is None:
        return Draft(refusals=[NotPostponed("postponed_entry_no", entry_no=postponed_entry_no)])
    remarks = comments.of_entry(work, postponed_entry_no)
    return drafts.take_up(work, fields, postponed, to_finish=True, remarks=remarks)


def draft_with_warnings(
    work: Work, fields: InteractionFields, *, from_entry_no: int | None = None, postponed_entry_no: int | None = None
) -> tuple[Draft, list[LineWarning]]:
    """The draft and its warnings. `create` and `resume` do not refuse because of warnings (K27)."""
    found = draft(work, fields, from_entry_no=from_entry_no, postponed_entry_no=postponed_entry_no)
    return found, line_warnings.of_draft(work, found.date, found.facts) if found.facts else []


def create(work: Work, fields: InteractionFields, *, from_entry_no: int | None = None) -> Created:
    """Log one interaction, or refuse with everything that is wrong at once (R-FIN, K4)."""
    draft = drafts.begin(work, fields, from_entry_no=from_entry_no)
    refuse_any(draft.refusals)
    entry_no = insert_numbered(work.session, InteractionLogEntry, _finished(work, draft), last=not draft.comments)
    comments.add(work, entry_no, draft.comments)
    return Created(entry_no)


def postpone(
    work: Work,
    fields: InteractionFields,
    *,
    entry_no: int | None = None,
    from_entry_no: int | None = None,
    expected_version: int | None = None,
    **until: Unpack[Until],
) -> Postponed:
    """Keep a draft to be finished later, or with `entry_no` postpone it again with changes (R-POST, K2).

    It may be incomplete as long as it has a contact or a salesperson (K3). What is named must exist; what is newly
    named must not be blocked. `resume_on` and `reason` that are not given stay as they are.
    """
    note: dict[str, Any] = {**until}
    if "reason" in note:
        note["reason"] = text(note["reason"])
    if entry_no is None:
        draft = drafts.begin(work, fields, from_entry_no=from_entry_no)
        refuse_any(_in_the_way(draft, note))
        values = draft.values() | note | _stamp(work)
        made = insert_numbered(work.session, PostponedInteraction, values, last=not draft.comments)
        comments.add(work, made, draft.comments)
        return Postponed(made)
    if from_entry_no is not None:
        raise Refused(_two_sources("entry_no"))
    return _postpone_again(work, _claim(work, entry_no, expected_version), fields, note)


def resume(work: Work, entry_no: int, fields: InteractionFields, *, expected_version: int | None = None) -> Resumed:
    """Finish a postponed interaction under the number it has (R-RES-4, K2); what cannot be finished stays postponed.

    Of two clients who resume the same one, the second is told NOT_POSTPONED (R-RES-6).
    """
    postponed = _claim(work, entry_no, expected_version)
    draft = _taken_up(work, fields, postponed, to_finish=True)
    refuse_any(draft.refusals)
    rows = InteractionLogEntry.__table__  # type: ignore[attr-defined]  # made by SQLModel for every table
    work.session.execute(insert(rows), _finished(work, draft) | {"entry_no": entry_no})
    work.session.delete(postponed)
    work.session.flush()
    if "comments" in fields:
        comments.replace(work, entry_no, draft.comments)
    return Resumed(entry_no)


def delete_postponed(work: Work, entry_nos: Sequence[int]) -> PostponedDeleted:
    """Delete postponed interactions with their comments: all of them, or none if one is not postponed (R-DELP)."""
    wanted = snoozing.claim_all(work, entry_nos, "entry_nos")
    if wanted:
        comments.remove(work, wanted)
        work.session.execute(delete(snoozing.ROWS).where(among(snoozing.ROWS.c.entry_no, wanted)))
    return PostponedDeleted(wanted[:SHOWN])


def _claim(work: Work, entry_no: int, expected_version: int | None) -> PostponedInteraction:
    """The postponed interaction, nobody else's until the transaction ends."""
    postponed = work.find(PostponedInteraction, entry_no=entry_no, lock=True)
    if postponed is None:
        raise Refused(NotPostponed("entry_no", entry_no=entry_no))
    if expected_version not in (None, postponed.version):
        raise Refused(
            PostponedMeanwhile("expected_version", key=entry_no, actual=postponed.version, expected=expected_version)
        )
    return postponed


def _taken_up(work: Work, fields: InteractionFields, postponed: PostponedInteraction, *, to_finish: bool) -> Draft:
    """The draft of a postponed interaction. Its comments are read only if they are to be replaced."""
    remarks = comments.of_entry(work, postponed.entry_no) if "comments" in fields else []
    return drafts.take_up(work, fields, postponed, to_finish=to_finish, remarks=remarks)


def _postpone_again(
    work: Work, postponed: PostponedInteraction, fields: InteractionFields, note: dict[str, Any]
) -> Postponed:
    draft = _taken_up(work, fields, postponed, to_finish=False)
    refuse_any(_in_the_way(draft, note, newly_named=set(fields), before=postponed))
    for name, value in (draft.values() | note | _stamp(work)).items():
        setattr(postponed, name, value)
    postponed.version += 1
    work.session.flush()
    if "comments" in fields:
        comments.replace(work, postponed.entry_no, draft.comments)
    return Postponed(postponed.entry_no)


def _in_the_way(
    draft: Draft, note: dict[str, Any], newly_named: set[str] | None = None, before: PostponedInteraction | None = None
) -> list[Refusal]:
    """What postponing refuses: what finishing does, but for what is only missing, and what was blocked since (K3)."""
    refusals = [
        refusal
        for refusal in draft.refusals
        if not refusal.code.endswith("_REQUIRED")
        and (newly_named is None or not refusal.code.endswith("_BLOCKED") or refusal.field[-1] in newly_named)
    ]
    if draft.contact_no is None and draft.salesperson_code is None:
        refusals.insert(0, NothingToKeep("interaction", "contact_no"))
    return refusals + unfit_texts(PostponedInteraction, note, before=before)


def _finished(work: Work, draft: Draft) -> dict[str, Any]:
    """The columns of the entry that a draft becomes. EMAIL to nobody's address is no correspondence (R-FIN-10)."""
    assert draft.facts is not None
    values = draft.values() | {
        "subject": draft.description,
        "canceled": False,
        "user_id": work.user.id,
        "logged_at": work.now,
    }
    if draft.correspondence_type == CorrespondenceType.EMAIL and not draft.facts.contact_has_email:
        values["correspondence_type"] = None
    if draft.campaign_no is not None:
        assert draft.date is not None
        values["campaign_entry_no"] = draft.facts.campaign_entry_no or campaigns.entry_by_hand(
            work, draft.campaign_no, date=draft.date, salesperson_code=draft.salesperson_code
        )
    return values


def _stamp(work: Work) -> dict[str, Any]:
    return {"user_id": work.user.id, "postponed_at": work.now}


def _two_sources(field: str) -> Refusal:
    return Invalid(
        field,
        english="An interaction starts from a log entry or from a postponed one, not from both. Give one number.",
        french="Une interaction se crée à partir d’une écriture journal interaction ou d’une interaction reportée, pas "
        "des deux. Donnez un seul numéro.",
    )
