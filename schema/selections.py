"""Rows that a mutation means by filter, as rules take them: a condition over a table, and the filter itself to be
kept.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry
from graphql import GraphQLInputType, Undefined, get_argument_values
from graphql.execution.values import VariableValues
from graphql.utilities import coerce_input_value
from sqlalchemy import ColumnElement, FromClause
from strawberry.types.base import get_object_definition

from resolvers.errors import Refusal, TooMany, refuse_any
from resolvers.selections import Matching
from schema.compiler.bounds import LONGEST_LIST
from schema.compiler.conditions import condition
from schema.compiler.errors import BadUserInput
from schema.compiler.statement import Rows, Statement
from schema.compiler.values import KnownParameters


async def matching(info: strawberry.Info, filter_: type, *path: str | int) -> Matching | None:
    """The condition of the filter at this path of `input`, None if there is none. With `all`, a condition that is
    always true.
    """
    wanted = _asked(info, path)
    if wanted is None:
        return None
    meaning = (await meaning_of(info, filter_, coerced=True))(wanted)

    def means(rows: FromClause) -> ColumnElement[bool]:
        refuse_any(_long_lists(wanted, path))
        return meaning(rows)

    return means


async def required_matching(info: strawberry.Info, filter_: type, *path: str) -> Matching:
    """The same for an input that must have a filter or `all`, as `schema.execution.mutation_filters` checks."""
    condition = await matching(info, filter_, *path)
    assert condition is not None
    return condition


async def meaning_of(
    info: strawberry.Info, filter_: type, *, coerced: bool = False
) -> Callable[[Mapping[str, Any]], Matching]:
    """What makes a condition of a filter of this type: of one that was kept, unless it is `coerced` already."""
    request_values, viewer = await info.context.request_values(), info.context.viewer

    def meaning(given: Mapping[str, Any]) -> Matching:
        wanted = given if coerced else _understood(info, filter_, given)

        def means(rows: FromClause) -> ColumnElement[bool]:
            statement = Statement(viewer, KnownParameters(request_values), "f")
            return condition(filter_, wanted, Rows(rows), statement)  # type: ignore[arg-type]  # has columns like a Row

        return means

    return meaning


def kept(info: strawberry.Info, *path: str | int) -> dict[str, Any] | None:
    """The filter at this place of `input` as JSON in the shape of its input type; nothing where none was given."""
    asked = _asked(info, path)
    return None if asked is None else _as_json(asked)


def _asked(info: strawberry.Info, path: tuple[str | int, ...]) -> Any:
    raw: Any = info._raw_info
    field = raw.parent_type.fields[raw.field_name]
    asked = get_argument_values(field, raw.field_nodes[0], VariableValues({}, raw.variable_values))["input"]
    *way, last = path
    for step in way:
        asked = asked[step]
    return {} if asked.get("all") else asked.get(last)


def _understood(info: strawberry.Info, filter_: type, given: Mapping[str, Any]) -> Any:
    """A kept filter with its days, amounts and words as a client's would have them."""
    type_: Any = info._raw_info.schema.type_map[get_object_definition(filter_, strict=True).name]
    assert isinstance(type_, GraphQLInputType)
    wanted = coerce_input_value(dict(given), type_)
    if wanted is Undefined:
        raise BadUserInput("A filter that was kept is no longer understood. Build the segment anew.")
    return wanted


def _long_lists(value: Any, path: tuple[str | int, ...]) -> list[Refusal]:
    """A refusal for each list inside a filter that is too long."""
    if isinstance(value, dict):
        return [refusal for name, inside in value.items() for refusal in _long_lists(inside, (*path, name))]
    if not isinstance(value, list):
        return []
    if value and isinstance(value[0], dict):
        return [refusal for place, inside in enumerate(value) for refusal in _long_lists(inside, (*path, place))]
    return [TooMany(*map(str, path), most=LONGEST_LIST, count=len(value))] if len(value) > LONGEST_LIST else []


def _as_json(value: Any) -> Any:
    """Nothing that was left out or is null stays: it asks nothing."""
    if isinstance(value, dict):
        return {name: _as_json(inside) for name, inside in value.items() if inside is not None}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, dt.date | Decimal) else value
