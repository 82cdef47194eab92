"""Drafts: interactions as the Create Interaction window shows them before they are stored (R-DRAFT).

`new_draft` opens an empty draft or one from a log entry, `resumed_draft` one from a postponed interaction. Neither
stores anything.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from sqlmodel import select

from persistence.interactions import InteractionLogEntry, PostponedInteraction
from resolvers.errors import Invalid, Refusal, RequiredRefusal, UserErrorCode
from resolvers.interactions import comments
from resolvers.interactions.comments import Comment
from resolvers.interactions.draft_values import fill
from resolvers.interactions.fields import COLUMNS, INPUT, DraftValues, InteractionFields, check_fields, normalized_draft
from resolvers.interactions.named_records import NamedRecords
from resolvers.refusals import (
    ContactRequired,
    DateRequired,
    DescriptionCleared,
    DescriptionRequired,
    SalespersonRequired,
    TemplateRequired,
)
from resolvers.work import Work


@dataclass
class Draft:
    """An interaction before it is stored.

    `missing_fields` names the input fields that are still required to finish it, `refusals` are all with which
    finishing would fail now (K4). `records` are the records that it names, `default_description` is the description
    that it has if none is given.
    """

    contact_no: str | None = None
    company_no: str | None = None
    template_code: str | None = None
    group_code: str | None = None
    salesperson_code: str | None = None
    campaign_no: str | None = None
    description: str | None = None
    date: dt.date | None = None
    time_of_interaction: dt.time | None = None
    cost: Decimal | None = None
    duration: int | None = None
    information_flow: str | None = None
    initiated_by: str | None = None
    correspondence_type: str | None = None
    language_code: str | None = None
    evaluation: str | None = None
    attempt_failed: bool = False
    campaign_target: bool = False
    campaign_response: bool = False
    contact_via: str | None = None
    comments: list[Comment] = field(default_factory=list)
    default_description: str | None = field(default=None, repr=False)
    missing_fields: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    records: NamedRecords | None = field(default=None, repr=False)

    def columns(self) -> dict[str, object]:
        """The columns that a log entry or a postponed interaction has in common with the draft."""
        return {name: getattr(self, name) for name in COLUMNS}


class EntryNotFound(Refusal):
    """A draft is to be created from a log entry that does not exist (R-DRAFT-4)."""

    code = UserErrorCode.NOT_FOUND
    english = "There is no interaction {entry_no} in the log to create a draft from. Check the number."
    french = "Le journal n’a pas d’interaction {entry_no} à partir de laquelle créer un brouillon. Vérifiez le numéro."


def new_draft(work: Work, fields: InteractionFields, *, from_entry_no: int | None = None) -> Draft:
    """A new draft (R-DRAFT-1, R-DRAFT-2, R-DRAFT-3). A log entry gives it contact, salesperson and campaign
    (R-DRAFT-4).
    """
    given = normalized_draft(fields)
    start, refusals = _start_from_entry(work, from_entry_no)
    draft = _draft(work, start, given)
    draft.date, draft.time_of_interaction = date_and_time(work, given)
    draft.comments = comments.from_texts(work, fields.get("comments"))
    _check(draft, given, refusals + check_fields(fields, given))
    return draft


def resumed_draft(
    work: Work,
    fields: InteractionFields,
    postponed: PostponedInteraction,
    *,
    to_finish: bool,
    stored_comments: Sequence[Comment] = (),
) -> Draft:
    """The draft of a postponed interaction, changed by the given fields (R-RES-1, R-RES-2, R-RES-3).

    To finish it, date, time and success are reset unless they are given; to postpone it again, they stay (K13). Its
    contact, if it has one, cannot change (K12). Given comments replace the stored ones; a comment with the same text
    keeps its date and user.
    """
    given = normalized_draft(fields)
    start = cast(DraftValues, postponed.model_dump(include=set(COLUMNS)))
    contact_fixed = start.get("contact_no") is not None
    refusals = _refuse_other_contact(start, given)
    draft = _draft(work, start, given, stored=True)
    if to_finish:
        draft.attempt_failed = bool(given.get("attempt_failed", False))
        draft.date, draft.time_of_interaction = date_and_time(work, given)
    draft.comments = [*stored_comments]
    if "comments" in fields:
        draft.comments = comments.from_texts(work, fields["comments"], stored_comments)
    refusals += check_fields(fields, given, postponed, stored_comments)
    _check(draft, given, refusals, contact_fixed=contact_fixed)
    return draft


def date_and_time(work: Work, given: DraftValues) -> tuple[dt.date | None, dt.time]:
    """The given date and time of a draft. The default time is the next whole minute, and the default date the day of
    this minute (R-DRAFT-1, K15).
    """
    time = given.get("time_of_interaction")
    if time is not None:
        return given.get("date", work.today), time
    start = work.next_minute
    return given.get("date", start.date()), start.time()


def _start_from_entry(work: Work, entry_no: int | None) -> tuple[DraftValues, list[Refusal]]:
    """Contact, salesperson and campaign of a log entry, and nothing else of it (R-DRAFT-4)."""
    if entry_no is None:
        return {}, []
    entry = InteractionLogEntry
    columns = select(entry.contact_no, entry.salesperson_code, entry.campaign_no).where(entry.entry_no == entry_no)
    row = work.session.exec(columns.where(work.is_visible(entry))).one_or_none()
    if row is None:
        return {}, [EntryNotFound("from_interaction_log_entry_no", entry_no=entry_no)]
    names = ("contact_no", "salesperson_code", "campaign_no")
    values = {name: value for name, value in zip(names, row, strict=True) if value is not None}
    return cast(DraftValues, values), []


def _refuse_other_contact(start: DraftValues, given: DraftValues) -> list[Refusal]:
    """The refusal of another contact for a postponed interaction that has one (K12). Removes the contact from
    `given`.
    """
    contact_no = start.get("contact_no")
    if contact_no is None or given.pop("contact_no", contact_no) == contact_no:
        return []
    return [
        Invalid(
            INPUT,
            "contact_no",
            english=(
                f"This interaction is with contact {contact_no}, which cannot be changed. Create a new interaction "
                "instead."
            ),
            french=(
                f"Le contact de cette interaction est {contact_no} et ne peut pas changer. Créez plutôt une "
                "nouvelle interaction."
            ),
        )
    ]


def _draft(work: Work, start: DraftValues, given: DraftValues, *, stored: bool = False) -> Draft:
    values, default_description, records = fill(work, start, given, stored=stored)
    return Draft(**cast("dict[str, Any]", values), default_description=default_description, records=records)


def _check(draft: Draft, given: DraftValues, others: list[Refusal], *, contact_fixed: bool = False) -> None:
    """Set the missing fields and the refusals of the draft, in this order (K4): missing values (R-FIN-1 to R-FIN-5),
    named records that do not exist or are blocked, and the `others`.

    A value that would come from a record that does not exist is not reported as missing.
    """
    assert draft.records is not None
    unknown_template = draft.template_code is not None and not draft.records.template.exists
    unknown_contact = draft.contact_no is not None and not draft.records.contact.exists
    not_derived = {"description": unknown_template, "salesperson_code": unknown_contact}
    required: tuple[tuple[str, type[RequiredRefusal]], ...] = (
        ("contact_no", ContactRequired),
        ("template_code", TemplateRequired),
        ("salesperson_code", SalespersonRequired),
        ("date", DateRequired),
        ("description", DescriptionCleared if draft.default_description else DescriptionRequired),
    )
    missing = [
        name for name, _ in required if getattr(draft, name) is None and (name in given or not not_derived.get(name))
    ]
    draft.missing_fields = [name for name in missing if name != "date"]
    refusals = [
        refusal(INPUT, name, default=draft.default_description) for name, refusal in required if name in missing
    ]
    draft.refusals = refusals + draft.records.refusals(INPUT, contact_fixed=contact_fixed) + others
