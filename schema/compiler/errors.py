"""Errors of the compiler."""

from collections.abc import Collection, Sequence

from graphql import FieldNode, GraphQLError, Node


class BadUserInput(GraphQLError):
    """An invalid value in a request. The client gets the message; nothing is executed."""

    def __init__(self, message: str, key: str | None = None, nodes: Collection[Node] | None = None) -> None:
        path = None if key is None else [key]
        super().__init__(message, nodes, path=path, extensions={"code": "BAD_USER_INPUT"})

    def of_root_field(self, key: str, nodes: Sequence[FieldNode]) -> "BadUserInput":
        """The same error with the path of the root field that has the value, and its locations if it has none yet."""
        return BadUserInput(self.message, key, self.nodes or nodes)

    def of_field(self, nodes: Sequence[FieldNode]) -> "BadUserInput":
        """The same error with the locations of the field that has the value, if it has none yet."""
        return self if self.nodes else BadUserInput(self.message, None, nodes)


class CursorExpired(GraphQLError):
    """A cursor of the change feed is older than the changes that are kept, or newer than all of this database."""

    def __init__(self) -> None:
        super().__init__(
            "The changes after this cursor are not kept: they are too old, or the database was restored from a backup. "
            "Read an `endCursor`, then all objects again, then the changes after this `endCursor`.",
            extensions={"code": "CURSOR_EXPIRED"},
        )


class NotPlannable(Exception):
    """A selection that cannot be compiled to SQL. Default execution resolves it."""
