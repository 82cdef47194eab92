"""One WebSocket that speaks `graphql-transport-ws`."""

import asyncio
from collections import deque
from collections.abc import Mapping
from time import perf_counter

import orjson
from starlette.types import Message, Receive, Scope, Send

from persistence.dialects.read_positions import PRIMARY
from persistence.exceptions import OutcomeUnknown
from resolvers.work import User
from schema.execution import observing
from schema.execution.live.operations import LiveOperation
from schema.execution.reads import Caller
from schema.execution.requests import GraphQLRequest, GraphQLResponse
from schema.server.authentication.authenticator import AUTHORIZATION
from schema.server.connections.unread_responses import close_at_once
from schema.server.errors import Rejected, log
from schema.server.requests import request_ids
from schema.server.requests.preferred_language import languages_of
from schema.server.requests.rate_limits import REQUEST_COST
from schema.server.websockets.failures import errors_of
from schema.server.websockets.messages import (
    BAD_REQUEST,
    DUPLICATE_ID,
    INIT_TIMEOUT,
    INIT_TWICE,
    SLOW_READER,
    SUBPROTOCOL_REFUSED,
    UNAUTHORIZED,
    InvalidMessage,
    language_of,
    parsed,
    pong,
    subscribed,
    token_of,
)
from schema.server.websockets.registry import FORBIDDEN, FindUser, check_user, with_token
from schema.server.websockets.services import Services

SUBPROTOCOL = "graphql-transport-ws"

MAX_REASON = 123
"""Bytes of the reason with which a WebSocket is closed, at most."""

READY_SHARE = 4
"""A subscriber who continues after a cursor gets more responses when less than a quarter of the allowed bytes wait."""

CLOSE_SECONDS = 5
"""Seconds within which the code with which a WebSocket is closed must be sent."""


