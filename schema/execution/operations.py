"""Documents and their plans: parsed and validated once, planned once for each shape of their variables."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    get_named_type,
)
from graphql.execution.values import VariableValues, VariableValueSource
from sqlalchemy.engine import Dialect

from persistence.lru import LRUCache
from resolvers.visibility import Viewer
from schema.compiler.bounds import FilterBudget
from schema.compiler.declarations import Entity
from schema.compiler.declared_field import DeclaredField
from schema.compiler.errors import NotPlannable
from schema.compiler.inserted_rows import InsertedRowPlan
from schema.compiler.planner import PlannedStatement, Planner
from schema.compiler.selection import SelectedField, Selection
from schema.compiler.values import shape, with_placeholders
from schema.execution.graphql_internals import declaration_of

V = TypeVar("V")

Plans = LRUCache[Hashable, Any]
"""The cache of plans for all documents."""

NUMBERS = count()
ROOTS, CHANGES = "roots", "changes"
"""Cache keys of the plans of whole operations."""


@dataclass(frozen=True)
class Signature:
    """The variables of an operation that only has plain ones: coercing them is looking at their types."""

    sources: dict[str, VariableValueSource]
    types: dict[str, type]

    @classmethod
    def of(cls, operation: OperationDefinitionNode, coerced: VariableValues) -> "Signature":
        """The signature, from values that were coerced the long way."""
        plain = {
            definition.variable.name.value: PLAIN[_type_name(definition.type)]
            for definition in operation.variable_definitions or ()
            if definition.default_value is None and _type_name(definition.type) in PLAIN
        }
        return cls(dict(coerced.sources), plain)

    def values(self, given: Mapping[str, Any]) -> VariableValues | None:
        """The values, if each is there and just of its type; else nothing: they need coercion."""
        if given.keys() != self.types.keys() or self.types.keys() != self.sources.keys():
            return None
        for name, type_ in self.types.items():
            value: Any = given[name]
            if type(value) is not type_ or (isinstance(value, int) and not -(2**31) <= value < 2**31):
                return None
        return VariableValues(self.sources, dict(given))


PLAIN = {"String": str, "Int": int, "Boolean": bool, "ID": str}


def _type_name(type_: Any) -> str:
    inner = type_.type if isinstance(type_, NonNullTypeNode) else type_
    return inner.name.value if isinstance(inner, NamedTypeNode) else ""


@dataclass
class Document:
    """A validated document."""

    node: DocumentNode
    operations: dict[str | None, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    signatures: dict[str | None, Signature] = field(default_factory=dict)
    filtering: dict[str | None, bool] = field(default_factory=dict)
    """By operation name, whether it has mutations with filters."""
    large: bool = False
    """Whether translating its filters into SQL may take long."""
    number: int = field(default_factory=lambda: next(NUMBERS))
    """Unique in this process and never reused, so that plans may stay cached longer than their document."""

    @classmethod
    def of(cls, node: DocumentNode, *, large: bool = False) -> "Document":
        operations: dict[str | None, OperationDefinitionNode] = {}
        fragments: dict[str, FragmentDefinitionNode] = {}
        for definition in node.definitions:
            if isinstance(definition, OperationDefinitionNode):
                operations[definition.name.value if definition.name else None] = definition
            elif isinstance(definition, FragmentDefinitionNode):
                fragments[definition.name.value] = definition
        return cls(node, operations, fragments, large=large)


@dataclass(frozen=True)
class Root:
    """A root field of an operation: its key in the answer, and its plan or constant text if it has one."""

    key: str
    planned: PlannedStatement | None = None
    text: str | None = None

    @property
    def is_answered(self) -> bool:
        """Whether its plan or constant answers it; else the ordinary road does."""
        return self.text is not None or (self.planned is not None and self.planned.runs)


class Planning:
    """The planner for one request: a document, an operation, the values of its variables, a viewer."""

    def __init__(
        self,
        schema: GraphQLSchema,
        dialect: Dialect,
        document: Document,
        operation: OperationDefinitionNode,
        variables: VariableValues,
        viewer: Viewer,
        plans: Plans,
    ) -> None:
        self._schema, self._dialect, self._document, self._operation = schema, dialect, document, operation
        self._variables, self._viewer, self._plans = variables, viewer, plans
        self._shape = tuple((name, shape(value)) for name, value in variables.coerced.items())

    def _selection(self) -> Selection:
        slots = {name: with_placeholders(value, (name,)) for name, value in self._variables.coerced.items()}
        return Selection(self._schema, self._document.fragments, VariableValues(self._variables.sources, slots))

    def _planner(self, room: FilterBudget | None = None) -> Planner:
        return Planner(self._selection(), self._dialect, self._viewer, room or FilterBudget())

    def _kept(self, key: Hashable, make: Callable[[], V]) -> V:
        whole = self._whole(key)
        found: V | None = self._plans.get(whole)
        return self._plans.put(whole, make()) if found is None else found

    def _whole(self, key: Hashable) -> Hashable:
        name = self._operation.name.value if self._operation.name else None
        return self._document.number, name, key, self._shape, self._viewer

    def keeps(self, key: Hashable) -> bool:
        """Whether the plan of this key is cached."""
        return self._plans.get(self._whole(key)) is not None

    def roots(self) -> Sequence[Root]:
        """The root fields in the order of the answer."""
        return self._kept(ROOTS, self._plan_roots)

    def _plan_roots(self) -> Sequence[Root]:
        parent = self._schema.query_type
        assert parent is not None
        try:
            asked = self._selection().fields(parent, [self._operation.selection_set])
        except NotPlannable:
            return [Root("")]
        room = FilterBudget()
        return [self._plan_root(parent, field, room) for field in asked]

    def _plan_root(self, parent: GraphQLObjectType, asked: SelectedField, room: FilterBudget) -> Root:
        if asked.name == "__typename":
            return Root(asked.key, text=f'"{parent.name}"')
        declared = declaration_of(parent.fields.get(asked.name))
        plan = declared.plan if isinstance(declared, DeclaredField) else None
        try:
            return Root(asked.key, planned=self._planner(room).root(plan, parent, asked))
        except NotPlannable:
            return Root(asked.key)

    def by_key(
        self, entity: Entity, nodes: Sequence[FieldNode], columns: Sequence[str] | None = None
    ) -> PlannedStatement | None:
        """A plan for what was selected of one object below these nodes, or nothing if it cannot be planned."""
        key = plan_key_of_one(entity, nodes, columns)
        return self._kept(
            key,
            lambda: self._made(
                lambda type_, below: self._planner().by_key(entity, type_, below, columns), entity, nodes
            ),
        )[0]

    def of_new_row(self, entity: Entity, nodes: Sequence[FieldNode]) -> InsertedRowPlan | None:
        """The same for one that is shown by its own insertion."""
        type_: Any = self._schema.type_map[entity.name]
        try:
            return self._planner().of_new_row(entity, type_, SelectedField("", "", list(nodes)).below)
        except NotPlannable:
            return None

    def by_keys(
        self, entity: Entity, nodes: Sequence[FieldNode], columns: Sequence[str] | None = None
    ) -> PlannedStatement | None:
        """The same for several objects at once."""
        key = plan_key_of_several(entity, nodes, columns)
        return self._kept(
            key,
            lambda: self._made(
                lambda type_, below: self._planner().by_keys(entity, type_, below, columns), entity, nodes
            ),
        )[0]

    def _made(
        self, make: Callable[..., PlannedStatement], entity: Entity, nodes: Sequence[FieldNode]
    ) -> tuple[PlannedStatement | None]:
        type_ = self._schema.type_map[entity.name]
        try:
            return (make(type_, SelectedField("", "", list(nodes)).below),)
        except NotPlannable:
            return (None,)

    def payloads(self) -> list[tuple[SelectedField, GraphQLObjectType | None, list[SelectedField]]]:
        """The root fields of a mutation, each with the type of its payload and what was asked of it; no type for
        __typename.
        """
        parent, selection = self._schema.mutation_type, self._selection()
        assert parent is not None
        found: list[tuple[SelectedField, GraphQLObjectType | None, list[SelectedField]]] = []
        for root in selection.fields(parent, [self._operation.selection_set]):
            payload = None if root.name == "__typename" else get_named_type(parent.fields[root.name].type)
            if isinstance(payload, GraphQLObjectType):
                found.append((root, payload, selection.fields(payload, root.below)))
            else:
                found.append((root, None, []))
        return found

    def changes(self, make: Callable[["Planning"], V]) -> V:
        """What `make` makes of the operation, once for each shape of its variables."""
        return self._kept(CHANGES, lambda: make(self))


def plan_key_of_one(entity: Entity, nodes: Sequence[FieldNode], columns: Sequence[str] | None) -> Hashable:
    """The cache key of the plan of `by_key`."""
    return "key", entity.name, columns, tuple(map(id, nodes))


def plan_key_of_several(entity: Entity, nodes: Sequence[FieldNode], columns: Sequence[str] | None) -> Hashable:
    """The cache key of the plan of `by_keys`."""
    return "keys", entity.name, columns, tuple(map(id, nodes))
