"""Changing contacts: what may still change, and what a company's people follow (R-CON-5, 7, 8, 10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy import update as update_rows

from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.segments import Segment, SegmentLine
from resolvers import master_data
from resolvers.changes import rules as changes
from resolvers.changes.rules import table
from resolvers.contacts.fields import (
    PHONES,
    ROOM,
    ContactFields,
    as_kept,
    check,
    check_type,
    company_of_person,
    folded_columns,
    handed_down,
    no_company_of_companies,
    phone_columns,
    write_phone_columns,
)
from resolvers.errors import Refusal, Translated, UserErrorCode, number, refuse_any
from resolvers.refusals import ContactNotFound
from resolvers.usages import LINES_OF_OPEN_SEGMENTS
from resolvers.work import Work, key

CONTACTS = table(Contact)
INTERACTIONS = (Translated("interaction", "interaction"), Translated("interactions", "interactions"))
PEOPLE = (Translated("person", "personne"), Translated("people", "personnes"))


@dataclass(frozen=True)
class ContactUpdated:
    """`people` is how many people of a company changed with it."""

    id: int
    version: int
    people: int


class HasEntries(Refusal):
    """R-CON-5: of postponed interactions too."""

    code = UserErrorCode.HAS_ENTRIES
    english = "Contact {no} has {entries}, so its type cannot change. Create a new contact of the other type instead."
    french = (
        "Le contact {no} a {entries}; son type ne peut donc pas changer. Créez plutôt un nouveau contact de "
        "l’autre type."
    )


class HasPeople(Refusal):
    """R-CON-5, K24."""

    code = UserErrorCode.HAS_ENTRIES
    english = "Company {no} has {people}, so its type cannot change. Move its people to another company first."
    french = (
        "La compagnie {no} compte {people}; son type ne peut donc pas changer. "
        "Rattachez d’abord son personnel à une autre compagnie."
    )


class OnOpenSegment(Refusal):
    """R-CON-10."""

    code = UserErrorCode.IN_USE
    english = "Contact {no} stands on {lines}, so its company cannot change. Take it off first, or log {these}."
    french = (
        "Le contact {no} figure sur {lines}; sa compagnie ne peut donc pas changer. "
        "Retirez-l’en d’abord, ou journalisez {these}."
    )


def update(work: Work, no: str, fields: ContactFields, *, expected_version: int | None = None) -> ContactUpdated:
    """Change what is given and leave the rest; the version rises unless nothing changes.

    A person put under another company takes what that hands down, unless it is given (R-CON-7). Its entries stay as
    they are logged, with the company of then (K6 stands above R-CON-10). What changes of a company changes in its
    people where they had the same, as far as the setup has it handed down (R-CON-8).
    """
    refusals: list[Refusal] = []
    lost: list[Refusal] = []
    values, kept = as_kept(fields, refusals), key(no) or ""
    company_no = values.get("company_no")
    # The company before its people: whoever changes a company holds them in this order too.
    company = None if company_no in (None, kept) else company_of_person(work, company_no, lost)
    before = master_data.held(work, Contact, ContactNotFound("no", no=kept), expected_version=expected_version, no=kept)
    unfit = check(work, values, before)
    values |= _belonging(work, before, values, None if lost else company, refusals)
    if values.get("type", before.type) != ContactType.COMPANY:
        refusals += lost
    refusals += _used(work, before, values) + unfit
    refuse_any(refusals)
    updated = master_data.change(work, before, values | folded_columns(values) | phone_columns(values, before))
    if before.company_no != values.get("company_no", before.company_no):
        _take_postponed_along(work, kept, values["company_no"])
    people = _tell_people(work, before, values) if values.get("type", before.type) == ContactType.COMPANY else 0
    return ContactUpdated(updated.id, updated.version, people)


def _belonging(
    work: Work, before: Contact, values: Mapping[str, Any], company: Contact | None, refusals: list[Refusal]
) -> dict[str, Any]:
    """Company, its name and what it hands down, as the type and company that are given have it."""
    type_, given = values.get("type", before.type), values.get("company_no")
    check_type(type_, refusals)
    if type_ == ContactType.COMPANY:
        if given not in (None, before.no):
            refusals.append(no_company_of_companies())
        return {"company_no": before.no, "company_name": values.get("name", before.name)}
    was_company = before.type == ContactType.COMPANY
    if given is None:
        return {"company_no": None, "company_name": None} if was_company or "company_no" in values else {}
    if given == before.no:
        refusals.append(no_company_of_companies())
        return {}
    if company is None or before.company_no == company.no:
        return {}
    return _inherited(work, before, values, company) | {"company_name": company.name}


def _inherited(work: Work, before: Contact, values: Mapping[str, Any], company: Contact) -> dict[str, Any]:
    """What the new company hands down and nobody gave; a preferred correspondence only where there is none
    (R-CON-7).
    """
    found: dict[str, Any] = {}
    for name in handed_down(work.setup):
        stays = name in values or (name == "correspondence_type" and before.correspondence_type is not None)
        if not stays and getattr(company, name) is not None:
            found[name] = getattr(company, name)
    return found


def _used(work: Work, before: Contact, values: Mapping[str, Any]) -> list[Refusal]:
    """What stands in the way of another type or company, counted in one statement."""
    new_type = values.get("type", before.type) != before.type
    moved = values.get("company_no", before.company_no) != before.company_no
    if not new_type and not moved:
        return []
    lines, segments = table(SegmentLine), table(Segment)
    logged, postponed = (_with(table(model), before.no) for model in (InteractionLogEntry, PostponedInteraction))
    on_open = (
        select(func.count())
        .select_from(lines.join(segments, segments.c.id == lines.c.segment_id))
        .where(lines.c.contact_no == before.no, segments.c.logged_segment_entry_no.is_(None))
    )
    people = select(func.count()).where(_people(before.no))
    counts = [count.scalar_subquery() for count in (logged, postponed, on_open, people)]
    entries, waiting, standing, staff = work.session.execute(select(*counts)).one()
    refusals: list[Refusal] = []
    if new_type and entries + waiting:
        refusals.append(HasEntries(ROOM, "type", no=before.no, entries=number(entries + waiting, *INTERACTIONS)))
    if new_type and staff:
        refusals.append(HasPeople(ROOM, "type", no=before.no, people=number(staff, *PEOPLE)))
    if moved and standing:
        lines_there = number(standing, *LINES_OF_OPEN_SEGMENTS)
        these = Translated("this line", "cette ligne") if standing == 1 else Translated("these lines", "ces lignes")
        refusals.append(OnOpenSegment(ROOM, "company_no", no=before.no, lines=lines_there, these=these))
    return refusals


def _with(entries: Any, no: str) -> Any:
    return select(func.count()).select_from(entries).where(or_(entries.c.contact_no == no, entries.c.company_no == no))


def _people(company_no: str) -> ColumnElement[bool]:
    return and_(CONTACTS.c.company_no == company_no, CONTACTS.c.no != company_no)


def _take_postponed_along(work: Work, no: str, company_no: str | None) -> None:
    """What is not finished is no history yet: it will be logged for the new company, and stands on its board."""
    waiting = table(PostponedInteraction)
    work.session.execute(update_rows(waiting).where(waiting.c.contact_no == no).values(company_no=company_no))


def _tell_people(work: Work, company: Contact, values: Mapping[str, Any]) -> int:
    """A company's new name, and what it hands down where a person still had the company's old value (R-CON-8)."""
    new: dict[str, Any] = {}
    for name in handed_down(work.setup):
        if name in values and values[name] != getattr(company, name):
            same = CONTACTS.c[name].is_not_distinct_from(getattr(company, name))
            for column, value in {name: values[name], **folded_columns({name: values[name]})}.items():
                new[column] = case((same, value), else_=CONTACTS.c[column])
    if values.get("name", company.name) != company.name:
        names = {"company_name": values["name"]}
        new |= names | folded_columns(names)
    if not new:
        return 0
    held = select(CONTACTS.c.no).where(_people(company.no)).order_by(CONTACTS.c.no).with_for_update()
    work.session.execute(held).all()
    people = changes.change(work, Contact, new, _people(company.no))
    if new.keys() & {"country_code", *PHONES.values()}:
        write_phone_columns(work, _people(company.no))
    return people
