"""Errors of the compiler."""

from collections.abc import Sequence

from graphql import FieldNode, GraphQLError


class BadUserInput(GraphQLError):
    """An invalid value in a request. The client gets the message; nothing is executed."""

    def __init__(self, message: str, key: str | None = None, nodes: Sequence[FieldNode] | None = None) -> None:
        path = None if key is None else [key]
        super().__init__(message, nodes, path=path, extensions={"code": "BAD_USER_INPUT"})

    def of_root_field(self, key: str, nodes: Sequence[FieldNode]) -> "BadUserInput":
        """The same error with the path and the locations of the root field that has the value."""
        return BadUserInput(self.message, key, nodes)


class NotPlannable(Exception):
    """A selection that cannot be compiled to SQL. Default execution resolves it."""
