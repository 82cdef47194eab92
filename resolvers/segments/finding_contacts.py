"""The contacts that are to be added to a segment: by number, by filter, or of a logged segment; with their companies
(R-ADD-4).
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, FromClause, Integer, Select, func, literal, null, select, true

from persistence.sql.lists_as_tables import list_as_table
from resolvers.segments.steps import Criteria
from resolvers.segments.tables import CONTACTS, ENTRIES
from resolvers.selections import Matching
from resolvers.work import Work


def with_numbers(work: Work, numbers: Sequence[str]) -> Select[str, int]:
    """Selects the contacts with these numbers as `contact_no`, and their `position` in the list. Numbers of no contact
    are left out.
    """
    given = list_as_table(work.session, numbers)
    joined = given.join(CONTACTS, CONTACTS.c.no == given.c.value)
    return select(CONTACTS.c.no.label("contact_no"), given.c.position.label("position")).select_from(joined)


def matching(condition: Matching | None) -> Select[str, int]:
    """Selects the contacts that meet the condition; their position is null. Without a condition, all contacts."""
    return select(CONTACTS.c.no.label("contact_no"), null().cast(Integer).label("position")).where(
        condition(CONTACTS) if condition else true()
    )


def of_logged_segment(entry_no: int) -> Select[str, int]:
    """Selects the contact of each interaction that was logged with a segment and is not canceled (R-LOG-11, K14)."""
    logged_with_it = (
        ENTRIES.c.logged_segment_entry_no == entry_no,
        ENTRIES.c.canceled.is_(False),
        ENTRIES.c.contact_no.is_not(None),
    )
    columns = (ENTRIES.c.contact_no.label("contact_no"), ENTRIES.c.entry_no.label("position"))
    return select(*columns).where(*logged_with_it)


def with_companies(selected: Select[str, int], criteria: Criteria) -> FromClause:
    """The columns of the selected contacts, their `position`, and their `occurrence`: 1 the first time, 2 the second.

    If the criteria say so, all other contacts of the same companies are added, and then the companies of all (R-ADD-4).
    """
    contacts: FromClause = selected.cte("selected")
    if criteria.expand_companies:
        contacts = _with_colleagues(contacts)
    if criteria.allow_related_companies:
        contacts = _with_own_companies(contacts)
    occurrence = (
        func.row_number().over(partition_by=CONTACTS.c.no, order_by=contacts.c.position)
        if _may_repeat(criteria)
        else literal(1)
    )
    joined = contacts.join(CONTACTS, CONTACTS.c.no == contacts.c.contact_no)
    columns = (*CONTACTS.c, contacts.c.position, occurrence.label("occurrence"))
    return select(*columns).select_from(joined).subquery("found")


def _may_repeat(criteria: Criteria) -> bool:
    return criteria.by_number or criteria.logged_segment_entry_no is not None


def _with_colleagues(contacts: FromClause) -> FromClause:
    colleagues = CONTACTS.c.company_no.in_(_companies_of(contacts))
    return _with_more(contacts, colleagues, "colleagues")


def _with_own_companies(contacts: FromClause) -> FromClause:
    companies = CONTACTS.c.no.in_(_companies_of(contacts))
    return _with_more(contacts, companies, "companies")


def _companies_of(contacts: FromClause) -> Select[str]:
    known = CONTACTS.alias("known")
    joined = contacts.join(known, known.c.no == contacts.c.contact_no)
    return select(known.c.company_no).select_from(joined).where(known.c.company_no.is_not(None))


def _with_more(contacts: FromClause, where: ColumnElement[bool], name: str) -> FromClause:
    """The contacts followed by those that meet the condition and are not among them, once each."""
    is_new = CONTACTS.c.no.not_in(select(contacts.c.contact_no))
    new = select(CONTACTS.c.no, null().cast(Integer)).where(where, is_new)
    return select(contacts.c.contact_no, contacts.c.position).union_all(new).cte(name)
