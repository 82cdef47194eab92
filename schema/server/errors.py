"""Errors as clients get them: errors of clients with a code, internal errors masked with a reference to the log.

Messages quote what was sent, so they are not logged: the log has codes, and names of the schema.
"""

import re
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, TypedDict

import structlog
from graphql import FieldNode, GraphQLError

from persistence.exceptions import ChangeCanceled, ChangeTooLong, OutcomeUnknown, Overloaded, TooComplex, Unavailable
from resolvers.roles import Forbidden
from schema.execution import observing
from schema.execution.errors import ResultNotRead
from schema.execution.graphql_internals import graphql_schema
from schema.root import schema
from schema.server.logs.outages import UNAVAILABLE, outages
from schema.server.logs.stack_traces import describe

log = structlog.get_logger("carnet")

INTERNAL, OUTCOME_UNKNOWN = "INTERNAL_SERVER_ERROR", "OUTCOME_UNKNOWN"
OPERATION_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
MAX_OPERATION_NAME = 80
ALIAS = "(alias)"


class Rejected(Exception):
    """A request that is refused before it is executed: its HTTP status, message, code and further headers, and the
    seconds after which the client can try again. Without a status it has that of an invalid document.
    """

    def __init__(
        self,
        status: int | None,
        message: str,
        code: str = "BAD_REQUEST",
        headers: list[tuple[bytes, bytes]] | None = None,
        *,
        retry_after: int | None = None,
    ):
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers or []
        self.retry_after = retry_after


def unauthenticated(message: str, challenge: bytes = b'Bearer error="invalid_token"') -> Rejected:
    """A request without a valid token. The challenge says so as RFC 6750 defines it."""
    return Rejected(401, message, "UNAUTHENTICATED", [(b"www-authenticate", challenge)])


def forbidden(message: str) -> Rejected:
    """A request with a valid token that gives no rights."""
    return Rejected(403, message, "FORBIDDEN")


def report(errors: Sequence[GraphQLError], operation: str | None) -> list[dict[str, Any]]:
    """The errors of one response, as GraphQL formats them."""
    formatted = [_formatted(error, operation) for error in errors]
    for each in formatted:
        each["extensions"] |= request_id_extension()
    if formatted:
        observing.current().note_code(formatted[0]["extensions"]["code"])
    return formatted


def _formatted(error: GraphQLError, operation: str | None) -> dict[str, Any]:
    original, place = error.original_error, _place(error, operation)
    if original is None or isinstance(original, GraphQLError):
        extensions = {**(getattr(original, "extensions", None) or {}), **(error.extensions or {})}
        shown: dict[str, Any] = {**error.formatted, "extensions": {"code": "BAD_USER_INPUT", **extensions}}
        log.info("refused", **place, code=shown["extensions"]["code"])
        return shown
    if isinstance(original, Forbidden):
        log.info("forbidden", **place, code="FORBIDDEN")
        return _with_location(error, str(original), "FORBIDDEN")
    if isinstance(original, Overloaded):
        log.warning("overloaded", **place, code="OVERLOADED")
        return _with_location(error, str(original), "OVERLOADED", **retry_extensions(original))
    if isinstance(original, Unavailable):
        outages.note(original, **place)
        return _with_location(error, str(original), UNAVAILABLE, **retry_extensions(original))
    if isinstance(original, OutcomeUnknown | ResultNotRead):
        outages.note(original, code=OUTCOME_UNKNOWN, **place)
        return _with_location(error, str(original), OUTCOME_UNKNOWN)
    if isinstance(original, ChangeCanceled):
        log.info("canceled", **place, code="CANCELED")
        return _with_location(error, str(original), "CANCELED")
    if isinstance(original, ChangeTooLong):
        log.warning("too slow", **place, code="TIMEOUT")
        return _with_location(error, str(original), "TIMEOUT")
    if isinstance(original, TooComplex):
        log.warning("too complex", **place, code="BAD_USER_INPUT")
        return _with_location(error, str(original), "BAD_USER_INPUT")
    if isinstance(original, TimeoutError):
        log.warning("too slow", **place, code="TIMEOUT")
        return _with_location(error, "The read took too long. Select less at once, or narrow the filter.", "TIMEOUT")
    return _with_location(error, masked_message(original, **place), INTERNAL)


def masked_message(error: BaseException, operation: str | None = None, path: str | None = None) -> str:
    """The message that clients get instead of an internal error, with a reference to the error in the log."""
    reference = secrets.token_hex(6)
    log.error("failed", operation=operation, path=path, code=INTERNAL, reference=reference, exception=describe(error))
    return f"Internal error. Report it to the operator of this server with this reference: {reference}"


@asynccontextmanager
async def logged_failure(event: str) -> AsyncIterator[None]:
    """Log an exception of the block, which goes on."""
    try:
        yield
    except Exception as error:
        log.error(event, exception=describe(error))
        raise


def request_id_extension() -> dict[str, str]:
    """The extension of an error that names its request; empty outside of requests."""
    request_id = observing.current().request_id
    return {} if request_id is None else {"requestId": request_id}


def retry_extensions(error: Overloaded | Unavailable) -> dict[str, int]:
    """The extension of an error that says when to try again."""
    return {"retryAfterSeconds": error.retry_after}


def _with_location(error: GraphQLError, message: str, code: str, **more: Any) -> dict[str, Any]:
    kept = {name: value for name, value in error.formatted.items() if name in ("locations", "path")}
    return {"message": message, **kept, "extensions": {"code": code, **more}}


class _Place(TypedDict):
    operation: str | None
    path: str | None


def _place(error: GraphQLError, operation: str | None) -> _Place:
    """Where an error is, for the log: the operation, and the response path with field names and list indexes. An error
    without a path may have the root fields that it is about.
    """
    is_name = operation is not None and OPERATION_NAME.fullmatch(operation)
    about = [node.name.value for node in error.nodes or () if isinstance(node, FieldNode)]
    path = ".".join(map(_name_or_alias, error.path)) if error.path else ", ".join(map(_name_or_alias, about))
    return {"operation": operation[:MAX_OPERATION_NAME] if operation and is_name else None, "path": path or None}


def _name_or_alias(part: str | int) -> str:
    """A part of a response path. Clients can make aliases of values, so that only names of the schema are shown."""
    return str(part) if isinstance(part, int) or part in _field_names() else ALIAS


@cache
def _field_names() -> frozenset[str]:
    types = graphql_schema(schema).type_map.values()
    return frozenset(name for type_ in types for name in getattr(type_, "fields", ()))
