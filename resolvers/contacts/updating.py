"""Updating contacts: which changes are refused, and which reach the people of a company (R-CON-5, R-CON-7, R-CON-8,
R-CON-10).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy import Table as SqlTable
from sqlalchemy import update as update_rows

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.segments import Segment, SegmentLine
from resolvers import change_feed, master_data, own_changes
from resolvers.changes import rules as changes
from resolvers.contacts.fields import (
    CONTACTS,
    INPUT,
    PHONES,
    ContactFields,
    check,
    check_type,
    company_of_person,
    company_with_company,
    folded_columns,
    inherited_columns,
    normalized_contact,
    phone_columns,
    write_phone_columns,
)
from resolvers.errors import Refusal, Translated, UserErrorCode, number, refuse_any
from resolvers.interactions.contact_salespeople import repeat_salespeople
from resolvers.usages import LINES_OF_OPEN_SEGMENTS
from resolvers.work import Work, key

ROWS = table_of(Contact)
INTERACTIONS = (Translated("interaction", "interaction"), Translated("interactions", "interactions"))
INTERACTIONS_OF_ANYBODY = Translated("interactions", "des interactions")
PEOPLE = (Translated("person", "personne"), Translated("people", "personnes"))


@dataclass(frozen=True)
class ContactUpdated:
    """The id and version of the contact, and the number of `people` of a company who changed with it."""

    id: int
    version: int
    people: int


class HasEntries(Refusal):
    """The type of a contact with interactions, finished or postponed, is to change (R-CON-5)."""

    code = UserErrorCode.HAS_ENTRIES
    english = "Contact {no} has {entries}, so its type cannot change. Create a new contact of the other type instead."
    french = (
        "Le contact {no} a {entries}; son type ne peut donc pas changer. Créez plutôt un nouveau contact de "
        "l’autre type."
    )


class HasPeople(Refusal):
    """A company with people is to become a person (R-CON-5, K24)."""

    code = UserErrorCode.HAS_ENTRIES
    english = "Company {no} has {people}, so its type cannot change. Move its people to another company first."
    french = (
        "La compagnie {no} compte {people}; son type ne peut donc pas changer. "
        "Rattachez d’abord son personnel à une autre compagnie."
    )


class OnOpenSegment(Refusal):
    """The company of a contact on an open segment is to change (R-CON-10)."""

    code = UserErrorCode.IN_USE
    english = "Contact {no} is on {lines}, so its company cannot change. Remove {these} first, or log the segment."
    french = (
        "Le contact {no} figure sur {lines}; sa compagnie ne peut donc pas changer. "
        "Retirez d’abord {these}, ou journalisez le segment."
    )


def update(work: Work, no: str, fields: ContactFields, *, expected_version: int | None = None) -> ContactUpdated:
    """Change the given fields of a contact. Its version rises unless nothing changes.

    A person who gets another company inherits from it what is not given (R-CON-7). Logged interactions keep the company
    that the person had (K6 takes precedence over R-CON-10). Changes of a company reach its people where they had the
    same value and the setup lets them inherit it (R-CON-8).
    """
    refusals: list[Refusal] = []
    company_refusals: list[Refusal] = []
    values, wanted = normalized_contact(fields, refusals), key(no) or ""
    company_no = values.get("company_no")
    # The company is locked before its people, as in every change of a company.
    company = None
    if company_no is not None and company_no != wanted:
        company = company_of_person(work, company_no, company_refusals)
    before = CONTACTS.lock(work, no, expected_version)
    own_changes.check_contact(work, before)
    other_refusals = check(work, values, before)
    columns: dict[str, object] = {**values}
    columns |= _company_columns(work, before, values, None if company_refusals else company, refusals)
    type = values.get("type", before.type)
    if type != ContactType.COMPANY:
        refusals += company_refusals
    refusals += _check_unused(work, before, columns) + other_refusals
    refuse_any(refusals)
    updated = master_data.update(work, before, columns | folded_columns(columns) | phone_columns(columns, before))
    if before.company_no != columns.get("company_no", before.company_no):
        _move_postponed_interactions(work, wanted, columns["company_no"])
    if before.salesperson_code != columns.get("salesperson_code", before.salesperson_code):
        repeat_salespeople(work, ROWS.c.no == before.no)
    people = update_people(work, before, columns) if type == ContactType.COMPANY else 0
    return ContactUpdated(updated.id, updated.version, people)


def _company_columns(
    work: Work, before: Contact, values: ContactFields, company: Contact | None, refusals: list[Refusal]
) -> dict[str, object]:
    """The company, its name and the inherited values that follow from the given type and company."""
    type, given = values.get("type", before.type), values.get("company_no")
    refusals += check_type(type)
    if type == ContactType.COMPANY:
        if given not in (None, before.no):
            refusals.append(company_with_company())
        return {"company_no": before.no, "company_name": values.get("name", before.name)}
    was_company = before.type == ContactType.COMPANY
    if given is None:
        return {"company_no": None, "company_name": None} if was_company or "company_no" in values else {}
    if given == before.no:
        refusals.append(company_with_company())
        return {}
    if company is None or before.company_no == company.no:
        return {}
    return _inherited(work, before, values, company) | {"company_name": company.name}


def _inherited(work: Work, before: Contact, values: ContactFields, company: Contact) -> dict[str, object]:
    """The inherited values that are not given. A person's own correspondence type stays (R-CON-7)."""
    inherited: dict[str, object] = {}
    for name in inherited_columns(work.setup):
        stays = name in values or (name == "correspondence_type" and before.correspondence_type is not None)
        if not stays and getattr(company, name) is not None:
            inherited[name] = getattr(company, name)
    return inherited


