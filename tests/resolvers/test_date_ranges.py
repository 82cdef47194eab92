"""Date ranges relative to today, up to the limits of the calendar."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resolvers.date_ranges import DateUnit, current, following, last, previous

ANY_DAY, ANY_UNIT, ANY_START = st.dates(), st.sampled_from(DateUnit), st.integers(1, 7)


@given(ANY_DAY, ANY_UNIT, ANY_START)
@example(dt.date.min, DateUnit.WEEK, 7)
@example(dt.date.max, DateUnit.WEEK, 1)
@example(dt.date.max, DateUnit.YEAR, 1)
def test_every_day_belongs_to_one_calendar_unit_and_units_have_no_gaps(
    day: dt.date, unit: DateUnit, first_day_of_week: int
) -> None:
    begin, end = current(day, unit, first_day_of_week)

    assert begin <= day <= end
    assert current(begin, unit, first_day_of_week) == current(end, unit, first_day_of_week) == (begin, end)
    if unit is DateUnit.WEEK:
        assert begin == dt.date.min or begin.isoweekday() == first_day_of_week
        assert end == dt.date.max or (end.isoweekday() - first_day_of_week) % 7 == 6
    elif unit is not DateUnit.DAY:
        assert begin.day == 1
        assert end == dt.date.max or (end + dt.timedelta(1)).day == 1
    if begin != dt.date.min:
        assert previous(day, unit, first_day_of_week) == current(begin - dt.timedelta(1), unit, first_day_of_week)
    else:
        with pytest.raises(OverflowError):
            previous(day, unit, first_day_of_week)


@given(ANY_DAY, st.integers(1, 2**31 - 1) | st.integers(1, 4000), ANY_UNIT)
def test_ranges_of_any_number_of_units_end_or_begin_with_today(day: dt.date, count: int, unit: DateUnit) -> None:
    months = {DateUnit.MONTH: 1, DateUnit.QUARTER: 3, DateUnit.YEAR: 12}.get(unit)
    for of, sign in ((last, -1), (following, 1)):
        if months is None:
            moved = day.toordinal() + sign * count * (7 if unit is DateUnit.WEEK else 1)
        else:
            months_on = day.year * 12 + day.month - 1 + sign * count * months
            moved = _ordinal(months_on, day.day)
        other = moved - sign
        if not dt.date.min.toordinal() <= other <= dt.date.max.toordinal():
            with pytest.raises(OverflowError):
                of(day, count, unit)
            continue
        found = of(day, count, unit)
        assert found == ((dt.date.fromordinal(other), day) if sign < 0 else (day, dt.date.fromordinal(other)))


def _ordinal(months: int, day: int) -> int:
    """The day of a month, or its last day; the calendar continues beyond its limits."""
    year, month = divmod(months, 12)
    here = (year - 1) % 400 + 1
    following_month = dt.date(here + month // 11, (month + 1) % 12 + 1, 1)
    length = (following_month - dt.date(here, month + 1, 1)).days
    return dt.date(here, month + 1, min(day, length)).toordinal() + (year - here) // 400 * 146_097


@pytest.mark.parametrize(
    ("today", "count", "unit", "first"),
    [
        ("2026-03-31", 1, DateUnit.MONTH, "2026-03-01"),
        ("2026-03-18", 7, DateUnit.DAY, "2026-03-12"),
        ("2026-03-18", 1, DateUnit.YEAR, "2025-03-19"),
        ("0001-12-31", 12, DateUnit.MONTH, "0001-01-01"),
        ("0001-01-07", 1, DateUnit.WEEK, "0001-01-01"),
    ],
)
def test_a_range_of_last_units_ends_with_today(today: str, count: int, unit: DateUnit, first: str) -> None:
    day = dt.date.fromisoformat(today)

    assert last(day, count, unit) == (dt.date.fromisoformat(first), day)


def test_a_range_of_next_units_may_end_with_the_last_day_of_the_calendar() -> None:
    assert following(dt.date(9999, 1, 1), 1, DateUnit.YEAR) == (dt.date(9999, 1, 1), dt.date.max)
    assert following(dt.date.max, 1, DateUnit.DAY) == (dt.date.max, dt.date.max)
