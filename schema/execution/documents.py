"""GraphQL documents: parsed, checked and validated once, then cached."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import ClassVar

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    NonNullTypeNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    TypeNode,
    ValuesOfCorrectTypeRule,
    get_variable_values,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.values import VariableValues, VariableValueSource

from persistence.cache import Cache, EntryKey, Section
from schema.execution import hidden_schema
from schema.execution.errors import GraphQLErrors, with_code
from schema.execution.one_of_rule import OneOfRule
from schema.execution.permissions import OperationAccess
from schema.execution.request_size import LONG_DOCUMENT, is_long
from schema.execution.value_errors import (
    ArgumentValuesRule,
    StorableTextsRule,
    with_argument,
    with_json,
    with_location_of_last,
)

MAX_TOKENS = 2000
MAX_ERRORS = 20
TEXT_FACTOR, BYTES_PER_TOKEN = 2, 500
"""Measured size of a syntax tree: its tokens contain copies of the text, and the text itself is kept."""

RULES = (
    *(ArgumentValuesRule if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules),
    OneOfRule,
    StorableTextsRule,
)
NUMBERS = count()
SECTION = "documents"
"""The section of the cache with the documents, by their text."""

Check = Callable[[DocumentNode], None]


INTEGERS = range(-(2**31), 2**31)
"""The values of Int."""


@dataclass(frozen=True)
class Signature:
    """The variables of an operation, if their types are all built-in scalars: values of the right Python types then
    need no coercion.
    """

    sources: dict[str, VariableValueSource]
    types: dict[str, type]
    is_complete: bool
    """Whether all variables have such types."""

    SCALARS: ClassVar = {"String": str, "Int": int, "Boolean": bool, "ID": str}

    @classmethod
    def from_operation(cls, operation: OperationDefinitionNode, coerced: VariableValues) -> "Signature":
        """The signature of an operation whose variables graphql-core has coerced once."""
        types = {
            definition.variable.name.value: cls.SCALARS[_type_name(definition.type)]
            for definition in operation.variable_definitions or ()
            if definition.default_value is None and _type_name(definition.type) in cls.SCALARS
        }
        return cls(dict(coerced.sources), types, types.keys() == coerced.sources.keys())

    def values(self, given: Mapping[str, object]) -> VariableValues | None:
        """The values if all are given and of exactly these types; else None: they need coercion."""
        if given.keys() != self.types.keys() or not self.is_complete:
            return None
        for name, type_ in self.types.items():
            value = given[name]
            if type(value) is not type_ or (type_ is int and value not in INTEGERS):
                return None
        return VariableValues(self.sources, dict(given))


def _type_name(type_: TypeNode) -> str:
    inner = type_.type if isinstance(type_, NonNullTypeNode) else type_
    return inner.name.value if isinstance(inner, NamedTypeNode) else ""


@dataclass
class Operation:
    """An operation of a document, with facts that are looked up once."""

    node: OperationDefinitionNode
    name: str | None
    has_constant_response: bool
    """Whether it only reads the schema, without variables: then its response is always the same."""
    signature: Signature | None = None
    has_filters: bool | None = None
    """Whether it has mutations with filters; None if that has not been looked up yet."""
    access: OperationAccess | None = None
    """The roles that it needs; None if they have not been looked up yet."""
    cost: Mapping[str, int] | None = None
    """Its cost and the maximum; None if it has not been measured yet."""
    root_fields: tuple[str, ...] | None = None
    """The names of its root fields, each once; None if they have not been looked up yet."""

    @classmethod
    def from_node(cls, node: OperationDefinitionNode) -> "Operation":
        has_constant_response = not node.variable_definitions and all(
            isinstance(root, FieldNode) and root.name.value.startswith("__") for root in node.selection_set.selections
        )
        return cls(node, node.name.value if node.name else None, has_constant_response)

    def variables(
        self,
        schema: GraphQLSchema,
        given: Mapping[str, object],
        fragments: Mapping[str, FragmentDefinitionNode],
        *,
        hides_schema: bool = False,
    ) -> VariableValues:
        """The coerced variables of a request; raises GraphQLErrors, which name the arguments that use the variables.
        With `hides_schema` they do not describe the schema.
        """
        if not self.node.variable_definitions:
            return VariableValues({}, {})
        values = self.signature.values(given) if self.signature else None
        if values is not None:
            return values
        coerced = get_variable_values(schema, self.node.variable_definitions, dict(given), max_errors=MAX_ERRORS)
        if isinstance(coerced, VariableValues):
            self.signature = self.signature or Signature.from_operation(self.node, coerced)
            return coerced
        shown = hidden_schema.of_variables(coerced) if hides_schema else coerced
        in_json = [with_json(error, given) for error in shown]
        named = with_location_of_last([with_argument(error, self.node, fragments) for error in in_json])
        raise GraphQLErrors([with_code(error, "BAD_USER_INPUT") for error in named])


@dataclass
class Document:
    """A validated document."""

    text: str
    node: DocumentNode
    operations: dict[str | None, Operation]
    fragments: dict[str, FragmentDefinitionNode]
    large: bool
    """Whether compiling its filters to SQL may take long."""
    number: int = field(default_factory=lambda: next(NUMBERS))
    """Unique in this process and never reused: it identifies the document in the keys of its plans."""

    @classmethod
    def from_text(cls, text: str, node: DocumentNode) -> "Document":
        operations = [
            Operation.from_node(each) for each in node.definitions if isinstance(each, OperationDefinitionNode)
        ]
        fragments = [each for each in node.definitions if isinstance(each, FragmentDefinitionNode)]
        return cls(
            text,
            node,
            {operation.name: operation for operation in operations},
            {fragment.name.value: fragment for fragment in fragments},
            is_long(text),
        )

    def operation(self, name: str | None) -> Operation:
        """The operation with this name; without a name the only one. Raises GraphQLError."""
        if name is not None:
            if name in self.operations:
                return self.operations[name]
            raise with_code(GraphQLError(f"The document has no operation named {name!r}."), "BAD_REQUEST")
        if len(self.operations) == 1:
            return next(iter(self.operations.values()))
        raise with_code(
            GraphQLError("The document has several operations. Give the name of one in operationName."), "BAD_REQUEST"
        )

    def root_fields(self, operation: Operation) -> tuple[str, ...]:
        """The names of the root fields of one of its operations, each once."""
        if operation.root_fields is None:
            found: dict[str, None] = {}
            seen: set[str] = set()
            selections = [*operation.node.selection_set.selections]
            while selections:
                selected = selections.pop(0)
                if isinstance(selected, FieldNode):
                    found[selected.name.value] = None
                elif isinstance(selected, InlineFragmentNode):
                    selections += selected.selection_set.selections
                elif isinstance(selected, FragmentSpreadNode) and selected.name.value not in seen:
                    seen.add(selected.name.value)
                    selections += self.fragments[selected.name.value].selection_set.selections
            operation.root_fields = tuple(found)
        return operation.root_fields

    @property
    def entry(self) -> EntryKey:
        """Its key in the cache."""
        return SECTION, self.text

    @property
    def size(self) -> int:
        """Estimated bytes of the text and its syntax tree."""
        tokens, token = 0, self.node.loc.start_token if self.node.loc else None
        while token is not None:
            tokens, token = tokens + 1, token.next
        return TEXT_FACTOR * sys.getsizeof(self.text) + BYTES_PER_TOKEN * tokens


def parsed(text: str) -> Document:
    """The document, neither checked nor validated. Raises GraphQLError."""
    return Document.from_text(text, parse(text, max_tokens=MAX_TOKENS))


class Documents:
    """Parses and validates documents. `check` enforces the limits of documents, and raises GraphQLError.

    With `hides_schema` validation errors do not describe the schema.
    """

    def __init__(
        self, schema: GraphQLSchema, cache: Cache, check: Check, *, introspection: bool, hides_schema: bool
    ) -> None:
        self._schema, self._check = schema, check
        self._rules = RULES if introspection else (*RULES, NoSchemaIntrospectionCustomRule)
        self._hides_schema = hides_schema
        self.cached: Section[str, Document] = Section(cache, SECTION)

    def parse(
        self, text: str, improve_errors: Callable[[Sequence[GraphQLError], Document], Sequence[GraphQLError]]
    ) -> Document:
        """The document, from the cache or new; raises GraphQLErrors. `improve_errors` may replace validation errors."""
        known = self.cached.get(text)
        if known is not None:
            return known
        try:
            document = parsed(text)
        except GraphQLError as error:
            raise GraphQLErrors([with_code(error, "GRAPHQL_PARSE_FAILED")]) from None
        self._check(document.node)
        errors = validate(
            self._schema, document.node, self._rules, max_errors=MAX_ERRORS, hide_suggestions=len(text) > LONG_DOCUMENT
        )
        if errors:
            shown = improve_errors(errors, document)
            if self._hides_schema:
                shown = hidden_schema.of_document(shown, errors, document.node)
            raise GraphQLErrors([with_code(each, "GRAPHQL_VALIDATION_FAILED") for each in with_location_of_last(shown)])
        return self.cached.put(text, document, document.size)
