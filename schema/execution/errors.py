"""Errors of requests that cannot be executed."""

from collections.abc import Sequence

from graphql import GraphQLError


class GraphQLErrors(Exception):
    """All errors that were found in a request before anything was executed."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__(str(errors))
        self.errors = errors


def with_code(error: GraphQLError, code: str) -> GraphQLError:
    """The error with `extensions.code`, unless it has one."""
    error.extensions = {"code": code, **(error.extensions or {})}
    return error
