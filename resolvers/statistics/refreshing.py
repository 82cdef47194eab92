"""Refreshing the stored sums: computing those of dirty days anew from the entries, and those of their months and weeks
from the stored sums of their days.

A turn deletes the marks of its days before it reads their entries. So it sees every change whose mark it deletes; a
change that is committed later keeps its mark. No other turn runs at the same time, and nothing else writes the sums.
"""

import datetime as dt
from collections.abc import Sequence
from functools import cache
from itertools import product

from sqlalchemy import Delete, Insert, and_, bindparam, delete, func, insert, literal_column, select, union
from sqlalchemy.sql.dml import ReturningDelete, ReturningInsert
from sqlmodel import Session

from persistence.columns import table_of
from persistence.dialects import dialect_of
from persistence.dialects.interface import DatabaseDialect
from persistence.interactions import InteractionLogEntry
from persistence.precomputed.day_sums import (
    DIRTY_DAYS,
    KEY_OF_SUM,
    OF_MONTHS,
    OF_WEEKS,
    SUMS,
    DaySum,
    SumKind,
    SumsOfUnit,
)
from persistence.setup import MarketingSetup
from persistence.sql.conditions import IsIn, ListParameter, MeetsFew, MeetsMost
from persistence.sql.dates import FirstDayOf
from persistence.sql.isolation import writes_serially
from persistence.sql_types import SqlExpression, SqlQuery, Statement
from persistence.sqlalchemy_internals import compile_ahead
from resolvers.contacts import refreshing as contact_dates
from resolvers.date_ranges import DateUnit, current
from resolvers.statistics.day_sums import OnDays
from resolvers.statistics.differences import different
from resolvers.statistics.sums_of_entries import OF_DAYS, day_sums_of_entries

DAYS_AT_ONCE, DAYS_AT_ONCE_OF_ONE_WRITER = 50, 5
"""How many days a turn refreshes, at most; fewer where all other changes have to wait meanwhile."""

FEW_KEYS = 100
"""If more keys have changed, the months and weeks of all keys are added up again: looking them up would take longer."""

ANY_DIRTY_DAY: Statement = ("SELECT 1 FROM dirty_day LIMIT 1", ())
"""Finds null if no day is dirty."""

ENTRIES = table_of(InteractionLogEntry)
STORED = table_of(DaySum)
DAYS = bindparam("days", expanding=True, type_=DIRTY_DAYS.c.day.type)
FIRST_DAYS = bindparam("first_days", expanding=True, type_=DIRTY_DAYS.c.day.type)
SOME_KEYS = bindparam("keys", type_=ListParameter(STORED.c.key.type))
FIRST_DAY_OF_WEEK = select(table_of(MarketingSetup).c.first_day_of_week).scalar_subquery()
"""That of the marketing setup, from 1 for Monday to 7 for Sunday."""
KINDS: list[SqlExpression] = [literal_column(f"'{kind}'") for kind in SumKind]


def refresh_some(session: Session, *, most: int | None = None) -> int:
    """Refresh the sums of some dirty days, the newest first, and return how many days that were; 0 if none is dirty.
    Only sums that differ are written. `most` is the number of days; the default is few where other changes wait.
    """
    usual = DAYS_AT_ONCE_OF_ONE_WRITER if writes_serially(session) else DAYS_AT_ONCE
    days = dirty_days(session, most or usual)
    if days:
        refresh_days(session, days)
    return len(days)


def dirty_days(session: Session, most: int | None = None) -> list[dt.date]:
    """The dirty days, the newest first; with `most`, not more than so many."""
    newest = select(DIRTY_DAYS.c.day).distinct().order_by(DIRTY_DAYS.c.day.desc()).limit(most)
    return list(session.scalars(newest))


