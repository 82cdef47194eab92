"""The Create Interaction window: where the values of an interaction come from, and what is missing (R-DRAFT, R-TMPL,
R-CORR).

A draft stores nothing. `begin` opens an empty one or one from a log entry, `take_up` opens a postponed one.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypedDict

from sqlmodel import select

from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.templates import InteractionTemplate
from resolvers.amounts import check_cost, check_duration
from resolvers.errors import Invalid, Refusal, UserErrorCode
from resolvers.interactions import comments
from resolvers.interactions.comments import Comment
from resolvers.interactions.references import Facts, facts_of
from resolvers.master_data import text
from resolvers.refusals import (
    ContactRequired,
    DateRequired,
    DescriptionCleared,
    DescriptionRequired,
    SalespersonRequired,
    TemplateRequired,
)
from resolvers.work import Work, key, unfit_texts

ROOM = "interaction"
KEYS = ("contact_no", "template_code", "salesperson_code", "campaign_no", "language_code")
WORDS = ("description", "contact_via")
MARKS = ("attempt_failed", "campaign_target", "campaign_response")
COLUMNS = (
    "contact_no",
    "company_no",
    "template_code",
    "group_code",
    "salesperson_code",
    "campaign_no",
    "description",
    "date",
    "time_of_interaction",
    "cost",
    "duration",
    "information_flow",
    "initiated_by",
    "correspondence_type",
    "language_code",
    "evaluation",
    "attempt_failed",
    "campaign_target",
    "campaign_response",
    "contact_via",
)
"""The values of a draft. Log entries and postponed interactions have a column for each."""

BY_TEMPLATE = {
    "group_code": None,
    "cost": None,
    "duration": None,
    "information_flow": None,
    "initiated_by": None,
    "campaign_target": False,
    "campaign_response": False,
    "correspondence_type": None,
    "language_code": None,
}
"""What choosing a template blanks before it fills it (R-TMPL-2)."""


class InteractionFields(TypedDict, total=False):
    """What is given to a draft. A key that is absent is left to the rules, None clears."""

    contact_no: str | None
    template_code: str | None
    salesperson_code: str | None
    campaign_no: str | None
    description: str | None
    date: dt.date | None
    time_of_interaction: dt.time | None
    cost: Decimal | None
    duration: int | None
    information_flow: str | None
    initiated_by: str | None
    correspondence_type: str | None
    language_code: str | None
    evaluation: str | None
    attempt_failed: bool | None
    campaign_target: bool | None
    campaign_response: bool | None
    contact_via: str | None
    comments: list[str] | None


@dataclass
class Draft:
    """An interaction before it is stored.

    `missing_fields` names the fields of `InteractionFields` that finishing needs, `refusals` all that it would refuse
    now (K4). `facts` is what the database knows about the contact, template, salesperson and campaign.
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
    """What the description would be if none were given."""
    missing_fields: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    facts: Facts | None = field(default=None, repr=False)

    def values(self) -> dict[str, Any]:
        """What an entry or a postponed interaction keeps of it, by column."""
        return {name: getattr(self, name) for name in COLUMNS}


class EntryNotFound(Refusal):
    """R-DRAFT-4."""

    code = UserErrorCode.NOT_FOUND
    english = "There is no interaction {entry_no} in the log to start from. Check the number."
    french = "Aucune écriture journal interaction {entry_no} ne peut servir de point de départ. Vérifiez le numéro."


def begin(work: Work, fields: InteractionFields, *, from_entry_no: int | None = None) -> Draft:
    """A new draft; from a log entry come contact, salesperson and campaign (R-DRAFT-1 to 4)."""
    given = _normalized(fields)
    start, lost = _from_entry(work, from_entry_no)
    draft = _fill(work, start, given)
    _at_this_moment(work, draft, given)
    draft.comments = comments.to_be(work, fields.get("comments"))
    draft.refusals = _refusals(draft, given, lost + _unfit(fields, given))
    return draft


