"""Errors of requests that cannot be executed."""

from collections.abc import Collection, Mapping, Sequence

from graphql import ExecutionResult, GraphQLError

from persistence.exceptions import Overloaded, Unavailable
from schema.compiler.errors import BadUserInput


class GraphQLErrors(Exception):
    """All errors that were found in a request before anything was executed."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__(str(errors))
        self.errors = errors


def unseen_faults(faults: Mapping[str, Exception], errors: Sequence[GraphQLError]) -> list[GraphQLError]:
    """The exceptions, by response key, of payloads that failed first and were then made by default execution. Those
    that failed again are already in `errors`.
    """
    again = {(error.path[0], type(error.original_error)) for error in errors if error.path}
    return [
        GraphQLError(str(error), path=[key], original_error=error)
        for key, error in faults.items()
        if (key, type(error)) not in again
    ]


def with_code(error: GraphQLError, code: str) -> GraphQLError:
    """The error with `extensions.code`, unless it has one."""
    error.extensions = {"code": code, **(error.extensions or {})}
    return error


def refused_fields(result: ExecutionResult) -> list[GraphQLError]:
    """An error for each root field if every one is null because of a bad value in it; else nothing."""
    found: dict[str, GraphQLError] = {}
    for error in result.errors or ():
        refused = error if isinstance(error, BadUserInput) else error.original_error
        if error.path and isinstance(refused, BadUserInput):
            found.setdefault(str(error.path[0]), error)
    data = result.data or {}
    every_one = data.keys() <= found.keys() and not any(value is not None for value in data.values())
    return [found[root] for root in data] if every_one else []


class ResultNotRead(Exception):
    """A mutation was executed, but the objects that its payload selects could not be read."""

    def __init__(self) -> None:
        super().__init__(
            "The mutation was executed, but its result could not be read. Query what it changed. Send it again only "
            "with the same idempotencyKey, else it is executed twice."
        )


def of_executed(error: GraphQLError, executed: Collection[str]) -> GraphQLError:
    """The error of a response to a mutation, whose root fields in `executed` have been executed: reading their payload
    may have failed, but it is not true of them that nothing was changed.
    """
    if not error.path or error.path[0] not in executed:
        return error
    if not isinstance(error.original_error, Overloaded | Unavailable | TimeoutError):
        return error
    failed = ResultNotRead()
    failed.__cause__ = error.original_error
    return GraphQLError(str(failed), error.nodes, path=error.path, original_error=failed)
