"""Whether the roles of a caller allow an operation. Decided from the fields of the document, before anything is
executed: an operation with one forbidden field is refused as a whole.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
)

from persistence.enums import Role
from resolvers.roles import NOBODY, Access
from schema.access import declared_access, root_types
from schema.compiler.errors import BadUserInput
from schema.execution.errors import GraphQLErrors

Fragments = Mapping[str, FragmentDefinitionNode]
Path = tuple[str, ...]


class ForbiddenFields(GraphQLErrors):
    """The roles of the caller do not allow the operation: one error for each field that they may not use."""


class RestrictedField(NamedTuple):
    """A field of an operation that declares what the roles may do: its name such as `Mutation.logSegment`, its syntax
    node and its path in the response.
    """

    name: str
    access: Access
    node: FieldNode
    path: Path


class OperationAccess:
    """The roles that an operation needs, whatever its variables are: a field that `@skip` or `@include` would leave out
    needs them, too.
    """

    def __init__(self, fields: Sequence[RestrictedField]) -> None:
        self._fields = fields
        self._roles = frozenset(role for role in Role if all(field.access.allows({role}) for field in fields))
        """The roles that may use all fields."""

    def check(self, roles: Set[Role]) -> None:
        """Raise ForbiddenFields with one error for each field that these roles may not use."""
        if self._roles.isdisjoint(roles):
            forbidden = {field.path: field for field in self._fields if not field.access.allows(roles)}
            if forbidden:
                raise ForbiddenFields([_error(field, roles) for field in forbidden.values()])


class Permissions:
    """What the fields of a schema declare. A field of Query or Mutation that declares nothing is for nobody; a field of
    any other type that declares nothing is for everybody who can reach it.
    """

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema, self._roots = schema, root_types(schema)
        types = [
            type_
            for name, type_ in schema.type_map.items()
            if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__")
        ]
        self._declared: dict[str, dict[str, Access | None]] = {
            type_.name: {name: declared_access(field) for name, field in type_.fields.items()} for type_ in types
        }
        for root in self._roots:
            declared = self._declared[root.name]
            self._declared[root.name] = {name: access or NOBODY for name, access in declared.items()}
        names = self._declared.keys() - {root.name for root in self._roots}
        self._are_below_roots = any(access for name in names for access in self._declared[name].values())
        self._reachable: dict[Set[Role], Set[str]] = {}

    def of_operation(self, operation: OperationDefinitionNode, fragments: Fragments) -> OperationAccess:
        """What an operation of a validated document needs."""
        root = self._schema.get_root_type(operation.operation)
        assert root is not None
        fields = sorted(
            self._restricted(root, operation.selection_set, fragments),
            key=lambda field: field.node.loc.start if field.node.loc else 0,
        )
        return OperationAccess(fields)

    def may(self, roles: frozenset[Role], field: str) -> bool:
        """Whether these roles may use a field, given as `Mutation.logSegment`, in some operation. Raises
        BadUserInput if the schema has no such field.
        """
        type_name, _, name = field.partition(".")
        if name not in self._declared.get(type_name, ()):
            raise BadUserInput(
                f"`field`: the schema has no field {field!r}. Give the name of a type and the name of one of its "
                'fields, as "Mutation.logSegment" or "Contact.city".'
            )
        if roles not in self._reachable:
            self._reachable[roles] = self._types_for(roles)
        return type_name in self._reachable[roles] and self._allows(roles, type_name, name)

    def _allows(self, roles: Set[Role], type_name: str, name: str) -> bool:
        access = self._declared[type_name][name]
        return access is None or access.allows(roles)

    def _types_for(self, roles: Set[Role]) -> Set[str]:
        """The types of which these roles can select fields in some operation."""
        found = {root.name for root in self._roots}
        waiting: list[GraphQLNamedType] = [*self._roots]
        while waiting:
            type_ = waiting.pop()
            below = [*self._schema.get_possible_types(type_)] if is_abstract_type(type_) else []
            if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
                allowed = [field for name, field in type_.fields.items() if self._allows(roles, type_.name, name)]
                below += [get_named_type(field.type) for field in allowed]
            for target in below:
                if target.name in self._declared and target.name not in found:
                    found.add(target.name)
                    waiting.append(target)
        return found

    def _restricted(
        self, root: GraphQLObjectType, selections: SelectionSetNode, fragments: Fragments
    ) -> Iterator[RestrictedField]:
        """The fields that declare something. Each fragment is visited once."""
        entered: set[int] = set()
        waiting: list[tuple[GraphQLNamedType, SelectionSetNode, Path]] = [(root, selections, ())]
        while waiting:
            parent, selections, path = waiting.pop()
            for node in selections.selections:
                if isinstance(node, FieldNode):
                    below = (*path, node.alias.value if node.alias else node.name.value)
                    yield from self._declarations(parent, node, below)
                    if self._are_below_roots and node.selection_set and not node.name.value.startswith("__"):
                        assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
                        target = get_named_type(parent.fields[node.name.value].type)
                        waiting.append((target, node.selection_set, below))
                elif isinstance(node, InlineFragmentNode | FragmentSpreadNode):
                    fragment = node if isinstance(node, InlineFragmentNode) else fragments[node.name.value]
                    if id(fragment) not in entered:
                        entered.add(id(fragment))
                        on = fragment.type_condition
                        type_ = self._schema.type_map[on.name.value] if on else parent
                        waiting.append((type_, fragment.selection_set, path))

    def _declarations(self, parent: GraphQLNamedType, node: FieldNode, path: Path) -> Iterator[RestrictedField]:
        """What the selected field declares; for a field of an interface also what it declares in the types that
        implement it.
        """
        types = [parent, *(self._schema.get_possible_types(parent) if is_abstract_type(parent) else ())]
        for type_ in types:
            access = self._declared.get(type_.name, {}).get(node.name.value)
            if access is not None:
                yield RestrictedField(f"{type_.name}.{node.name.value}", access, node, path)


@lru_cache(maxsize=8)
def permissions_of(schema: GraphQLSchema) -> Permissions:
    """The permissions of a schema. They are computed only at the first call."""
    return Permissions(schema)


def _error(field: RestrictedField, roles: Set[Role]) -> GraphQLError:
    required = [role.name for role in field.access.roles]
    needs = f"needs the role {_listed(required, 'or')}" if required else "is not available to any role"
    mine = [role.name for role in Role if role in roles]
    has = (
        f"You have the {'role' if len(mine) == 1 else 'roles'} {_listed(mine, 'and')}." if mine else "You have no role."
    )
    advice = " Ask an administrator of this server for a token with a role that may use it." if required else ""
    return GraphQLError(
        f"{field.name} {needs}. {has}{advice}",
        nodes=field.node,
        path=list(field.path),
        extensions={"code": "FORBIDDEN", "requiredRoles": required},
    )


def _listed(names: Sequence[str], word: str) -> str:
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last
