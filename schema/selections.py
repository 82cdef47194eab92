"""Filters in the input of mutations: as a condition that rules apply to their tables, and as JSON to be stored."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from graphql import Undefined
from graphql.utilities import coerce_input_value

from resolvers.errors import Refusal, TooMany, refuse_any
from resolvers.queries import SqlCondition, SqlRows
from resolvers.selections import Matching
from schema.compiler.errors import BadUserInput
from schema.compiler.filters.conditions import condition_on_rows
from schema.compiler.filters.filter_limits import MAX_LIST
from schema.execution.context import Info
from schema.execution.graphql_internals import arguments_of, input_type, resolve_info

FilterValue = Mapping[str, Any]


async def matching(info: Info, filter_type: type, *path: str | int) -> Matching | None:
    """The condition of the filter at this path of `input`. None if no filter is given; always true with `all: true`."""
    wanted = _given(info, path)
    if wanted is None:
        return None
    condition = await _conditions_on_rows(info, filter_type)

    def on_rows(rows: SqlRows) -> SqlCondition:
        refuse_any(_long_lists(wanted, path))
        return condition(wanted, rows)

    return on_rows


async def required_matching(info: Info, filter_type: type, *path: str) -> Matching:
    """The condition of the filter at this path of `input`, which `schema.execution.mutation_filters` requires or else
    `all: true`.
    """
    condition = await matching(info, filter_type, *path)
    assert condition is not None
    return condition


async def saved_filter_reader(info: Info, filter_type: type) -> Callable[[FilterValue], Matching]:
    """A function that turns filters of this type that were stored as JSON into conditions. It checks them against the
    schema.
    """
    condition = await _conditions_on_rows(info, filter_type)

    def read(saved: FilterValue) -> Matching:
        wanted = _coerced(info, filter_type, saved)
        return lambda rows: condition(wanted, rows)

    return read


async def _conditions_on_rows(info: Info, filter_type: type) -> Callable[[FilterValue, SqlRows], SqlCondition]:
    request_values, viewer = await info.context.request_values(), info.context.viewer
    return lambda wanted, rows: condition_on_rows(filter_type, wanted, rows, viewer, request_values)


def filter_as_json(info: Info, *path: str | int) -> dict[str, Any] | None:
    """The filter at this path of `input` as JSON in the shape of its input type; None if no filter is given."""
    wanted = _given(info, path)
    return None if wanted is None else _as_json(wanted)


def _given(info: Info, path: tuple[str | int, ...]) -> Any:
    value = arguments_of(resolve_info(info))["input"]
    *steps, last = path
    for step in steps:
        value = value[step]
    return {} if value.get("all") else value.get(last)


def _coerced(info: Info, filter_type: type, saved: FilterValue) -> FilterValue:
    """A saved filter with dates, amounts and enum values as GraphQL makes them of a client's filter."""
    wanted = coerce_input_value(dict(saved), input_type(resolve_info(info), filter_type))
    if wanted is Undefined:
        raise BadUserInput("A saved filter no longer fits the schema. Build the segment again.")
    found: FilterValue = wanted
    return found


def _long_lists(value: Any, path: tuple[str | int, ...]) -> list[Refusal]:
    """A refusal for each list of a filter that is too long."""
    if isinstance(value, dict):
        return [refusal for name, inside in value.items() for refusal in _long_lists(inside, (*path, name))]
    if not isinstance(value, list):
        return []
    if value and isinstance(value[0], dict):
        return [refusal for place, inside in enumerate(value) for refusal in _long_lists(inside, (*path, place))]
    return [TooMany(*map(str, path), maximum=MAX_LIST, count=len(value))] if len(value) > MAX_LIST else []


def _as_json(value: Any) -> Any:
    """The value without nulls, which are no conditions."""
    if isinstance(value, dict):
        return {name: _as_json(inside) for name, inside in value.items() if inside is not None}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, dt.date | Decimal) else value
