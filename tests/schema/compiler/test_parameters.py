"""Parameters that do not depend on the request are computed once for a plan."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import Integer, Unicode

from resolvers.queries import InvalidOperand
from schema.compiler.errors import BadUserInput
from schema.compiler.values import Parameters, Placeholder, RequestValues, shape, with_placeholders

NOW = RequestValues(dt.datetime(2026, 3, 18, tzinfo=dt.UTC))


def test_a_constant_is_converted_once_and_a_variable_for_each_request() -> None:
    parameters, converted = Parameters(), list[object]()

    def noted(value: object) -> object:
        converted.append(value)
        return value

    for value in ({"date": [1, {"gte": 2}]}, [Placeholder(("a",))], {"date": [{"gte": Placeholder(("a",))}]}):
        parameters.bind(noted, value, type_=Integer())
    found = [[bind({"a": a}, NOW) for bind in parameters.binders.values()] for a in (1, 2)]

    constant = {"date": [1, {"gte": 2}]}
    assert found == [[constant, [a], {"date": [{"gte": a}]}] for a in (1, 2)]
    assert converted.count(constant) == 1
    assert len(converted) == 5


@pytest.mark.parametrize("constant", ["a text", ["a list"]], ids=str)
def test_a_constant_text_or_list_is_not_kept_with_its_plan(constant: object) -> None:
    """It may be long, and the size of a plan in the cache does not include it."""
    parameters, converted = Parameters(), list[object]()

    def noted(value: object) -> object:
        converted.append(value)
        return value

    parameters.bind(noted, constant, type_=Unicode())
    assert [parameters.binders["p0"]({}, NOW) for _ in range(2)] == converted == [constant] * 2


def test_a_constant_that_is_refused_is_refused_for_each_request() -> None:
    parameters = Parameters()

    def refuse(_: object) -> object:
        raise InvalidOperand("It is too large.")

    parameters.bind(refuse, 1, type_=Integer())
    for _ in range(2):
        with pytest.raises(BadUserInput, match=r"It is too large\."):
            parameters.binders["p0"]({}, NOW)


def test_plans_know_where_in_its_month_a_day_is_only_where_figures_depend_on_it() -> None:
    """Else 100 lines of a segment with dates would have a plan for each combination of such days."""
    days = [dt.date(2026, 3, 1), dt.date(2026, 2, 28), dt.date(2026, 3, 31), dt.date(2026, 3, 18), dt.date(2026, 4, 1)]

    def found(value: Callable[[dt.date], object]) -> tuple[int, int]:
        return len({shape(value(day)) for day in days}), len(
            {repr(with_placeholders(value(day), ("it",))) for day in days}
        )

    assert found(lambda day: {"lines": [{"contactNo": "C1", "date": day}, {"contactNo": "C2", "date": day}]}) == (1, 1)
    assert found(lambda day: {"date": day}) == (1, 1)
    assert found(lambda day: {"or": [{"date": {"gte": day}}]}) == (5, 5)
    assert found(lambda day: day) == (5, 5)
