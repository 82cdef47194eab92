"""Refreshing the stored dates of contacts: those of the contacts that have interactions on days whose sums were
refreshed.

A turn deletes the marks of its days before it reads their entries, as a refresh of sums does, and holds the same lock.
Only dates that differ are written.
"""

import datetime as dt
from collections.abc import Sequence
from functools import cache

from sqlalchemy import (
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
from sqlalchemy.sql.dml import ReturningDelete
from sqlmodel import Session

from persistence.columns import table_of
from persistence.dialects import dialect_of
from persistence.dialects.interface import DatabaseDialect
from persistence.interactions import InteractionLogEntry
from persistence.precomputed.contact_dates import COUNTS, ContactDate, DirtyContactDay
from persistence.precomputed.day_sums import DIRTY_DAYS
from persistence.sql_types import SqlExpression, SqlQuery, Statement
from resolvers.contacts import refreshing_due

ANY_DIRTY_DAY: Statement = ("SELECT 1 FROM dirty_contact_day WHERE day NOT IN (SELECT day FROM dirty_day) LIMIT 1", ())
"""Finds null if no day is marked whose sums are up to date."""

ANY_DIRTY_CONTACT: Statement = ("SELECT 1 FROM dirty_contact LIMIT 1", ())
"""Finds null if no contact is marked."""

MARKED_AT_ONCE = 2_000
"""How many marked contacts a turn refreshes, at most."""

STORED, MARKS, ENTRIES = table_of(ContactDate), table_of(DirtyContactDay), table_of(InteractionLogEntry)
DAYS = bindparam("days", expanding=True, type_=MARKS.c.day.type)


def mark(session: Session, days: Sequence[dt.date]) -> None:
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
    days = days_to_refresh(session, most)
    if days:
        refresh_days(session, days)
        return len(days)
    return refresh_marked(session)


def days_to_refresh(session: Session, most: int | None = None) -> list[dt.date]:
    """The marked days, the newest first; with `most`, not more than so many. Days whose sums are out of date again are
    left out: contacts with interactions on these are looked up among the entries, whether they are refreshed or not.
    """
    is_clean = MARKS.c.day.not_in(select(DIRTY_DAYS.c.day))
    return list(session.scalars(select(MARKS.c.day).where(is_clean).order_by(MARKS.c.day.desc()).limit(most)))


def refresh_days(session: Session, days: Sequence[dt.date]) -> None:
    """Refresh what is stored of the contacts with interactions on these days, as far as the days are marked."""
    dialect = dialect_of(session)
    dialect.lock_refreshing(session)
    unmark, *writes = _statements(dialect)
    marked = [*session.connection().execute(unmark, {"days": days}).scalars()]
    if marked:
        for write in writes:
            session.connection().execute(write, {"days": marked})
        refreshing_due.refresh_days(session, marked)


def refresh_marked(session: Session) -> int:
    """Refresh some of the marked contacts, and return how many that were; 0 if none is marked."""
    dialect_of(session).lock_refreshing(session)
    return refreshing_due.refresh_marked(session, MARKED_AT_ONCE)


@cache
def _statements(dialect: DatabaseDialect) -> tuple[ReturningDelete[tuple[dt.date]], *tuple[Insert | Update, ...]]:
    """The statements of a turn. They are made once, so that SQLAlchemy compiles them once."""
    unmark = delete(MARKS).where(MARKS.c.day.in_(DAYS)).returning(MARKS.c.day)
    columns = ["contact_no", *COUNTS]
    if dialect.sql.logs_locks_of_upserts:
        missing = insert(STORED).from_select(columns, _different_dates(_on_days_of_missing()))
        different = _different_dates(_on_days()).subquery("different").c
        changed = update(STORED).where(STORED.c.contact_no == different.contact_no)
        return unmark, changed.values({name: different[name] for name in COUNTS}), missing
    values: dict[str, SqlExpression] = {name: literal_column(f"excluded.{name}") for name in COUNTS}
    written = dialect.insert_or_update(STORED, ["contact_no"], values)
    return unmark, written.from_select(columns, _different_dates(_on_days()))


def _different_dates(on_days: Sequence[Select[tuple[object, ...]]]) -> SqlQuery:
    """The dates of contacts with entries on the days, or with a stored date among them, where they differ from the
    stored ones, or where nothing is stored.
    """
    found, stored = _latest_of_each(on_days).subquery("found"), STORED.alias("stored")
    columns: list[SqlExpression] = []
    for name in COUNTS:
        newest, before = found.c[name], stored.c[name]
        is_later = or_(before.is_(None), newest >= before)
        columns.append(
            case((is_later, newest), (before.not_in(DAYS), before), else_=latest(found.c.contact_no, name)).label(name)
        )
    joined = found.outerjoin(stored, stored.c.contact_no == found.c.contact_no)
    old = (stored.c[name].label(f"old_{name}") for name in ("contact_no", *COUNTS))
    both = select(found.c.contact_no, *columns, *old).select_from(joined).subquery("new_and_old").c
    differs = (both[name].is_distinct_from(both[f"old_{name}"]) for name in COUNTS)
    return select(both.contact_no, *(both[name] for name in COUNTS)).where(or_(both.old_contact_no.is_(None), *differs))


def _latest_of_each(on_days: Sequence[Select[tuple[object, ...]]]) -> Select[tuple[object, ...]]:
    """The contacts of these rows, and the last of their dates; null where there is none."""
    each = union_all(*on_days).subquery("each")
    latest = (func.max(each.c[name], type_=MARKS.c.day.type).label(name) for name in COUNTS)
    return select(each.c.contact_no, *latest).group_by(each.c.contact_no)


def _on_days() -> Sequence[Select[tuple[object, ...]]]:
    """The contacts with entries on the days, or with a stored date among them, and the dates of these entries; null
    where one does not count.
    """
    stored = select(STORED.c.contact_no, *(null().label(name) for name in COUNTS))
    return [*_of_entries(), stored.where(or_(*(STORED.c[name].in_(DAYS) for name in COUNTS)))]


def _on_days_of_missing() -> Sequence[Select[tuple[object, ...]]]:
    """The same of contacts of which nothing is stored."""
    stored = select(STORED.c.contact_no)
    return [
        rows.where(~stored.where(STORED.c.contact_no == rows.selected_columns[0]).exists()) for rows in _of_entries()
    ]


def _of_entries() -> list[Select[tuple[object, ...]]]:
    rows: list[Select[tuple[object, ...]]] = []
    for owner in (ENTRIES.c.contact_no, ENTRIES.c.company_no):
        dates = (case((_counts(name, ENTRIES), ENTRIES.c.date)).label(name) for name in COUNTS)
        of_owner = select(owner.label("contact_no"), *dates).where(ENTRIES.c.date.in_(DAYS), owner.is_not(None))
        if owner is ENTRIES.c.company_no:
            of_owner = of_owner.where(owner.is_distinct_from(ENTRIES.c.contact_no))
        rows.append(of_owner)
    return rows


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
