"""What clients see of errors: their own mistakes with a code, ours masked with a reference that is in the log too."""

import secrets
from collections.abc import Sequence
from typing import Any

import structlog
from graphql import GraphQLError

from persistence.exceptions import ChangeCanceled, ChangeTooLong, Overloaded, TooComplex

log = structlog.get_logger("carnet")

OURS = "INTERNAL_SERVER_ERROR"


class Rejected(Exception):
    """A request that is not let through to the graph: the HTTP status, a sentence, a code, headers that go with
    them.
    """

    def __init__(
        self, status: int, message: str, code: str = "BAD_REQUEST", headers: list[tuple[bytes, bytes]] | None = None
    ):
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers or []


def report(errors: Sequence[GraphQLError], operation: str | None) -> list[dict[str, Any]]:
    """The errors of one answer as GraphQL shows them."""
    return [_reported(error, operation) for error in errors]


def _reported(error: GraphQLError, operation: str | None) -> dict[str, Any]:
    original = error.original_error
    if original is None or isinstance(original, GraphQLError):
        extensions = {**(getattr(original, "extensions", None) or {}), **(error.extensions or {})}
        shown: dict[str, Any] = {**error.formatted, "extensions": {"code": "BAD_USER_INPUT", **extensions}}
        log.info("refused", operation=operation, code=shown["extensions"]["code"], message=error.message[:200])
        return shown
    if isinstance(original, Overloaded):
        log.warning("overloaded", operation=operation)
        return _located(error, str(original), "OVERLOADED", **retrying(original))
    if isinstance(original, ChangeCanceled):
        log.info("canceled", operation=operation)
        return _located(error, str(original), "CANCELED")
    if isinstance(original, ChangeTooLong):
        log.warning("too slow", operation=operation)
        return _located(error, str(original), "TIMEOUT")
    if isinstance(original, TooComplex):
        log.warning("too complex", operation=operation)
        return _located(error, str(original), "BAD_USER_INPUT")
    if isinstance(original, TimeoutError):
        log.warning("too slow", operation=operation)
        return _located(error, "This took too long. Ask for less at once, or narrow the filter.", "TIMEOUT")
    return _located(error, masked(original, operation), OURS)


def masked(error: BaseException, operation: str | None) -> str:
    """What clients read instead of a fault of ours; the log has it whole under the same reference."""
    reference = secrets.token_hex(6)
    log.error("failed", operation=operation, reference=reference, exc_info=error)
    return f"Something went wrong on our side. Tell us this reference: {reference}"


def retrying(overloaded: Overloaded) -> dict[str, int]:
    """When to come back, as errors say it."""
    return {"retryAfterSeconds": overloaded.retry_after}


def _located(error: GraphQLError, message: str, code: str, **more: Any) -> dict[str, Any]:
    kept = {name: value for name, value in error.formatted.items() if name in ("locations", "path")}
    return {"message": message, **kept, "extensions": {"code": code, **more}}
