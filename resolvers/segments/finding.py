"""Which contacts are meant to stand on a segment: named, matching, or of a logged segment; with their companies
(R-ADD-4).
"""

from collections.abc import Sequence

from sqlalchemy import FromClause, Integer, Select, func, literal, null, select, true

from persistence.lists import listed
from resolvers.segments.steps import Criteria
from resolvers.segments.tables import CONTACTS, ENTRIES
from resolvers.selections import Matching
from resolvers.work import Work


def named(work: Work, numbers: Sequence[str]) -> Select[tuple[str, int]]:
    """The contacts with these numbers, in their order, as `contact_no` and `position`; those that are not there are
    left out.
    """
    asked = listed(work.session, numbers)
    there = asked.join(CONTACTS, CONTACTS.c.no == asked.c.value)
    return select(CONTACTS.c.no.label("contact_no"), asked.c.position.label("position")).select_from(there)


def matching(meant: Matching | None) -> Select[tuple[str, int]]:
    """The contacts that pass, in no order of their own."""
    return select(CONTACTS.c.no.label("contact_no"), null().cast(Integer).label("position")).where(
        meant(CONTACTS) if meant else true()
    )


def of_logged_segment(entry_no: int) -> Select[tuple[str, int]]:
    """The contact of each entry that came with a logged segment and is not canceled (R-LOG-11, K14)."""
    of_it = (
        ENTRIES.c.logged_segment_entry_no == entry_no,
        ENTRIES.c.canceled.is_(False),
        ENTRIES.c.contact_no.is_not(None),
    )
    return select(ENTRIES.c.contact_no.label("contact_no"), ENTRIES.c.entry_no.label("position")).where(*of_it)


def with_companies(meant: Select[tuple[str, int]], criteria: Criteria) -> FromClause:
    """The columns of each contact that is meant, its `position`, and how often it came up before that, from 1 on, in
    `time`.

    First comes everybody of the same companies, then the company of each, where the criteria ask for them (R-ADD-4).
    """
    everybody: FromClause = meant.cte("meant")
    if criteria.expand_companies:
        everybody = _and_colleagues(everybody)
    if criteria.allow_related_companies:
        everybody = _and_companies(everybody)
    time = (
        func.row_number().over(partition_by=CONTACTS.c.no, order_by=everybody.c.position)
        if _repeats(criteria)
        else literal(1)
    )
    joined = everybody.join(CONTACTS, CONTACTS.c.no == everybody.c.contact_no)
    return select(*CONTACTS.c, everybody.c.position, time.label("time")).select_from(joined).subquery("found")


def _repeats(criteria: Criteria) -> bool:
    return criteria.by_number or criteria.logged_segment_entry_no is not None


def _and_colleagues(meant: FromClause) -> FromClause:
    known = CONTACTS.alias("known")
    companies = select(known.c.company_no).select_from(meant.join(known, known.c.no == meant.c.contact_no))
    colleagues = CONTACTS.c.company_no.in_(companies.where(known.c.company_no.is_not(None)))
    return _and_more(meant, select(CONTACTS.c.no, null().cast(Integer)).where(colleagues), "colleagues")


def _and_companies(meant: FromClause) -> FromClause:
    known = CONTACTS.alias("person")
    companies = select(known.c.company_no).select_from(meant.join(known, known.c.no == meant.c.contact_no))
    theirs = CONTACTS.c.no.in_(companies.where(known.c.company_no.is_not(None)))
    return _and_more(meant, select(CONTACTS.c.no, null().cast(Integer)).where(theirs), "companies")


def _and_more(meant: FromClause, more: Select[tuple[str, None]], name: str) -> FromClause:
    """Those that are not meant already come behind the others, once each."""
    new = more.where(CONTACTS.c.no.not_in(select(meant.c.contact_no)))
    return select(meant.c.contact_no, meant.c.position).union_all(new).cte(name)
