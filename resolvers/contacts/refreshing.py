"""Refreshing the stored dates of contacts: those of the contacts that have interactions on days whose sums were
refreshed.

A turn deletes the marks of its days before it reads their entries, as a refresh of sums does, and holds the same lock.
Only dates that differ are written.
"""

import datetime as dt
from functools import cache

from sqlalchemy import (
    Delete,
    FromClause,
    Insert,
    Select,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    not_,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlmodel import Session

from persistence.columns import table_of
from persistence.contact_dates import COUNTS, ContactDate, DirtyContactDay
from persistence.dialects import dialect_of
from persistence.interactions import InteractionLogEntry
from persistence.sql_types import SqlExpression, SqlQuery, Statement
from resolvers.contacts import refreshing_due

ANY_DIRTY_CONTACT_DAY: Statement = (
    "SELECT 1 FROM (SELECT 1 FROM dirty_contact_day UNION ALL SELECT 1 FROM dirty_contact) AS marks LIMIT 1",
    (),
)
"""Finds null if nothing that is stored of contacts may be out of date but what depends on dirty days."""

MARKED_AT_ONCE = 2_000
"""How many marked contacts a turn refreshes, at most."""

STORED, MARKS, ENTRIES = table_of(ContactDate), table_of(DirtyContactDay), table_of(InteractionLogEntry)
DAYS = bindparam("days", expanding=True, type_=MARKS.c.day.type)


def mark(session: Session, days: list[dt.date]) -> None:
    """Note that the dates of contacts with interactions on these days may be out of date."""
    session.execute(delete(MARKS).where(MARKS.c.day.in_(DAYS)), {"days": days})
    session.execute(insert(MARKS), [{"day": day} for day in days])


def forget(session: Session) -> None:
    """Delete all stored dates. The caller has marked all days: refreshing them stores the dates again."""
    session.execute(delete(STORED))
    refreshing_due.forget(session)


def refresh_some(session: Session, most: int) -> int:
    """Refresh what is stored of the contacts with interactions on at most so many marked days, the newest first; if no
    day is marked, of some marked contacts. Returns how many days or contacts that were; 0 if nothing is marked.
    """
    days = list(session.scalars(select(MARKS.c.day).order_by(MARKS.c.day.desc()).limit(most)))
    if days:
        dialect_of(session).lock_refreshing(session)
        for statement in _statements():
            session.connection().execute(statement, {"days": days})
        refreshing_due.refresh_days(session, days)
        return len(days)
    dialect_of(session).lock_refreshing(session)
    return refreshing_due.refresh_marked(session, MARKED_AT_ONCE)


@cache
def _statements() -> tuple[Delete, Insert, Update]:
    """The statements of a turn. They are made once, so that SQLAlchemy compiles them once."""
    new = _new_dates().subquery("new_dates")
    differs = or_(*(new.c[name].is_distinct_from(STORED.c[name]) for name in COUNTS))
    change = update(STORED).values({name: new.c[name] for name in COUNTS})
    return (
        delete(MARKS).where(MARKS.c.day.in_(DAYS)),
        _add_contacts(),
        change.where(STORED.c.contact_no == new.c.contact_no, differs),
    )


def _add_contacts() -> Insert:
    """Adds a row for each contact that has none."""
    owners = _dates_on_days().subquery("owners")
    stored = STORED.alias("stored")
    is_new = not_(select(literal_column("1")).where(stored.c.contact_no == owners.c.contact_no).exists())
    return insert(STORED).from_select(["contact_no"], select(owners.c.contact_no).where(is_new))


def _new_dates() -> SqlQuery:
    """The dates of all contacts with entries on the days, or with a stored date among them."""
    found, stored = _dates_on_days().subquery("found"), STORED.alias("stored")
    columns = []
    for name in COUNTS:
        on_days, before = found.c[name], stored.c[name]
        is_later = or_(before.is_(None), on_days >= before)
        columns.append(
            case((is_later, on_days), (before.not_in(DAYS), before), else_=latest(found.c.contact_no, name)).label(name)
        )
    joined = found.outerjoin(stored, stored.c.contact_no == found.c.contact_no)
    return select(found.c.contact_no, *columns).select_from(joined)


def _dates_on_days() -> Select[tuple[object, ...]]:
    """The contacts, and the last dates of their entries on the days; null where there is none that counts."""
    rows = []
    for owner in (ENTRIES.c.contact_no, ENTRIES.c.company_no):
        dates = (case((_counts(name, ENTRIES), ENTRIES.c.date)).label(name) for name in COUNTS)
        of_owner = select(owner.label("contact_no"), *dates).where(ENTRIES.c.date.in_(DAYS), owner.is_not(None))
        if owner is ENTRIES.c.company_no:
            of_owner = of_owner.where(owner.is_distinct_from(ENTRIES.c.contact_no))
        rows.append(of_owner)
    stored = select(STORED.c.contact_no, *(null().label(name) for name in COUNTS))
    rows.append(stored.where(or_(*(STORED.c[name].in_(DAYS) for name in COUNTS))))
    each = union_all(*rows).subquery("each")
    latest = (func.max(each.c[name], type_=MARKS.c.day.type).label(name) for name in COUNTS)
    return select(each.c.contact_no, *latest).group_by(each.c.contact_no)


def latest(contact_no: SqlExpression, name: str) -> SqlExpression:
    """The last date of all entries of a contact or company that count. An entry that has a company as its contact has
    it as its company too.
    """
    dates = []
    for owner in ("company_no", "contact_no"):
        entry = ENTRIES.alias(f"of_{owner}")
        newest = select(entry.c.date).where(entry.c[owner] == contact_no, _counts(name, entry))
        newest = newest.order_by(entry.c.date.desc()).limit(literal_column("1"))
        dates.append(newest.scalar_subquery())
    return func.coalesce(*dates)


def _counts(name: str, entry: FromClause) -> SqlExpression:
    return and_(not_(entry.c.canceled), COUNTS[name](lambda column: entry.c[column]))
