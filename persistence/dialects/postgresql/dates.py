"""A codec for DATE on PostgreSQL: asyncpg itself stores the first and the last day of the calendar as infinity."""

import datetime as dt

from persistence.dialects.postgresql.driver import DriverConnection

EPOCH_ORDINAL = dt.date(2000, 1, 1).toordinal()


async def set_date_codec(connection: DriverConnection) -> None:
    """Make an asyncpg connection store 0001-01-01 and 9999-12-31 as these days.

    As infinity they would compare differently than on SQLite and have no day of the week.
    """
    await connection.set_type_codec("date", schema="pg_catalog", encoder=_days, decoder=_day, format="tuple")


def _days(day: dt.date) -> tuple[int]:
    """Days since 2000-01-01, PostgreSQL's binary format."""
    return (day.toordinal() - EPOCH_ORDINAL,)


def _day(days: tuple[int]) -> dt.date:
    """The day. An infinite date, which earlier versions may have stored, is read as the first or the last day of the
    calendar.
    """
    return dt.date.fromordinal(min(max(days[0] + EPOCH_ORDINAL, dt.date.min.toordinal()), dt.date.max.toordinal()))
