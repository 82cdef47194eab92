"""Which ranges of days are known to be whole months when a statement is built, from constants and from variables."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from resolvers.date_ranges import DateUnit, place_in_month
from resolvers.statistics.periods import NO_DAYS, Comparison, Days, EarlierDays, FilterDays
from resolvers.statistics.unit_sums import whole_months
from resolvers.visibility import EVERYBODY
from schema.compiler.statement import Statement
from schema.compiler.values import CompanyCalendar, DayPlaceholder, Parameters, RequestValues, with_placeholders

FIRSTS = [dt.date(2023, 12, 31) + dt.timedelta(day) for day in (0, 1, 2, 31, 32, 60, 61, 62, 366, 426)]
LASTS = [dt.date(2025, 1, 30) + dt.timedelta(day) for day in (0, 1, 2, 28, 29, 30, 31, 334, 335, 336, 394)]
NOW = dt.datetime(2026, 3, 18, tzinfo=dt.UTC)
TODAY = NOW.date()


def days_of(bind: Callable[[Callable[[Days], object]], object], parameters: Parameters, today: dt.date) -> Days:
    """The days for which `bind` makes a parameter."""
    bind(lambda days: days)
    found = [*parameters.binders.values()][-1]({}, RequestValues(NOW, calendar=CompanyCalendar(today, 1)))
    assert isinstance(found, Days)
    return found


def check(conditions: dict[str, Any], *, today: dt.date = TODAY) -> tuple[bool, bool]:
    """Whether the days, and those of the year before, are known to be whole months. If they are, they are."""
    parameters = Parameters()
    sql, days = Statement(EVERYBODY, parameters), FilterDays({"date": conditions})
    earlier = EarlierDays(days, Comparison.PREVIOUS_YEAR, None, sql)
    own = days_of(lambda convert: days.bind(sql, lambda found, _: convert(found)), parameters, today)
    before = days_of(earlier.bind, parameters, today)
    for found, known in ((own, days.are_whole_months), (before, earlier.are_whole_months)):
        assert not known or found in (whole_months(found), NO_DAYS), (conditions, found)
    assert not EarlierDays(days, Comparison.PREVIOUS_PERIOD, None, sql).are_whole_months
    return days.are_whole_months, earlier.are_whole_months


def test_days_known_to_be_whole_months_are() -> None:
    known = [
        check({after: first, before: last})
        for after in ("gt", "gte")
        for before in ("lt", "lte")
        for first in FIRSTS
        for last in LASTS
    ]
    assert {(True, True), (True, False), (False, False)} == {*known}


@pytest.mark.parametrize(
    ("first", "last", "own", "of_year_before"),
    [
        ("2025-01-01", "2025-12-31", True, True),
        ("2024-02-01", "2025-01-31", True, True),
        ("2024-03-01", "2025-02-28", True, False),
        ("2023-03-01", "2024-02-29", True, False),
        ("2023-03-01", "2024-02-28", False, False),
        ("2025-01-02", "2025-12-31", False, False),
        ("2025-01-01", "2025-12-30", False, False),
        ("0001-01-01", "0001-12-31", True, True),
        ("0001-01-01", "9999-12-31", True, True),
    ],
)
def test_a_year_is_whole_months_unless_february_ends_it(first: str, last: str, own: bool, of_year_before: bool) -> None:
    ends = {"gte": dt.date.fromisoformat(first), "lte": dt.date.fromisoformat(last)}
    assert check(ends) == (own, of_year_before)
    variables = with_placeholders({"filter": {"date": ends}}, ())
    assert variables == {
        "filter": {
            "date": {name: DayPlaceholder(("filter", "date", name), place_in_month(ends[name])) for name in ends}
        }
    }
    of_variables = FilterDays(variables["filter"])
    assert (of_variables.are_whole_months, of_variables.may_end_with_february) == (own, own and not of_year_before)


@pytest.mark.parametrize("name", ["current", "previous"])
@pytest.mark.parametrize("today", [dt.date(2025, 2, 28), dt.date(2024, 3, 1), dt.date(2024, 5, 31)])
def test_units_of_months_are_whole(name: str, today: dt.date) -> None:
    known = {unit: check({name: unit}, today=today) for unit in DateUnit}
    assert known == {
        DateUnit.DAY: (False, False),
        DateUnit.WEEK: (False, False),
        DateUnit.MONTH: (True, False),
        DateUnit.QUARTER: (True, True),
        DateUnit.YEAR: (True, True),
    }


def test_other_conditions_are_not_whole_months() -> None:
    day = dt.date(2025, 1, 31)
    assert check({"eq": day}) == check({"last": {"count": 2, "unit": DateUnit.MONTH}}) == (False, False)
