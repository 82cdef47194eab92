"""Compiles a selection to one SQL statement that builds the JSON of the response in the database.

Raises NotPlannable for a selection that cannot be compiled; default execution then resolves the whole root field.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphql import GraphQLNamedType, GraphQLObjectType, get_named_type
from sqlalchemy import FromClause, Insert, Integer, func, select
from sqlalchemy.engine import Dialect

from persistence.change_feed.created_items import created_item, returning
from persistence.change_feed.items import RANGES
from persistence.columns import Table, table_of
from persistence.dialects import dialect_of
from persistence.sql.conditions import IsIn
from persistence.sql.json import JsonArray, JsonObject
from persistence.sql_types import SqlQuery
from persistence.sqlalchemy_internals import compile_sql
from resolvers.queries import InvalidOperand, SqlCondition
from resolvers.visibility import Viewer
from schema.compiler import grouped_aggregates
from schema.compiler.connection import object_type
from schema.compiler.declarations import ByKey, Entity, FieldDeclaration, GroupedAggregates, ToMany, entity_of
from schema.compiler.errors import BadUserInput, NotPlannable
from schema.compiler.filters.conditions import condition
from schema.compiler.filters.filter_limits import FilterBudget
from schema.compiler.inserted_rows import InsertedRowPlan
from schema.compiler.list_pages import page_of_kind
from schema.compiler.object_expressions import ObjectExpressions
from schema.compiler.planned_statement import PlannedStatement
from schema.compiler.scope import Scope
from schema.compiler.selection import Selected, SelectedField, Selection
from schema.compiler.statement import Row, Statement
from schema.compiler.stream_pages import StreamPage
from schema.compiler.streams import StreamFormat, StreamPlan, StreamRows
from schema.compiler.values import Binder, GraphQLValues, Parameters, Placeholder

NOTHING: Mapping[str, bool | None] = {}

KEYS = Placeholder(("keys",))
"""The variable that holds the keys in a read by keys."""

LIVE_KEYS = Placeholder(("keys of the change feed",))
"""The same in a read of a subscription, beside the variables of the client."""


class Planner:
    """Plans the parts of one operation for one viewer."""

    def __init__(self, selection: Selection, dialect: Dialect, viewer: Viewer, budget: FilterBudget) -> None:
        self._selection, self._dialect, self._viewer, self._budget = selection, dialect, viewer, budget

    def root(
        self, declared: FieldDeclaration | None, parent: GraphQLObjectType, field: SelectedField
    ) -> PlannedStatement:
        """The statement of a field of Query."""
        type_ = get_named_type(parent.fields[field.name].type) if field.name in parent.fields else None
        if type_ is None or not isinstance(declared, ToMany | ByKey | GroupedAggregates):
            raise NotPlannable(field.name)
        arguments = self._selection.arguments(parent, field)
        reading = self._new_read()
        try:
            if isinstance(declared, ToMany):
                planned = reading.compiled(reading.objects.connection(declared, None, type_, field, arguments))
            elif isinstance(declared, GroupedAggregates):
                chosen = reading.objects.groups(declared, type_, field, arguments)
                planned = replace(reading.compiled(chosen), refusal=grouped_aggregates.refusal)
            else:
                planned = self._by_argument(reading, declared, type_, field.below, arguments)
        except InvalidOperand as error:
            raise BadUserInput(str(error)).of_root_field(field.key, field.nodes) from None
        except BadUserInput as error:
            raise error.of_root_field(field.key, field.nodes) from None
        return replace(planned, field=field)

    def stream(
        self, declared: FieldDeclaration | None, parent: GraphQLObjectType, field: SelectedField, format: StreamFormat
    ) -> StreamPlan:
        """The statements of a stream of a field of Query."""
        try:
            if not isinstance(declared, ToMany):
                raise BadUserInput(f"{field.name} is no list. Only lists with `nodes` and `edges` can be streamed.")
            arguments = self._selection.arguments(parent, field)
            connection = get_named_type(parent.fields[field.name].type)
            return self.stream_of_rows(declared, connection, arguments, field, format)
        except (InvalidOperand, BadUserInput) as error:
            raise BadUserInput(str(getattr(error, "message", error))).of_root_field(field.key, field.nodes) from None
        except NotPlannable as error:
            message = f"{error} cannot be streamed. Leave it out."
            raise BadUserInput(message).of_root_field(field.key, field.nodes) from None

    def stream_of_rows(
        self,
        declared: ToMany,
        connection: GraphQLNamedType,
        arguments: GraphQLValues,
        field: SelectedField,
        format: StreamFormat,
        constants: Mapping[str, bool | None] = NOTHING,
        order: Sequence[str] = (),
    ) -> StreamPlan:
        """The statements of a stream of a list, which need not be a field of Query. See `StreamRows` for the last two
        arguments.
        """
        reading = self._new_read()
        page = page_of_kind(StreamPage, reading.statement, declared, None, arguments)
        page.row.many = True
        rows = StreamRows(page, reading.objects, self._selection, field, constants, order)
        chosen, are_json = rows.statement(connection, format)
        planned = replace(reading.compiled(chosen), field=field)
        if not planned.runs:
            raise BadUserInput("The selection is too large for one statement of SQLite. Select fewer fields.")
        again = self._new_read(FilterBudget())  # the same filter is not counted twice
        last = page_of_kind(StreamPage, again.statement, declared, None, arguments)
        last_cursor = replace(again.compiled(last.last_cursor()), field=field)
        columns, after = tuple(rows.columns), page.arguments.after
        return StreamPlan(
            field, format, planned, last_cursor, columns, are_json, None if after is None else after.given
        )

    def count(self, declared: ToMany) -> PlannedStatement:
        """The statement that counts the rows of a list."""
        reading = self._new_read()
        page = page_of_kind(StreamPage, reading.statement, declared, None, {})
        return reading.compiled(select(page.count()))

    def by_key(
        self, entity: Entity, type_: GraphQLObjectType, selected: Selected, columns: Sequence[str] | None = None
    ) -> PlannedStatement:
        """The statement that reads one object by the key in the variable `keys`: the key of the entity, or these
        columns.
        """
        reading = self._new_read()
        statement = reading.statement
        row, scope = statement.row(entity.table), Scope(statement)
        json = reading.objects.json_object(entity, row, scope, type_, selected)
        wanted = [
            row.c[name] == statement.bind(_nth(place), KEYS, type_=row.c[name].type)
            for place, name in enumerate(columns or entity.key)
        ]
        source = scope.with_joins(row.source)
        return reading.compiled(select(json).select_from(source).where(*wanted, *entity.conditions(row)))

    def by_keys(
        self, entity: Entity, type_: GraphQLObjectType, selected: Selected, columns: Sequence[str] | None = None
    ) -> PlannedStatement:
        """The statement that reads several objects: an array of `{"key", "value"}` of those that exist, ordered by key.

        Where a key has several parts, all but the last are equal and come first: `[segment_id, line_no, line_no, …]`.
        """
        reading = self._new_read()
        statement = reading.statement
        row, scope = statement.row(entity.table), Scope(statement)
        json = reading.objects.json_object(entity, row, scope, type_, selected)
        *shared, last = columns or entity.key
        wanted: list[SqlCondition] = [
            row.c[name] == statement.bind(_nth(place), KEYS, type_=Integer()) for place, name in enumerate(shared)
        ]
        rest = statement.parameters.bind_list(_unchanged, _RemainingKeys(KEYS.path, len(shared)), row.c[last].type)
        wanted.append(IsIn(row.c[last], rest))
        item = JsonObject([("key", row.c[last]), ("value", json)])
        chosen = select(JsonArray(item, order_by=[row.c[last]])).select_from(scope.with_joins(row.source))
        return reading.compiled(chosen.where(*wanted, *entity.conditions(row)))

    def passing(
        self,
        entity: Entity,
        type_: GraphQLObjectType,
        selected: Selected | None,
        filter_: GraphQLValues | None,
        columns: Sequence[str],
    ) -> PlannedStatement:
        """The statement that finds those of several objects that pass a filter, by the keys in `LIVE_KEYS`: an array of
        `{"key", "value"}`, ordered by key, with further columns under their names. Without a selection there is no
        value.
        """
        reading = self._new_read()
        row, scope = reading.statement.row(entity.table), Scope(reading.statement)
        key = row.c[entity.key[-1]]
        members = [("key", key), *((name, row.c[name]) for name in columns)]
        if selected is not None:
            members.append(("value", reading.objects.json_object(entity, row, scope, type_, selected)))
        wanted = IsIn(key, reading.statement.parameters.bind_list(_unchanged, LIVE_KEYS, key.type))
        conditions = [wanted, *entity.conditions(row), *_passes(entity, filter_, row, reading.statement)]
        chosen = select(JsonArray(JsonObject(members), order_by=[key])).select_from(scope.with_joins(row.source))
        return reading.compiled(chosen.where(*conditions))

    def number_passing(
        self, entity: Entity, filter_: GraphQLValues | None, column: str, *, has_gaps: bool
    ) -> PlannedStatement:
        """The statement that counts those objects of an item of the change feed that pass a filter: `{"count", "max"}`,
        with the maximum of a column. The keys are those from the first to the last of `LIVE_KEYS`; with gaps those of
        the ranges of the item, whose number is the third.
        """
        reading = self._new_read()
        statement = reading.statement
        row = statement.row(entity.table)
        key = row.c[entity.key[-1]]
        conditions = [*entity.conditions(row), *_passes(entity, filter_, row, statement)]
        first, last, item_no = (statement.bind(_nth(place), LIVE_KEYS, type_=Integer()) for place in range(3))
        counted = JsonObject([("count", func.count()), ("max", func.max(row.c[column]))])
        source: FromClause = row.source
        if has_gaps:
            source = RANGES.join(row.source, key.between(RANGES.c.first_key, RANGES.c.last_key))
            conditions.append(RANGES.c.item_no == item_no)
        else:
            conditions.append(key.between(first, last))
        return reading.compiled(select(counted).select_from(source).where(*conditions))

    def of_inserted_row(self, entity: Entity, type_: GraphQLObjectType, selected: Selected) -> InsertedRowPlan:
        """The plan of an object that the statement that inserts it also reads. A statement does not see the rows that
        it inserts, so nothing else may read the same table.
        """
        reading = self._new_read()
        statement, objects = reading.statement, reading.objects
        row, scope = statement.row(entity.table), Scope(statement)
        json = objects.json_object(entity, row, scope, type_, selected)
        reads_table_again = statement.touched.count(entity.table) > 1
        needs_calendar = statement.parameters.needs_calendar
        if reads_table_again or needs_calendar or objects.has_messages or objects.has_live_fields:
            raise NotPlannable(f"{type_.name} while it is inserted")

        def combined(insertion: Insert) -> SqlQuery:
            rows = returning(insertion, row.c.used)
            item = created_item(table_of(entity.table), rows, dialect_of(self._dialect)).cte("item")
            source = scope.with_joins(rows.alias(row.alias))
            return select(row.c[entity.key[-1]], json).select_from(source).add_cte(item)

        return InsertedRowPlan(entity.table, combined, statement.parameters.binders)

    def _by_argument(
        self,
        reading: "_PlannedRead",
        declared: ByKey,
        type_: GraphQLNamedType,
        selected: Selected,
        arguments: GraphQLValues,
    ) -> PlannedStatement:
        entity, statement = entity_of(declared.target), reading.statement
        row, scope = statement.row(entity.table), Scope(statement)
        json = reading.objects.json_object(entity, row, scope, object_type(type_), selected)
        column = row.c[declared.column]
        wanted = statement.bind(declared.convert, arguments.get(declared.argument or ""), type_=column.type)
        chosen = select(json).select_from(scope.with_joins(row.source))
        return reading.compiled(chosen.where(column == wanted, *entity.conditions(row)))

    def _new_read(self, budget: FilterBudget | None = None) -> "_PlannedRead":
        statement = Statement(self._viewer, Parameters(), budget=budget or self._budget)
        return _PlannedRead(self._dialect, statement, ObjectExpressions(self._selection, statement))


@dataclass(frozen=True)
class _PlannedRead:
    """A statement that is being built, and the builder of its JSON."""

    dialect: Dialect
    statement: Statement
    objects: ObjectExpressions

    def compiled(self, chosen: SqlQuery) -> PlannedStatement:
        compiled = compile_sql(chosen, self.dialect)
        parameters = self.statement.parameters
        binders = tuple(
            (parameters.binders.get(name) or _constant(constant), process)
            for name, process, constant in compiled.parameters
        )
        accepted = dialect_of(self.dialect).accepts(compiled.text, Table.metadata)
        return PlannedStatement(
            compiled.text,
            binders,
            parameters.needs_calendar,
            self.objects.has_messages,
            runs=accepted and not self.objects.has_live_fields,
        )


def _passes(entity: Entity, filter_: GraphQLValues | None, row: Row, statement: Statement) -> list[SqlCondition]:
    """The condition that a row passes a filter of its list, if one is given."""
    return [] if filter_ is None else [condition(entity.filter, filter_, row, statement)]


def _constant(value: object) -> Binder:
    return lambda variables, request_values: value


def _unchanged(value: object) -> object:
    return value


def _nth(place: int) -> Callable[[Sequence[int]], int]:
    return lambda keys: keys[place]


@dataclass(frozen=True)
class _RemainingKeys(Placeholder):
    """The keys from an index on."""

    start: int

    def take(self, variables: GraphQLValues) -> Any:
        return super().take(variables)[self.start :]
