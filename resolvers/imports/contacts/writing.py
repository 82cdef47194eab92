"""From the staging table into the contacts: companies first, then the people who belong to them."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, insert, literal, or_, select, union, update
from sqlmodel import Session

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.interactions import PostponedInteraction
from resolvers.changes import rules as changes
from resolvers.contacts.fields import inherited_columns
from resolvers.contacts.fields import write_phone_columns as update_phone_columns
from resolvers.imports.contacts.staging import CONTACTS, KEPT, STAGING
from resolvers.work import Work

ROW, CONTACT = STAGING.c, CONTACTS.c
CHANGED = [name for name in KEPT if name not in ("no", "type")]
FLAGS = ("exclude_from_segment", "privacy_blocked")


def add_companies_by_name(session: Session) -> None:
    """A company that people name, and that is neither stored nor in the file, becomes a row of its own."""
    named = and_(ROW.type == ContactType.PERSON, ROW.company_no.is_(None), ROW.search_company_name.is_not(None))
    other = STAGING.alias("company")
    is_there = or_(
        select(1)
        .where(CONTACT.search_name == ROW.search_company_name, CONTACT.type == ContactType.COMPANY)
        .correlate(STAGING)
        .exists(),
        select(1)
        .where(other.c.search_name == ROW.search_company_name, other.c.type == ContactType.COMPANY)
        .correlate(STAGING)
        .exists(),
    )
    time = func.row_number().over(partition_by=ROW.search_company_name, order_by=ROW.row_no).label("time")
    names = (
        select(ROW.row_no, ROW.company_name, ROW.search_company_name, time).where(named, ~is_there).subquery("names")
    )
    last_row = select(func.max(ROW.row_no)).scalar_subquery()
    columns: dict[str, Any] = {
        "row_no": last_row + func.row_number().over(order_by=names.c.row_no),
        "known": literal(False),
        "type": literal(ContactType.COMPANY.value),
        "name": names.c.company_name,
        "search_name": names.c.search_company_name,
    }
    added = select(*columns.values()).where(names.c.time == 1)
    session.execute(insert(STAGING).from_select(list(columns), added))


def name_companies(session: Session) -> None:
    """A company is its own company, under its own name."""
    session.execute(
        update(STAGING)
        .where(ROW.type == ContactType.COMPANY)
        .values(company_no=ROW.no, company_name=ROW.name, search_company_name=ROW.search_name)
    )


def join_companies(work: Work) -> None:
    """People get the company that they name; new ones inherit from it what they do not have (R-CON-7).

    A name that several companies have means the one with the lowest number. Number beats name.
    """
    by_name = (
        select(CONTACT.search_name, func.min(CONTACT.no).label("no"))
        .where(CONTACT.type == ContactType.COMPANY)
        .group_by(CONTACT.search_name)
        .subquery("by_name")
    )
    person = ROW.type == ContactType.PERSON
    named = and_(person, ROW.company_no.is_(None), ROW.search_company_name == by_name.c.search_name)
    work.session.execute(update(STAGING).where(named).values(company_no=by_name.c.no))
    company = CONTACTS.alias("company")
    work.session.execute(
        update(STAGING)
        .where(person, ROW.company_no == company.c.no)
        .values(company_name=company.c.name, search_company_name=company.c.search_name)
    )
    inherited = inherited_columns(work.setup)
    if inherited:
        new = and_(person, ROW.known.is_(False), ROW.company_no == company.c.no)
        filled = {name: func.coalesce(ROW[name], company.c[name]) for name in _with_folded(inherited)}
        work.session.execute(update(STAGING).where(new).values(filled))


def hold(session: Session) -> None:
    """Nobody else changes the contacts of the file, and the people of its companies, until the transaction ends."""
    person = CONTACTS.alias("person")
    known = select(ROW.no).where(ROW.known)
    people = select(person.c.no).join(STAGING, person.c.company_no == ROW.no).where(ROW.known)
    these = select(CONTACT.no).where(CONTACT.no.in_(union(known, people)))
    held = these.order_by(CONTACT.type, CONTACT.no).with_for_update().subquery("held")
    session.execute(select(func.count()).select_from(held))


def tell_people(work: Work) -> None:
    """What a company of the file hands down changes in people who still had the company's old value (R-CON-8)."""
    company = CONTACTS.alias("company")
    new: dict[str, Any] = {}
    for name in inherited_columns(work.setup):
        news = and_(ROW[name].is_not(None), CONTACT[name].is_not_distinct_from(company.c[name]))
        new |= {column: case((news, ROW[column]), else_=CONTACT[column]) for column in _with_folded([name])}
    changes.update_rows(work, Contact, new, *_people_of(company))


