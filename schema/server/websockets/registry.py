"""The WebSockets and subscriptions of a process: how many there are, and when they must end."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Protocol

from starlette.types import Scope

from persistence.concurrency.time_limits import Usage
from persistence.exceptions import Overloaded
from resolvers.work import User
from schema.server.background.tasks import in_background, log_failures
from schema.server.errors import Rejected
from schema.server.requests.running_requests import RunningRequests
from schema.server.websockets.settings import WebSocketSettings

FORBIDDEN, RESTART = 4403, (1012, "Service Restart")
"""Codes with which WebSockets are closed. Clients connect again after both."""

STOPPING_SECONDS = 0.1
"""How often WebSockets without running requests are closed while the server stops."""

CLOSE_SECONDS = 5
"""Seconds within which all WebSockets are closed when the application ends."""

RETRY_SECONDS = 5
"""After how many seconds a client should try again if there are too many."""

FindUser = Callable[[Scope, Mapping[bytes, bytes]], Awaitable[User]]


class Socket(Protocol):
    """A WebSocket whose user is known."""

    scope: Scope
    user: User | None
    token: bytes | None
    """The header or parameter with the token; None for a user of the machine itself."""

    @property
    def find_user(self) -> FindUser:
        """Finds the user of a token, in the database that the WebSocket is for."""

    @property
    def is_answering(self) -> bool:
        """Whether a query or mutation is under way."""

    @property
    def is_closing(self) -> bool:
        """Whether it is being closed."""

    def close(self, code: int, reason: str) -> None:
        """Close it soon."""


class WebSockets:
    """All WebSockets of a process, to all databases that it serves."""

    def __init__(self, settings: WebSocketSettings, running: RunningRequests) -> None:
        self._settings, self._running = settings, running
        self.most = settings.max_websockets
        """How many there may be."""
        self._sockets: dict[Socket, None] = {}
        self._subscriptions = 0
        self._of_users: Counter[tuple[FindUser, str]] = Counter()
        """How many operations each user has. Users of two companies may have the same id."""

    @property
    def usage(self) -> dict[str, Usage]:
        """How many there may be, and how many there are."""
        return {
            "websockets": Usage(self.most, len(self._sockets)),
            "subscriptions": Usage(self._settings.max_subscriptions, self._subscriptions),
        }

    @contextmanager
    def counted(self, socket: Socket) -> Iterator[None]:
        """Count a WebSocket. Raises Overloaded if there are too many."""
        if len(self._sockets) >= self.most:
            raise Overloaded(RETRY_SECONDS)
        self._sockets[socket] = None
        try:
            yield
        finally:
            del self._sockets[socket]

    @contextmanager
    def counted_operation(self, socket: Socket, user: User) -> Iterator[None]:
        """Count an operation of a user. Raises Overloaded if there are too many."""
        owner = socket.find_user, user.id
        if self._of_users[owner] >= self._settings.max_subscriptions_user:
            raise Overloaded(RETRY_SECONDS)
        self._of_users[owner] += 1
        try:
            yield
        finally:
            self._of_users[owner] -= 1
            if not self._of_users[owner]:
                del self._of_users[owner]

    @contextmanager
    def counted_subscription(self) -> Iterator[None]:
        """Count a subscription. Raises Overloaded if there are too many."""
        if self._subscriptions >= self._settings.max_subscriptions:
            raise Overloaded(RETRY_SECONDS)
        self._subscriptions += 1
        try:
            yield
        finally:
            self._subscriptions -= 1

    def close_of(self, find_user: FindUser) -> None:
        """Close those to the database in which this finds users."""
        for socket in [*self._sockets]:
            if socket.find_user == find_user:
                socket.close(*RESTART)

    @asynccontextmanager
    async def checked(self) -> AsyncIterator[None]:
        """While the block runs, close the WebSockets whose token is no longer valid, and all when the server stops."""
        async with in_background(self._check_regularly()), in_background(self._close_when_stopping()):
            try:
                yield
            finally:
                await self._close_all()

    async def _close_all(self) -> None:
        """Close all WebSockets, and wait until they are closed. Under uvicorn they are closed already."""
        for socket in self._sockets:
            socket.close(*RESTART)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                while self._sockets:
                    await asyncio.sleep(0.01)

    async def _close_when_stopping(self) -> None:
        while True:
            await asyncio.sleep(STOPPING_SECONDS)
            if self._running.stopping:
                for socket in [*self._sockets]:
                    if not socket.is_answering:
                        socket.close(*RESTART)

    async def _check_regularly(self) -> None:
        while True:
            await asyncio.sleep(self._settings.websocket_check_seconds)
            await self._check()

    async def _check(self) -> None:
        """Look each token up once, however many WebSockets have it."""
        by_token: dict[tuple[FindUser, bytes], list[Socket]] = {}
        for socket in self._sockets:
            if socket.token is not None and socket.user is not None:
                by_token.setdefault((socket.find_user, socket.token), []).append(socket)
        for (find_user, token), sockets in by_token.items():
            await log_failures(_check_token(find_user, token, sockets), "token of WebSockets not checked")


async def _check_token(find_user: FindUser, token: bytes, sockets: Sequence[Socket]) -> None:
    """Close the WebSockets with this token if their user is no longer the same."""
    try:
        user = await find_user(*with_token(sockets[0].scope, token))
        reason = "The rights of this token have changed. Connect again."
    except Rejected as rejected:
        user, reason = None, str(rejected)
    for socket in sockets:
        if socket.user != user:
            socket.close(FORBIDDEN, reason)


async def check_user(socket: Socket) -> bool:
    """Whether the token still gives the rights with which the WebSocket began. Closes it if not."""
    if socket.token is not None:
        await _check_token(socket.find_user, socket.token, [socket])
    return not socket.is_closing


def with_token(scope: Scope, token: bytes) -> tuple[Scope, dict[bytes, bytes]]:
    """The scope and headers of a request with this token instead of those of the handshake."""
    headers = [(b"authorization", token)]
    return {**scope, "headers": headers}, dict(headers)