def compile_statements(session: Session) -> None:
    """Compile the statements of `refresh_days`. Call it before the first turn: where only one transaction can write at
    a time, all changes would wait while the turn compiled them.
    """
    dialect, connection = dialect_of(session), session.connection()
    for of_days in _statements(dialect):
        compile_ahead(connection, of_days, ["days"])
    for unit, few_keys in product((OF_MONTHS, OF_WEEKS), (True, False)):
        for of_units in _statements_of_units(dialect, unit, few_keys=few_keys):
            compile_ahead(connection, of_units, ["days", "first_days", *(["keys"] if few_keys else [])])


def refresh_days(session: Session, days: Sequence[dt.date]) -> None:
    """Refresh the sums of these days, as far as they are dirty. Only sums that differ are written, and only the months
    and weeks of their keys are added up again.
    """
    dialect, connection = dialect_of(session), session.connection()
    dialect.lock_refreshing(session)
    unmark, write, delete_empty = _statements(dialect)
    dirty = sorted({*connection.execute(unmark, {"days": days}).scalars()})
    if not dirty:
        return
    changed = {*connection.execute(write, {"days": dirty}).scalars()}
    if changed:
        connection.execute(delete_empty, {"days": dirty})
        for unit in (OF_MONTHS, OF_WEEKS):
            _refresh_units(session, unit, dirty, changed)
    contact_dates.mark(session, dirty)


def _refresh_units(session: Session, unit: SumsOfUnit, days: Sequence[dt.date], keys: set[str]) -> None:
    """Refresh the sums of the months or weeks of these days by these keys."""
    few = len(keys) <= FEW_KEYS
    given = {**_units_of(session, unit, days), **({"keys": sorted(keys)} if few else {})}
    for statement in _statements_of_units(dialect_of(session), unit, few_keys=few):
        session.connection().execute(statement, given)


def refresh_some_contacts(session: Session, *, most: int | None = None) -> int:
    """Refresh the stored dates of the contacts that have interactions on some days whose sums were refreshed, and
    return how many days that were; 0 if there is none. `most` is as in `refresh_some`.
    """
    usual = DAYS_AT_ONCE_OF_ONE_WRITER if writes_serially(session) else DAYS_AT_ONCE
    return contact_dates.refresh_some(session, most or usual)


def refresh_all(session: Session) -> None:
    """Refresh the sums of all days in the transaction of a change of very many entries."""
    while refresh_some(session, most=DAYS_AT_ONCE):
        pass
    while refresh_some_contacts(session, most=DAYS_AT_ONCE):
        pass


def mark_all(session: Session) -> None:
    """Mark all days of the log and of the sums, and forget the dates of contacts, so that everything that is stored is
    computed anew. Answers are right meanwhile, but take longer.
    """
    dialect_of(session).lock_refreshing(session)
    session.execute(delete(DIRTY_DAYS))
    days = union(select(ENTRIES.c.date), select(STORED.c.day))
    session.execute(insert(DIRTY_DAYS).from_select(["day"], days))
    for unit in (OF_MONTHS, OF_WEEKS):
        add_up_all(session, unit)
    contact_dates.forget(session)


def recompute_weeks(session: Session) -> None:
    """Add up all weeks after a change of the first day of the week. First wait for the turn that is running: it would
    write weeks that begin on the old day.
    """
    dialect_of(session).lock_refreshing(session)
    add_up_all(session, OF_WEEKS)


def add_up_all(session: Session, unit: SumsOfUnit) -> None:
    """Replace all stored sums of months, or of weeks, by the sums of their days as they are stored."""
    session.execute(delete(unit.table))
    added = sums_of_units(unit, STORED.c.kind.in_(KINDS))
    session.execute(insert(unit.table).from_select([*unit.key, *SUMS], added))


def count_dirty_days(session: Session) -> int:
    """How many days are dirty."""
    return session.scalar(select(func.count(DIRTY_DAYS.c.day.distinct()))) or 0


@cache
def _statements(
    dialect: DatabaseDialect,
) -> tuple[ReturningDelete[tuple[dt.date]], ReturningInsert[tuple[str]], Delete]:
    """The statements of a turn. They are made once, so that SQLAlchemy compiles them once."""
    unmark = delete(DIRTY_DAYS).where(DIRTY_DAYS.c.day.in_(DAYS)).returning(DIRTY_DAYS.c.day)
    without_entries = delete(STORED).where(_of_days(), STORED.c.interactions == 0)
    return unmark, _write_sums(dialect), without_entries