def change(work: Work, kind: ContactType) -> int:
    """Change the contacts that differ from their rows, and answer how many. Blank cells leave the contact as it is."""
    new = {name: func.coalesce(ROW[name], CONTACT[name]) for name in CHANGED}
    return changes.update_rows(work, Contact, new, CONTACT.no == ROW.no, ROW.known, ROW.type == kind)


def add(work: Work, kind: ContactType) -> int:
    """Insert the contacts that are new, in the order of their rows, and answer how many (R-CON-6)."""
    default = work.user.salesperson_code or work.setup.default_salesperson_code
    values: dict[str, Any] = {name: ROW[name] for name in KEPT} | {
        name: func.coalesce(ROW[name], False) for name in FLAGS
    }
    if default is not None:
        values["salesperson_code"] = func.coalesce(ROW.salesperson_code, default)
    is_new = (ROW.known.is_(False), ROW.type == kind)
    new = select(literal(1), *values.values()).where(*is_new).order_by(ROW.row_no)
    added = _row_count(work.session.execute(insert(CONTACTS).from_select(["version", *values], new)))
    changes.record_created(work, Contact, CONTACT.no == ROW.no, *is_new)
    return added


def rename_in_people(work: Work) -> None:
    """People who are not in the file carry the new name of a company that is."""
    company = CONTACTS.alias("company")
    new = {"company_name": company.c.name, "search_company_name": company.c.search_name}
    changes.update_rows(work, Contact, new, *_people_of(company))


def take_postponed_along(session: Session) -> None:
    """What is not finished will be logged for the new company of a person."""
    waiting = table_of(PostponedInteraction)
    moved = (waiting.c.contact_no == ROW.no, ROW.known, ROW.type == ContactType.PERSON, ROW.company_no.is_not(None))
    changed = waiting.c.company_no.is_distinct_from(ROW.company_no)
    session.execute(update(waiting).where(*moved, changed).values(company_no=ROW.company_no))


def write_phone_columns(work: Work) -> None:
    """Write the search columns of telephone numbers. They depend on the country, the contact's own or an inherited
    one.
    """
    people_of_these = select(ROW.no).where(ROW.type == ContactType.COMPANY, ROW.known)
    update_phone_columns(work, or_(CONTACT.no.in_(select(ROW.no)), CONTACT.company_no.in_(people_of_these)))


def count_known(session: Session) -> int:
    """How many rows are about contacts that were there before."""
    return session.scalar(select(func.count()).where(ROW.known)) or 0


def _with_folded(names: list[str]) -> list[str]:
    """These columns and those that repeat them for search."""
    beside = {"city": "search_city", "email": "search_email"}
    return [*names, *(beside[name] for name in names if name in beside)]


def _people_of(company: Any) -> tuple[ColumnElement[bool], ...]:
    """The people of companies that were there before."""
    return (
        ROW.no == company.c.no,
        ROW.known,
        ROW.type == ContactType.COMPANY,
        CONTACT.company_no == company.c.no,
        CONTACT.no != company.c.no,
    )


def _row_count(result: Any) -> int:
    return int(result.rowcount)