def take_up(
    work: Work,
    fields: InteractionFields,
    postponed: PostponedInteraction,
    *,
    to_finish: bool,
    remarks: Sequence[Comment] = (),
) -> Draft:
    """A postponed draft with changes (R-RES-1 to 3).

    To finish it, date, time and success are those of now unless given; to postpone it again they stay (K13). A contact
    that is there stays (K12). Comments that are given replace `remarks`, the stored ones, which keep date and author
    where the words are the same.
    """
    given = _normalized(fields)
    start = postponed.model_dump(include=set(COLUMNS))
    changed = _changed_contact(start, given)
    draft = _fill(work, start, given, stored=True)
    if to_finish:
        draft.attempt_failed = given.get("attempt_failed", False)
        _at_this_moment(work, draft, given)
    draft.comments = comments.to_be(work, fields["comments"], remarks) if "comments" in fields else [*remarks]
    contact_stays = start["contact_no"] is not None
    draft.refusals = _refusals(
        draft, given, changed + _unfit(fields, given, postponed, remarks), contact_stays=contact_stays
    )
    return draft


def _normalized(fields: InteractionFields) -> dict[str, Any]:
    """What was given, as it is kept: keys upper-cased, blank is null, no cost is 0, an unmarked box is false."""
    given: dict[str, Any] = {**fields}
    given.pop("comments", None)
    for name in given:
        value = given[name]
        if name in KEYS:
            given[name] = key(value)
        elif name in WORDS:
            given[name] = text(value)
        elif name in MARKS:
            given[name] = bool(value)
        elif name in ("cost", "duration") and value is None:
            given[name] = Decimal(0) if name == "cost" else 0
    return given


def _from_entry(work: Work, entry_no: int | None) -> tuple[dict[str, Any], list[Refusal]]:
    """Contact, salesperson and campaign of a log entry; nothing else of it (R-DRAFT-4)."""
    if entry_no is None:
        return {}, []
    entry = InteractionLogEntry
    columns = select(entry.contact_no, entry.salesperson_code, entry.campaign_no).where(entry.entry_no == entry_no)
    row = work.session.exec(columns).one_or_none()
    if row is None:
        return {}, [EntryNotFound("from_interaction_log_entry_no", entry_no=entry_no)]
    names = ("contact_no", "salesperson_code", "campaign_no")
    return {name: value for name, value in zip(names, row, strict=True) if value is not None}, []


def _changed_contact(start: dict[str, Any], given: dict[str, Any]) -> list[Refusal]:
    """A contact that is already there may not be changed (K12): it is left, and a change refused."""
    there = start["contact_no"]
    if there is None or given.pop("contact_no", there) == there:
        return []
    return [
        Invalid(
            ROOM,
            "contact_no",
            english=f"This interaction is with contact {there}, which cannot change. Create a new one instead.",
            french=(
                f"Le contact de cette interaction est {there} et ne peut pas changer. Créez plutôt une "
                "nouvelle interaction."
            ),
        )
    ]


def _fill(work: Work, start: dict[str, Any], given: dict[str, Any], *, stored: bool = False) -> Draft:
    """The start, then what the template and the contact say, then what was given (K12)."""
    template_code = given.get("template_code", start.get("template_code"))
    template_chosen = template_code != start.get("template_code")
    contact_no = given.get("contact_no", start.get("contact_no"))
    contact_chosen = contact_no != start.get("contact_no") or (contact_no is not None and not stored)
    facts = facts_of(
        work,
        contact_no=contact_no,
        template_code=template_code,
        salesperson_code=_known(start, given, "salesperson_code", by_default=not stored or contact_chosen),
        campaign_no=_known(start, given, "campaign_no", by_default=template_chosen),
    )
    values = start | {"contact_no": contact_no, "company_no": facts.company_no, "template_code": template_code}
    if template_chosen:
        values |= BY_TEMPLATE | _by_template(work, facts, start)
    if template_chosen or contact_chosen:
        derived = _by_contact(facts)
        values |= {name: derived[name] for name in derived if template_chosen or values.get(name) is None}
    by_default = values.get("description")
    values |= given | {"salesperson_code": facts.salesperson_code, "campaign_no": facts.campaign_no}
    return Draft(**values, default_description=by_default, facts=facts)


