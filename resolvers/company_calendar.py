"""The current date in the company's time zone (K15)."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import ColumnElement, Date, Select, Unicode, select
from sqlalchemy.types import TypeEngine

from persistence.setup import MarketingSetup
from persistence.sql.conditions import DateInZone

DAY = dt.timedelta(1)


@dataclass(frozen=True)
class Days:
    """The date in every time zone at one moment: `date` in UTC and in most zones, one day later in the zones `ahead`,
    one day earlier in the zones `behind`.

    `ahead` and `behind` are IANA names, separated by spaces.
    """

    date: dt.date
    ahead: str
    behind: str


Bind = Callable[[Callable[[Days], Any], TypeEngine[Any]], ColumnElement[Any]]
"""Creates a parameter whose value is computed from the `Days` of the moment at which the statement is executed."""


def statement() -> Select[Any]:
    """Selects the settings on which the company's calendar depends."""
    columns = MarketingSetup.__table__.c  # type: ignore[attr-defined]  # made by SQLModel for every table
    return select(columns.time_zone, columns.first_day_of_week)


def today(now: dt.datetime, time_zone: str) -> dt.date:
    """The date in this time zone."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def company_today(bind: Bind) -> ColumnElement[dt.date]:
    """The current date in the company's time zone (K15), as an SQL expression that needs no other statement before it.

    The dates of all time zones come from Python, so that both databases agree. The expression selects that of the
    company's time zone.
    """
    setup = MarketingSetup.__table__.alias("company")  # type: ignore[attr-defined]  # made by SQLModel for every table
    date = DateInZone(
        setup.c.time_zone,
        bind(lambda days: days.date, Date()),
        bind(lambda days: days.ahead, Unicode()),
        bind(lambda days: days.behind, Unicode()),
    )
    return select(date).select_from(setup).correlate(None).scalar_subquery()


def days(now: dt.datetime) -> Days:
    """The date in every time zone. The result is cached per minute: no zone changes its date within one."""
    return _days(now.astimezone(dt.UTC).replace(second=0, microsecond=0))


@cache
def zones() -> Mapping[str, ZoneInfo]:
    """All time zones by their IANA names. The first call reads some 600 files, which takes a tenth of a second."""
    return {name: ZoneInfo(name) for name in sorted(available_timezones())}


@lru_cache(maxsize=8)
def _days(minute: dt.datetime) -> Days:
    date = minute.date()
    dates = {name: minute.astimezone(zone).date() for name, zone in zones().items()}
    ahead, behind = (" ".join(name for name in dates if dates[name] == day) for day in (date + DAY, date - DAY))
    return Days(date, ahead, behind)
