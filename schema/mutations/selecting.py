"""Rows that a mutation means by filter, as rules take them: a condition over a table."""

from collections.abc import Callable
from typing import Any

import strawberry
from graphql import get_argument_values
from graphql.execution.values import VariableValues
from sqlalchemy import ColumnElement, FromClause

from schema.planning.conditions import condition
from schema.planning.statement import Statement
from schema.planning.values import Known

Matching = Callable[[FromClause], ColumnElement[bool]]


async def matching(info: strawberry.Info, filter_: type, *path: str | int) -> Matching | None:
    """The filter at this place of `input`, or nothing where none was given."""
    raw: Any = info._raw_info
    field = raw.parent_type.fields[raw.field_name]
    asked = get_argument_values(field, raw.field_nodes[0], VariableValues({}, raw.variable_values))["input"]
    for step in path:
        asked = asked.get(step) if isinstance(asked, dict) else asked[step]
        if asked is None:
            return None
    wanted, occasion, viewer = asked, await info.context.occasion(), info.context.viewer

    def means(rows: FromClause) -> ColumnElement[bool]:
        statement = Statement(viewer, Known(occasion), "f")
        return condition(filter_, wanted, _Rows(rows), statement)  # type: ignore[arg-type]  # has columns like a Row

    return means


class _Rows:
    """The columns of a table or alias, as filters take them."""

    def __init__(self, rows: FromClause) -> None:
        self.c = rows.c
