"""Compiles a connection to the statements of a stream: one that selects each row as text, and one that selects the
cursor of the last row.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graphql import GraphQLList, GraphQLNamedType, GraphQLObjectType, GraphQLOutputType, get_named_type
from graphql.type import get_nullable_type
from sqlalchemy import case, literal_column

from persistence.sql.csv_cells import CsvCell
from persistence.sql.json import AfterSorting, JoinedObjects, JsonObject, json_text
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import SqlCondition
from schema.compiler.connection import object_type
from schema.compiler.declarations import (
    AggregateObject,
    Entity,
    ExpressionField,
    LiveField,
    MessageField,
    ObjectsOfRow,
    ToMany,
    ToOne,
    UnpagedList,
    entity_of,
)
from schema.compiler.errors import BadUserInput
from schema.compiler.object_expressions import ObjectExpressions
from schema.compiler.planned_statement import PlannedStatement
from schema.compiler.scope import Scope
from schema.compiler.selection import Selected, SelectedField, Selection
from schema.compiler.statement import Row
from schema.compiler.stream_pages import StreamPage
from schema.compiler.values import GraphQLValues, Placeholder

CURSOR = "cursor"


@dataclass(frozen=True)
class CsvColumn:
    """A column of CSV: its path in the JSON of a row, and whether its texts may have to be guarded."""

    path: tuple[str, ...]
    is_text: bool = False

    @property
    def name(self) -> str:
        """The caption of the column, such as `contact.name`."""
        return ".".join(self.path)


@dataclass(frozen=True)
class StreamFormat:
    """How rows are written: as CSV or as JSON; in CSV with guarded texts or not."""

    csv: bool
    guard: bool = False


@dataclass(frozen=True)
class StreamPlan:
    """The statements of a stream."""

    field: SelectedField
    format: StreamFormat
    rows: PlannedStatement
    last_cursor: PlannedStatement
    columns: Sequence[CsvColumn] = ()
    """The columns of CSV."""
    rows_are_json: bool = True
    """Whether the statement selects JSON. In CSV it does if Python must compute a column from it."""
    after: Placeholder | str | None = None
    """The cursor that the stream begins after."""

    def cursor_before(self, variables: GraphQLValues) -> str | None:
        """The cursor that the stream begins after, if it does."""
        after: str | None = self.after.take(variables) if isinstance(self.after, Placeholder) else self.after
        return after

    @property
    def size(self) -> int:
        """Estimated bytes in the cache."""
        return self.rows.size + self.last_cursor.size


@dataclass
class StreamRows:
    """What is selected from each row of a connection."""

    page: StreamPage
    objects: ObjectExpressions
    selection: Selection
    root: SelectedField
    constants: Mapping[str, bool | None] = field(default_factory=dict)
    """Further members of each row."""
    order: Sequence[str] = ()
    """The captions of CSV in their order; by default that of the selection. With them, lists of objects are JSON."""
    columns: dict[CsvColumn, SqlExpression | None] = field(default_factory=dict)
    """Each column of CSV, with its SQL if it can be written inside the database."""

    def statement(self, connection: GraphQLNamedType, format: StreamFormat) -> tuple[SqlQuery, bool]:
        """The SELECT of the rows, and whether it selects JSON. Raises BadUserInput for a selection that cannot be
        streamed.
        """
        type_, node, cursor_key = self._node(object_type(connection))
        if format.csv:
            scope = Scope(self.page.statement)
            if cursor_key is not None:
                self.columns[CsvColumn((cursor_key,))] = self.page.cursor
            self._add_columns(self.page.entity, self.page.row, scope, type_, node.below, ())
            self._add_constants()
            if not self.columns:
                raise BadUserInput("A row of CSV needs a column. Select a field.")
            cells = [self._cell(column, sql, format) for column, sql in self.columns.items() if sql is not None]
            if len(cells) == len(self.columns):
                return self.page.select_of_rows(cells, scope), False
        scope = Scope(self.page.statement)
        members: SqlExpression = self.objects.json_object(self.page.entity, self.page.row, scope, type_, node.below)
        if self.constants:
            members = JoinedObjects(
                [members, JsonObject([(name, _constant(each)) for name, each in self.constants.items()])]
            )
        if cursor_key is not None:
            members = JoinedObjects([JsonObject([(cursor_key, self.page.cursor)]), members])
        if self.objects.has_live_fields:
            raise BadUserInput(f"A field of {type_.name} that is not stored cannot be streamed. Leave out logProgress.")
        return self.page.select_of_rows([AfterSorting(members)], scope), True

    def _node(self, connection: GraphQLObjectType) -> tuple[GraphQLObjectType, SelectedField, str | None]:
        """The type of the nodes, the field that selects them, and the key of their cursors, if these are selected."""
        rows = self._only(connection, self.root.below, ("nodes", "edges"), "`nodes` or `edges { cursor node }`")
        if rows.name == "nodes":
            return object_type(get_named_type(connection.fields["nodes"].type)), rows, None
        edge = object_type(get_named_type(connection.fields["edges"].type))
        cursors = [each for each in self.selection.fields(edge, rows.below) if each.name == CURSOR]
        node = self._only(edge, rows.below, ("node",), "`cursor` and `node` of each edge", besides=(CURSOR,))
        type_ = object_type(get_named_type(edge.fields["node"].type))
        key = cursors[0].key if cursors else None
        if len(cursors) > 1 or any(each.key == key for each in self.selection.fields(type_, node.below)):
            raise BadUserInput(f"Two members of a row would be named {key}. Give one of them another alias.")
        return type_, node, key

    def _only(
        self,
        type_: GraphQLObjectType,
        selected: Selected,
        names: Sequence[str],
        wanted: str,
        besides: Sequence[str] = (),
    ) -> SelectedField:
        """The only one of these fields that is selected; `__typename` has no place in a row and is ignored."""
        fields = [each for each in self.selection.fields(type_, selected) if each.name not in ("__typename", *besides)]
        if len(fields) != 1 or fields[0].name not in names:
            raise BadUserInput(f"A stream has one list of rows and nothing else. Select {wanted} only.")
        return fields[0]

    def _cell(self, column: CsvColumn, sql: SqlExpression, format: StreamFormat) -> CsvCell:
        """A row of a single blank cell is not a blank line, which readers of CSV leave out."""
        return CsvCell(sql, guarded=format.guard and column.is_text, never_null=len(self.columns) == 1)

    def _add_columns(
        self,
        entity: Entity,
        row: Row,
        scope: Scope,
        type_: GraphQLObjectType,
        selected: Selected,
        path: tuple[str, ...],
        exists: SqlCondition | None = None,
    ) -> None:
        """Add a column for each field. `exists` is whether there is such a row, if it may be missing."""
        for each in self.selection.fields(type_, selected):
            inner = (*path, each.key)
            declared = entity.fields.get(each.name)
            if each.name == "__typename":
                self._add(inner, json_text(type_.name), exists)
            elif isinstance(declared, ExpressionField):
                self._add_value(declared, row, type_, each, inner, exists)
            elif isinstance(declared, ToOne):
                output = object_type(get_named_type(type_.fields[each.name].type))
                self._add_columns_of_edge(declared, row, scope, output, each, inner)
            else:
                self._add_computed(declared, type_, each, inner)

    def _add_value(
        self,
        declared: ExpressionField,
        row: Row,
        type_: GraphQLObjectType,
        each: SelectedField,
        path: tuple[str, ...],
        exists: SqlCondition | None,
    ) -> None:
        """Add the column of a value that SQL reads or computes."""
        value = declared.expression(row, self.page.statement, **self.selection.arguments(type_, each))
        never_missing = exists is None or declared.column is not None
        is_text = _is_text(type_.fields[each.name].type)
        self._add(path, value, None if never_missing else exists, is_text=is_text)

    def _add_computed(
        self, declared: object, type_: GraphQLObjectType, each: SelectedField, path: tuple[str, ...]
    ) -> None:
        """Add the columns of a field that Python computes from JSON. Raises BadUserInput for other fields."""
        name = ".".join(path)
        if isinstance(declared, AggregateObject):
            figures = self.selection.fields(object_type(get_named_type(type_.fields[each.name].type)), each.below)
            self.columns |= {CsvColumn((*path, figure.key)): None for figure in figures}
        elif isinstance(declared, MessageField):
            self.columns[CsvColumn(path, is_text=True)] = None
        elif isinstance(declared, UnpagedList) and self.order:
            self.columns[CsvColumn(path)] = None
        elif isinstance(declared, UnpagedList | ObjectsOfRow | ToMany):
            raise BadUserInput(f"CSV has no lists of objects. Leave out {name}, or read NDJSON.")
        else:
            assert isinstance(declared, LiveField), declared
            raise BadUserInput(f"{name} is not stored and cannot be streamed. Leave it out.")

    def _add_constants(self) -> None:
        for name, value in self.constants.items():
            self.columns[CsvColumn((name,))] = literal_column("NULL") if value is None else _constant(value)
        if self.order:
            by_name = {column.name: column for column in self.columns}
            self.columns = {by_name[name]: self.columns[by_name[name]] for name in self.order}

    def _add_columns_of_edge(
        self, edge: ToOne, row: Row, scope: Scope, type_: GraphQLObjectType, each: SelectedField, path: tuple[str, ...]
    ) -> None:
        if not scope.can_join(row, edge):
            raise BadUserInput("CSV has at most 40 objects beside a row. Select fewer, or read NDJSON.")
        target, other = entity_of(edge.target), scope.join(row, edge)
        exists = other.c[target.key[-1]].is_not(None)
        self._add_columns(target, other, scope, type_, each.below, path, exists)

    def _add(
        self, path: tuple[str, ...], value: SqlExpression, exists: SqlCondition | None, *, is_text: bool = False
    ) -> None:
        self.columns[CsvColumn(path, is_text)] = value if exists is None else case((exists, value))


def _constant(value: bool | None) -> SqlExpression:
    return json_text(json.dumps(value))


def _is_text(type_: GraphQLOutputType) -> bool:
    """Whether the values of a field are texts that users write. Numbers, days, ids and enums are none."""
    nullable = get_nullable_type(type_)
    return not isinstance(nullable, GraphQLList) and get_named_type(nullable).name == "String"
