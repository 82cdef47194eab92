"""Limits of documents, checked before validation in one walk that visits every definition once.

A fragment is measured once, however often it is spread, so that the check takes linear time.
"""

from collections import Counter
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

MAX_DEPTH = 12
MAX_INTROSPECTION_DEPTH = 20
MAX_ALIASES = 30
MAX_DIRECTIVES = 20
MAX_FRAGMENTS = 30
MAX_FIELDS_PER_KEY = 20
MAX_OPERATIONS = 20
MAX_COST = 200_000
"""Objects that the response could have: `first: 100` inside `first: 100` is allowed, one level more is not."""

DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE = 20, 100
PAGE_SIZES_OF_FIELDS = {"interactionStatistics": (100, 1000), "changeFeed": (20, 100)}
"""The default and the maximum page size of fields for which they differ."""

UNCOUNTED_FIELDS = {"edges", "pageInfo"}
"""Fields that contain objects but are not counted as objects themselves."""


@dataclass
class Measure:
    """What one selection set, with everything below it, counts towards each limit."""

    depth: int = 0
    introspection_depth: int = 0
    aliases: int = 0
    directives: int = 0
    cost: int = 0
    fields: set[tuple[str, int]] = field(default_factory=set)
    """Response key and identity of every field of the selection set, including those of fragments. Validation compares
    fields with equal keys in pairs.
    """


def check(document: DocumentNode) -> None:
    """Raise GraphQLError if a document exceeds a limit."""
    Walk(document).check()


def cost(document: DocumentNode, operation: OperationDefinitionNode) -> dict[str, int]:
    """The cost of an operation and the highest cost that is allowed: how many objects its response could have."""
    return {"requested": Walk(document).measure(operation).cost, "limit": MAX_COST}


def limit_error(message: str) -> GraphQLError:
    """The error about a limit that is exceeded."""
    return GraphQLError(message, extensions={"code": "GRAPHQL_VALIDATION_FAILED"})


class Walk:
    """The walk over one document; `visits` counts the visited nodes."""

    def __init__(self, document: DocumentNode) -> None:
        self._operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
        self._fragments = {node.name.value: node for node in fragments}
        self._number_of_fragments = len(fragments)
        self._measured: dict[str, Measure | None] = {}
        self.visits = 0

    def check(self) -> None:
        if self._number_of_fragments > MAX_FRAGMENTS:
            raise limit_error(
                f"A document has at most {MAX_FRAGMENTS} fragments; this one has {self._number_of_fragments}."
            )
        if len(self._operations) > MAX_OPERATIONS:
            raise limit_error(
                f"A document has at most {MAX_OPERATIONS} operations; this one has {len(self._operations)}."
            )
        for name in self._fragments:
            self._fragment(name)
        for operation in self._operations:
            self._within_limits(self.measure(operation), len(operation.directives or ()))

    def measure(self, operation: OperationDefinitionNode) -> Measure:
        """What an operation counts towards each limit."""
        return self._selection(operation.selection_set)

    def _within_limits(self, measure: Measure, more_directives: int) -> None:
        bounds = (
            (measure.depth, MAX_DEPTH, "is nested {} levels deep"),
            (measure.introspection_depth, MAX_INTROSPECTION_DEPTH, "reads the schema {} levels deep"),
            (measure.aliases, MAX_ALIASES, "has {} aliases"),
            (measure.directives + more_directives, MAX_DIRECTIVES, "has {} directives"),
            (measure.cost, MAX_COST, "could return {} objects"),
        )
        for value, most, phrase in bounds:
            if value > most:
                raise limit_error(
                    f"The operation {phrase.format(value)}; at most {most} are allowed. Select less at once."
                )

    def _fragment(self, name: str) -> Measure:
        if name in self._measured:
            return self._measured[name] or Measure()
        self._measured[name] = None
        fragment = self._fragments.get(name)
        measure = Measure() if fragment is None else self._selection(fragment.selection_set)
        self._measured[name] = measure
        return measure

    def _selection(self, selections: SelectionSetNode) -> Measure:
        whole = Measure()
        for node in selections.selections:
            self.visits += 1
            if isinstance(node, FieldNode):
                whole.fields.add((node.alias.value if node.alias else node.name.value, id(node)))
                part = self._field(node)
            elif isinstance(node, FragmentSpreadNode):
                part = self._fragment(node.name.value)
            else:
                part = self._selection(node.selection_set)  # type: ignore[attr-defined]  # an inline fragment
            whole.depth = max(whole.depth, part.depth)
            whole.introspection_depth = max(whole.introspection_depth, part.introspection_depth)
            whole.aliases += part.aliases
            whole.directives += part.directives + len(node.directives or ())
            whole.cost += part.cost
            if not isinstance(node, FieldNode):
                whole.fields |= part.fields
        keys = Counter(key for key, _ in whole.fields)
        key, often = keys.most_common(1)[0] if keys else ("", 0)
        if often > MAX_FIELDS_PER_KEY:
            raise limit_error(
                f"The field {key} is selected {often} times in the same object; "
                f"at most {MAX_FIELDS_PER_KEY} are allowed."
            )
        return whole

    def _field(self, node: FieldNode) -> Measure:
        aliased = 1 if node.alias else 0
        if node.selection_set is None:
            return Measure(depth=1, aliases=aliased)
        below = self._selection(node.selection_set)
        if node.name.value in ("__schema", "__type"):
            deepest = max(below.depth, below.introspection_depth) + 1
            return Measure(1, deepest, below.aliases + aliased, below.directives, 1)
        each = 0 if node.name.value in UNCOUNTED_FIELDS else 1
        return Measure(
            below.depth + 1,
            below.introspection_depth,
            below.aliases + aliased,
            below.directives,
            each + _page(node) * below.cost,
        )


def _page(node: FieldNode) -> int:
    """The maximum number of objects of a list field; 1 for other fields."""
    below = node.selection_set.selections if node.selection_set else ()
    names = {field.name.value for field in below if isinstance(field, FieldNode)}
    usual = DEFAULT_PAGE_SIZE if names & {"nodes", "edges"} else 1
    usual, most = PAGE_SIZES_OF_FIELDS.get(node.name.value, (usual, MAX_PAGE_SIZE))
    for argument in node.arguments or ():
        if argument.name.value in ("first", "last"):
            size = argument.value
            known = isinstance(size, IntValueNode) and size.value.isdigit()
            return min(int(size.value[:9]), most) if known else most  # type: ignore[attr-defined]  # an int then
    return usual
