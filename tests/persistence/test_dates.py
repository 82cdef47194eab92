"""Numbers of days and keys of weeks, months, quarters and years stand for the same days on both databases."""

import datetime as dt
from itertools import pairwise

import pytest
from sqlalchemy import Date, Integer, Time, literal, literal_column, select

from persistence.sql.conditions import DaysAfter, Moment
from persistence.sql.dates import FirstDayOfKey, FirstDayOfWeek, KeyOfMonths, KeyOfWeek, Ordinal
from resolvers.work import Work

DAYS = (dt.date.min, dt.date(999, 3, 31), dt.date(2024, 2, 29), dt.date(2025, 10, 1), dt.date.max)


@pytest.mark.parametrize(("unit", "months"), [("MONTH", 1), ("QUARTER", 3), ("YEAR", 12)])
def test_the_key_of_a_unit_tells_its_first_day(work: Work, unit: str, months: int) -> None:
    keys = [KeyOfMonths(unit, literal(day, Date())) for day in DAYS]

    found = work.session.execute(select(*(FirstDayOfKey(unit, key) for key in keys))).one()

    assert list(found) == [dt.date(day.year, (day.month - 1) // months * months + 1, 1) for day in DAYS]


@pytest.mark.parametrize(
    ("unit", "first_day"),
    [("MONTH", dt.date(2026, 2, 1)), ("QUARTER", dt.date(2026, 1, 1)), ("YEAR", dt.date(2026, 1, 1))],
)
def test_a_key_can_be_that_of_later_years(work: Work, unit: str, first_day: dt.date) -> None:
    key = KeyOfMonths(unit, literal(dt.date(2024, 2, 29), Date()), literal(2, Integer()))

    assert work.session.scalar(select(FirstDayOfKey(unit, key))) == first_day


@pytest.mark.parametrize("starts", [1, 3, 7])
def test_the_key_of_a_week_tells_its_first_day_within_the_calendar(work: Work, starts: int) -> None:
    starts_on = literal(starts, Integer())
    keys = [KeyOfWeek(literal(day, Date()), starts_on) for day in DAYS]

    found = work.session.execute(select(*(FirstDayOfWeek(key, starts_on) for key in keys))).one()

    first_days = [max(day.toordinal() - (day.isoweekday() - starts) % 7, 1) for day in DAYS]
    assert list(found) == [dt.date.fromordinal(day) for day in first_days]


def test_days_are_counted_from_the_first_one_of_the_calendar(work: Work) -> None:
    found = work.session.execute(select(*(Ordinal(literal(day, Date())) for day in DAYS))).one()

    assert list(found) == [day.toordinal() for day in DAYS]


def test_moments_are_ordered_to_the_second_and_tell_their_day(work: Work) -> None:
    times = (dt.time.min, dt.time(0, 0, 1), dt.time(12, 26, 39), dt.time(23, 59, 59))
    pairs = [(day, time) for day in sorted(DAYS) for time in times]
    moments = [Moment(literal(day, Date()), literal(time, Time())) for day, time in pairs]

    later = work.session.execute(select(*(a < b for a, b in pairwise(moments)))).one()
    equal = work.session.execute(select(*(each == each for each in moments))).one()
    days = work.session.execute(select(*(DaysAfter(each, literal_column("0")) for each in moments))).one()
    ordinals = work.session.execute(select(*(Ordinal(each) for each in moments))).one()

    assert all(later)
    assert all(equal)
    assert list(days) == [day for day, _ in pairs]
    assert list(ordinals) == [day.toordinal() for day, _ in pairs]
