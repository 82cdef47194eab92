"""The cost of operations: for clients that ask for it, and for limits of what they may ask for."""

from collections.abc import Callable, Mapping

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode

from schema.execution.documents import Documents, parsed
from schema.execution.requests import GraphQLRequest

Measure = Callable[[DocumentNode, OperationDefinitionNode], Mapping[str, int]]
"""Measures the cost of an operation: what is `requested`, and the `limit`."""


class Costs:
    """The costs of operations, each measured once with `measure`."""

    def __init__(self, documents: Documents, measure: Measure) -> None:
        self._documents, self._measure = documents, measure

    def of(self, request: GraphQLRequest, *, only_known: bool = False) -> Mapping[str, int] | None:
        """The cost of an operation; None if it cannot be read. With `only_known` documents are not parsed: the cost of
        one that is not in the cache is None.
        """
        try:
            document = self._documents.cached.get(request.query)
            if document is None:
                if only_known:
                    return None
                document = parsed(request.query)
            operation = document.operation(request.operation_name)
        except GraphQLError:
            return None
        if operation.cost is None:
            operation.cost = self._measure(document.node, operation.node)
        return operation.cost
