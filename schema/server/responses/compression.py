"""Compresses responses with Zstandard or gzip, as the client accepts them (decision 0029)."""

import asyncio
import sys
import zlib
from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache

from starlette.types import Message, Send

from schema.server.requests.header_weights import weights

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MIN_SIZE = 1000
"""Smaller bodies, in bytes, are not compressed: they need one packet anyway."""

LARGE = 256 * 1024
"""Larger bodies, in bytes, are compressed in a thread, because that takes milliseconds."""

LEVEL = 1
GZIP_WINDOW = 31
"""The value with which zlib writes the header of gzip."""

MAX_HEADER = 200
"""The maximum length of an Accept-Encoding header that is read, in bytes. Browsers send 25."""

COMPRESSIBLE = (b"text/", b"application/json", b"application/graphql", b"application/x-ndjson", b"image/svg+xml")
NO_TRANSFORM = b"no-transform"
"""The directive of Cache-Control that forbids to compress a response here and in proxies: see `schema.server.http`."""


class Coding(Enum):
    """A content coding, or that no available one is acceptable."""

    IDENTITY = b"identity"
    GZIP = b"gzip"
    ZSTD = b"zstd"
    NOT_ACCEPTABLE = b""


AVAILABLE = (Coding.GZIP, Coding.ZSTD, Coding.IDENTITY)
"""The order for clients that accept several equally. Programs on Node before version 22 list zstd although they cannot
read it.
"""


@lru_cache(maxsize=64)
def accepted(header: bytes) -> tuple[Coding, bool]:
    """The coding to use given an Accept-Encoding header, and whether the client refuses uncompressed responses."""
    if len(header) > MAX_HEADER:
        return Coding.IDENTITY, False
    found = weights(header.replace(b"x-gzip", b"gzip"))
    others = found.get(b"*", 0.0)
    wanted = {coding: found.get(coding.value, others) for coding in AVAILABLE}
    if b"identity" not in found and b"*" not in found:  # then it is acceptable, but no client asks for it
        wanted[Coding.IDENTITY] = sys.float_info.min
    refused = wanted[Coding.IDENTITY] <= 0
    best = max(AVAILABLE, key=lambda coding: wanted[coding])
    return (best if wanted[best] > 0 else Coding.NOT_ACCEPTABLE), refused


def coding_of(headers: Mapping[bytes, bytes]) -> tuple[Coding, bool]:
    """The coding to use for a request, and whether the client refuses uncompressed responses."""
    header = headers.get(b"accept-encoding")
    return (Coding.IDENTITY, False) if header is None else accepted(header)


class Compressing:
    """Sends one response compressed. Bodies that are sent in pieces, such as streams, are compressed piece by piece;
    the client can read each piece when it arrives.
    """

    def __init__(self, send: Send, coding: Coding, *, always: bool) -> None:
        """With `always`, small responses and those with `no-transform` are compressed too."""
        self._send, self._coding, self._always = send, coding, always
        self._start: Message | None = None
        self._piece: Callable[[bytes, bool], bytes] | None = None

    async def __call__(self, message: Message) -> None:
        """Pass on a message of the application. The start of the response waits for the first piece of the body."""
        if message["type"] == "http.response.start" and self._is_compressible(message):
            self._start = message
        elif message["type"] != "http.response.body" or (self._start is None and self._piece is None):
            await self._send(message)
        elif self._start is not None:
            await self._begin(self._start, message)
        elif self._piece is not None:
            more = message.get("more_body", False)
            piece = self._piece(message.get("body", b""), not more)
            await self._send({"type": "http.response.body", "body": piece, "more_body": more})

    async def _begin(self, start: Message, message: Message) -> None:
        body, more = message.get("body", b""), message.get("more_body", False)
        self._start = None
        if not more and (not body or (len(body) < MIN_SIZE and not self._always)):
            await self._send(start)
            await self._send(message)
            return
        compress = _zstd() if self._coding is Coding.ZSTD else _gzip()
        if more:
            self._piece = compress
        if len(body) > LARGE:
            body = await asyncio.to_thread(compress, body, not more)
        else:
            body = compress(body, not more)
        await self._send({**start, "headers": self._headers(start, None if more else len(body))})
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    def _is_compressible(self, start: Message) -> bool:
        headers = dict(start["headers"])
        if start["status"] in (204, 206, 304) or b"content-encoding" in headers:
            return False
        if NO_TRANSFORM in headers.get(b"cache-control", b"") and not self._always:
            return False
        return self._always or headers.get(b"content-type", b"").startswith(COMPRESSIBLE)

    def _headers(self, start: Message, length: int | None) -> list[tuple[bytes, bytes]]:
        kept = [
            (name, b"W/" + value if name == b"etag" and not value.startswith(b"W/") else value)
            for name, value in start["headers"]
            if name != b"content-length"
        ]
        if not any(name == b"vary" and b"accept-encoding" in value.lower() for name, value in kept):
            kept.append((b"vary", b"Accept-Encoding"))
        size = [] if length is None else [(b"content-length", b"%d" % length)]
        return [*kept, *size, (b"content-encoding", self._coding.value)]


def _zstd() -> Callable[[bytes, bool], bytes]:
    made = zstd.ZstdCompressor(LEVEL)

    def compress(piece: bytes, last: bool) -> bytes:
        return made.compress(piece, made.FLUSH_FRAME if last else made.FLUSH_BLOCK)

    return compress


def _gzip() -> Callable[[bytes, bool], bytes]:
    made = zlib.compressobj(LEVEL, wbits=GZIP_WINDOW)

    def compress(piece: bytes, last: bool) -> bytes:
        return made.compress(piece) + made.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)

    return compress
