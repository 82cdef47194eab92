"""Sends requests to webhooks, only to addresses that they may have.

The addresses of a name are looked up and checked for each connection, and the connection is made to an address that was
checked, so that a name cannot change its address in between. Redirects are not followed, and proxies are not used. TLS
verifies the certificate for the name.
"""

import asyncio
import datetime as dt
import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from functools import cache

import httpcore2
from httpcore2 import AsyncNetworkBackend, AsyncNetworkStream

from persistence.enums import DeliveryError
from resolvers.webhooks.addresses import is_public, target_of
from resolvers.webhooks.delivering import Attempt
from resolvers.webhooks.rules import MAX_WEBHOOKS

CONNECT_SECONDS, WHOLE_SECONDS = 5, 15
"""Time limits: of connecting to an address, and of a whole request with its response."""

MAX_RESPONSE = 4096
"""The maximum bytes of a response body that are read, and ignored, so that the connection can be used again."""

IDLE_SECONDS = 2
"""Seconds for which a connection is kept for the next request. Many servers close connections after five."""

NAME_THREADS = MAX_WEBHOOKS
"""How many names are looked up at the same time, at most: one for each webhook."""

SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class AddressRefused(OSError):
    """A name has no address that webhooks may have."""


class NameUnknown(OSError):
    """A name has no address at all."""


class WebhookClient:
    """Sends requests. Make one with `webhook_client`."""

    def __init__(self, pool: httpcore2.AsyncConnectionPool) -> None:
        self._pool = pool

    async def send(self, url: str, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> Attempt:
        """Send a body, and return how that ended. It takes at most `WHOLE_SECONDS`."""
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                return await self._send(url, headers, body, now)
        except (TimeoutError, httpcore2.TimeoutException):
            return Attempt(error=DeliveryError.TIMEOUT)
        except AddressRefused:
            return Attempt(error=DeliveryError.ADDRESS_REFUSED)
        except NameUnknown:
            return Attempt(error=DeliveryError.NAME_UNKNOWN)
        except httpcore2.ConnectError as error:
            return Attempt(error=DeliveryError.TLS if is_of_tls(error) else DeliveryError.UNREACHABLE)
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError):
            return Attempt(error=DeliveryError.NO_ANSWER)

    async def _send(self, url: str, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> Attempt:
        target = target_of(url)
        address = httpcore2.URL(
            scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path.encode()
        )
        host = f"[{target.host}]" if ":" in target.host else target.host
        port = "" if target.port is None else f":{target.port}"
        sent = {"host": host + port, "content-length": str(len(body)), **headers}
        limits = {"timeout": {"connect": CONNECT_SECONDS}}
        async with self._pool.stream(
            "POST", address, headers=[*sent.items()], content=body, extensions=limits
        ) as response:
            size = 0
            async for piece in response.aiter_stream():
                size += len(piece)
                if size > MAX_RESPONSE:
                    break
        accepted = 200 <= response.status < 300
        return Attempt(
            response.status,
            None if accepted else DeliveryError.STATUS,
            _retry_after(response.headers, now) if not accepted else None,
        )


@cache
def _tls() -> ssl.SSLContext:
    """The TLS settings of all clients of the process: they hold the certificates of the system, a megabyte."""
    return ssl.create_default_context()


@asynccontextmanager
async def webhook_client(*, allow_private: bool) -> AsyncIterator[WebhookClient]:
    """A client, open until the block ends."""
    with_names = ThreadPoolExecutor(NAME_THREADS, "carnet-webhook-names")
    pool = httpcore2.AsyncConnectionPool(
        ssl_context=_tls(),
        max_connections=None,
        max_keepalive_connections=64,
        keepalive_expiry=IDLE_SECONDS,
        network_backend=_CheckedAddresses(with_names, allow_private=allow_private),
    )
    try:
        async with pool:
            yield WebhookClient(pool)
    finally:
        with_names.shutdown(wait=False, cancel_futures=True)


class _CheckedAddresses(AsyncNetworkBackend):
    """Connects to names, but only to addresses that webhooks may have."""

    def __init__(self, threads: ThreadPoolExecutor, *, allow_private: bool) -> None:
        self._threads, self._allow_private = threads, allow_private
        self._connections = httpcore2.AnyIOBackend()
        self._looking_up: dict[tuple[str, int], asyncio.Future[Sequence[str]]] = {}

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> AsyncNetworkStream:
        """A connection to one of the addresses of a name, the first that answers."""
        addresses = await self._addresses(host, port)
        allowed = [each for each in addresses if self._allow_private or is_public(each)]
        if not allowed:
            raise AddressRefused if addresses else NameUnknown
        connect = self._connections.connect_tcp
        for address in allowed[:-1]:
            try:
                return _Stream(await connect(address, port, timeout, local_address, socket_options))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return _Stream(await connect(allowed[-1], port, timeout, local_address, socket_options))

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a name. Requests to one name wait for the same answer: a name server that does not answer
        takes one thread, and leaves the others to other names.
        """

        def look_up() -> Sequence[str]:
            try:
                found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError):
                return []
            return [*dict.fromkeys(str(address[0]) for *_, address in found)]

        target = host, port
        answer = self._looking_up.get(target)
        if answer is None:
            answer = asyncio.get_running_loop().run_in_executor(self._threads, look_up)
            self._looking_up[target] = answer
            answer.add_done_callback(lambda _: self._looking_up.pop(target))
        return await asyncio.shield(answer)


class _Stream(AsyncNetworkStream):
    """A connection that is closed also if the task is canceled during the TLS handshake; the library leaves it open."""

    def __init__(self, stream: AsyncNetworkStream) -> None:
        self._stream = stream
        self.read, self.write, self.aclose = stream.read, stream.write, stream.aclose  # type: ignore[method-assign]  # the same
        self.get_extra_info = stream.get_extra_info  # type: ignore[method-assign]  # the same

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> AsyncNetworkStream:
        """Begin TLS, and verify the certificate for the name."""
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            await self._stream.aclose()
            raise


def is_of_tls(error: BaseException | None) -> bool:
    """Whether an error, or what it was raised from, is one of TLS, such as an invalid certificate."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _retry_after(headers: Sequence[tuple[bytes, bytes]], now: dt.datetime) -> float | None:
    """The seconds of the header `Retry-After`, which has a number or a date; None without a valid one."""
    given = next((value.decode("latin-1").strip() for name, value in headers if name.lower() == b"retry-after"), "")
    if given.isascii() and given.isdigit():
        return float(given[:9])
    try:
        until = parsedate_to_datetime(given)
    except (ValueError, OverflowError):
        return None
    aware = until if until.tzinfo is not None else until.replace(tzinfo=dt.UTC)
    return max((aware - now).total_seconds(), 0)
