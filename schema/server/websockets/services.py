"""What all WebSockets of an application use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.types import Scope

from schema.execution import observing
from schema.execution.live.engine import LiveEngine
from schema.execution.live.hub import Hub
from schema.execution.requests import GraphQLRequest
from schema.server.authentication.authenticator import Authenticator
from schema.server.observing import Observe
from schema.server.public_address import PublicAddress
from schema.server.requests.deadlines import Deadlines
from schema.server.requests.rate_limits import RateLimits
from schema.server.requests.read_after import ReadAfter
from schema.server.requests.running_requests import RunningRequests
from schema.server.websockets.registry import WebSockets
from schema.server.websockets.settings import WebSocketSettings

METHOD = "WEBSOCKET"
"""What metrics and logs have instead of an HTTP method."""

MakeRequest = Callable[[Mapping[str, object], Mapping[bytes, bytes], int], GraphQLRequest]


@dataclass(frozen=True)
class Services:
    """What all WebSockets of an application use. Queries and mutations have `timeout` seconds, as over HTTP. A client
    that takes nothing for `unread_seconds` is dropped. WebSockets read nothing from a standby, but note changes in
    `read_after`.
    """

    engine: LiveEngine
    hub: Hub
    sockets: WebSockets
    authenticator: Authenticator
    running: RunningRequests
    rate_limits: RateLimits
    make_request: MakeRequest
    observers: Sequence[Observe]
    public_address: PublicAddress
    read_after: ReadAfter
    settings: WebSocketSettings
    timeout: float
    unread_seconds: float
    deadlines: Deadlines = field(default_factory=Deadlines)

    def observe(self, scope: Scope, record: observing.RequestRecord, seconds: float) -> None:
        """Pass an operation, or a handshake that is refused, to the observers."""
        for observe in self.observers:
            observe({**scope, "method": METHOD}, record, seconds)