def _write_sums(dialect: DatabaseDialect) -> ReturningInsert[tuple[str]]:
    """Writes the sums that differ from the stored ones, and returns their keys."""
    values: dict[str, SqlExpression] = {name: literal_column(f"excluded.{name}") for name in OF_DAYS}
    written = dialect.insert_or_update(STORED, KEY_OF_SUM, values)
    return written.from_select([*KEY_OF_SUM, *OF_DAYS], different_sums(dialect, _on_days)).returning(STORED.c.key)


@cache
def _statements_of_units(dialect: DatabaseDialect, unit: SumsOfUnit, *, few_keys: bool) -> tuple[Insert, Delete]:
    """The statements of a turn that follow those of `_statements`, for the months or weeks of its days."""
    values: dict[str, SqlExpression] = {name: literal_column(f"excluded.{name}") for name in SUMS}
    written = dialect.insert_or_update(unit.table, unit.key, values)
    stored = unit.table.c
    in_units, of_days = and_(stored.kind.in_(KINDS), stored[unit.first_day].in_(FIRST_DAYS)), _of_days()
    if few_keys:
        in_units, of_days = in_units & IsIn(stored.key, SOME_KEYS), of_days & IsIn(STORED.c.key, SOME_KEYS)
    different = different_sums_of_units(unit, of_days, in_units)
    without_entries = delete(unit.table).where(in_units, stored.interactions == 0)
    return written.from_select([*unit.key, *SUMS], different), without_entries


def different_sums(dialect: DatabaseDialect, within: OnDays) -> SqlQuery:
    """The right sums that differ from the stored ones, of the days that meet the condition `within`. They are 0 for a
    key that no entry has any more.
    """
    return different(day_sums_of_entries(dialect, within), STORED, _of_days(within), KEY_OF_SUM, OF_DAYS)


def different_sums_of_units(unit: SumsOfUnit, days: SqlExpression, units: SqlExpression) -> SqlQuery:
    """The right sums of months or weeks that differ from the stored ones. The conditions select the stored sums of
    `days` and of `units`. The right sums are 0 for a key that has no sums of days any more.
    """
    return different([sums_of_units(unit, days)], unit.table, units, unit.key, SUMS)


def sums_of_units(unit: SumsOfUnit, within: SqlExpression) -> SqlQuery:
    """The stored sums of days by month or by week."""
    first_day = FirstDayOf(unit.unit, STORED.c.day, FIRST_DAY_OF_WEEK).label(unit.first_day)
    added = (func.sum(STORED.c[name]).label(name) for name in SUMS)
    found: SqlQuery = select(STORED.c.kind, STORED.c.key, first_day, *added).where(within)
    return found.group_by(STORED.c.kind, STORED.c.key, literal_column("3"))  # the first day


def _units_of(session: Session, unit: SumsOfUnit, days: Sequence[dt.date]) -> dict[str, list[dt.date]]:
    """The first days of the months or weeks of some days, and all days of these."""
    starts = session.scalar(select(FIRST_DAY_OF_WEEK)) or 1
    units = {current(day, DateUnit(unit.unit), starts) for day in days}
    ordinals = (range(first.toordinal(), last.toordinal() + 1) for first, last in units)
    return {
        "first_days": sorted(first for first, _ in units),
        "days": sorted(dt.date.fromordinal(each) for ordinal in ordinals for each in ordinal),
    }


def _on_days(day: SqlExpression) -> SqlExpression:
    return day.in_(DAYS)


def _of_days(within: OnDays = _on_days) -> SqlExpression:
    """The condition on stored sums; with all kinds, so that an index finds the days."""
    return and_(MeetsMost(STORED.c.kind.in_(KINDS)), MeetsFew(within(STORED.c.day)))
