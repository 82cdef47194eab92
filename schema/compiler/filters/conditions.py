"""Turns a filter into SQL. Every condition is true or false, never unknown: `ne` and `not` are true for null.

The input type of a filter declares for each of its fields how it becomes a condition; see `schema.comparisons`.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import FromClause, and_, false, or_, true

from persistence.sql.conditions import Bracketed, IsNotTrue, NotJoined
from resolvers.queries import SqlCondition, TableRow
from resolvers.visibility import Viewer
from schema.compiler.statement import Rows, Statement
from schema.compiler.values import GraphQLValues, KnownParameters, RequestValues
from schema.execution.graphql_internals import fields_of

MAX_OPERANDS = 20
"""Maximum number of conditions that are combined without brackets."""

MOST_JOINED = 10
"""Maximum number of conditions on other tables that a statement may join."""

FieldCondition = Callable[[TableRow, Statement, Any], SqlCondition]
"""Makes the condition on a row from the value of a field of a filter."""


def condition(filter_: type, values: GraphQLValues, row: TableRow, statement: Statement) -> SqlCondition:
    """Whether a row passes a filter of this input type. A field that is null has no effect."""
    statement.budget.take(values)
    return inner_condition(filter_, values, row, statement)


def inner_condition(filter_: type, values: GraphQLValues, row: TableRow, statement: Statement) -> SqlCondition:
    """Whether a row passes a filter inside another filter. Its parts were counted with those of the outer one."""
    fields = _conditions(filter_)
    parts: list[SqlCondition] = []
    for name, value in values.items():
        if value is None:
            continue
        if name == "and":
            parts += [inner_condition(filter_, inside, row, statement) for inside in value]
        elif name == "or":
            parts.append(
                _combined(or_, false(), [inner_condition(filter_, inside, row, statement) for inside in value])
            )
        elif name == "not":
            parts.append(IsNotTrue(inner_condition(filter_, value, row, statement)))
        else:
            with statement.naming_lists_of(name, value):
                parts.append(_planned(fields[name], row, statement, value))
    return _combined(and_, true(), parts)


def condition_on_rows(
    filter_: type, values: GraphQLValues, rows: FromClause, viewer: Viewer, request_values: RequestValues
) -> SqlCondition:
    """The condition on the rows of a statement that is built elsewhere. All values are known already."""
    statement = Statement(viewer, KnownParameters(request_values), "f", may_share_rows=False)
    return condition(filter_, values, Rows(rows), statement)


def _planned(make: FieldCondition, row: TableRow, statement: Statement, value: Any) -> SqlCondition:
    """The condition of a field, in a form that does not take the database long to plan."""
    tables = len(statement.touched)
    made = make(row, statement, value)
    if len(statement.touched) == tables or statement.is_one_of_few("condition on other tables", MOST_JOINED):
        return made
    return NotJoined(made)


def _combined(
    combine: Callable[..., SqlCondition], neutral: SqlCondition, parts: Sequence[SqlCondition]
) -> SqlCondition:
    """All or any of the parts. Many are combined as a tree, because for SQLite a chain is as deep as it is long."""
    while len(parts) > MAX_OPERANDS:
        starts = range(0, len(parts), MAX_OPERANDS)
        parts = [Bracketed(combine(neutral, *parts[start : start + MAX_OPERANDS])) for start in starts]
    return combine(neutral, *parts)


@cache
def _conditions(filter_: type) -> dict[str, FieldCondition]:
    return {
        name: field.metadata["condition"] for name, field in fields_of(filter_).items() if "condition" in field.metadata
    }
