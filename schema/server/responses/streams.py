"""Streams over HTTP: which requests ask for one, and the response, sent as fast as the client takes it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

import structlog
from starlette.types import Receive, Scope, Send

from persistence.exceptions import ChangeCanceled, Unavailable
from resolvers.unique_names import NameRepeated, unique
from schema.compiler.streams import StreamFormat
from schema.execution.engine import Caller, Engine, GraphQLRequest, GraphQLResponse
from schema.execution.streams import SEMICOLON, Stream
from schema.server.connections.unread_responses import ClientStalled, close_at_once, limit_unsent_bytes, transport_of
from schema.server.errors import Rejected, masked_message
from schema.server.logs.outages import outages
from schema.server.requests.header_weights import weights
from schema.server.requests.request_parsing import message_of_repeated

CSV, NDJSON = b"text/csv", b"application/x-ndjson"
CLIENT_SECONDS = 60
"""Seconds for which a client may take nothing while rows wait for it."""

PIECE_BYTES = 32_768
"""The maximum number of bytes that are handed to the server at once, so that a slow client takes a piece in time."""

SWITCHES = {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}

log = structlog.get_logger("carnet")


@dataclass(frozen=True)
class RequestedStream:
    """The stream that a request asks for, beside its document."""

    format: StreamFormat
    excel: bool

    @property
    def media(self) -> bytes:
        """The media type of the response."""
        return CSV if self.format.csv else NDJSON

    async def respond(
        self, engine: Engine, request: GraphQLRequest, caller: Caller, scope: Scope, receive: Receive, send: Send
    ) -> GraphQLResponse | None:
        """Send the rows. Returns a response with errors if the request is not executed.

        Raises what fails before the first row: `Rejected` if it is no fault of Carnet.
        """
        stream = await engine.stream(request, caller, self.format, only_queries=scope["method"] != "POST")
        if isinstance(stream, GraphQLResponse):
            return stream
        if self.excel:
            stream = replace(stream, delimiter=SEMICOLON, marked=True)
        try:
            await StreamResponse(stream, self.media, scope, receive, send).run()
        except ChangeCanceled as canceled:
            raise Rejected(503, str(canceled), "CANCELED") from None
        return None


def requested_stream(scope: Scope, accept: bytes) -> RequestedStream | None:
    """The stream that a request asks for with `?format=` or, if it is the media type that it prefers, with its Accept
    header; None if it asks for none. Raises `Rejected` for invalid values in the query string.
    """
    options = _options(scope.get("query_string", b""))
    wanted = options.get("format", "json") if "format" in options else _preferred(accept)
    if wanted == "json":
        return None
    if wanted not in ("csv", "ndjson"):
        raise Rejected(400, "`format` must be csv, ndjson or json.")
    is_csv = wanted == "csv"
    guard, excel = _switch(options, "guard", default=True), _switch(options, "excel", default=False)
    if excel and not is_csv:
        raise Rejected(400, "`excel` is an option of CSV. Add `format=csv`, or leave it out.")
    return RequestedStream(StreamFormat(csv=is_csv, guard=guard and is_csv), excel)


def _options(query_string: bytes) -> Mapping[str, str]:
    """The options of streams in a query string."""
    if not query_string or not any(name in query_string for name in (b"format=", b"guard=", b"excel=")):
        return {}
    try:
        values = unique(parse_qsl(query_string.decode(), keep_blank_values=True))
    except NameRepeated as repeated:
        raise Rejected(400, message_of_repeated(str(repeated), "the query string")) from None
    except ValueError:
        raise Rejected(400, "The query string cannot be read: it must be UTF-8.") from None
    return {name: values[name] for name in ("format", "guard", "excel") if name in values}


def _preferred(accept: bytes) -> str:
    """The format that a client prefers: CSV or NDJSON only if its Accept header has it, and not JSON before it."""
    lower = accept.lower()
    if b"csv" not in lower and b"ndjson" not in lower:
        return "json"
    found = weights(accept)
    csv, ndjson = found.get(CSV, 0.0), found.get(NDJSON, 0.0)
    json = max(found.get(name, 0.0) for name in (b"application/json", b"application/graphql-response+json"))
    if not max(csv, ndjson) or json > max(csv, ndjson):
        return "json"
    return "csv" if csv > ndjson or (csv == ndjson and [*found].index(CSV) < [*found].index(NDJSON)) else "ndjson"


def _switch(options: Mapping[str, str], name: str, *, default: bool) -> bool:
    if name not in options:
        return default
    given = options[name].lower()
    if given not in SWITCHES:
        raise Rejected(400, f"`{name}` must be on or off.")
    return SWITCHES[given]


class StreamResponse:
    """The response with the rows of one stream."""

    def __init__(self, stream: Stream, media: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        self._stream, self._media = stream, media
        self._scope, self._receive, self._send = scope, receive, send
        self._started = False

    async def run(self) -> None:
        """Send the rows until all are sent or the client is gone.

        Raises what fails before the first row. What fails later is logged, and the connection is closed without an end
        of the response, so that the client notices.
        """
        if self._scope["method"] == "HEAD":
            await self._start()
            await self._send({"type": "http.response.body", "body": b""})
            return
        writing = asyncio.ensure_future(self._write())
        gone = asyncio.ensure_future(self._until_the_client_is_gone())
        try:
            await asyncio.wait([writing, gone], return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError as stopped:
            if self._started:
                await self._break_off(stopped)
            raise
        finally:
            for task in (writing, gone):
                task.cancel()
            await asyncio.wait([writing, gone])
        if not writing.cancelled() and (error := writing.exception()) is not None:
            if not self._started:
                raise error
            await self._break_off(error)

    async def _write(self) -> None:
        await self._stream.write(self._put)
        await self._take({"type": "http.response.body", "body": b"", "more_body": False})

    async def _put(self, chunk: bytes) -> None:
        if not self._started:
            await self._start()
        for place in range(0, len(chunk), PIECE_BYTES):
            piece = bytes(chunk[place : place + PIECE_BYTES])
            await self._take({"type": "http.response.body", "body": piece, "more_body": True})

    async def _start(self) -> None:
        self._started = True
        suffix = "csv" if self._media == CSV else "ndjson"
        headers = [
            (b"content-type", self._media + b"; charset=utf-8"),
            (b"content-disposition", f'attachment; filename="{self._stream.name}.{suffix}"'.encode()),
            (b"cache-control", b"private, no-store"),
            (b"vary", b"Accept, Accept-Encoding, Accept-Language"),
            (b"x-content-type-options", b"nosniff"),
        ]
        limit_unsent_bytes(transport_of(self._scope, self._send))
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})

    async def _take(self, message: dict[str, object]) -> None:
        """Send a message. Raises ClientStalled if the client takes nothing for too long."""
        try:
            async with asyncio.timeout(CLIENT_SECONDS):
                await self._send(message)
        except TimeoutError:
            raise ClientStalled from None

    async def _until_the_client_is_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _break_off(self, error: BaseException) -> None:
        """Log why the stream ends too early, and close the connection."""
        name = self._stream.name
        if isinstance(error, ClientStalled):
            log.warning("stream dropped: the client took nothing", path=name, seconds=CLIENT_SECONDS)
        elif isinstance(error, Unavailable):
            outages.note(error, path=name)
        elif isinstance(error, ChangeCanceled):
            log.warning("stream canceled", path=name, code="CANCELED")
        elif isinstance(error, asyncio.CancelledError):
            log.warning("stream ended: the server stops", path=name)
        else:
            masked_message(error, path=name)
        if not await close_at_once(self._scope, self._send):
            raise StreamBroken


class StreamBroken(Exception):
    """A stream ends before its last row, under a server whose connections cannot be closed from here: it closes them
    because of this exception.
    """