class GraphQLSocket:
    """One WebSocket. Its operations are tasks, by the ids that the client chooses."""

    def __init__(
        self,
        shared: Services,
        scope: Scope,
        headers: Mapping[bytes, bytes],
        receive: Receive,
        send: Send,
        user: User | None,
    ) -> None:
        self._shared, self.scope, self._headers = shared, scope, headers
        self._receive, self._send = receive, send
        self.user, self.token = user, headers.get(AUTHORIZATION)
        self._languages = languages_of(headers.get(b"accept-language", b""))
        self._is_begun = self._is_acknowledged = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._answering = 0
        self._waiting: deque[str] = deque()
        self._waiting_bytes = 0
        self._sending: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._closing: asyncio.Task[None] | None = None

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol, if the client offers it."""
        return SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None

    @property
    def find_user(self) -> FindUser:
        """Finds the user of a token, in the database that the WebSocket is for."""
        return self._shared.authenticator.user

    @property
    def is_answering(self) -> bool:
        """Whether a query or mutation is under way."""
        return self._answering > 0

    @property
    def is_closing(self) -> bool:
        """Whether it is being closed."""
        return self._closing is not None

    async def run(self) -> None:
        """Answer messages until the WebSocket is closed."""
        if self.subprotocol is None:
            self.close(SUBPROTOCOL_REFUSED, f"Subprotocol not acceptable. Use {SUBPROTOCOL}.")
        limit = self._shared.settings.websocket_init_seconds
        timer = asyncio.get_running_loop().call_later(limit, self._check_begun)
        try:
            while (message := await self._receive())["type"] != "websocket.disconnect":
                if self._closing is None:
                    await self._take(message)
        finally:
            timer.cancel()
            tasks = [*self._operations.values(), *filter(None, (self._sending, self._closing))]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def close(self, code: int, reason: str) -> None:
        """Close the WebSocket. What waits to be sent is sent before, unless the client reads too slowly."""
        if self._closing is None:
            log.info("websocket closed", code=code)
            shown = reason.encode()[:MAX_REASON].decode(errors="ignore")
            self._closing = asyncio.create_task(self._close(code, shown))

    def send(self, text: str) -> None:
        """Send a message soon. Closes the WebSocket if too much waits already."""
        if self._closing is not None:
            return
        too_much = self._waiting_bytes > self._shared.settings.websocket_unread_kb * 1024
        self._waiting.append(text)
        self._waiting_bytes += len(text)
        if too_much:
            self.close(SLOW_READER, "The client reads too slowly. Connect again, and continue with `after`.")
        elif self._sending is None:
            self._sending = asyncio.create_task(self._send_waiting())

    async def ready(self) -> None:
        """Return when few bytes wait to be sent."""
        while self._waiting_bytes * READY_SHARE > self._shared.settings.websocket_unread_kb * 1024:
            self._room.clear()
            await self._room.wait()

    async def _send_waiting(self) -> None:
        try:
            while self._waiting:
                text = self._waiting.popleft()
                async with asyncio.timeout(self._shared.unread_seconds):
                    await self._send({"type": "websocket.send", "text": text})
                self._waiting_bytes -= len(text)
                self._room.set()
        except TimeoutError:
            self._sending = None
            self.close(
                SLOW_READER, "The client has not read anything for too long. Connect again, and continue with `after`."
            )
        self._sending = None

    async def _close(self, code: int, reason: str) -> None:
        for task in self._operations.values():
            task.cancel()
        sending = self._sending
        if sending is not None:
            if code == SLOW_READER:
                sending.cancel()
            await asyncio.wait([sending], timeout=CLOSE_SECONDS)
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except TimeoutError:
            await close_at_once(self.scope, self._send)

    def _check_begun(self) -> None:
        if not self._is_begun:
            self.close(INIT_TIMEOUT, "Connection initialisation timeout")

    async def _take(self, received: Message) -> None:
        """Handle a message of the client."""
        try:
            message = parsed(received)
            kind = message["type"]
            if kind == "connection_init":
                await self._begin(message)
            elif kind == "ping":
                self.send(pong(message))
            elif kind == "subscribe":
                self._subscribe(message)
            elif kind == "complete":
                task = self._operations.pop(str(message.get("id")), None)
                if task is not None:
                    task.cancel()
            elif kind != "pong":
                raise InvalidMessage("Unknown type of message")
        except InvalidMessage as invalid:
            self.close(BAD_REQUEST, str(invalid))

    async def _begin(self, message: Mapping[str, object]) -> None:
        """Authenticate the client by the token in the payload, or by that of the handshake."""
        if self._is_begun:
            self.close(INIT_TWICE, "Too many initialisation requests")
            return
        self._is_begun = True
        given = token_of(message)
        try:
            if given is not None:
                self.user = await self._shared.authenticator.user(*with_token(self.scope, given))
                self.token = given
            elif self.user is None:
                self.user = await self._shared.authenticator.user(self.scope, self._headers)
        except Rejected as rejected:
            self.close(FORBIDDEN if rejected.status == 403 else UNAUTHORIZED, str(rejected))
            return
        languages = language_of(message)
        if languages is not None:
            self._languages = languages_of(languages)
        self._is_acknowledged = True
        self.send('{"type":"connection_ack"}')

    def _subscribe(self, message: Mapping[str, object]) -> None:
        """Begin an operation."""
        if not self._is_acknowledged or self.user is None:
            self.close(UNAUTHORIZED, "Unauthorized")
            return
        id, payload = subscribed(message)
        if id in self._operations:
            self.close(DUPLICATE_ID, f"Subscriber for {id} already exists")
            return
        self._operations[id] = asyncio.create_task(self._operate(id, payload, self.user))

    async def _operate(self, id: str, payload: Mapping[str, object], user: User) -> None:
        """Execute an operation, and send what it returns until it or the client ends. A subscription is observed when
        it begins. A token that is no longer valid executes nothing, as over HTTP.
        """
        record = observing.begin(request_ids.new())
        record.user_id, record.status = user.id, 101
        self._shared.public_address.note(record, self.scope)
        stream = _Stream(self, id)
        began, is_observed = perf_counter(), False
        try:
            if not await check_user(self):
                return
            with self._shared.sockets.counted_operation(self, user):
                answer = await self._answer(payload, user)
                if isinstance(answer, LiveOperation):
                    with self._shared.sockets.counted_subscription():
                        self._shared.observe(self.scope, record, perf_counter() - began)
                        is_observed = True
                        await self._shared.hub.serve(answer, stream)
            if self._has(id):
                self._finish(id, stream, answer)
        except Exception as error:
            if isinstance(error, OutcomeUnknown):
                self._shared.read_after.of_answer(user.id, PRIMARY)
            if self._has(id):
                self._fail(id, stream, errors_of(error, self._shared.running))
        if not is_observed:
            self._shared.observe(self.scope, record, perf_counter() - began)

    async def _answer(self, payload: Mapping[str, object], user: User) -> LiveOperation | GraphQLResponse:
        """The response to a query or mutation, or the subscription."""
        shared = self._shared
        scope = {**self.scope, "headers": [] if self.token is None else [(AUTHORIZATION, self.token)]}
        buckets = [*shared.rate_limits.of_address(scope), *shared.rate_limits.of_token(scope, dict(scope["headers"]))]
        shared.rate_limits.check(buckets)
        after = shared.read_after.of_operation(user.id, payload)
        request: GraphQLRequest = shared.make_request(payload, {}, after)
        caller = Caller(user_id=user.id, salesperson_code=user.salesperson_code, roles=user.roles, **self._languages)
        deadline = shared.deadlines.after(shared.timeout)
        self._answering += 1
        cost = REQUEST_COST
        try:
            with deadline:
                shared.running.begin(deadline)
                answer = await shared.engine.subscribe(request, caller)
                if isinstance(answer, GraphQLResponse) and answer.position is not None:
                    shared.read_after.of_answer(user.id, answer.position)
                cost += (shared.engine.costs.of(request, only_known=True) or {}).get("requested", 0)
                return answer
        finally:
            self._answering -= 1
            shared.running.end(deadline)
            for bucket in buckets:
                bucket.take(cost)

    def _finish(self, id: str, stream: "_Stream", answer: LiveOperation | GraphQLResponse) -> None:
        """Send the response to a query or mutation."""
        if not isinstance(answer, GraphQLResponse):
            return
        if not answer.executed or answer.body.startswith(b'{"errors"'):
            self._fail(id, stream, orjson.dumps(orjson.loads(answer.body)["errors"]))
            return
        stream.take(answer.body)
        del self._operations[id]
        self.send(f'{{"id":{stream.id},"type":"complete"}}')

    def _fail(self, id: str, stream: "_Stream", errors: bytes) -> None:
        """End an operation with errors."""
        del self._operations[id]
        self.send(f'{{"id":{stream.id},"type":"error","payload":{errors.decode()}}}')

    def _has(self, id: str) -> bool:
        """Whether the running operation still has this id. If the client has ended it, another one may have it now."""
        return self._operations.get(id) is asyncio.current_task()


class _Stream:
    """Sends the responses of one operation."""

    def __init__(self, socket: GraphQLSocket, id: str) -> None:
        self._socket, self.id = socket, orjson.dumps(id).decode()
        self._head = f'{{"id":{self.id},"type":"next","payload":'

    def take(self, response: bytes) -> None:
        """Send a response soon."""
        self._socket.send(f"{self._head}{response.decode()}}}")

    async def ready(self) -> None:
        """Return when few bytes wait to be sent."""
        await self._socket.ready()
