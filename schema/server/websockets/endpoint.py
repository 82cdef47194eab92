"""The ASGI endpoint of WebSockets: the handshake, and what all of them share."""

from collections.abc import Mapping
from time import perf_counter

from starlette.types import Receive, Scope, Send

from persistence.exceptions import Overloaded
from resolvers.work import User
from schema.execution import observing
from schema.server.authentication.authenticator import AUTHORIZATION, LOCAL_USER
from schema.server.errors import Rejected
from schema.server.requests import request_ids
from schema.server.requests.browser_requests import BrowserRequests
from schema.server.requests.running_requests import stopping
from schema.server.responses.bodies import error_body
from schema.server.websockets.registry import RETRY_SECONDS
from schema.server.websockets.services import Services
from schema.server.websockets.socket import GraphQLSocket

DENIAL = "websocket.http.response"
"""The extension of ASGI with which a handshake is answered by an HTTP response."""


class WebSocketEndpoint:
    """Accepts WebSockets at `/graphql`."""

    def __init__(self, shared: Services, browser_requests: BrowserRequests) -> None:
        self._shared, self._browser_requests = shared, browser_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        await receive()  # websocket.connect
        record, began = observing.begin(request_ids.of_request(headers)), perf_counter()
        try:
            user = await self._user(scope, headers)
            socket = GraphQLSocket(self._shared, scope, headers, receive, send, user)
            with self._shared.sockets.counted(socket):
                await send({"type": "websocket.accept", "subprotocol": socket.subprotocol})
                await socket.run()
        except Rejected as rejected:
            record.status = rejected.status
            await _deny(scope, send, rejected)
            self._shared.observe(scope, record, perf_counter() - began)
        except Overloaded as busy:
            record.status = 503
            await _deny(scope, send, Rejected(503, str(busy), "OVERLOADED", retry_after=RETRY_SECONDS))
            self._shared.observe(scope, record, perf_counter() - began)

    async def _user(self, scope: Scope, headers: Mapping[bytes, bytes]) -> User | None:
        """The user of the handshake; None if a token is to follow. Raises `Rejected`.

        Every page may open a WebSocket to every server, and the browser does not ask that server: so Origin is checked
        also where a token follows, as browsers do for other requests.
        """
        if self._shared.running.stopping:
            raise stopping()
        if AUTHORIZATION in headers:
            self._browser_requests.check_origin(scope, headers)
            return await self._shared.authenticator.user(scope, headers)
        if self._shared.authenticator.is_local(scope):
            self._browser_requests.check(scope, headers)
            return LOCAL_USER
        self._browser_requests.check_origin(scope, headers)
        return None


async def _deny(scope: Scope, send: Send, rejected: Rejected) -> None:
    """Answer a handshake with an HTTP response, if the server can do that."""
    if DENIAL not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 4403, "reason": str(rejected)[:100]})
        return
    body = error_body(str(rejected), rejected.code)
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        *rejected.headers,
    ]
    await send({"type": f"{DENIAL}.start", "status": rejected.status or 400, "headers": headers})
    await send({"type": f"{DENIAL}.body", "body": body})