def _check_unused(work: Work, before: Contact, columns: Mapping[str, object]) -> list[Refusal]:
    """Refusals for another type or company while other records depend on it. Reads all counts in one statement."""
    new_type = columns.get("type", before.type) != before.type
    moved = columns.get("company_no", before.company_no) != before.company_no
    if not new_type and not moved:
        return []
    lines, segments = table_of(SegmentLine), table_of(Segment)
    on_open_segments = (
        select(func.count())
        .select_from(lines.join(segments, segments.c.id == lines.c.segment_id))
        .where(lines.c.contact_no == before.no, segments.c.logged_segment_entry_no.is_(None))
    )
    people = select(func.count()).where(people_of(before.no))
    logged, postponed = (_count(table_of(model), before.no) for model in (InteractionLogEntry, PostponedInteraction))
    counts = [count.scalar_subquery() for count in (logged, postponed, on_open_segments, people)]
    no_of_logged, no_of_postponed, no_of_lines, no_of_people = work.session.execute(select(*counts)).one()
    entries = no_of_logged + no_of_postponed
    refusals: list[Refusal] = []
    if new_type and entries:
        # Interactions that the user does not see prevent the change too. Their number stays unknown to the user.
        counted = INTERACTIONS_OF_ANYBODY if work.user.viewer.own_only else number(entries, *INTERACTIONS)
        refusals.append(HasEntries(INPUT, "type", no=before.no, entries=counted))
    if new_type and no_of_people:
        refusals.append(HasPeople(INPUT, "type", no=before.no, people=number(no_of_people, *PEOPLE)))
    if moved and no_of_lines:
        used = number(no_of_lines, *LINES_OF_OPEN_SEGMENTS)
        these = Translated("this line", "cette ligne") if no_of_lines == 1 else Translated("these lines", "ces lignes")
        refusals.append(OnOpenSegment(INPUT, "company_no", no=before.no, lines=used, these=these))
    return refusals


def _count(entries: SqlTable, no: str) -> Select[int]:
    return select(func.count()).select_from(entries).where(or_(entries.c.contact_no == no, entries.c.company_no == no))


def people_of(company_no: str) -> ColumnElement[bool]:
    """Whether a contact is one of the people of this company."""
    return and_(ROWS.c.company_no == company_no, ROWS.c.no != company_no)


def _move_postponed_interactions(work: Work, no: str, company_no: object) -> None:
    """Give the contact's postponed interactions its new company, and a new version: unlike logged ones, they are not
    history yet.
    """
    postponed = table_of(PostponedInteraction)
    change_feed.record(work, change_feed.UPDATED, postponed, postponed.c.contact_no == no)
    new = {"company_no": company_no, "version": postponed.c.version + 1}
    work.session.execute(update_rows(postponed).where(postponed.c.contact_no == no).values(new))


def update_people(work: Work, company: Contact, columns: Mapping[str, object]) -> int:
    """Give the people the company's new name, and inherited values where they had the company's old value (R-CON-8)."""
    new: dict[str, object] = {}
    for name in inherited_columns(work.setup):
        if name in columns and columns[name] != getattr(company, name):
            had_same = ROWS.c[name].is_not_distinct_from(getattr(company, name))
            for column, value in {name: columns[name], **folded_columns({name: columns[name]})}.items():
                new[column] = case((had_same, value), else_=ROWS.c[column])
    if columns.get("name", company.name) != company.name:
        names = {"company_name": columns["name"]}
        new |= names | folded_columns(names)
    if not new:
        return 0
    # FOR UPDATE only if the salesperson changes, so that interactions that are being logged wait. Otherwise they must
    # not: they have locked a contact and wait for the company, so this would be a deadlock.
    locked = select(ROWS.c.no).where(people_of(company.no)).order_by(ROWS.c.no)
    work.session.execute(locked.with_for_update(key_share="salesperson_code" not in new)).all()
    people = changes.update_rows(work, Contact, new, people_of(company.no))
    if "salesperson_code" in new:
        repeat_salespeople(work, people_of(company.no))
    if new.keys() & {"country_code", *PHONES.values()}:
        write_phone_columns(work, people_of(company.no))
    return people
