"""A response has the bytes that uvicorn itself would send."""

import asyncio
from typing import Any

import pytest
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from schema.server.connections.response_heads import ResponseCycle

HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"2"), (b"vary", b"Accept"), (b"x-id", b"a b")]


class Written(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[Any] = []
        self.closed = False

    def write(self, data: Any) -> None:
        self.pieces.append(bytes(data))

    def close(self) -> None:
        self.closed = True


async def sent(
    kind: type[RequestResponseCycle], headers: list[tuple[bytes, bytes]], *, method: str, status: int, keep_alive: bool
) -> tuple[list[bytes], bool]:
    """What is written of a response, and whether the connection is closed after it."""
    transport = Written()
    cycle = kind.__new__(kind)
    _initialize(cycle, transport, method, keep_alive=keep_alive)
    await cycle.send({"type": "http.response.start", "status": status, "headers": headers})
    await cycle.send({"type": "http.response.body", "body": b"{}" if method == "POST" else b""})
    assert cycle.response_complete
    return transport.pieces, transport.closed


def _initialize(cycle: RequestResponseCycle, transport: Written, method: str, *, keep_alive: bool) -> None:
    RequestResponseCycle.__init__(
        cycle,
        {"type": "http", "method": method},  # type: ignore[typeddict-item]  # all that a response needs
        transport,
        FlowControl(transport),
        None,  # type: ignore[arg-type]  # no logs
        None,  # type: ignore[arg-type]
        False,
        [(b"date", b"Sun, 29 Nov 2026 10:00:00 GMT")],
        asyncio.Event(),
        False,
        keep_alive,
        lambda: None,
    )


@pytest.mark.parametrize("keep_alive", [True, False])
@pytest.mark.parametrize("method", ["POST", "HEAD"])
@pytest.mark.parametrize("status", [200, 503])
@pytest.mark.parametrize("extra", [[], [(b"connection", b"close")], [(b"set-cookie", b"a"), (b"set-cookie", b"b")]])
def test_a_response_has_the_bytes_of_uvicorn(
    extra: list[tuple[bytes, bytes]], status: int, method: str, keep_alive: bool
) -> None:
    async def scenario() -> None:
        ways: list[type[RequestResponseCycle]] = [ResponseCycle, RequestResponseCycle]
        ours, theirs = [
            await sent(kind, [*HEADERS, *extra], method=method, status=status, keep_alive=keep_alive) for kind in ways
        ]
        (our_pieces, is_closed), (their_pieces, is_closed_by_uvicorn) = ours, theirs
        assert (b"".join(our_pieces), is_closed) == (b"".join(their_pieces), is_closed_by_uvicorn)
        assert b"content-length: 2" in our_pieces[0]
        if keep_alive and not (extra and extra[0][0] == b"connection"):
            assert len([piece for piece in our_pieces if piece]) == 1, "the head and the body are written together"

    asyncio.run(scenario())


def test_the_head_is_written_with_the_first_part_of_the_body() -> None:
    async def scenario() -> list[bytes]:
        transport, cycle = Written(), ResponseCycle.__new__(ResponseCycle)
        _initialize(cycle, transport, "POST", keep_alive=True)
        await cycle.send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await cycle.send({"type": "http.response.body", "body": b"{", "more_body": True})
        await cycle.send({"type": "http.response.body", "body": b"}"})
        assert cycle.response_complete
        return transport.pieces

    first, second = asyncio.run(scenario())
    assert (first[-5:], second) == (b"\r\n\r\n{", b"}")


def test_a_response_without_a_length_is_sent_in_chunks() -> None:
    headers = [header for header in HEADERS if header[0] != b"content-length"]
    pieces, _ = asyncio.run(sent(ResponseCycle, headers, method="POST", status=200, keep_alive=True))
    assert b"transfer-encoding: chunked" in pieces[0]


@pytest.mark.parametrize("value", [b"a\r\nset-cookie: b", b"a\nb", b"a\rb", b"\r\n", b"a\0"])
def test_a_header_with_a_line_break_or_control_character_is_refused(value: bytes) -> None:
    with pytest.raises(RuntimeError):
        asyncio.run(sent(ResponseCycle, [*HEADERS, (b"x-text", value)], method="POST", status=200, keep_alive=True))
