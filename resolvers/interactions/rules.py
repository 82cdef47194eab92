"""Creating, postponing and resuming interactions, and deleting postponed ones (R-FIN, R-POST, R-RES, R-DELP)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from sqlalchemy import delete, insert, literal, select

from persistence.columns import table_of
from persistence.entry_numbers import insert_numbered
from persistence.enums import CorrespondenceType, Role
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.sql.conditions import among
from persistence.sql_types import SqlExpression
from resolvers import change_feed, line_warnings, own_changes
from resolvers.campaigns import rules as campaigns
from resolvers.errors import (
    BlockedRefusal,
    Invalid,
    Refusal,
    Refused,
    RequiredRefusal,
    StaleVersion,
    UserErrorCode,
    refuse_any,
)
from resolvers.interactions import comments, single_statement, snoozing
from resolvers.interactions.contact_salespeople import salesperson_of
from resolvers.interactions.drafts import Draft, new_draft, resumed_draft
from resolvers.interactions.fields import INPUT, InteractionFields
from resolvers.line_warnings import LineWarning
from resolvers.master_data import text
from resolvers.refusals import NotPostponed
from resolvers.roles import Forbidden
from resolvers.selections import MAX_SHOWN
from resolvers.work import Work, check_texts


class PostponementFields(TypedDict, total=False):
    """When a postponed interaction is to be resumed, and why it was postponed. Null clears a field."""

    resume_on: dt.date | None
    reason: str | None


@dataclass(frozen=True)
class Created:
    """The number of the new log entry."""

    entry_no: int


@dataclass(frozen=True)
class Postponed:
    """The number of the postponed interaction."""

    entry_no: int


@dataclass(frozen=True)
class Resumed:
    """The number of the log entry, which the interaction had while it was postponed."""

    entry_no: int


@dataclass(frozen=True)
class PostponedDeleted:
    """The numbers of the deleted interactions, the first 100."""

    entry_nos: list[int]


class NoContactOrSalesperson(Refusal):
    """An interaction with neither a contact nor a salesperson is to be postponed (R-POST-2, K3)."""

    code = UserErrorCode.CONTACT_REQUIRED
    english = "To be postponed, an interaction needs a contact or a salesperson. Give one of them."
    french = "Pour être reportée, une interaction doit avoir un contact ou un représentant. Indiquez l’un des deux."


class StalePostponed(StaleVersion):
    """A postponed interaction has another version than the client expected."""

    english = (
        "Postponed interaction {key} was changed in the meantime: its version is now {actual}, and you expected "
        "{expected}. Read it again and retry."
    )
    french = (
        "L’interaction reportée {key} a été modifiée entre-temps\u00a0: sa version est maintenant {actual}, et vous "
        "attendiez {expected}. "
        "Relisez-la et recommencez."
    )


def draft(
    work: Work, fields: InteractionFields, *, from_entry_no: int | None = None, postponed_entry_no: int | None = None
) -> Draft:
    """What the Create Interaction window shows (K2): the values that the rules fill in, and the refusals with which
    `create` or `resume` would fail. Stores and locks nothing (R-POST-1).

    Where these would be forbidden (K31), the draft is too. Users who may create no interactions at all see every draft.
    """
    shown = _draft(work, fields, from_entry_no, postponed_entry_no)
    if Role.SALESPERSON in work.user.roles and not shown.refusals:
        own_changes.check_draft(work, shown)
    return shown


def _draft(work: Work, fields: InteractionFields, from_entry_no: int | None, postponed_entry_no: int | None) -> Draft:
    if postponed_entry_no is None:
        return new_draft(work, fields, from_entry_no=from_entry_no)
    if from_entry_no is not None:
        return Draft(refusals=[_two_sources("postponed_entry_no")])
    postponed = work.find(PostponedInteraction, entry_no=postponed_entry_no)
    if postponed is None:
        return Draft(refusals=[NotPostponed("postponed_entry_no", entry_no=postponed_entry_no)])
    if Role.SALESPERSON in work.user.roles:
        _check_own(work, postponed)
    stored = comments.stored_comments(work, postponed_entry_no)
    return resumed_draft(work, fields, postponed, to_finish=True, stored_comments=stored)


def draft_with_warnings(
    work: Work, fields: InteractionFields, *, from_entry_no: int | None = None, postponed_entry_no: int | None = None
) -> tuple[Draft, list[LineWarning]]:
    """The draft and its warnings. Warnings do not prevent `create` and `resume` (K27)."""
    result = draft(work, fields, from_entry_no=from_entry_no, postponed_entry_no=postponed_entry_no)
    return result, line_warnings.warnings_of_draft(work, result.date, result.records) if result.records else []


def draft_of_due_contact(
    work: Work, contact_no: str, postponed_entry_no: int | None
) -> tuple[Draft, list[LineWarning]] | None:
    """The draft of a contact that is due, with its warnings: of the postponed interaction, or else a new one. None if
    the user may not log it.
    """
    fields: InteractionFields = {} if postponed_entry_no is not None else {"contact_no": contact_no}
    try:
        return draft_with_warnings(work, fields, postponed_entry_no=postponed_entry_no)
    except Forbidden:
        return None


def create(work: Work, fields: InteractionFields, *, from_entry_no: int | None = None) -> Created:
    """Log one interaction with its comments (R-FIN-14), or refuse with all reasons at once (R-FIN, K4)."""
    logged = single_statement.log(work, fields) if from_entry_no is None else None
    if logged is not None:
        return Created(logged)
    draft = new_draft(work, fields, from_entry_no=from_entry_no)
    refuse_any(draft.refusals)
    own_changes.check_draft(work, draft)
    entry_no = insert_numbered(work.session, InteractionLogEntry, _entry_columns(work, draft), last=not draft.comments)
    comments.add(work, entry_no, draft.comments)
    return Created(entry_no)


def postpone(
    work: Work,
    fields: InteractionFields,
    *,
    entry_no: int | None = None,
    from_entry_no: int | None = None,
    expected_version: int | None = None,
    **postponement: Unpack[PostponementFields],
) -> Postponed:
    """Store a draft to be finished later, or with `entry_no` postpone it again with changes (R-POST, K2).

    It gets an entry number and comments, but no campaign entry (R-POST-3). It may be incomplete if it has a contact or
    a salesperson (K3). All records that it names must exist; a newly named one must not be blocked. Absent `resume_on`
    and `reason` are not changed.
    """
    if "reason" in postponement:
        postponement["reason"] = text(postponement["reason"])
    if entry_no is None:
        draft = new_draft(work, fields, from_entry_no=from_entry_no)
        refuse_any(_check_postponing(draft, postponement))
        own_changes.check_draft(work, draft)
        columns = _postponed_columns(work, draft, postponement)
        new_entry_no = insert_numbered(work.session, PostponedInteraction, columns, last=not draft.comments)
        comments.add(work, new_entry_no, draft.comments)
        return Postponed(new_entry_no)
    if from_entry_no is not None:
        raise Refused(_two_sources("entry_no"))
    return _postpone_again(work, _lock(work, entry_no, expected_version), fields, postponement)


def resume(work: Work, entry_no: int, fields: InteractionFields, *, expected_version: int | None = None) -> Resumed:
    """Finish the postponed interaction with this number, under the same number (R-RES-4, R-RES-5, K2). If it is
    refused, it stays postponed.

    Of two clients who resume the same interaction, the second is refused with NOT_POSTPONED (R-RES-6). `resumed_draft`
    sets date and time.
    """
    postponed = _lock(work, entry_no, expected_version)
    draft = _resumed_draft(work, fields, postponed, to_finish=True)
    refuse_any(draft.refusals)
    own_changes.check_draft(work, draft)
    rows = table_of(InteractionLogEntry)
    given = {**_entry_columns(work, draft), "entry_no": entry_no, "imported": False}
    values: dict[str, SqlExpression] = {name: literal(value, rows.c[name].type) for name, value in given.items()}
    values["contact_salesperson_code"] = salesperson_of(draft.contact_no)
    work.session.execute(insert(rows).from_select([*values], select(*values.values()), include_defaults=False))
    change_feed.record(work, change_feed.DELETED, snoozing.ROWS, snoozing.ROWS.c.entry_no == entry_no)
    work.session.delete(postponed)
    work.session.flush()
    change_feed.record_one(work, change_feed.CREATED, rows, entry_no)
    if "comments" in fields:
        comments.replace(work, entry_no, draft.comments)
    return Resumed(entry_no)


def delete_postponed(work: Work, entry_nos: Sequence[int]) -> PostponedDeleted:
    """Delete postponed interactions with their comments: all of them, or none if one is not postponed (R-DELP)."""
    locked = snoozing.lock_all(work, entry_nos, "entry_nos")
    if locked:
        comments.remove(work, locked)
        deleted = among(snoozing.ROWS.c.entry_no, locked)
        change_feed.record(work, change_feed.DELETED, snoozing.ROWS, deleted)
        work.session.execute(delete(snoozing.ROWS).where(deleted))
    return PostponedDeleted(locked[:MAX_SHOWN])


def _lock(work: Work, entry_no: int, expected_version: int | None) -> PostponedInteraction:
    """The postponed interaction, locked until the transaction ends."""
    postponed = work.find(PostponedInteraction, entry_no=entry_no, lock=True)
    if postponed is None:
        raise Refused(NotPostponed("entry_no", entry_no=entry_no))
    _check_own(work, postponed)
    if expected_version not in (None, postponed.version):
        raise Refused(
            StalePostponed("expected_version", key=entry_no, actual=postponed.version, expected=expected_version)
        )
    return postponed


def _check_own(work: Work, postponed: PostponedInteraction) -> None:
    """Forbid to change a postponed interaction that the user sees, but that is not their own."""
    own_changes.check_interactions(work, PostponedInteraction, snoozing.ROWS.c.entry_no == postponed.entry_no)


def _resumed_draft(work: Work, fields: InteractionFields, postponed: PostponedInteraction, *, to_finish: bool) -> Draft:
    """The draft of a postponed interaction. Its comments are read only if they are to be replaced."""
    stored = comments.stored_comments(work, postponed.entry_no) if "comments" in fields else []
    return resumed_draft(work, fields, postponed, to_finish=to_finish, stored_comments=stored)


def _postpone_again(
    work: Work, postponed: PostponedInteraction, fields: InteractionFields, postponement: PostponementFields
) -> Postponed:
    draft = _resumed_draft(work, fields, postponed, to_finish=False)
    refuse_any(_check_postponing(draft, postponement, newly_named=set(fields), before=postponed))
    own_changes.check_draft(work, draft)
    for name, value in _postponed_columns(work, draft, postponement).items():
        setattr(postponed, name, value)
    postponed.version += 1
    work.session.flush()
    change_feed.record_one(work, change_feed.UPDATED, snoozing.ROWS, postponed.entry_no)
    if "comments" in fields:
        comments.replace(work, postponed.entry_no, draft.comments)
    return Postponed(postponed.entry_no)


def _check_postponing(
    draft: Draft,
    postponement: PostponementFields,
    newly_named: set[str] | None = None,
    before: PostponedInteraction | None = None,
) -> list[Refusal]:
    """The refusals of postponing: those of finishing, except for missing values and for blocked records that are not
    newly named (K3).
    """
    refusals: list[Refusal] = []
    if draft.contact_no is None and draft.salesperson_code is None:
        refusals.append(NoContactOrSalesperson(INPUT, "contact_no"))
    for refusal in draft.refusals:
        known = newly_named is not None and refusal.field[-1] not in newly_named
        if not isinstance(refusal, RequiredRefusal) and not (isinstance(refusal, BlockedRefusal) and known):
            refusals.append(refusal)
    return refusals + check_texts(PostponedInteraction, postponement, before=before)


def _entry_columns(work: Work, draft: Draft) -> dict[str, object]:
    """The columns of the log entry that a draft becomes. The subject is the description (R-FIN-11), EMAIL to a contact
    without address becomes null (R-FIN-10), and a campaign gets a campaign entry (R-FIN-13).
    """
    assert draft.records is not None
    columns = draft.columns() | {
        "subject": draft.description,
        "contact_salesperson_code": draft.records.contact_salesperson_code,
        "canceled": False,
        "user_id": work.user.id,
        "logged_at": work.now,
    }
    if draft.correspondence_type == CorrespondenceType.EMAIL and not draft.records.contact_has_email:
        columns["correspondence_type"] = None
    if draft.campaign_no is not None:
        assert draft.date is not None
        columns["campaign_entry_no"] = draft.records.shared_campaign_entry_no or campaigns.shared_entry(
            work, draft.campaign_no, date=draft.date, salesperson_code=draft.salesperson_code
        )
    return columns


def _postponed_columns(work: Work, draft: Draft, postponement: PostponementFields) -> dict[str, object]:
    """The columns of a postponed interaction, with the user and the time of this postponement."""
    return {**draft.columns(), **postponement, "user_id": work.user.id, "postponed_at": work.now, "snoozed_at": None}


def _two_sources(field: str) -> Refusal:
    return Invalid(
        field,
        english=(
            "A draft is created from a log entry or from a postponed interaction, not from both. Give only one number."
        ),
        french="Un brouillon se crée à partir d’une écriture journal interaction ou d’une interaction reportée, pas "
        "des deux. Donnez un seul numéro.",
    )
