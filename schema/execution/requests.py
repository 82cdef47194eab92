"""Requests to the engine and its responses."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from persistence.dialects.read_positions import PRIMARY, token_of
from schema.execution.raw_json import to_json
from schema.execution.value_errors import Steps


class GraphQLRequest(NamedTuple):
    """A GraphQL request: the document, its variables, and the operation to execute."""

    query: str
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None
    shows_cost: bool = False
    """Whether the response has the cost of the operation."""
    unstorable: Steps | None = None
    """The path of a text in the variables that a database cannot store, if there is one."""
    read_after: int = PRIMARY
    """The position that the state that is read must have, see `persistence.dialects.read_positions`."""

    @property
    def name_in_document(self) -> str | None:
        """The operation name, for a document that may be wrong; None if the document has no such word."""
        return self.operation_name if self.operation_name is not None and self.operation_name in self.query else None


class GraphQLResponse(NamedTuple):
    """The body of a response as JSON. Nothing was executed if the request itself was wrong."""

    body: bytes
    executed: bool = True
    retry_after: int | None = None
    """Seconds after which the client can try again; nothing was done, because the database was busy or not available.
    """
    unavailable: bool = False
    """Whether nothing was done because the database was not available."""
    refused_status: int | None = None
    """The HTTP status if the HTTP method does not allow this operation."""
    forbidden: bool = False
    """Whether nothing was executed because the roles of the caller do not allow it."""
    of_mutation: bool = False
    """Whether it is the response to a mutation."""
    position: int | None = None
    """The position after the changes of a mutation; None if it is not the response to a mutation."""

    def with_extensions(self, extensions: Mapping[str, object]) -> "GraphQLResponse":
        """The response with these extensions. It has none yet."""
        text = to_json({"extensions": extensions})
        return self._replace(body=self.body[:-1] + b"," + text[1:])

    def with_position(self, position: int) -> "GraphQLResponse":
        """The response to a mutation with the token of the position after it, and no other extensions."""
        return GraphQLResponse(self.body[:-1] + _extensions_of(position), *self[1:-1], position)


@lru_cache(maxsize=16)
def _extensions_of(position: int) -> bytes:
    """The end of a response, with the token of a position. Few positions are kept: without a standby, the position only
    changes when another server is promoted.
    """
    return b"," + to_json({"extensions": {"readAfter": token_of(position)}})[1:]


def response_with_errors(data: dict[str, Any] | None, errors: list[dict[str, Any]]) -> GraphQLResponse:
    """A response with errors. If nothing was done because the database was busy or not available, it has no data, and
    says when to try again.
    """
    if not errors:
        return GraphQLResponse(to_json({"data": data}))
    waits = [
        error["extensions"]["retryAfterSeconds"]
        for error in errors
        if "retryAfterSeconds" in error.get("extensions", {})
    ]
    if waits and all(value is None for value in (data or {}).values()):
        unavailable = any(error["extensions"].get("code") == "UNAVAILABLE" for error in errors)
        body = to_json({"data": None, "errors": errors})
        return GraphQLResponse(body, retry_after=max(waits), unavailable=unavailable)
    return GraphQLResponse(to_json({"data": data, "errors": errors}))