def _known(start: dict[str, Any], given: dict[str, Any], name: str, *, by_default: bool) -> str | None:
    """The code that was given or is there. "" means none at all, None leaves it to the default of `facts_of`."""
    if name in given:
        return given[name] or ""
    return start.get(name) or (None if by_default else "")


def _by_template(work: Work, facts: Facts, start: dict[str, Any]) -> dict[str, Any]:
    """What the template fills in; its description only where there is none or that of the template before (B.15)."""
    if not facts.template_there:
        return {}
    values = dict(facts.template)
    description = values.pop("description")
    if start.get("description") is None or start["description"] == _description(work, start.get("template_code")):
        values["description"] = description
    return values


def _description(work: Work, template_code: str | None) -> str | None:
    if template_code is None:
        return None
    columns = select(InteractionTemplate.description).where(InteractionTemplate.code == template_code)
    return work.session.exec(columns).one_or_none()


def _by_contact(facts: Facts) -> dict[str, Any]:
    """Correspondence type (R-CORR) and language (R-DRAFT-8) wait for the contact (K3)."""
    if not facts.contact_there:
        return {}
    if not facts.template_there:
        return {"correspondence_type": facts.contact_correspondence_type, "language_code": facts.contact_language_code}
    own = None if facts.ignore_contact_correspondence_type else facts.contact_correspondence_type
    return {
        "correspondence_type": own or facts.correspondence_type_default,
        "language_code": facts.translated_language_code or facts.language_code_default,
    }


def _at_this_moment(work: Work, draft: Draft, given: dict[str, Any]) -> None:
    """The time is the next whole minute, and the date that of the same moment (R-DRAFT-1, K15)."""
    begun = work.next_minute
    time = given.get("time_of_interaction")
    draft.time_of_interaction = begun.time() if time is None else time
    draft.date = given["date"] if "date" in given else begun.date() if time is None else work.today


def _refusals(
    draft: Draft, given: dict[str, Any], others: list[Refusal], *, contact_stays: bool = False
) -> list[Refusal]:
    """All at once, in this order (K4): what is missing (R-FIN-1 to 5), what leads nowhere or is blocked, what does not
    fit.

    What a reference that leads nowhere would have brought is not missing yet.
    """
    assert draft.facts is not None
    lost_template = draft.template_code is not None and not draft.facts.template_there
    lost_contact = draft.contact_no is not None and not draft.facts.contact_there
    waiting = {"description": lost_template, "salesperson_code": lost_contact}
    without_description = DescriptionCleared if draft.default_description else DescriptionRequired
    required: tuple[tuple[str, type[Refusal]], ...] = (
        ("contact_no", ContactRequired),
        ("template_code", TemplateRequired),
        ("salesperson_code", SalespersonRequired),
        ("date", DateRequired),
        ("description", without_description),
    )
    missing = [
        name for name, _ in required if getattr(draft, name) is None and (name in given or not waiting.get(name))
    ]
    draft.missing_fields = [name for name in missing if name != "date"]
    refusals = [refusal(ROOM, name, default=draft.default_description) for name, refusal in required if name in missing]
    return refusals + draft.facts.lost_or_blocked(ROOM, contact_stays=contact_stays) + others


def _unfit(
    fields: InteractionFields,
    given: dict[str, Any],
    before: PostponedInteraction | None = None,
    remarks: Sequence[Comment] = (),
) -> list[Refusal]:
    """Amounts out of bounds, texts too long, comments too many; texts that are stored already are fine."""
    refusals = check_cost(given.get("cost"), ROOM, "cost") + check_duration(given.get("duration"), ROOM, "duration")
    words = {name: given[name] for name in (*WORDS, "language_code") if name in given}
    refusals += unfit_texts(InteractionLogEntry, words, ROOM, before=before)
    return refusals + comments.check(
        fields.get("comments"), ROOM, "comments", too_many=comments.TooManyComments, stored=remarks
    )
