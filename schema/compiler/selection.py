"""The fields that a document selects: with those of fragments, without those that directives leave out, and fields with
equal response keys merged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
    is_abstract_type,
    type_from_ast,
)
from graphql.execution.values import VariableValues

from schema.compiler.errors import NotPlannable
from schema.compiler.values import GraphQLValues

Selected = Sequence[SelectionSetNode]


@dataclass
class SelectedField:
    """One field of the response: its key, its name, and all its syntax nodes."""

    key: str
    name: str
    nodes: list[FieldNode]

    @property
    def below(self) -> Selected:
        return selected_below(self.nodes)


def selected_below(nodes: Sequence[FieldNode]) -> Selected:
    """The selection sets of the object that is the value of these field nodes."""
    return [node.selection_set for node in nodes if node.selection_set]


class Selection:
    """The fields of a validated document, given the values of its variables."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: VariableValues
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = variables

    def fields(self, type_: GraphQLObjectType, selected: Selected) -> list[SelectedField]:
        """The fields of an object of this type, in the order of the response."""
        found: dict[str, SelectedField] = {}
        opened: set[str] = set()
        for selections in selected:
            self._collect(type_, selections, found, opened)
        return list(found.values())

    def arguments(self, type_: GraphQLObjectType, field: SelectedField) -> GraphQLValues:
        """The arguments of a field by their GraphQL names, with a placeholder for each value that differs from request
        to request.
        """
        return get_argument_values(type_.fields[field.name], field.nodes[0], self.variables)

    def _collect(
        self, type_: GraphQLObjectType, selections: SelectionSetNode, found: dict[str, SelectedField], opened: set[str]
    ) -> None:
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, SelectedField(key, node.name.value, [])).nodes.append(node)
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                if name not in opened:
                    opened.add(name)
                    self._open(type_, self.fragments[name], found, opened)
            elif isinstance(node, InlineFragmentNode):
                self._open(type_, node, found, opened)

    def _open(
        self,
        type_: GraphQLObjectType,
        fragment: FragmentDefinitionNode | InlineFragmentNode,
        found: dict[str, SelectedField],
        opened: set[str],
    ) -> None:
        if self._applies(type_, fragment.type_condition):
            self._collect(type_, fragment.selection_set, found, opened)

    def _applies(self, type_: GraphQLObjectType, condition: NamedTypeNode | None) -> bool:
        if condition is None:
            return True
        on = type_from_ast(self.schema, condition)
        return on is type_ or (is_abstract_type(on) and self.schema.is_sub_type(on, type_))

    def _included(self, node: SelectionNode) -> bool:
        if not node.directives:
            return True
        for directive in node.directives:
            if directive.name.value not in ("skip", "include"):
                raise NotPlannable(f"@{directive.name.value}")
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (skip and skip["if"]) and not (include and not include["if"])
