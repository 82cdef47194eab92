"""Parameters that do not depend on the request are computed once for a plan."""

import datetime as dt

import pytest
from sqlalchemy import Integer

from resolvers.queries import InvalidOperand
from schema.compiler.errors import BadUserInput
from schema.compiler.values import Parameters, Placeholder, RequestValues

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


def test_a_constant_that_is_refused_is_refused_for_each_request() -> None:
    parameters = Parameters()

    def refuse(_: object) -> object:
        raise InvalidOperand("It is too large.")

    parameters.bind(refuse, 1, type_=Integer())
    for _ in range(2):
        with pytest.raises(BadUserInput, match=r"It is too large\."):
            parameters.binders["p0"]({}, NOW)
