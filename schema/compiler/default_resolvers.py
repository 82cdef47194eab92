"""Ordinary execution: one look-up per value, from the same declarations. Slow, plain and obviously right.

The planner's counterpart: it answers what the planner leaves, and a differential test holds the two equal.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, Label, Select, and_, literal, literal_column, or_, select

from persistence.json_sql import CursorText, Json
from schema.compiler.declarations import (
    Aggregate,
    AggregateObject,
    ByKey,
    Entity,
    ExpressionField,
    FieldDeclaration,
    LiveField,
    MessageField,
    ToMany,
    ToOne,
    UnpagedList,
    entity_of,
)
from schema.compiler.lists import page_of
from schema.compiler.paging import Page
from schema.compiler.statement import Row, Statement
from schema.compiler.values import KnownParameters, RequestValues
from schema.execution.graphql_internals import ResolveInfo, arguments_of, resolve_info


async def resolve(plan: FieldDeclaration, source: Any, info: ResolveInfo) -> Any:
    """The value of a declared field for a source row."""
    arguments, context = arguments_of(info), info.context
    if info.path.prev is None and info.path.key in context.prepared:
        return context.prepared[info.path.key]
    if isinstance(plan, Aggregate):
        return source[info.field_name]
    if isinstance(plan, MessageField):
        asked = arguments.get("language")
        return plan.by(source, asked.value if asked else context.caller.language)
    if isinstance(plan, LiveField):
        return await plan.by(context, source)
    statement = Statement(context.viewer, KnownParameters(await context.request_values()))
    if isinstance(plan, ExpressionField):
        return await _value(plan, source, statement, context, arguments)
    if isinstance(plan, ToOne):
        return await _one(plan, source, statement, context, info)
    if isinstance(plan, ToMany):
        return await _many(plan, source, statement, context, arguments)
    if isinstance(plan, UnpagedList):
        return await _listing(plan, source, statement, context)
    if isinstance(plan, AggregateObject):
        return await _figures(plan, source, statement, context, arguments)
    return await _named(plan, statement, context, arguments)


async def row(source: Any, info: strawberry.Info) -> Any:
    """A row of a list that went this way; finished where everything below it can be planned. Other objects as they
    are.
    """
    if not isinstance(source, dict):
        return source
    entity = entity_of(f".{source['__entity__']}")
    return await info.context.finished(resolve_info(info), entity, [source[name] for name in entity.key]) or source


def _all_columns(row: Row, entity: Entity) -> list[Label[Any]]:
    marker: Label[str] = literal_column(f"'{entity.name}'").label("__entity__")
    return [*(row.c[column.name].label(column.name) for column in entity.table.__table__.columns), marker]  # type: ignore[attr-defined]


def _rows(statement: Statement, entity: Entity, row: Row, conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    return select(*_all_columns(row, entity)).select_from(row.source).where(*conditions, *entity.conditions(row))


async def _first(context: Any, chosen: Select[Any]) -> dict[str, Any] | None:
    rows: list[dict[str, Any]] = await context.select(lambda: chosen)
    return rows[0] if rows else None


async def by_key(
    context: Any, entity: Entity, keys: Sequence[Any], columns: Sequence[str] | None = None
) -> dict[str, Any] | None:
    """The row with this key."""
    statement = Statement(context.viewer, KnownParameters(RequestValues(context.now)))
    row = statement.row(entity.table)
    wanted = [row.c[name] == value for name, value in zip(columns or entity.key, keys, strict=True)]
    return await _first(context, _rows(statement, entity, row, wanted))


def _is(row: Row, entity: Entity, keys: Sequence[Any]) -> list[ColumnElement[bool]]:
    return [row.c[name] == value for name, value in zip(entity.key, keys, strict=True)]


async def _value(
    plan: ExpressionField, source: Mapping[str, Any], statement: Statement, context: Any, arguments: Mapping[str, Any]
) -> Any:
    if plan.column is not None:
        return source[plan.column]
    entity = entity_of(f".{source['__entity__']}")
    row = statement.row(entity.table)
    value = plan.of(row, statement, **arguments)
    own = _is(row, entity, [source[name] for name in entity.key])
    found = await _first(context, select(value.label("value")).select_from(row.source).where(*own))
    shown = None if found is None else found["value"]
    return json.loads(shown) if isinstance(value.type, Json) and isinstance(shown, str) else shown


async def _one(plan: ToOne, source: Mapping[str, Any], statement: Statement, context: Any, info: Any) -> Any:
    if source[plan.local] is None:
        return None
    entity, own = entity_of(plan.target), entity_of(f".{source['__entity__']}")
    finished = None if plan.when else await context.finished(info, entity, [source[plan.local]], (plan.remote,))
    if finished is not None:
        return finished
    row, here = statement.row(entity.table), statement.row(own.table)
    conditions = [row.c[plan.remote] == source[plan.local]]
    if plan.when is not None:
        mine = _is(here, own, [source[name] for name in own.key])
        conditions.append(statement.exists(here, *mine, plan.when(here)))
    return await _first(context, _rows(statement, entity, row, conditions))


async def _named(plan: ByKey, statement: Statement, context: Any, arguments: Mapping[str, Any]) -> Any:
    entity = entity_of(plan.target)
    row = statement.row(entity.table)
    wanted = row.c[plan.column] == plan.convert(arguments.get(plan.argument or ""))
    return await _first(context, _rows(statement, entity, row, [wanted]))


async def _listing(plan: UnpagedList, source: Mapping[str, Any], statement: Statement, context: Any) -> Any:
    entity, own = entity_of(plan.target), entity_of(f".{source['__entity__']}")
    row, here = statement.row(entity.table), statement.row(own.table)
    mine = _is(here, own, [source[name] for name in own.key])
    belonging = statement.exists(here, *mine, *plan.belongs(here, row, statement))
    chosen = _rows(statement, entity, row, [belonging]).order_by(row.c[plan.order])
    return await context.select(lambda: chosen)


async def _figures(
    plan: AggregateObject, source: Mapping[str, Any], statement: Statement, context: Any, arguments: Mapping[str, Any]
) -> Any:
    """Every figure there is, whichever are asked for."""
    entity = entity_of(plan.target)
    row, parent = statement.row(entity.table), _Known(source)

    def chosen() -> Select[Any]:
        belonging = or_(*(and_(*way) for way in plan.belongs(parent, row, statement)))  # type: ignore[arg-type]  # has columns like a Row
        measures = [
            (name, measure.of(row)) for name, measure in entity.fields.items() if isinstance(measure, Aggregate)
        ]
        figures = select(*(value.label(name) for name, value in measures)).select_from(row.source)
        return figures.where(belonging, *plan.where(row, statement, **arguments))

    rows = await context.select(chosen)
    return rows[0] if rows else None


async def _many(
    plan: ToMany, source: Mapping[str, Any] | None, statement: Statement, context: Any, arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """A page with everything that can be asked of it; the database is asked for each part alone."""
    parent: Any = None if source is None else _Known(source)
    page = page_of(statement, plan, parent, arguments)
    rows = await _page_rows(page, context)
    size = page.asked_size
    nodes, more = rows[:size], len(rows) > size
    if page.arguments.backward:
        nodes = nodes[::-1]
    behind, before = more, False
    if page.arguments.after is not None:
        before = await _is_true(context, partial(page.beyond, page.arguments.after, ahead=True))
    if page.arguments.backward:
        behind, before = False, more
        if page.arguments.before is not None:
            behind = await _is_true(context, partial(page.beyond, page.arguments.before, ahead=False))
    total = await context.select(lambda: select(page.count().label("value")))
    return {
        "edges": [{"cursor": node["__cursor__"], "node": node} for node in nodes],
        "nodes": nodes,
        "page_info": {
            "has_next_page": behind,
            "has_previous_page": before,
            "start_cursor": nodes[0]["__cursor__"] if nodes else None,
            "end_cursor": nodes[-1]["__cursor__"] if nodes else None,
        },
        "total_count": total[0]["value"],
    }


class _Known:
    """A row whose columns are constants: what a parent is for a list that is selected by itself."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        entity = entity_of(f".{source['__entity__']}")
        self.table, self.alias = entity.table, "known"
        self.c = _Constants(entity, source)


class _Constants:
    def __init__(self, entity: Entity, source: Mapping[str, Any]) -> None:
        self._columns, self._source = entity.table.__table__.columns, source  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        return self[name]

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        return literal(self._source[name], self._columns[name].type)


async def _page_rows(page: Page, context: Any) -> list[dict[str, Any]]:
    """The rows from the side the page is taken from, one more than asked for if there is one."""

    def chosen() -> Select[Any]:
        columns = _all_columns(page.row, page.entity)
        cursor = CursorText(page.tag, page.cursor_values()).label("__cursor__")
        place: Label[int] = literal_column(f"{page.row.alias}.n").label("__place__")
        return select(*columns, cursor, place).select_from(page.select(lookahead=True, numbered=True)).order_by(place)

    rows: list[dict[str, Any]] = await context.select(chosen)
    return rows


async def _is_true(context: Any, condition: Callable[[], ColumnElement[bool]]) -> bool:
    rows = await context.select(lambda: select(condition().label("value")))
    return bool(rows[0]["value"])
