"""Errors of requests that cannot be executed."""

from collections.abc import Sequence

from graphql import ExecutionResult, GraphQLError

from schema.compiler.errors import BadUserInput


class GraphQLErrors(Exception):
    """All errors that were found in a request before anything was executed."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__(str(errors))
        self.errors = errors


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
