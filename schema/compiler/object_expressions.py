"""SQL expressions that build the JSON of objects: their columns, edges, connections and aggregates."""

from collections.abc import Callable, Sequence, Set
from itertools import groupby

from graphql import GraphQLNamedType, GraphQLObjectType, get_named_type
from sqlalchemy import case, func, literal_column, select

from persistence.sql.json import ConditionalObjects, JoinedObjects, JsonArrayOfRows, JsonObject, ObjectIf, json_text
from persistence.sql.sorted_rows import SortedRows
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import Alternatives, SqlCondition
from resolvers.statistics.day_sums import added_up
from resolvers.statistics.groups import Group
from resolvers.statistics.sums import SUMS_OVER_CONTACTS
from schema.compiler import message_fields
from schema.compiler.computed_lists import RowOfValues
from schema.compiler.connection import Connection, object_type
from schema.compiler.declarations import (
    Aggregate,
    AggregateObject,
    AggregatesOfGroup,
    Entity,
    ExpressionField,
    FieldDeclaration,
    FieldOfSums,
    GroupedAggregates,
    LiveField,
    MessageField,
    ObjectsOfRow,
    StoredSums,
    ToMany,
    ToOne,
    UnpagedList,
    entity_of,
)
from schema.compiler.errors import BadUserInput, NotPlannable
from schema.compiler.grouped_aggregates import measures, names_of_sums, select_groups
from schema.compiler.list_pages import page_of
from schema.compiler.paging import Page
from schema.compiler.scope import Scope, join_conditions
from schema.compiler.selection import Selected, SelectedField, Selection
from schema.compiler.statement import Row, Statement
from schema.compiler.values import GraphQLValues


