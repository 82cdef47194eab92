"""Refreshing `due_contact`: since when contacts are due because of their interactions.

A turn deletes marks before it reads, so that it sees every change whose mark it deletes; a change that is committed
later keeps its mark. The caller holds the lock of refreshes.
"""

import datetime as dt
from collections.abc import Sequence
from functools import cache

from sqlalchemy import Date, Delete, FromClause, Insert, bindparam, delete, except_, insert, not_, select
from sqlmodel import Session

from persistence.columns import table_of
from persistence.precomputed.due_contacts import DIRTY_CONTACTS, DueContact
from persistence.sql_types import Parameters
from resolvers.contacts.due_facts import CONTACTS, days_by_interactions, with_entries_on_days

DUE = table_of(DueContact)
TODAY = bindparam("today", type_=Date())
MARKED = bindparam("marked", expanding=True, type_=DIRTY_CONTACTS.c.contact_no.type)


def refresh_days(session: Session, days: Sequence[dt.date]) -> None:
    """Refresh the contacts and companies that have interactions on these days."""
    _execute(session, _statements(marked=False), {"days": days})


def refresh_marked(session: Session, most: int) -> int:
    """Refresh at most so many of the contacts that are marked, and return how many that were."""
    chosen = select(DIRTY_CONTACTS.c.contact_no).distinct().order_by(DIRTY_CONTACTS.c.contact_no).limit(most)
    marked = list(session.scalars(chosen))
    if marked:
        session.execute(delete(DIRTY_CONTACTS).where(DIRTY_CONTACTS.c.contact_no.in_(MARKED)), {"marked": marked})
        _execute(session, _statements(marked=True), {"marked": marked})
    return len(marked)


def forget(session: Session) -> None:
    """Delete all rows. The caller has marked all days; contacts without interactions are marked here."""
    session.execute(delete(DUE))
    rhythm = select(CONTACTS.c.no).where(CONTACTS.c.contact_every_days.is_not(None))
    session.execute(insert(DIRTY_CONTACTS).from_select(["contact_no"], rhythm))


def _execute(session: Session, statements: Sequence[Delete | Insert], given: Parameters) -> None:
    for statement in statements:
        session.connection().execute(statement, {**given, "today": dt.date.max})


@cache
def _statements(*, marked: bool) -> Sequence[Delete | Insert]:
    """The statements that delete the rows that are wrong, and insert those that are missing. All dates count, those
    after today too: contacts with an interaction to come are looked up by each list.

    Wrong are the chosen rows except those that are right: SQLite, which expects few of both, would join them by
    comparing each with each.
    """
    stored = DUE.alias("stored")
    numbers: FromClause
    if marked:
        numbers = select(CONTACTS.c.no).where(CONTACTS.c.no.in_(MARKED)).subquery("numbers")
        is_chosen = stored.c.contact_no.in_(MARKED)
    else:
        numbers = with_entries_on_days()
        is_chosen = stored.c.contact_no.in_(select(numbers.c.no))
    right = days_by_interactions(numbers, TODAY).subquery("right_rows")
    with_same_no = select(stored.c.contact_no).where(stored.c.contact_no == right.c.contact_no)
    is_stored = with_same_no.exists()
    is_right = with_same_no.where(
        stored.c.due_on == right.c.due_on, stored.c.salesperson_code.is_not_distinct_from(right.c.salesperson_code)
    ).exists()
    wrong = except_(select(stored.c.contact_no).where(is_chosen), select(right.c.contact_no).where(is_right))
    columns = ["contact_no", "salesperson_code", "due_on"]
    return (
        delete(DUE).where(DUE.c.contact_no.in_(wrong)),
        insert(DUE).from_select(columns, select(*(right.c[name] for name in columns)).where(not_(is_stored))),
    )
