"""Filters of mutations: empty parts are refused, with their path, before anything is executed (K26).

In a query null, `{}` and `[]` are no condition, and GraphQL drops a field whose variable is missing. In a mutation this
would select more rows than intended. Filters are found by the input types of the schema, so that every mutation is
covered.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    Node,
    NonNullTypeNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    StringValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
)

from persistence.sql.folding import fold
from schema.execution.documents import Document, Operation
from schema.execution.graphql_internals import is_one_of
from schema.execution.value_errors import text_of_path

MAX_REPORTED = 20
ALL = "all"
TRUE_OF_EVERY_TEXT = {"contains", "startsWith", "gte", "ne"}
"""Comparisons that are true of every row, or every row with a value, if the text is blank."""

NOT_GIVEN, UNKNOWN = object(), object()
Step = str | int


@dataclass(frozen=True)
class Fault:
    """The path of a value, the problem, the nearest node of the document, and the selection that contains the value,
    if any. `problem_as_sent` names no fields but those that the client sent.
    """

    path: tuple[Step, ...]
    problem: str
    problem_as_sent: str
    node: Node
    selection: Node | None = None


@dataclass(frozen=True)
class Position:
    """The position of a value. Inside a filter nothing may be empty; a `needed` value must not be null or missing."""

    path: tuple[Step, ...]
    node: Node
    in_filter: bool = False
    needed: bool = False
    has_all: bool = False
    selection: Node | None = None

    def fault(self, problem: str, problem_as_sent: str | None = None) -> Fault:
        advice = f" To select all rows, give `{ALL}: true` instead of the filter." if self.has_all else ""
        return Fault(self.path, problem + advice, problem_as_sent or problem, self.node, self.selection)


class MutationFilters:
    """Checks the filters and selections in the arguments of mutations. With `hides_schema` the errors name no fields
    but those that the client sent.
    """

    def __init__(self, schema: GraphQLSchema, *, hides_schema: bool) -> None:
        self._hides_schema = hides_schema
        self._fields = _mutations_with_filters(schema)

    def faults(self, document: Document, operation: Operation, given: Mapping[str, object]) -> list[GraphQLError]:
        """An error for each empty part of a filter, given these raw variables. Fields that are not executed are not
        checked.
        """
        if operation.node.operation is not OperationType.MUTATION:
            return []
        if operation.has_filters is None:
            operation.has_filters = any(self._roots(operation.node, document, lambda _: True))
        if not operation.has_filters:
            return []
        found = self._faults_by_place(operation.node, document, _Values(operation.node, given))
        return [self._error(fault, key) for (key, _), fault in found.items()][:MAX_REPORTED]

    def with_paths(self, errors: Sequence[GraphQLError], document: Document) -> Sequence[GraphQLError]:
        """The validation errors; those about an empty part of a filter are replaced with the errors of `faults`."""
        known: dict[int, GraphQLError] = {}
        for operation in document.operations.values():
            if operation.node.operation is OperationType.MUTATION:
                faults = self._faults_by_place(operation.node, document, _Values(operation.node, None))
                for (key, _), fault in faults.items():
                    known |= dict.fromkeys((id(fault.node), id(fault.selection)), self._error(fault, key))
        replaced = [
            next((known[id(node)] for node in error.nodes or () if id(node) in known), error) for error in errors
        ]
        return [error for place, error in enumerate(replaced) if error not in replaced[:place]]

    def _faults_by_place(
        self, operation: OperationDefinitionNode, document: Document, values: "_Values"
    ) -> dict[tuple[str, tuple[Step, ...]], Fault]:
        """The faults, by the response key of the root field and the path in its arguments."""
        found: dict[tuple[str, tuple[Step, ...]], Fault] = {}
        for node in self._roots(operation, document, values.is_included):
            key = node.alias.value if node.alias else node.name.value
            found |= {(key, fault.path): fault for fault in values.faults(node, self._fields[node.name.value])}
        return found

    def _roots(
        self, operation: OperationDefinitionNode, document: Document, is_included: Callable[[Any], bool]
    ) -> Iterator[FieldNode]:
        """The root fields with filters. Each fragment is visited once, as in execution."""
        entered: set[str] = set()
        waiting: list[Any] = [operation]
        while waiting:
            for node in filter(is_included, waiting.pop().selection_set.selections):
                if isinstance(node, FieldNode):
                    if node.name.value in self._fields:
                        yield node
                elif isinstance(node, InlineFragmentNode):
                    waiting.append(node)
                elif isinstance(node, FragmentSpreadNode) and node.name.value in document.fragments.keys() - entered:
                    entered.add(node.name.value)
                    waiting.append(document.fragments[node.name.value])

    def _error(self, fault: Fault, key: str) -> GraphQLError:
        return GraphQLError(
            f"`{text_of_path(fault.path)}` {fault.problem_as_sent if self._hides_schema else fault.problem}",
            nodes=fault.node,
            path=[key],
            extensions={"code": "BAD_USER_INPUT", "path": list(fault.path)},
        )


class _Values:
    """The values of one operation before coercion; `given` is None if the variables are not known yet."""

    def __init__(self, operation: OperationDefinitionNode, given: Mapping[str, Any] | None) -> None:
        self._given = given
        self._definitions = {
            definition.variable.name.value: definition for definition in operation.variable_definitions or ()
        }
        self._nullable = {
            name for name, definition in self._definitions.items() if not isinstance(definition.type, NonNullTypeNode)
        }

    def is_included(self, node: Any) -> bool:
        """Whether neither `@skip` nor `@include` leaves it out."""
        for directive in node.directives or ():
            wanted = {"include": True, "skip": False}.get(directive.name.value)
            if wanted is None:
                continue
            value = next(
                (argument.value for argument in directive.arguments or () if argument.name.value == "if"), None
            )
            if _flag(self._resolved(value)) is (not wanted):
                return False
        return True

    def faults(self, node: FieldNode, field: GraphQLField) -> Iterator[Fault]:
        """The faults in the arguments of a root field."""
        for argument in node.arguments or ():
            name = argument.name.value
            if name in field.args:
                yield from self._member(field.args[name], argument.value, Position((name,), argument.value))

    def _member(self, field: GraphQLArgument | GraphQLInputField, value: Any, place: Position) -> Iterator[Fault]:
        if _is_filter(field):
            place = replace(place, in_filter=True, needed=True)
        elif _is_selection(field):
            place = replace(place, needed=True)
        yield from self._value(field.type, value, place)

    def _value(self, type_: GraphQLInputType, value: Any, place: Position) -> Iterator[Fault]:
        nullable = get_nullable_type(type_)
        if isinstance(value, Node):
            place = replace(place, node=value)
        name = value.name.value if isinstance(value, VariableNode) else ""
        if place.needed and self._given is None and name in self._nullable:
            yield place.fault(f"is the variable ${name}, which may be missing or null. Declare its type with `!`.")
        value = self._resolved(value)
        if value is NOT_GIVEN:
            if place.needed:
                yield place.fault(f"is the variable ${name}, which is missing. Give it a value.")
        elif value is None or isinstance(value, NullValueNode):
            if place.needed:
                yield place.fault("is null, which is no condition. Give it a value or omit it.")
        elif isinstance(nullable, GraphQLList):
            yield from self._list(nullable, value, place)
        elif isinstance(nullable, GraphQLInputObjectType):
            yield from self._object(nullable, value, place)
        elif place.in_filter and place.path[-1] in TRUE_OF_EVERY_TEXT and _is_blank(value):
            yield place.fault("is blank, which is no condition. Give it a text or omit it.")

    def _list(self, type_: GraphQLList[Any], value: Any, place: Position) -> Iterator[Fault]:
        items = value.values if isinstance(value, ListValueNode) else value
        if not isinstance(items, list | tuple):  # GraphQL coerces a single value to a list of one
            yield from self._value(type_.of_type, value, place)
        elif not items and place.in_filter:
            yield place.fault("is an empty list, which is no condition. Give it values or omit it.")
        else:
            for number, item in enumerate(items):
                yield from self._value(type_.of_type, item, replace(place, path=(*place.path, number)))

    def _object(self, type_: GraphQLInputObjectType, value: Any, place: Position) -> Iterator[Fault]:
        members = (
            {field.name.value: field.value for field in value.fields} if isinstance(value, ObjectValueNode) else value
        )
        if not isinstance(members, Mapping):
            return  # the coercion of the variables reports it
        choices = () if place.in_filter else _choices(type_)
        if place.in_filter and not members:
            yield place.fault("is empty, which is no condition. Give it a condition or omit it.")
        if choices and sum(name in members for name in choices) != 1:
            names = ", ".join(f"`{name}`" for name in choices)
            yield place.fault(f"must have exactly one of {names}.", "must have exactly one of its fields.")
        place = replace(place, has_all=place.has_all or ALL in choices, selection=place.node if choices else None)
        for name, inside in members.items():
            if name in type_.fields:
                needed = place.in_filter or name in choices
                yield from self._member(
                    type_.fields[name], inside, replace(place, path=(*place.path, name), needed=needed)
                )
        if ALL in choices and _flag(self._resolved(members.get(ALL))) is False:
            there = Position((*place.path, ALL), members[ALL] if isinstance(members[ALL], Node) else place.node)
            yield there.fault("must be true. To select some rows, omit it and give a filter or numbers.")

    def _resolved(self, value: Any) -> Any:
        """The value of a variable; any other value unchanged."""
        if not isinstance(value, VariableNode):
            return value
        name = value.name.value
        definition = self._definitions.get(name)
        if definition is None:
            return UNKNOWN
        if self._given is not None and name in self._given:
            return self._given[name]
        if definition.default_value is not None:
            return definition.default_value
        return UNKNOWN if self._given is None else NOT_GIVEN


@lru_cache(maxsize=8)
def _mutations_with_filters(schema: GraphQLSchema) -> Mapping[str, GraphQLField]:
    """The mutations with an argument that is or contains a filter or a selection. They are computed only once, because
    each company has an engine.
    """
    mutations = {} if schema.mutation_type is None else schema.mutation_type.fields
    return {
        name: field
        for name, field in mutations.items()
        if any(_holds_filter(argument, set()) for argument in field.args.values())
    }


def _holds_filter(field: GraphQLArgument | GraphQLInputField, seen: set[str]) -> bool:
    """Whether the type of an argument is or contains a filter or a selection."""
    type_ = get_named_type(field.type)
    if not isinstance(type_, GraphQLInputObjectType) or type_.name in seen:
        return False
    seen.add(type_.name)
    return (
        _is_filter(field)
        or _is_selection(field)
        or any(_holds_filter(inside, seen) for inside in type_.fields.values())
    )


def _is_filter(field: GraphQLArgument | GraphQLInputField) -> bool:
    return get_named_type(field.type).name.endswith("Filter")


def _is_selection(field: GraphQLArgument | GraphQLInputField) -> bool:
    type_ = get_named_type(field.type)
    return isinstance(type_, GraphQLInputObjectType) and bool(_choices(type_))


def _choices(type_: GraphQLInputObjectType) -> Sequence[str]:
    """The fields of which exactly one must be given."""
    if is_one_of(type_):
        return list(type_.fields)
    if ALL in type_.fields:
        return [name for name, field in type_.fields.items() if name == ALL or _is_filter(field)]
    return ()


def _flag(value: Any) -> bool | None:
    flag = value.value if isinstance(value, BooleanValueNode) else value
    return flag if isinstance(flag, bool) else None


def _is_blank(value: Any) -> bool:
    text = value.value if isinstance(value, StringValueNode) else value
    return isinstance(text, str) and not fold(text).strip()