class ObjectExpressions:
    """Builds the JSON expressions of one statement. Only declared fields become SQL; others raise NotPlannable."""

    def __init__(self, selection: Selection, statement: Statement) -> None:
        self._selection, self._statement = selection, statement
        self.has_messages = False
        """Whether the JSON has placeholders for messages."""
        self.has_live_fields = False
        """Whether a value is not in the database."""

    def json_object(
        self, entity: Entity, row: Row, scope: Scope, type_: GraphQLObjectType, selected: Selected
    ) -> JsonObject:
        """The JSON of the fields selected from a row."""
        parts: list[SqlExpression] = []
        members: list[tuple[str, SqlExpression]] = []
        fields = self._selection.fields(type_, selected)
        for stored, some in groupby(fields, lambda field: self._stored_sums(entity.fields.get(field.name))):
            if stored is not None:
                parts += [JsonObject(members)] if members else []
                parts.append(self._values_of_sums(entity, stored, row, list(some)))
                members = []
                continue
            for field in some:
                if field.name == "__typename":
                    members.append((field.key, json_text(f'"{type_.name}"')))
                else:
                    members.append((field.key, self._member(entity.fields.get(field.name), row, scope, type_, field)))
        if not parts:
            return JsonObject(members)
        return JoinedObjects([*parts, JsonObject(members)] if members else parts)

    def connection(
        self,
        declared: ToMany,
        parent: Row | None,
        type_: GraphQLNamedType,
        field: SelectedField,
        arguments: GraphQLValues,
        alternative: int | None = None,
    ) -> SqlQuery:
        """The SELECT of a connection: at the root without a parent row."""
        parameters = self._statement.parameters
        outer, parameters.nodes = parameters.nodes, field.nodes
        try:
            page = page_of(self._statement, declared, parent, arguments, alternative)
            page.row.many = page.arguments.size != 1
            connection_type = object_type(type_)
            fields = self._selection.fields(connection_type, field.below)
            return Connection(self, self._statement, page, connection_type, fields).select()
        except BadUserInput as error:
            raise error.of_field(field.nodes) from None
        finally:
            parameters.nodes = outer

    def groups(
        self, declared: GroupedAggregates, type_: GraphQLNamedType, field: SelectedField, arguments: GraphQLValues
    ) -> SqlQuery:
        """The SELECT of aggregates over groups of rows."""
        own = object_type(type_)
        fields = self._selection.fields(own, field.below)
        return select_groups(self, self._statement, declared, own, fields, arguments)

    def json_of_group(
        self, entity: Entity, group: Group, scope: Scope, type_: GraphQLObjectType, field: SelectedField
    ) -> JsonObject:
        """The object of a group."""
        return self.json_object(entity, group, scope, type_, field.below)  # type: ignore[arg-type]  # has columns like a Row

    def node(self, page: Page, scope: Scope, type_: GraphQLObjectType, field: SelectedField) -> JsonObject:
        """The object behind `nodes` or `node`."""
        below = object_type(get_named_type(type_.fields[field.name].type))
        return self.json_object(page.entity, page.row, scope, below, field.below)

    def subselection(
        self, parent_type: GraphQLObjectType, field: SelectedField
    ) -> tuple[GraphQLObjectType, list[SelectedField]]:
        """The type of the objects behind a field of the parent type, and the fields selected from them."""
        below = object_type(get_named_type(parent_type.fields[field.name].type))
        return below, self._selection.fields(below, field.below)

    def _member(
        self, declared: FieldDeclaration | None, row: Row, scope: Scope, type_: GraphQLObjectType, field: SelectedField
    ) -> SqlExpression:
        below = get_named_type(type_.fields[field.name].type)
        arguments = self._selection.arguments(type_, field)
        if isinstance(declared, ExpressionField):
            return declared.expression(row, self._statement, **arguments)
        if isinstance(declared, ToOne):
            return self._edge(declared, row, scope, object_type(below), field.below)
        if isinstance(declared, ToMany):
            return self._nested_connection(declared, row, below, field, arguments)
        if isinstance(declared, UnpagedList):
            return self._unpaged_list(declared, row, object_type(below), field.below)
        if isinstance(declared, ObjectsOfRow):
            return self._objects_of_row(declared, row, object_type(below), field.below)
        if isinstance(declared, AggregateObject):
            return self._aggregate_object(declared, row, object_type(below), field.below, arguments)
        if isinstance(declared, Aggregate):
            return declared.expression(row)
        if isinstance(declared, AggregatesOfGroup):
            return self._aggregates_of_group(declared, row, *self.subselection(type_, field))
        if isinstance(declared, MessageField):
            self.has_messages = True
            return message_fields.placeholder(type_.name, field.name, declared, row, arguments)
        if isinstance(declared, LiveField):
            self.has_live_fields = True
            return json_text("null")
        raise NotPlannable(f"{type_.name}.{field.name}")

    def _aggregates_of_group(
        self, declared: AggregatesOfGroup, group: Row | Group, type_: GraphQLObjectType, fields: list[SelectedField]
    ) -> SqlExpression:
        sums = declared.sums(group)
        return json_text("null") if sums is None else measures(entity_of(declared.target), sums, type_, fields)

    def _edge(self, edge: ToOne, row: Row, scope: Scope, type_: GraphQLObjectType, selected: Selected) -> SqlExpression:
        target = entity_of(edge.target)
        if scope.can_join(row, edge):
            other = scope.join(row, edge)
            json = self.json_object(target, other, scope, type_, selected)
            return ObjectIf(other.c[edge.remote].is_not(None), json)
        other, own = self._statement.row(target.table), Scope(self._statement)
        json = self.json_object(target, other, own, type_, selected)
        source = own.with_joins(other.source)
        return select(json).select_from(source).where(*join_conditions(edge, row, other)).scalar_subquery()

    def _unpaged_list(
        self, declared: UnpagedList, row: Row, type_: GraphQLObjectType, selected: Selected
    ) -> SqlExpression:
        target = entity_of(declared.target)
        outer, scope = self._statement.row(target.table), Scope(self._statement)
        json = self.json_object(target, outer, scope, type_, selected)
        by = outer.c[declared.order]
        inner = self._statement.row(target.table)
        belonging = declared.belongs(row, inner, self._statement)
        columns = [inner.c[name].label(name) for name in outer.c.used]
        rows = select(*columns).select_from(inner.source).where(*belonging, *target.conditions(inner))
        ordered = rows.order_by(inner.c[declared.order]).alias(outer.alias)
        sorted_rows = SortedRows(self._statement.name(), [by])
        sorted_rows.value(by)
        array = JsonArrayOfRows(json, sorted_rows)
        source = sorted_rows.read(scope.with_joins(ordered), are_joined=scope.has_joins)
        return select(array).select_from(source).scalar_subquery()

    def _objects_of_row(
        self, declared: ObjectsOfRow, row: Row, type_: GraphQLObjectType, selected: Selected
    ) -> SqlExpression:
        target, scope = entity_of(declared.target), Scope(self._statement)
        return ConditionalObjects(
            [
                (condition, self.json_object(target, RowOfValues(values), scope, type_, selected))
                for condition, values in declared.cases(row)
            ]
        )

    def _nested_connection(
        self, declared: ToMany, parent: Row, type_: GraphQLNamedType, field: SelectedField, arguments: GraphQLValues
    ) -> SqlExpression:
        alternatives = declared.belongs(parent, self._statement.row(entity_of(declared.target).table), self._statement)
        return _by_alternative(
            alternatives, lambda chosen: self.connection(declared, parent, type_, field, arguments, chosen)
        )

    def _stored_sums(self, declared: FieldDeclaration | None) -> StoredSums | None:
        return declared.stored if isinstance(declared, FieldOfSums) and not self._statement.own_only else None

    def _values_of_sums(
        self, entity: Entity, stored: StoredSums, row: Row, fields: Sequence[SelectedField]
    ) -> SqlExpression:
        """An object of values that are computed from the same stored sums."""
        rows = stored.of_parent(row, self._statement)
        members: list[tuple[str, SqlExpression]] = []
        for field in fields:
            declared = entity.fields[field.name]
            assert isinstance(declared, FieldOfSums)
            members.append((field.key, declared.of_sums(added_up(rows))))
        return select(JsonObject(members)).select_from(rows).scalar_subquery()

    def _aggregate_object(
        self,
        declared: AggregateObject,
        parent: Row,
        type_: GraphQLObjectType,
        selected: Selected,
        arguments: GraphQLValues,
    ) -> SqlExpression:
        """All aggregates of an object from one pass over the rows that belong to a row."""
        entity, statement = entity_of(declared.target), self._statement

        def aggregates(chosen: int | None) -> SqlQuery:
            row = statement.row(entity.table)
            alternatives = declared.belongs(parent, row, statement)
            belonging = alternatives[0] if chosen is None else alternatives[chosen][1:]
            json = self.json_object(entity, row, Scope(statement), type_, selected)
            conditions = [*belonging, *declared.where(row, statement, **arguments)]
            return select(json).select_from(row.source).where(*conditions)

        if all(field.name == "__typename" for field in self._selection.fields(type_, selected)):
            return self.json_object(entity, parent, Scope(statement), type_, selected)
        if declared.stored is not None and not statement.own_only:
            fields = self._selection.fields(type_, selected)
            names = names_of_sums(entity, fields)
            if parent.many or not names & SUMS_OVER_CONTACTS:
                return self._object_of_sums(declared, declared.stored, parent, type_, fields, arguments, names)
        return _by_alternative(declared.belongs(parent, statement.row(entity.table), statement), aggregates)

    def _object_of_sums(
        self,
        declared: AggregateObject,
        stored: StoredSums,
        parent: Row,
        type_: GraphQLObjectType,
        fields: list[SelectedField],
        arguments: GraphQLValues,
        names: Set[str],
    ) -> SqlExpression:
        """All aggregates of an object from stored sums. Sums over contacts are not stored: those of all parents are
        computed together, from one pass over the rows.
        """
        rows = stored.of_parent(parent, self._statement, **arguments)
        of_rows, over_contacts = added_up(rows), sorted(names & SUMS_OVER_CONTACTS)
        of_all = stored.over_contacts(self._statement, over_contacts, **arguments) if over_contacts else rows

        def sum_of(name: str) -> SqlExpression:
            if name not in SUMS_OVER_CONTACTS:
                return of_rows(name)
            found: SqlQuery = select(of_all.c[name]).where(of_all.c.key == parent.c[stored.key])
            return func.coalesce(found.scalar_subquery(), literal_column("0"))

        json = measures(entity_of(declared.target), sum_of, type_, fields)
        return select(json).select_from(rows).scalar_subquery() if names - SUMS_OVER_CONTACTS else json


def _by_alternative(alternatives: Alternatives, read: Callable[[int | None], SqlQuery]) -> SqlExpression:
    """A value read from the rows that belong to a parent. If rows can belong to it in several ways, a CASE on the
    parent reads only those of the way that applies.
    """
    if len(alternatives) == 1:
        return read(None).scalar_subquery()
    values = [read(number).scalar_subquery() for number in range(len(alternatives))]
    parents: Sequence[SqlCondition] = [conditions[0] for conditions in alternatives[:-1]]
    return case(*zip(parents, values, strict=False), else_=values[-1])
