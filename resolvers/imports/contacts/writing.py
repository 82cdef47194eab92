"""Writes the staged rows into the contacts: companies first, then the people who belong to them."""

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    case,
    func,
    insert,
    literal,
    not_,
    null,
    or_,
    select,
    union,
    update,
)
from sqlmodel import Session

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.interactions import PostponedInteraction
from persistence.segments import Segment, SegmentLine
from resolvers import change_feed
from resolvers.changes import rules as changes
from resolvers.contacts.fields import FOLDED, NORMALIZERS, PHONES, inherited_columns
from resolvers.contacts.fields import write_phone_columns as update_phone_columns
from resolvers.imports.contacts.staging import CONTACT_COLUMNS, CONTACTS, STAGING
from resolvers.imports.writing import insert_rows, with_defaults
from resolvers.interactions.contact_salespeople import repeat_salespeople
from resolvers.work import Work

ROW, CONTACT = STAGING.c, CONTACTS.c
UPDATED_COLUMNS = [name for name in CONTACT_COLUMNS if name not in ("no", "type")]
DEFAULTS = {name: False for name, normalizer in NORMALIZERS.items() if normalizer is bool}
"""The values of a new contact for missing columns and blank cells."""


def stage_new_companies(work: Work) -> int:
    """Stage a row for each company name of people that is neither in the database nor in the file. Returns how many."""
    named = and_(
        ROW.type == ContactType.PERSON,
        ROW.company_no.is_(None),
        ROW.search_company_name.is_not(None),
        ROW.without_company.is_(None),
    )
    other = STAGING.alias("company")
    known_name = or_(
        select(1)
        .where(CONTACT.search_name == ROW.search_company_name, CONTACT.type == ContactType.COMPANY)
        .correlate(STAGING)
        .exists(),
        select(1)
        .where(other.c.search_name == ROW.search_company_name, other.c.type == ContactType.COMPANY)
        .correlate(STAGING)
        .exists(),
    )
    occurrence = func.row_number().over(partition_by=ROW.search_company_name, order_by=ROW.row_no).label("occurrence")
    names = (
        select(ROW.row_no, ROW.company_name, ROW.search_company_name, occurrence)
        .where(named, ~known_name)
        .subquery("names")
    )
    last_row = select(func.max(ROW.row_no)).scalar_subquery()
    columns: dict[str, ColumnElement[object]] = {
        "row_no": last_row + func.row_number().over(order_by=names.c.row_no),
        "known": literal(False),
        "type": literal(ContactType.COMPANY.value),
        "name": names.c.company_name,
        "search_name": names.c.search_company_name,
    }
    added = select(*columns.values()).where(names.c.occurrence == 1)
    return work.write(insert(STAGING).from_select(list(columns), added))


def set_company_of_companies(session: Session) -> None:
    """Set the company of each company: the company itself."""
    session.execute(
        update(STAGING)
        .where(ROW.type == ContactType.COMPANY)
        .values(company_no=ROW.no, company_name=ROW.name, search_company_name=ROW.search_name)
    )


def set_company_of_people(work: Work, *, exactly: bool) -> None:
    """Set the company of people by number, else by name. New people inherit from it the fields that they lack
    (R-CON-7), unless they are imported exactly. The search columns of telephone numbers depend on an inherited country.

    Of several companies with one name, a company of the file is taken, and the one with the lowest number.
    """
    person = ROW.type == ContactType.PERSON
    other = STAGING.alias("other")
    for companies in (other, CONTACTS):
        by_name = (
            select(companies.c.search_name, func.min(companies.c.no).label("no"))
            .where(companies.c.type == ContactType.COMPANY)
            .group_by(companies.c.search_name)
            .subquery("by_name")
        )
        named = and_(person, ROW.company_no.is_(None), ROW.search_company_name == by_name.c.search_name)
        work.session.execute(update(STAGING).where(named).values(company_no=by_name.c.no))
    company = CONTACTS.alias("company")
    other_name = or_(
        ROW.company_name.is_distinct_from(company.c.name),
        ROW.search_company_name.is_distinct_from(company.c.search_name),
    )
    work.session.execute(
        update(STAGING)
        .where(person, ROW.company_no == company.c.no, other_name)
        .values(company_name=company.c.name, search_company_name=company.c.search_name)
    )
    inherited = inherited_columns(work.setup)
    if inherited and not exactly:
        lacks = or_(*(and_(ROW[name].is_(None), company.c[name].is_not(None)) for name in _with_folded(inherited)))
        new = and_(person, ROW.known.is_(False), ROW.company_no == company.c.no, lacks)
        filled: dict[str, ColumnElement[object]] = {
            name: func.coalesce(ROW[name], company.c[name]) for name in _with_folded(inherited)
        }
        inherits_country = and_(ROW.country_code.is_(None), company.c.country_code.is_not(None))
        if "country_code" in inherited:
            filled |= {name: case((inherits_country, null()), else_=ROW[name]) for name in PHONES}
        work.session.execute(update(STAGING).where(new).values(filled))
        cleared = [and_(ROW[name].is_(None), ROW[number].is_not(None)) for name, number in PHONES.items()]
        update_phone_columns(work, person, ROW.known.is_(False), or_(*cleared), rows=STAGING)


