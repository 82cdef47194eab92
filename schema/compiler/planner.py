"""From a selection to one SQL statement that builds the JSON answer in the database.

A field is planned because it was declared so; anything else raises NotPlannable and the whole root field goes the
ordinary way.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLNamedType, GraphQLObjectType, get_named_type
from sqlalchemy import ColumnElement, Insert, Integer, Select, case, select
from sqlalchemy.engine import Dialect

from persistence.columns import Table
from persistence.conditions import IsIn
from persistence.dialects import dialect_of
from persistence.json_sql import JsonArray, JsonObject, json_text
from persistence.sqlalchemy_internals import compile_sql
from resolvers.queries import Alternatives
from resolvers.visibility import Viewer
from schema.compiler import message_fields
from schema.compiler.bounds import FilterBudget
from schema.compiler.connection import Connection, object_type
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
from schema.compiler.errors import NotPlannable
from schema.compiler.inserted_rows import InsertedRowPlan
from schema.compiler.lists import page_of
from schema.compiler.paging import Page
from schema.compiler.scope import Scope, ends_meet
from schema.compiler.selection import Selected, SelectedField, Selection
from schema.compiler.statement import Row, Statement
from schema.compiler.values import Binder, Parameters, Placeholder, RequestValues

KEYS = Placeholder(("keys",))
"""Where a read by keys finds them among its variables."""


@dataclass(frozen=True)
class PlannedStatement:
    """One statement and how each request binders its parameters."""

    sql: str
    binders: tuple[tuple[Binder, Callable[[Any], Any] | None], ...]
    needs_calendar: bool
    spoken: bool = False
    runs: bool = True
    """Else it only refuses values that cannot be answered, before the ordinary road answers or something is changed."""

    def parameters(self, variables: Mapping[str, Any], request_values: RequestValues) -> tuple[Any, ...]:
        """Raises BadUserInput where a value cannot be answered."""
        values = []
        for fill, process in self.binders:
            value = fill(variables, request_values)
            values.append(process(value) if process else value)
        return tuple(values)


class Planner:
    """Plans the parts of one operation for one viewer."""

    def __init__(self, selection: Selection, dialect: Dialect, viewer: Viewer, budget: FilterBudget) -> None:
        self._selection = selection
        self._dialect = dialect
        self._viewer = viewer
        self._room = budget
        self._spoken = False
        self._live = False

    def root(
        self, declared: FieldDeclaration | None, parent: GraphQLObjectType, asked: SelectedField
    ) -> PlannedStatement:
        """A field of Query."""
        if declared is None:
            raise NotPlannable(asked.name)
        statement = self._statement()
        type_ = get_named_type(parent.fields[asked.name].type)
        arguments = self._selection.arguments(parent, asked)
        if isinstance(declared, ToMany):
            return self._compiled(statement, self._connection(statement, declared, None, type_, asked, arguments))
        if isinstance(declared, ByKey):
            return self._named(statement, declared, type_, asked.below, arguments)
        raise NotPlannable(asked.name)

    def _statement(self) -> Statement:
        return Statement(self._viewer, Parameters(), budget=self._room)

    def _named(
        self,
        statement: Statement,
        declared: ByKey,
        type_: GraphQLNamedType,
        selected: Selected,
        arguments: Mapping[str, Any],
    ) -> PlannedStatement:
        entity = entity_of(declared.target)
        row, scope = statement.row(entity.table), Scope(statement)
        shown = self._object(statement, entity, row, scope, object_type(type_), selected)
        column = row.c[declared.column]
        wanted = statement.bind(declared.convert, arguments.get(declared.argument or ""), type_=column.type)
        source = scope.around(row.source)
        return self._compiled(statement, select(shown).select_from(source).where(column == wanted, *_only(entity, row)))

    def by_key(
        self, entity: Entity, type_: GraphQLObjectType, selected: Selected, columns: Sequence[str] | None = None
    ) -> PlannedStatement:
        """One object, by the key under `keys`; by these columns instead of the entity's own key if they are given."""
        statement = self._statement()
        row, scope = statement.row(entity.table), Scope(statement)
        shown = self._object(statement, entity, row, scope, type_, selected)
        wanted = [
            row.c[name] == statement.bind(_nth(place), KEYS, type_=row.c[name].type)
            for place, name in enumerate(columns or entity.key)
        ]
        source = scope.around(row.source)
        return self._compiled(statement, select(shown).select_from(source).where(*wanted, *_only(entity, row)))

    def of_new_row(self, entity: Entity, type_: GraphQLObjectType, selected: Selected) -> InsertedRowPlan:
        """One object that its own insertion shows. A statement does not see what it inserts, so nothing else may
        read its table.
        """
        statement = self._statement()
        row, scope = statement.row(entity.table), Scope(statement)
        shown = self._object(statement, entity, row, scope, type_, selected)
        if (
            statement.touched.count(entity.table) > 1
            or statement.parameters.needs_calendar
            or self._spoken
            or self._live
        ):
            raise NotPlannable(f"{type_.name} while it is inserted")

        def combined(insertion: Insert) -> Select[Any]:
            made = insertion.returning(*insertion.table.c).cte("made").alias(row.alias)
            return select(row.c[entity.key[-1]], shown).select_from(scope.around(made))

        return InsertedRowPlan(entity.table, combined, statement.parameters.binders)

    def by_keys(
        self, entity: Entity, type_: GraphQLObjectType, selected: Selected, columns: Sequence[str] | None = None
    ) -> PlannedStatement:
        """An array of `{"key", "value"}` in the order of the keys under `keys`; of those that exist.

        Where a key has several parts, all but the last are equal and come first: `[segment_id, line_no, line_no, …]`.
        """
        statement = self._statement()
        row, scope = statement.row(entity.table), Scope(statement)
        shown = self._object(statement, entity, row, scope, type_, selected)
        *shared, last = columns or entity.key
        wanted: list[ColumnElement[bool]] = [
            row.c[name] == statement.bind(_nth(place), KEYS, type_=Integer()) for place, name in enumerate(shared)
        ]
        rest = statement.parameters.bind_list(_as_it_is, _Rest(KEYS.path, len(shared)), row.c[last].type)
        item = JsonObject([("key", row.c[last]), ("value", shown)])
        chosen = select(JsonArray(item, by=[row.c[last]]))
        source = scope.around(row.source)
        return self._compiled(
            statement, chosen.select_from(source).where(*wanted, IsIn(row.c[last], rest), *_only(entity, row))
        )

    def _compiled(self, statement: Statement, chosen: Select[Any]) -> PlannedStatement:
        compiled = compile_sql(chosen, self._dialect)
        runs = not self._live and dialect_of(self._dialect).accepts(compiled.text, Table.metadata)
        given = statement.parameters.binders
        binders = tuple(
            (given.get(name) or _constant(constant), process) for name, process, constant in compiled.parameters
        )
        return PlannedStatement(compiled.text, binders, statement.parameters.needs_calendar, self._spoken, runs)

    def _object(
        self, statement: Statement, entity: Entity, row: Row, scope: Scope, type_: GraphQLObjectType, selected: Selected
    ) -> JsonObject:
        members: list[tuple[str, ColumnElement[Any]]] = []
        for asked in self._selection.fields(type_, selected):
            if asked.name == "__typename":
                members.append((asked.key, json_text(f'"{type_.name}"')))
                continue
            declared = entity.fields.get(asked.name)
            members.append((asked.key, self._member(statement, declared, row, scope, type_, asked)))
        return JsonObject(members)

    def _member(
        self,
        statement: Statement,
        declared: FieldDeclaration | None,
        row: Row,
        scope: Scope,
        type_: GraphQLObjectType,
        asked: SelectedField,
    ) -> ColumnElement[Any]:
        below = get_named_type(type_.fields[asked.name].type)
        arguments = self._selection.arguments(type_, asked)
        if isinstance(declared, ExpressionField):
            return declared.of(row, statement, **arguments)
        if isinstance(declared, ToOne):
            return self._edge(statement, declared, row, scope, object_type(below), asked.below)
        if isinstance(declared, ToMany):
            return self._nested(statement, declared, row, below, asked, arguments)
        if isinstance(declared, UnpagedList):
            return self._listing(statement, declared, row, object_type(below), asked.below)
        if isinstance(declared, AggregateObject):
            return self._figures(statement, declared, row, object_type(below), asked.below, arguments)
        if isinstance(declared, Aggregate):
            return declared.of(row)
        if isinstance(declared, MessageField):
            self._spoken = True
            return message_fields.left_open(type_.name, asked.name, declared, row, arguments)
        if isinstance(declared, LiveField):
            self._live = True
            return json_text("null")
        raise NotPlannable(f"{type_.name}.{asked.name}")

    def _edge(
        self, statement: Statement, edge: ToOne, row: Row, scope: Scope, type_: GraphQLObjectType, selected: Selected
    ) -> ColumnElement[Any]:
        target = entity_of(edge.target)
        if scope.has_room(row, edge):
            other = scope.join(row, edge)
            shown = self._object(statement, target, other, scope, type_, selected)
            return case((other.c[target.key[-1]].is_not(None), shown))
        other, own = statement.row(target.table), Scope(statement)
        shown = self._object(statement, target, other, own, type_, selected)
        source = own.around(other.source)
        return select(shown).select_from(source).where(*ends_meet(edge, row, other)).scalar_subquery()

    def _listing(
        self, statement: Statement, declared: UnpagedList, row: Row, type_: GraphQLObjectType, selected: Selected
    ) -> ColumnElement[Any]:
        target = entity_of(declared.target)
        outer, scope = statement.row(target.table), Scope(statement)
        shown = self._object(statement, target, outer, scope, type_, selected)
        by = outer.c[declared.order]
        inner = statement.row(target.table)
        belonging = declared.belongs(row, inner, statement)
        columns = [inner.c[name].label(name) for name in outer.c.used]
        rows = select(*columns).select_from(inner.source).where(*belonging, *_only(target, inner))
        ordered = rows.order_by(inner.c[declared.order]).alias(outer.alias)
        return select(JsonArray(shown, by=[by])).select_from(scope.around(ordered)).scalar_subquery()

    def _nested(
        self,
        statement: Statement,
        declared: ToMany,
        parent: Row,
        type_: GraphQLNamedType,
        asked: SelectedField,
        arguments: Mapping[str, Any],
    ) -> ColumnElement[Any]:
        """The connection below a row."""
        ways = declared.belongs(parent, statement.row(entity_of(declared.target).table), statement)
        return _one_way(ways, lambda way: self._connection(statement, declared, parent, type_, asked, arguments, way))

    def _figures(
        self,
        statement: Statement,
        declared: AggregateObject,
        parent: Row,
        type_: GraphQLObjectType,
        selected: Selected,
        arguments: Mapping[str, Any],
    ) -> ColumnElement[Any]:
        """The object of figures below a row: all of them from one pass over the rows that belong."""
        entity = entity_of(declared.target)

        def shown(way: int | None) -> Select[Any]:
            row = statement.row(entity.table)
            belonging = declared.belongs(parent, row, statement)
            mine = belonging[0] if way is None else belonging[way][1:]
            measures = self._object(statement, entity, row, Scope(statement), type_, selected)
            conditions = [*mine, *declared.where(row, statement, **arguments)]
            return select(measures).select_from(row.source).where(*conditions)

        if all(asked.name == "__typename" for asked in self._selection.fields(type_, selected)):
            return self._object(statement, entity, parent, Scope(statement), type_, selected)
        return _one_way(declared.belongs(parent, statement.row(entity.table), statement), shown)

    def _connection(
        self,
        statement: Statement,
        declared: ToMany,
        parent: Row | None,
        type_: GraphQLNamedType,
        asked: SelectedField,
        arguments: Mapping[str, Any],
        alternative: int | None = None,
    ) -> Select[Any]:
        page = page_of(statement, declared, parent, arguments, alternative)
        shape = object_type(type_)
        return Connection(self, statement, page, shape, self._selection.fields(shape, asked.below)).select()

    def node(
        self, statement: Statement, page: Page, scope: Scope, type_: GraphQLObjectType, asked: SelectedField
    ) -> JsonObject:
        """The object behind `nodes` or `node`."""
        below = object_type(get_named_type(type_.fields[asked.name].type))
        return self._object(statement, page.entity, page.row, scope, below, asked.below)

    def fields_below(
        self, type_: GraphQLObjectType, asked: SelectedField
    ) -> tuple[GraphQLObjectType, list[SelectedField]]:
        """The type of a field that is an object, and what was asked of it."""
        below = object_type(get_named_type(type_.fields[asked.name].type))
        return below, self._selection.fields(below, asked.below)


def _one_way(ways: Alternatives, shown: Callable[[int | None], Select[Any]]) -> ColumnElement[Any]:
    """What is shown of the rows that belong. Where they can in several ways, the parent decides which one is read at
    all.
    """
    if len(ways) == 1:
        return shown(None).scalar_subquery()
    values = [shown(way).scalar_subquery() for way in range(len(ways))]
    return case(
        *((conditions[0], value) for conditions, value in zip(ways[:-1], values, strict=False)), else_=values[-1]
    )


def _only(entity: Entity, row: Row) -> Sequence[ColumnElement[bool]]:
    return () if entity.only is None else (entity.only(row),)


def _constant(value: Any) -> Binder:
    return lambda variables, request_values: value


def _as_it_is(value: Any) -> Any:
    return value


def _nth(place: int) -> Callable[[Sequence[int]], int]:
    return lambda keys: keys[place]


@dataclass(frozen=True)
class _Rest(Placeholder):
    """The keys from a place on."""

    start: int

    def take(self, variables: Mapping[str, Any]) -> Any:
        return super().take(variables)[self.start :]
