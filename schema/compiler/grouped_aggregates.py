"""The SELECT of aggregates over groups of rows: the groups, the totals and the number of groups from one pass over the
rows.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeAlias

from graphql import GraphQLObjectType
from sqlalchemy import ColumnElement, Integer, case, literal_column, select

from persistence.sql.json import JsonArray, JsonObject, json_text
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.statistics.gaps import MAX_GROUPS
from resolvers.statistics.groups import Group
from schema.compiler.connection import object_type
from schema.compiler.declarations import Aggregate, Entity, GroupedAggregates, Sums, entity_of
from schema.compiler.errors import BadUserInput, NotPlannable
from schema.compiler.scope import Scope
from schema.compiler.selection import SelectedField
from schema.compiler.statement import Statement
from schema.compiler.values import GraphQLValues, Placeholder

MAX_SIZE = 1000
TOO_MANY = "too many groups"
"""The member of the JSON if there are too many groups. It cannot be a response key, because it has spaces."""


Member: TypeAlias = Callable[[], SqlExpression]
"""Makes the JSON of a field, when the columns that all fields use are known."""


class ObjectBuilder(Protocol):
    """Builds the JSON of groups."""

    def json_of_group(
        self, entity: Entity, group: Group, scope: Scope, type_: GraphQLObjectType, field: SelectedField
    ) -> JsonObject:
        """The object of a group."""

    def subselection(
        self, type_: GraphQLObjectType, field: SelectedField
    ) -> tuple[GraphQLObjectType, list[SelectedField]]:
        """The type of a field whose value is an object, and the fields selected from the object."""


def select_groups(
    objects: ObjectBuilder,
    statement: Statement,
    declared: GroupedAggregates,
    type_: GraphQLObjectType,
    fields: list[SelectedField],
    arguments: GraphQLValues,
) -> SqlQuery:
    """One row with the JSON of the field."""
    made = declared.make(statement, arguments, any(field.name in ("rows", "noOfRows") for field in fields))

    def rows(field: SelectedField) -> Member:
        scope, below = Scope(statement), object_type(objects.subselection(type_, field)[0])
        item = objects.json_of_group(entity_of(declared.target), made.group, scope, below, field)
        array = JsonArray(item, order_by=[made.figures.group.c["n"]])
        return lambda: select(array).select_from(scope.with_joins(made.figures.group.source)).scalar_subquery()

    def totals(field: SelectedField) -> Member:
        below, selected = objects.subselection(type_, field)
        json = measures(entity_of(declared.measures), made.figures.total_of, below, selected)
        return lambda: select(json).select_from(made.figures.totals_source()).scalar_subquery()

    def member(field: SelectedField) -> Member:
        if field.name == "rows":
            return rows(field)
        if field.name == "totals":
            return totals(field)
        if field.name == "noOfRows":
            return made.figures.number_of_groups
        if field.name == "__typename":
            return partial(json_text, f'"{type_.name}"')
        raise NotPlannable(f"{type_.name}.{field.name}")

    members = [(field.key, member(field)) for field in fields]  # before the JSON, so that all used columns are known
    json: SqlExpression = JsonObject([(key, make()) for key, make in members])
    size = made.figures.size
    if size is not None:
        json = case((size > literal_column(str(MAX_GROUPS)), JsonObject([(TOO_MANY, size)])), else_=json)
    chosen = select(json).add_cte(*made.figures.ctes())
    size_is_used = any(field.name == "rows" for field in fields)
    return chosen if size_is_used else chosen.where(limit(statement, arguments["first"]) > literal_column("0"))


def measures(entity: Entity, sums: Sums, type_: GraphQLObjectType, fields: list[SelectedField]) -> JsonObject:
    """The JSON of the fields selected from an object of aggregates."""
    members: list[tuple[str, SqlExpression]] = []
    for field in fields:
        declared = entity.fields.get(field.name)
        if field.name == "__typename":
            members.append((field.key, json_text(f'"{type_.name}"')))
        elif isinstance(declared, Aggregate):
            members.append((field.key, declared.of_sums(sums)))
        else:
            raise NotPlannable(f"{type_.name}.{field.name}")
    return JsonObject(members)


def names_of_sums(entity: Entity, fields: list[SelectedField]) -> set[str]:
    """The names of the sums that the fields selected from an object of aggregates are computed from."""
    names: set[str] = set()

    def note(name: str) -> SqlExpression:
        names.add(name)
        return literal_column("0", Integer())

    for field in fields:
        declared = entity.fields.get(field.name)
        if isinstance(declared, Aggregate):
            declared.of_sums(note)
    return names


def limit(statement: Statement, size: int | Placeholder) -> ColumnElement[int]:
    """The maximum number of groups."""
    if isinstance(size, Placeholder):
        return statement.bind(_checked, size, type_=Integer())
    return literal_column(str(_checked(size)), Integer())


def _checked(size: int) -> int:
    if not 1 <= size <= MAX_SIZE:
        raise BadUserInput(
            f"`first` is 1 to {MAX_SIZE:,} rows; {size:,} were requested. Use a filter, `having` or fewer groupings to "
            "get the rows you need."
        )
    return size


def refusal(text: str) -> str | None:
    """Why a response is refused, if it is: gaps would be filled with too many groups."""
    if not text.startswith(f'{{"{TOO_MANY}"'):
        return None
    found = re.search("[0-9]+", text)
    return too_many(int(found[0]) if found else 0)


def too_many(size: int) -> str:
    """The message if filling gaps makes too many groups."""
    return (
        f"With `fillGaps` there would be {size:,} rows or more; at most {MAX_GROUPS:,} are allowed. Give a shorter "
        "period, larger buckets or fewer groupings."
    )
