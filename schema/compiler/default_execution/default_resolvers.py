"""Default execution: each field is read by a statement of its own, from the same declarations as the compiler's.

It resolves what one statement cannot. It is slow and simple; a test compares its responses with those of compiled
statements.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import strawberry
from sqlalchemy import Label, and_, literal, literal_column, or_, select

from persistence.sql.json import CursorText, Json
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import Alternatives, SqlCondition
from schema.compiler.computed_lists import ComputedList
from schema.compiler.declarations import (
    Aggregate,
    AggregateObject,
    AggregatesOfGroup,
    ByKey,
    Entity,
    ExpressionField,
    FieldDeclaration,
    GroupedAggregates,
    LiveField,
    MessageField,
    ToMany,
    ToOne,
    UnpagedList,
    entity_of,
)
from schema.compiler.default_execution import default_groups
from schema.compiler.default_execution.read_context import Key, ReadContext, StoredRow
from schema.compiler.errors import BadUserInput
from schema.compiler.list_pages import page_of
from schema.compiler.paging import Page
from schema.compiler.statement import Row, Statement
from schema.compiler.values import GraphQLValues, KnownParameters
from schema.execution.graphql_internals import ResolveInfo, arguments_of, resolve_info


async def resolve(declared: FieldDeclaration, source: Any, info: ResolveInfo) -> object:
    """The value of a declared field of a row; for fields of Query, `source` is None."""
    arguments = arguments_of(info)
    context: ReadContext = info.context
    if info.path.prev is None and info.path.key in context.prepared:
        prepared = context.prepared[str(info.path.key)]
        if isinstance(prepared, BadUserInput):
            raise prepared
        return prepared
    if isinstance(declared, Aggregate | AggregatesOfGroup):
        return source[info.field_name]
    if isinstance(declared, MessageField):
        language = arguments.get("language")
        return declared.format(source, language.value if language else context.caller.language)
    if isinstance(declared, ComputedList):
        return await declared.read(context, arguments)
    if isinstance(declared, LiveField):
        return await declared.read(context, source)
    values = await context.request_values()
    statement = Statement(context.viewer, KnownParameters(values), may_share_rows=False)
    if isinstance(declared, ExpressionField):
        return await _expression(declared, source, statement, context, arguments)
    if isinstance(declared, ToOne):
        return await _to_one(declared, source, statement, context, info)
    if isinstance(declared, ToMany):
        return await _to_many(declared, source, statement, context, arguments)
    if isinstance(declared, UnpagedList):
        return await _unpaged_list(declared, source, statement, context)
    if isinstance(declared, AggregateObject):
        return await _aggregate_object(declared, source, statement, context, arguments)
    if isinstance(declared, GroupedAggregates):
        return await default_groups.read(declared, context, arguments)
    assert isinstance(declared, ByKey), declared
    return await _by_argument(declared, statement, context, arguments)


async def list_item(item: object, info: strawberry.Info) -> object:
    """An item of a list. If its selection can be planned, one planned statement reads the selections of all rows of the
    list. Other objects are unchanged.
    """
    if not isinstance(item, dict):
        return item
    context: ReadContext = info.context
    entity = _entity(item)
    return await context.read_if_planned(resolve_info(info), entity, _key(entity, item)) or item


async def row_by_key(
    context: ReadContext, entity: Entity, keys: Sequence[Key], columns: Sequence[str] | None
) -> StoredRow | None:
    """The row with this key, or None."""
    statement = Statement(context.viewer, KnownParameters(context.values_without_calendar()))
    row = statement.row(entity.table)
    wanted: list[SqlCondition] = [row.c[name] == value for name, value in zip(columns or entity.key, keys, strict=True)]
    return await _first(context, _rows(entity, row, wanted))


async def _expression(
    declared: ExpressionField, source: StoredRow, statement: Statement, context: ReadContext, arguments: GraphQLValues
) -> object:
    if declared.column is not None:
        return source[declared.column]
    if default_groups.GROUP in source:
        expression = declared.expression(default_groups.constant_group(source), statement, **arguments)
        found = await _first(context, select(expression.label("value")))
    else:
        entity = _entity(source)
        row = statement.row(entity.table)
        expression = declared.expression(row, statement, **arguments)
        own = _has_key(row, entity, source)
        found = await _first(context, select(expression.label("value")).select_from(row.source).where(*own))
    value = None if found is None else found["value"]
    return json.loads(value) if isinstance(expression.type, Json) and isinstance(value, str) else value


async def _to_one(
    declared: ToOne, source: StoredRow, statement: Statement, context: ReadContext, info: ResolveInfo
) -> object:
    key = source[declared.local]
    if key is None:
        return None
    entity, own = entity_of(declared.target), _entity(source)
    if declared.when is None:
        planned = await context.read_if_planned(info, entity, [key], (declared.remote,))
        if planned is not None:
            return planned
    row, here = statement.row(entity.table), statement.row(own.table)
    conditions: list[SqlCondition] = [row.c[declared.remote] == key]
    if declared.when is not None:
        conditions.append(statement.exists(here, *_has_key(here, own, source), declared.when(here)))
    return await _first(context, _rows(entity, row, conditions))


async def _by_argument(declared: ByKey, statement: Statement, context: ReadContext, arguments: GraphQLValues) -> object:
    entity = entity_of(declared.target)
    row = statement.row(entity.table)
    wanted = row.c[declared.column] == declared.convert(arguments.get(declared.argument or ""))
    return await _first(context, _rows(entity, row, [wanted]))


async def _unpaged_list(
    declared: UnpagedList, source: StoredRow, statement: Statement, context: ReadContext
) -> list[StoredRow]:
    entity, own = entity_of(declared.target), _entity(source)
    row, here = statement.row(entity.table), statement.row(own.table)
    belonging = statement.exists(here, *_has_key(here, own, source), *declared.belongs(here, row, statement))
    chosen = _rows(entity, row, [belonging]).order_by(row.c[declared.order])
    return await context.select(lambda: chosen)


async def _aggregate_object(
    declared: AggregateObject, source: StoredRow, statement: Statement, context: ReadContext, arguments: GraphQLValues
) -> StoredRow | None:
    """All aggregates of the object, whichever are selected."""
    entity = entity_of(declared.target)
    row, parent = statement.row(entity.table), _ConstantRow(source)

    def chosen() -> SqlQuery:
        alternatives: Alternatives = declared.belongs(parent, row, statement)  # type: ignore[arg-type]  # has columns like a Row
        belonging = or_(*(and_(*conditions) for conditions in alternatives))
        aggregates = [
            (name, each.expression(row)) for name, each in entity.fields.items() if isinstance(each, Aggregate)
        ]
        values = select(*(value.label(name) for name, value in aggregates)).select_from(row.source)
        return values.where(belonging, *declared.where(row, statement, **arguments))

    rows = await context.select(chosen)
    return rows[0] if rows else None


async def _to_many(
    declared: ToMany, source: StoredRow | None, statement: Statement, context: ReadContext, arguments: GraphQLValues
) -> dict[str, object]:
    """A page with all fields of a connection, each part from a statement of its own."""
    parent: Any = None if source is None else _ConstantRow(source)
    page = page_of(statement, declared, parent, arguments)
    rows = await _page_rows(page, context)
    size = page.arguments.known_size
    nodes, more = rows[max(len(rows) - size, 0) :] if page.arguments.backward else rows[:size], len(rows) > size
    has_next, has_previous = more, False
    if page.arguments.after is not None:
        has_previous = await _is_true(context, partial(page.has_rows_outside, page.arguments.after, ahead=True))
    if page.arguments.backward:
        has_next, has_previous = False, more
        if page.arguments.before is not None:
            has_next = await _is_true(context, partial(page.has_rows_outside, page.arguments.before, ahead=False))
    total = await context.select(lambda: select(page.count().label("value")))
    return {
        "edges": [{"cursor": node["__cursor__"], "node": node} for node in nodes],
        "nodes": nodes,
        "page_info": {
            "has_next_page": has_next,
            "has_previous_page": has_previous,
            "start_cursor": nodes[0]["__cursor__"] if nodes else None,
            "end_cursor": nodes[-1]["__cursor__"] if nodes else None,
        },
        "total_count": total[0]["value"],
    }


async def _page_rows(page: Page, context: ReadContext) -> list[StoredRow]:
    """The rows of the page, and one more if there is one: the last, or the first of a page that is read backward."""

    def chosen() -> SqlQuery:
        columns = _all_columns(page.row, page.entity)
        cursor = CursorText(page.tag, page.cursor_values()).label("__cursor__")
        return select(*columns, cursor).select_from(page.select(lookahead=True)).order_by(*page.client_order())

    return await context.select(chosen)


async def _is_true(context: ReadContext, condition: Callable[[], SqlCondition]) -> bool:
    rows = await context.select(lambda: select(condition().label("value")))
    return bool(rows[0]["value"])


async def _first(context: ReadContext, chosen: SqlQuery) -> StoredRow | None:
    rows = await context.select(lambda: chosen)
    return rows[0] if rows else None


def _rows(entity: Entity, row: Row, conditions: Sequence[SqlCondition]) -> SqlQuery:
    return select(*_all_columns(row, entity)).select_from(row.source).where(*conditions, *entity.conditions(row))


def _all_columns(row: Row, entity: Entity) -> list[SqlExpression]:
    marker: Label[str] = literal_column(f"'{entity.name}'").label("__entity__")
    return [*(row.c[name].label(name) for name in entity.columns), marker]


def _entity(source: StoredRow) -> Entity:
    return entity_of(f".{source['__entity__']}")


def _key(entity: Entity, source: StoredRow) -> list[Key]:
    return [source[name] for name in entity.key]


def _has_key(row: Row, entity: Entity, source: StoredRow) -> list[SqlCondition]:
    return [row.c[name] == source[name] for name in entity.key]


class _ConstantRow:
    """A row whose columns are constants: the parent of a list that is read by itself."""

    def __init__(self, source: StoredRow) -> None:
        entity = _entity(source)
        self.table, self.alias = entity.table, "constant"
        self.c = _ConstantColumns(entity, source)


class _ConstantColumns:
    def __init__(self, entity: Entity, source: StoredRow) -> None:
        self._columns, self._source = entity.columns, source

    def __getattr__(self, name: str) -> SqlExpression:
        return self[name]

    def __getitem__(self, name: str) -> SqlExpression:
        return literal(self._source[name], self._columns[name].type)
