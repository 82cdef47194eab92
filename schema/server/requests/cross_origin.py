"""Which pages of other origins may call the API (CORS)."""

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from schema.server.settings import Settings

CORS_HEADERS = (
    "accept",
    "accept-language",
    "apollo-require-preflight",
    "apollographql-client-name",
    "apollographql-client-version",
    "authorization",
    "baggage",
    "cache-control",
    "carnet-read-after",
    "content-type",
    "if-none-match",
    "last-event-id",
    "sentry-trace",
    "traceparent",
    "tracestate",
    "x-apollo-operation-id",
    "x-apollo-operation-name",
    "x-apollo-operation-type",
    "x-request-id",
    "x-requested-with",
    "x-show-cost",
)
"""The request headers that pages of other origins may send in any case."""


def middleware(settings: Settings) -> list[Middleware]:
    """The middleware that answers such pages; none if there are no other origins."""
    if not settings.cors_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=[*CORS_HEADERS, *settings.cors_headers],
            expose_headers=[
                "Carnet-Read-After",
                "RateLimit-Limit",
                "RateLimit-Remaining",
                "RateLimit-Reset",
                "Retry-After",
                "X-Request-Id",
            ],
        )
    ]
