"""A request that is ready to be executed."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from graphql import GraphQLSchema, OperationType
from graphql.execution.values import VariableValues

from schema.compiler.streams import StreamPlan
from schema.execution import mutations
from schema.execution.documents import Document, Operation
from schema.execution.mutations import MutationField
from schema.execution.planning import MUTATION_FIELDS, ROOT_FIELDS, Planning, RootFields


class Prepared(NamedTuple):
    """A parsed and validated request with the plans of a query or of a mutation."""

    document: Document
    operation: Operation
    variables: VariableValues
    planning: Planning | None = None
    root_fields: RootFields | None = None
    mutation_fields: Sequence[MutationField] | None = None
    stream: StreamPlan | None = None


def with_plans(
    document: Document,
    operation: Operation,
    variables: VariableValues,
    planning: Planning,
    schema: GraphQLSchema,
    *,
    only_known: bool,
) -> Prepared | None:
    """An operation with its plans. With `only_known` they come from the cache; the result is None if they are not
    there.
    """
    type_ = operation.node.operation
    if type_ is OperationType.QUERY:
        roots = planning.cached(ROOT_FIELDS)
        if roots is None and only_known:
            return None
        return Prepared(document, operation, variables, planning, roots or planning.root_fields())
    if type_ is OperationType.MUTATION:
        fields = planning.cached(MUTATION_FIELDS)
        if fields is None:
            if only_known:
                return None
            fields = planning.mutation_fields(partial(mutations.mutation_fields, schema=schema), mutations.size)
        mutations.check(fields, variables)
        return Prepared(document, operation, variables, planning, mutation_fields=fields)
    return Prepared(document, operation, variables, planning)
