"""A request that is ready to be executed."""

from collections.abc import Sequence
from typing import NamedTuple

from graphql.execution.values import VariableValues

from schema.compiler.streams import StreamPlan
from schema.execution.documents import Document, Operation
from schema.execution.mutations import MutationField
from schema.execution.planning import Planning, RootFields


class Prepared(NamedTuple):
    """A parsed and validated request with the plans of a query or of a mutation."""

    document: Document
    operation: Operation
    variables: VariableValues
    planning: Planning | None = None
    root_fields: RootFields | None = None
    mutation_fields: Sequence[MutationField] | None = None
    stream: StreamPlan | None = None
