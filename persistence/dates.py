"""Dates on connections to PostgreSQL: the driver takes the last and the first day of the calendar for infinity."""

import datetime as dt
from typing import Any

DAY_0 = dt.date(2000, 1, 1).toordinal()


async def take_every_day(connection: Any) -> None:
    """Have a connection of asyncpg take the last and the first day of the calendar as days.

    Both databases must keep the same day, compare it with others and name its day of the week.
    """
    await connection.set_type_codec("date", schema="pg_catalog", encoder=_days, decoder=_day, format="tuple")


def _days(day: dt.date) -> tuple[int]:
    """Days since 2000-01-01, as PostgreSQL counts."""
    return (day.toordinal() - DAY_0,)


def _day(days: tuple[int]) -> dt.date:
    """An infinite date, which an earlier version may have stored, is the last or the first day that there is."""
    return dt.date.fromordinal(min(max(days[0] + DAY_0, dt.date.min.toordinal()), dt.date.max.toordinal()))
