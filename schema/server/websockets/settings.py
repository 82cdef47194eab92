"""The settings for WebSockets and subscriptions."""

from pydantic import Field
from pydantic_settings import BaseSettings

from persistence.concurrency.time_limits import MAX_SECONDS, MIN_SECONDS


class WebSocketSettings(BaseSettings):
    """The limits of WebSockets and subscriptions."""

    max_websockets: int = Field(
        5_000,
        ge=0,
        description="Maximum number of WebSockets of a worker, beside its other client connections. Further ones are "
        "refused with `OVERLOADED`.",
    )
    max_subscriptions: int = Field(
        10_000,
        ge=0,
        description="Maximum number of subscriptions of a worker. Further ones are refused with `OVERLOADED`.",
    )
    max_subscriptions_user: int = Field(
        5_000,
        ge=0,
        description="Maximum number of operations over WebSockets, subscriptions included, of one user of a worker at "
        "the same time. Further ones are refused with `OVERLOADED`.",
    )
    websocket_unread_kb: int = Field(
        1024,
        ge=64,
        le=1_048_576,
        description="Maximum size of what the client of one WebSocket has not read yet, in kilobytes. Above it the "
        "WebSocket is closed with the code 4413; the client can continue its subscriptions with `after`.",
    )
    websocket_init_seconds: float = Field(
        5,
        ge=MIN_SECONDS,
        le=MAX_SECONDS,
        description="Seconds within which a client must send `connection_init` over a new WebSocket. Otherwise it is "
        "closed with the code 4408.",
    )
    websocket_ping_seconds: float = Field(
        20,
        ge=MIN_SECONDS,
        le=MAX_SECONDS,
        description="Seconds between two pings to each WebSocket. One that does not answer within as many seconds is "
        "closed.",
    )
    websocket_check_seconds: float = Field(
        10,
        ge=MIN_SECONDS,
        le=MAX_SECONDS,
        description="Seconds between two checks of the tokens of WebSockets. A WebSocket whose token was revoked or "
        "has expired is closed with the code 4403.",
    )
