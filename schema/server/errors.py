"""Errors as clients get them: errors of clients with a code, internal errors masked with a reference to the log."""

import secrets
from collections.abc import Sequence
from typing import Any

import structlog
from graphql import GraphQLError

from persistence.exceptions import ChangeCanceled, ChangeTooLong, Overloaded, TooComplex
from resolvers.roles import Forbidden

log = structlog.get_logger("carnet")

INTERNAL = "INTERNAL_SERVER_ERROR"


class Rejected(Exception):
    """A request that is refused before it is executed: its HTTP status, message, code and further headers."""

    def __init__(
        self, status: int, message: str, code: str = "BAD_REQUEST", headers: list[tuple[bytes, bytes]] | None = None
    ):
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers or []


def unauthenticated(message: str, challenge: bytes = b'Bearer error="invalid_token"') -> Rejected:
    """A request without a valid token. The challenge says so as RFC 6750 defines it."""
    return Rejected(401, message, "UNAUTHENTICATED", [(b"www-authenticate", challenge)])


def forbidden(message: str) -> Rejected:
    """A request with a valid token that gives no rights."""
    return Rejected(403, message, "FORBIDDEN")


def report(errors: Sequence[GraphQLError], operation: str | None) -> list[dict[str, Any]]:
    """The errors of one response, as GraphQL formats them."""
    return [_formatted(error, operation) for error in errors]


def _formatted(error: GraphQLError, operation: str | None) -> dict[str, Any]:
    original = error.original_error
    if original is None or isinstance(original, GraphQLError):
        extensions = {**(getattr(original, "extensions", None) or {}), **(error.extensions or {})}
        shown: dict[str, Any] = {**error.formatted, "extensions": {"code": "BAD_USER_INPUT", **extensions}}
        log.info("refused", operation=operation, code=shown["extensions"]["code"], message=error.message[:200])
        return shown
    if isinstance(original, Forbidden):
        log.info("forbidden", operation=operation)
        return _with_location(error, str(original), "FORBIDDEN")
    if isinstance(original, Overloaded):
        log.warning("overloaded", operation=operation)
        return _with_location(error, str(original), "OVERLOADED", **retry_extensions(original))
    if isinstance(original, ChangeCanceled):
        log.info("canceled", operation=operation)
        return _with_location(error, str(original), "CANCELED")
    if isinstance(original, ChangeTooLong):
        log.warning("too slow", operation=operation)
        return _with_location(error, str(original), "TIMEOUT")
    if isinstance(original, TooComplex):
        log.warning("too complex", operation=operation)
        return _with_location(error, str(original), "BAD_USER_INPUT")
    if isinstance(original, TimeoutError):
        log.warning("too slow", operation=operation)
        return _with_location(error, "The read took too long. Select less at once, or narrow the filter.", "TIMEOUT")
    return _with_location(error, masked_message(original, operation), INTERNAL)


def masked_message(error: BaseException, operation: str | None) -> str:
    """The message that clients get instead of an internal error, with a reference to the error in the log."""
    reference = secrets.token_hex(6)
    log.error("failed", operation=operation, reference=reference, exc_info=error)
    return f"Internal error. Report it to the operator of this server with this reference: {reference}"


def retry_extensions(overloaded: Overloaded) -> dict[str, int]:
    """The extension of an error that says when to try again."""
    return {"retryAfterSeconds": overloaded.retry_after}


def _with_location(error: GraphQLError, message: str, code: str, **more: Any) -> dict[str, Any]:
    kept = {name: value for name, value in error.formatted.items() if name in ("locations", "path")}
    return {"message": message, **kept, "extensions": {"code": code, **more}}
