"""The company's clock (K15)."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from persistence.setup import MarketingSetup


def statement() -> Select[Any]:
    """What the date depends on."""
    columns = MarketingSetup.__table__.c  # type: ignore[attr-defined]  # made by SQLModel for every table
    return select(columns.time_zone, columns.first_day_of_week)


def today(now: dt.datetime, time_zone: str) -> dt.date:
    """The date in the company's zone."""
    return now.astimezone(ZoneInfo(time_zone)).date()