def lock_contacts(session: Session) -> None:
    """Lock the contacts of the file, and the people of its companies, until the transaction ends."""
    locked = select(CONTACT.no).where(CONTACT.no.in_(_with_people(ROW.known)))
    in_order = locked.order_by(CONTACT.type, CONTACT.no).with_for_update().subquery("locked")
    session.execute(select(func.count()).select_from(in_order))


def update_inherited_fields(work: Work) -> None:
    """Update inherited fields in people who still have the old value of their company (R-CON-8)."""
    company = CONTACTS.alias("company")
    new: dict[str, ColumnElement[object]] = {}
    for name in inherited_columns(work.setup):
        changed = and_(ROW[name].is_not(None), CONTACT[name].is_not_distinct_from(company.c[name]))
        new |= {column: case((changed, ROW[column]), else_=CONTACT[column]) for column in _with_folded([name])}
    changes.update_rows(work, Contact, new, *_people_of(company))


def update_contacts(work: Work, kind: ContactType) -> int:
    """Update the contacts of a type that differ from their rows. Blank cells change nothing. Returns their number."""
    new = {name: func.coalesce(ROW[name], CONTACT[name]) for name in UPDATED_COLUMNS}
    return changes.update_rows(work, Contact, new, CONTACT.no == ROW.no, ROW.known, ROW.type == kind)


def insert_contacts(work: Work, kind: ContactType, *, exactly: bool) -> int:
    """Insert the new contacts of a type, in the order of their rows. Without a salesperson they get the default one
    (R-CON-6), unless they are imported exactly. Returns their number.
    """
    values = with_defaults(ROW, CONTACT_COLUMNS, DEFAULTS) | {"version": literal(1), "created_on": literal(work.today)}
    default = work.user.salesperson_code or work.setup.default_salesperson_code
    if default is not None and not exactly:
        values["salesperson_code"] = func.coalesce(ROW.salesperson_code, default)
    is_new = (ROW.known.is_(False), ROW.type == kind)
    inserted = insert_rows(work.session, CONTACTS, values, *is_new, order_by=(ROW.row_no,))
    changes.record_created(work, Contact, CONTACT.no == ROW.no, *is_new)
    return inserted


def created_contacts() -> Select[tuple[int]]:
    """Selects the ids of the contacts that were inserted."""
    return select(CONTACT.id).where(CONTACT.no == ROW.no, ROW.known.is_(False))


def update_company_names(work: Work) -> None:
    """Update the company name of people who are not in the file, if their company is."""
    company = CONTACTS.alias("company")
    new = {"company_name": company.c.name, "search_company_name": company.c.search_name}
    changes.update_rows(work, Contact, new, *_people_of(company))


