"""Requests and responses of the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class GraphQLRequest:
    """A GraphQL request: the document, its variables, and the operation to execute."""

    query: str
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None


@dataclass(frozen=True)
class GraphQLResponse:
    """The body of a response as JSON. Nothing was executed if the request itself was wrong."""

    body: bytes
    executed: bool = True
    retry_after: int | None = None
    """Seconds after which the client can try again; nothing was done, because the database was busy."""
    refused_status: int | None = None
    """The HTTP status if the HTTP method does not allow this operation."""
    forbidden: bool = False
    """Whether nothing was executed because the roles of the caller do not allow it."""
