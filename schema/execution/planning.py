"""Plans of operations: made once for each document and shape of its variables, then cached."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_argument_values,
    get_named_type,
)
from graphql.execution.values import VariableValues

from persistence.cache import Section
from persistence.database import Database
from resolvers.visibility import Viewer
from schema.compiler.connection import object_type
from schema.compiler.declarations import Entity
from schema.compiler.declared_field import DeclaredField
from schema.compiler.errors import BadUserInput, NotPlannable
from schema.compiler.filters.filter_limits import FilterBudget
from schema.compiler.inserted_rows import InsertedRowPlan
from schema.compiler.planned_statement import PlannedStatement
from schema.compiler.planner import Planner
from schema.compiler.selection import SelectedField, Selection, selected_below
from schema.compiler.streams import StreamFormat, StreamPlan
from schema.compiler.values import GraphQLValues, shape, with_placeholders
from schema.execution.documents import Document, Operation
from schema.execution.graphql_internals import declaration_of
from schema.execution.root_resolvers import DirectCall, direct_call

V = TypeVar("V")

ROOT_FIELDS, MUTATION_FIELDS = "root fields", "mutation fields"
"""Keys of the plans of whole operations."""

BYTES_OF_PLAN, BYTES_OF_SHAPE = 1_000, 64
"""Measured sizes: of a plan without its statements, and of each part of the shape of the variables in its key."""

MaybePlanned = tuple[PlannedStatement | None]
"""A plan, or None if the selection cannot be planned. In a tuple, because the cache returns None for a missing entry.
"""


@dataclass(frozen=True)
class RootField:
    """A root field of a query: its key in the response, and its plan or constant JSON if it has one."""

    key: str
    planned: PlannedStatement | None = None
    text: str | None = None
    refused: GraphQLError | None = None
    """Why it is null, if a value in it is invalid for every request with this plan."""

    @property
    def is_answered(self) -> bool:
        """Whether its plan, constant or error answers it; else default execution does."""
        return self.text is not None or self.refused is not None or (self.planned is not None and self.planned.runs)


class RootFields:
    """All root fields of a query in the order of the response, with what each request with this plan needs."""

    def __init__(self, fields: Sequence[RootField]) -> None:
        self.fields = fields
        self.plans = [field.planned for field in fields if field.planned is not None]
        self.are_answered = all(field.is_answered for field in fields)
        """Whether none of them needs default execution."""


@dataclass(frozen=True)
class LiveObjects:
    """The plan that reads objects of a subscription, and the key in the response of the field that it reads; without a
    key it only finds which objects pass the filter.
    """

    statement: PlannedStatement
    key: str | None


class Plans:
    """The plans for one schema and one database. They are evicted with their documents."""

    def __init__(self, schema: GraphQLSchema, database: Database) -> None:
        self.schema, self.dialect = schema, database.dialect
        self.cached: Section[Hashable, Any] = Section(database.cache, "plans")


class Planning:
    """The planner for one request: a document, an operation, the values of its variables, a viewer."""

    def __init__(
        self, plans: Plans, document: Document, operation: Operation, variables: VariableValues, viewer: Viewer
    ) -> None:
        self._plans, self._schema = plans, plans.schema
        self._document, self._operation, self._variables, self._viewer = document, operation, variables, viewer
        self._shape = tuple([(name, shape(value)) for name, value in variables.coerced.items()])

    def cached(self, key: Hashable) -> Any:
        """The cached plan with this key, or None."""
        return self._plans.cached.get(self._cache_key(key))

    def root_fields(self) -> RootFields:
        """The root fields of a query."""
        return self._cached_or_new(ROOT_FIELDS, self._plan_root_fields, lambda roots: sum(map(_size, roots.plans)))

    def mutation_fields(self, make: Callable[["Planning"], V], size: Callable[[V], int]) -> V:
        """The plan that `make` returns for the root fields of a mutation; `size` estimates its bytes."""
        return self._cached_or_new(MUTATION_FIELDS, lambda: make(self), size)

    def stream(self, format: StreamFormat) -> StreamPlan:
        """The plan of a stream of the only root field. Raises BadUserInput if it cannot be streamed."""
        return self._cached_or_new(("stream", format), lambda: self._plan_stream(format), lambda plan: plan.size)

    def by_key(
        self, entity: Entity, nodes: Sequence[FieldNode], columns: Sequence[str] | None = None
    ) -> PlannedStatement | None:
        """The plan that reads the selection of these nodes from one object; None if it cannot be planned."""

        def plan() -> PlannedStatement:
            return self._planner().by_key(entity, self._type(entity), selected_below(nodes), columns)

        return self._cached_if_planned(key_of_one(entity, nodes, columns), plan)

    def by_keys(
        self, entity: Entity, nodes: Sequence[FieldNode], columns: Sequence[str] | None = None
    ) -> PlannedStatement | None:
        """The plan that reads the selection of these nodes from several objects; None if it cannot be planned."""

        def plan() -> PlannedStatement:
            return self._planner().by_keys(entity, self._type(entity), selected_below(nodes), columns)

        return self._cached_if_planned(key_of_several(entity, nodes, columns), plan)

    def subscribed(self) -> SelectedField:
        """The only root field of a subscription. Raises BadUserInput if there is none."""
        parent = self._schema.subscription_type
        assert parent is not None
        try:
            (found,) = self._selection().fields(parent, [self._operation.node.selection_set])
        except (NotPlannable, ValueError):
            raise BadUserInput("A subscription selects one field, without directives. Select one.") from None
        return found

    def arguments_of(self, root: SelectedField) -> GraphQLValues:
        """The coerced arguments of the root field of a subscription, by their GraphQL names."""
        return get_argument_values(self.subscription_field(root), root.nodes[0], self._variables)

    def subscription_field(self, root: SelectedField) -> GraphQLField:
        """The definition of the root field of a subscription."""
        parent = self._schema.subscription_type
        assert parent is not None
        return parent.fields[root.name]

    def passing(self, root: SelectedField, entity: Entity, member: str, columns: Sequence[str]) -> "LiveObjects":
        """The plan that reads the objects of a subscription that pass its filter. `member` is the field of its events
        that has the object.
        """

        def plan() -> LiveObjects:
            selected = self._members(root, member)
            key, below = (selected[0].key, selected[0].below) if len(selected) == 1 else (None, None)
            filter_ = self._filter_of(root)
            arguments = entity, self._type(entity)
            if below is not None:
                try:
                    found = self._planner().passing(*arguments, below, filter_, columns)
                    if found.runs:
                        return LiveObjects(found, key)
                except NotPlannable:
                    pass
            return LiveObjects(self._planner().passing(*arguments, None, filter_, columns), None)

        return self._cached_or_new(("passing", member), plan, lambda found: found.statement.size)

    def number_passing(self, root: SelectedField, entity: Entity, column: str, *, has_gaps: bool) -> PlannedStatement:
        """The plan that counts the objects of many at once that pass the filter of a subscription."""
        return self._cached_or_new(
            ("number passing", has_gaps),
            lambda: self._planner().number_passing(entity, self._filter_of(root), column, has_gaps=has_gaps),
            lambda found: found.size,
        )

    def _members(self, root: SelectedField, member: str) -> list[SelectedField]:
        event = object_type(get_named_type(self.subscription_field(root).type))
        try:
            return [field for field in self._selection().fields(event, root.below) if field.name == member]
        except NotPlannable:
            return []

    def _filter_of(self, root: SelectedField) -> GraphQLValues | None:
        """The filter of the root field of a subscription, with placeholders."""
        parent = self._schema.subscription_type
        assert parent is not None
        found: GraphQLValues | None = self._selection().arguments(parent, root).get("filter")
        return found

    def of_inserted_row(self, entity: Entity, nodes: Sequence[FieldNode]) -> InsertedRowPlan | None:
        """The plan that reads the selection of these nodes in the statement that inserts the row; None if it cannot be
        planned.
        """
        try:
            return self._planner().of_inserted_row(entity, self._type(entity), selected_below(nodes))
        except NotPlannable:
            return None

    def payloads(self) -> list[tuple[SelectedField, GraphQLObjectType | None, list[SelectedField]]]:
        """The root fields of a mutation, each with the type of its payload and the fields selected from it; the type is
        None for `__typename`.
        """
        parent, selection = self._schema.mutation_type, self._selection()
        assert parent is not None
        found: list[tuple[SelectedField, GraphQLObjectType | None, list[SelectedField]]] = []
        for root in selection.fields(parent, [self._operation.node.selection_set]):
            payload = None if root.name == "__typename" else get_named_type(parent.fields[root.name].type)
            if isinstance(payload, GraphQLObjectType):
                found.append((root, payload, selection.fields(payload, root.below)))
            else:
                found.append((root, None, []))
        return found

    def direct_call(self, field: GraphQLField, node: FieldNode) -> DirectCall | None:
        """See `schema.execution.root_resolvers`."""
        return direct_call(field, node, self._with_placeholders())

    def _plan_root_fields(self) -> RootFields:
        parent = self._schema.query_type
        assert parent is not None
        try:
            selected = self._selection().fields(parent, [self._operation.node.selection_set])
        except NotPlannable:
            return RootFields([RootField("")])
        budget = FilterBudget()
        return RootFields([self._plan_root_field(parent, field, budget) for field in selected])

    def _plan_root_field(self, parent: GraphQLObjectType, field: SelectedField, budget: FilterBudget) -> RootField:
        if field.name == "__typename":
            return RootField(field.key, text=f'"{parent.name}"')
        declared = declaration_of(parent.fields.get(field.name))
        declaration = declared.plan if isinstance(declared, DeclaredField) else None
        try:
            return RootField(field.key, planned=self._planner(budget).root(declaration, parent, field))
        except NotPlannable:
            return RootField(field.key)
        except BadUserInput as error:
            # a new one, because the traceback of the raised one would keep the whole planner in the cache
            return RootField(field.key, refused=error.of_root_field(field.key, field.nodes))

    def _plan_stream(self, format: StreamFormat) -> StreamPlan:
        parent = self._schema.query_type
        assert parent is not None
        try:
            selected = self._selection().fields(parent, [self._operation.node.selection_set])
        except NotPlannable as error:
            raise BadUserInput(f"A stream cannot have {error}. Leave it out.") from None
        selected = [field for field in selected if field.name != "__typename"]
        if len(selected) != 1:
            raise BadUserInput(f"A stream answers one field of Query; {len(selected)} are selected. Select one.")
        (field,) = selected
        declared = declaration_of(parent.fields.get(field.name))
        declaration = declared.plan if isinstance(declared, DeclaredField) else None
        return self._planner().stream(declaration, parent, field, format)

    def _planner(self, budget: FilterBudget | None = None) -> Planner:
        return Planner(self._selection(), self._plans.dialect, self._viewer, budget or FilterBudget())

    def _selection(self) -> Selection:
        return Selection(self._schema, self._document.fragments, self._with_placeholders())

    def _with_placeholders(self) -> VariableValues:
        values = {name: with_placeholders(value, (name,)) for name, value in self._variables.coerced.items()}
        return VariableValues(self._variables.sources, values)

    def _type(self, entity: Entity) -> GraphQLObjectType:
        return object_type(self._schema.type_map[entity.name])

    def _cached_if_planned(self, key: Hashable, plan: Callable[[], PlannedStatement]) -> PlannedStatement | None:
        def planned() -> MaybePlanned:
            try:
                return (plan(),)
            except NotPlannable:
                return (None,)

        return self._cached_or_new(key, planned, lambda kept: _size(kept[0]))[0]

    def _cached_or_new(self, key: Hashable, make: Callable[[], V], size: Callable[[V], int]) -> V:
        whole = self._cache_key(key)
        found: V | None = self._plans.cached.get(whole)
        if found is None:
            found = make()
            self._plans.cached.put(
                whole, found, BYTES_OF_PLAN + _shape_size(self._shape) + size(found), self._document.entry
            )
        return found

    def _cache_key(self, key: Hashable) -> Hashable:
        return self._document.number, self._operation.name, key, self._shape, self._viewer


def key_of_one(entity: Entity, nodes: Sequence[FieldNode], columns: Sequence[str] | None) -> Hashable:
    """The key of the plan of `by_key`."""
    return "key", entity.name, columns, tuple(map(id, nodes))


def key_of_several(entity: Entity, nodes: Sequence[FieldNode], columns: Sequence[str] | None) -> Hashable:
    """The key of the plan of `by_keys`."""
    return "keys", entity.name, columns, tuple(map(id, nodes))


def _size(planned: PlannedStatement | None) -> int:
    return 0 if planned is None else planned.size


def _shape_size(part: object) -> int:
    return BYTES_OF_SHAPE + (sum(map(_shape_size, part)) if isinstance(part, tuple) else 0)