def link_people(work: Work, *, exactly: bool) -> int:
    """Put people without a company under the new company whose name they have, as they keep the name of a company that
    was rejected (R-IMP-15). They inherit from it the fields that they lack (R-CON-7), unless it is imported exactly.
    Those on an open segment stay as they are (R-CON-10). Returns their number.
    """
    names = (
        select(ROW.search_name, func.min(ROW.no).label("no"))
        .where(ROW.type == ContactType.COMPANY, ROW.known.is_(False))
        .group_by(ROW.search_name)
        .subquery("names")
    )
    company = CONTACTS.alias("company")
    people = (
        CONTACT.type == ContactType.PERSON,
        CONTACT.company_no.is_(None),
        CONTACT.search_company_name == names.c.search_name,
        company.c.no == names.c.no,
        not_(on_open_segment(CONTACT.no).correlate(CONTACTS).exists()),
    )
    locked = select(CONTACT.no).where(*people).order_by(CONTACT.no).with_for_update(of=CONTACTS).subquery()
    work.session.execute(select(func.count()).select_from(locked))
    new: dict[str, ColumnElement[object]] = {
        "company_no": company.c.no,
        "company_name": company.c.name,
        "search_company_name": company.c.search_name,
    }
    if not exactly:
        inherited = _with_folded(inherited_columns(work.setup))
        new |= {name: func.coalesce(CONTACT[name], company.c[name]) for name in inherited}
    linked = changes.update_rows(work, Contact, new, *people)
    new_companies = select(ROW.no).where(ROW.type == ContactType.COMPANY, ROW.known.is_(False))
    of_new_companies = CONTACT.company_no.in_(new_companies)
    repeat_salespeople(work, of_new_companies)
    update_phone_columns(work, of_new_companies)
    return linked


def on_open_segment(contact_no: ColumnElement[str]) -> Select[int]:
    """Selects the lines of open segments with this contact."""
    lines, segments = table_of(SegmentLine), table_of(Segment)
    is_open = and_(segments.c.id == lines.c.segment_id, segments.c.logged_segment_entry_no.is_(None))
    return select(literal(1)).select_from(lines.join(segments, is_open)).where(lines.c.contact_no == contact_no)


def update_postponed_interactions(work: Work) -> None:
    """Set the new company of a person on the person's postponed interactions, which get a new version."""
    postponed = table_of(PostponedInteraction)
    moved = (postponed.c.contact_no == ROW.no, ROW.known, ROW.type == ContactType.PERSON, ROW.company_no.is_not(None))
    changed = postponed.c.company_no.is_distinct_from(ROW.company_no)
    change_feed.record(work, change_feed.UPDATED, postponed, *moved, changed)
    new = {"company_no": ROW.company_no, "version": postponed.c.version + 1}
    work.session.execute(update(postponed).where(*moved, changed).values(new))


def update_interactions(work: Work) -> None:
    """Repeat the new salespeople of contacts in their interactions, also those of people who inherited them."""
    repeat_salespeople(work, CONTACT.no.in_(_with_people(ROW.known)))


def write_phone_columns(work: Work) -> None:
    """Write the search columns of telephone numbers of updated contacts. They depend on the country, which may be the
    one that was stored, and which people inherit.
    """
    update_phone_columns(work, CONTACT.no.in_(_with_people(ROW.known)))


def count_known(session: Session) -> int:
    """The number of rows whose contact existed before the import."""
    return session.scalar(select(func.count()).where(ROW.known)) or 0


def _with_folded(names: list[str]) -> list[str]:
    """These columns and their folded copies, which are used for search."""
    folded = {source: column for column, (source, *_) in FOLDED.items()}
    return [*names, *(folded[name] for name in names if name in folded)]


def _people_of(company: FromClause) -> tuple[ColumnElement[bool], ...]:
    """The condition for people of the companies in the file that existed before the import."""
    return (
        ROW.no == company.c.no,
        ROW.known,
        ROW.type == ContactType.COMPANY,
        CONTACT.company_no == company.c.no,
        CONTACT.no != company.c.no,
    )


def _with_people(rows: ColumnElement[bool]) -> CompoundSelect[str]:
    """Selects the numbers of the contacts of these rows and of the people of those companies that existed before. A
    union, because PostgreSQL compares every row with every contact if there are two conditions with OR.
    """
    person = CONTACTS.alias("person")
    people = select(person.c.no).join(STAGING, person.c.company_no == ROW.no).where(ROW.known)
    return union(select(ROW.no).where(rows), people)
