"""States of the stored sums: clean, with dirty days whose sums are out of date, or deleted although their days are
clean.
"""

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry
from persistence.precomputed.day_sums import DIRTY_DAYS, OF_MONTHS, OF_WEEKS, DaySum
from resolvers.statistics.refreshing import add_up_all, refresh_all

STORED, ENTRIES = table_of(DaySum), table_of(InteractionLogEntry)


def mark(session: Session, *, every: int) -> None:
    """Marks every so many days as dirty."""
    days = sorted(set(session.scalars(select(ENTRIES.c.date))))[::every]
    session.execute(delete(DIRTY_DAYS))
    session.execute(insert(DIRTY_DAYS), [{"day": day} for day in days])


def clean(session: Session) -> None:
    """All sums are right and no day is dirty."""
    mark(session, every=1)
    refresh_all(session)


def dirty(session: Session) -> None:
    """Some days are dirty, and their sums wrong: one too many interactions, or none at all. Those of their months and
    weeks are wrong alike.
    """
    clean(session)
    mark(session, every=3)
    of_dirty_days = STORED.c.day.in_(select(DIRTY_DAYS.c.day))
    session.execute(update(STORED).where(of_dirty_days).values(interactions=STORED.c.interactions + 1))
    session.execute(delete(STORED).where(of_dirty_days, STORED.c.interactions % 2 == 0))
    for unit in (OF_MONTHS, OF_WEEKS):
        add_up_all(session, unit)


def without_days(session: Session) -> None:
    """There are right sums of months and weeks, but none of days, and no day is dirty."""
    clean(session)
    session.execute(delete(STORED))


def deleted(session: Session) -> None:
    """There are no sums, and no day is dirty: figures that are read from the sums are those of no interactions."""
    session.execute(delete(DIRTY_DAYS))
    session.execute(delete(STORED))
    for unit in (OF_MONTHS, OF_WEEKS):
        session.execute(delete(unit.table))
