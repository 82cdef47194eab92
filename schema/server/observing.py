"""Observes every request: how long it took, its operation and its outcome, for metrics and the access log."""

from collections.abc import Callable

from starlette.types import Scope

from schema.execution.observing import RequestRecord

Observe = Callable[[Scope, RequestRecord, float], None]
"""Called after each request, with how many seconds it took."""

OK = "OK"

GRAPHQL = "/graphql"
ROUTES = frozenset((GRAPHQL, "/health", "/live", "/ready", "/metrics", "/schema.graphql", "/"))
FILES = ("/graphql/assets", "/front-page", "/calendar")
"""The paths that are shown; below these folders only the folder. Others may have a value of a client, or a secret."""

OTHER = "other"


def route_of(scope: Scope) -> str:
    """The path of a request as it may be shown."""
    path = scope["path"]
    if path in ROUTES:
        return str(path)
    return next((folder for folder in FILES if path.startswith(f"{folder}/")), OTHER)


def code_of(record: RequestRecord) -> str:
    """How a request ended: the code of its first error, or `OK`."""
    if record.code is not None:
        return record.code
    if record.status is None:
        return "NO_RESPONSE"
    return OK if record.status < 400 else f"HTTP_{record.status}"
