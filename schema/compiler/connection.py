"""The SELECT of one connection: nodes, edges, pageInfo and totalCount over the same page."""

from typing import Protocol

from graphql import GraphQLNamedType, GraphQLObjectType
from sqlalchemy import case, false, func, literal_column, select

from persistence.sql.json import (
    CursorText,
    JsonArrayOfPage,
    JsonArrayOfRows,
    JsonObject,
    PageOfRows,
    ValueOnPage,
    json_text,
)
from persistence.sql_types import SqlExpression, SqlQuery
from schema.compiler.errors import NotPlannable
from schema.compiler.paging import Page
from schema.compiler.scope import Scope
from schema.compiler.selection import SelectedField
from schema.compiler.statement import Statement


class ObjectBuilder(Protocol):
    """Builds the JSON of the rows."""

    def node(self, page: Page, scope: Scope, type_: GraphQLObjectType, field: SelectedField) -> JsonObject:
        """The object behind `nodes` or `node`."""

    def subselection(
        self, parent_type: GraphQLObjectType, field: SelectedField
    ) -> tuple[GraphQLObjectType, list[SelectedField]]:
        """The type of the objects behind a field of the parent type, and the fields selected from them."""


class Connection:
    """The SELECT of one connection: nodes, edges, pageInfo and totalCount over the same page."""

    def __init__(
        self,
        objects: ObjectBuilder,
        statement: Statement,
        page: Page,
        type_: GraphQLObjectType,
        fields: list[SelectedField],
    ) -> None:
        self._objects, self._statement, self._page, self._type, self._fields = objects, statement, page, type_, fields
        self._scope = Scope(statement)
        self._rows = page.sorted_rows()
        self._cursor_values = [self._rows.value(value) for value in page.cursor_values()]
        self._reads_rows = False
        self._lookahead = False

    def select(self) -> SqlQuery:
        """One row with the JSON of the connection."""
        page_info = {
            field.name
            for info in self._fields
            if info.name == "pageInfo"
            for field in self._objects.subselection(self._type, info)[1]
        }
        self._lookahead = ("hasPreviousPage" if self._page.arguments.backward else "hasNextPage") in page_info
        members = {field.key: self._member(field) for field in self._fields if field.name != "totalCount"}
        members |= {field.key: self._total() for field in self._fields if field.name == "totalCount"}
        json = JsonObject([(field.key, members[field.key]) for field in self._fields])
        if not self._reads_rows:
            return select(json)
        rows = self._scope.with_joins(self._page.select(lookahead=self._lookahead))
        return select(json).select_from(self._rows.read(rows, are_joined=self._scope.has_joins))

    def _member(self, selected: SelectedField) -> SqlExpression:
        if selected.name == "nodes":
            return self._array(self._objects.node(self._page, self._scope, self._type, selected))
        if selected.name == "edges":
            return self._array(JsonObject(self._edge(selected)))
        if selected.name == "pageInfo":
            type_, fields = self._objects.subselection(self._type, selected)
            return JsonObject([(field.key, self._page_info(type_, field)) for field in fields])
        return _typename(self._type, selected)

    def _total(self) -> SqlExpression:
        """The number of all rows. A page without a cursor that is not full has all of them: then they are not read once
        more to be counted, which would take long if few of many rows pass a filter.
        """
        arguments = self._page.arguments
        if not self._reads_rows or arguments.after is not None or arguments.before is not None:
            return self._page.count()
        is_whole = func.count() < self._page.size(1 if self._lookahead else 0)
        return case((is_whole, func.count()), else_=self._page.count())

    def _edge(self, selected: SelectedField) -> list[tuple[str, SqlExpression]]:
        type_, fields = self._objects.subselection(self._type, selected)
        members: list[tuple[str, SqlExpression]] = []
        for field in fields:
            if field.name == "node":
                value: SqlExpression = self._objects.node(self._page, self._scope, type_, field)
            else:
                value = self._cursor_of_row() if field.name == "cursor" else _typename(type_, field)
            members.append((field.key, value))
        return members

    def _page_info(self, type_: GraphQLObjectType, selected: SelectedField) -> SqlExpression:
        backward, arguments = self._page.arguments.backward, self._page.arguments
        if selected.name in ("startCursor", "endCursor"):
            if arguments.size == 0:
                return json_text("null")
            self._reads_rows = True
            return self._cursor_on_page(first=selected.name == "startCursor")
        if selected.name == ("hasPreviousPage" if backward else "hasNextPage"):
            self._reads_rows = True
            return func.count() > self._page.size()
        if selected.name in ("hasPreviousPage", "hasNextPage"):
            cursor = arguments.before if backward else arguments.after
            return false() if cursor is None else self._page.has_rows_outside(cursor, ahead=not backward)
        return _typename(type_, selected)

    def _cursor_of_row(self) -> SqlExpression:
        return CursorText(self._page.tag, self._page.cursor_values())

    def _cursor_on_page(self, *, first: bool) -> SqlExpression:
        """The cursor of the first row of the page, or of its last; null if it has none."""
        rows = self._rows_of_page()
        values = [ValueOnPage(value, rows, first=first) for value in self._cursor_values]
        return case((func.count() > literal_column("0"), CursorText(self._page.tag, values)))

    def _array(self, item: SqlExpression) -> SqlExpression:
        self._reads_rows = True
        if self._lookahead:
            return JsonArrayOfPage(item, self._rows_of_page())
        return JsonArrayOfRows(item, self._rows)

    def _rows_of_page(self) -> PageOfRows:
        return PageOfRows(self._rows, self._page.size(), self._page.arguments.backward)


def object_type(type_: GraphQLNamedType | None) -> GraphQLObjectType:
    """An object type; anything else is not plannable."""
    if not isinstance(type_, GraphQLObjectType):
        raise NotPlannable(f"{type_} is no object type")
    return type_


def _typename(type_: GraphQLObjectType, selected: SelectedField) -> SqlExpression:
    if selected.name != "__typename":
        raise NotPlannable(f"{type_.name}.{selected.name}")
    return json_text(f'"{type_.name}"')
