"""Compressed responses."""

import asyncio
import zlib
from typing import Any

import pytest

from schema.server.responses.compression import LARGE, MIN_SIZE, Coding, Compressing, accepted

LARGE_QUERY = '{ a: __type(name: "Query") { fields { name description args { name description } } } }'


@pytest.mark.parametrize(
    ("header", "coding", "refuses_identity"),
    [
        ("", Coding.IDENTITY, False),
        ("gzip, deflate, br, zstd", Coding.GZIP, False),
        ("zstd", Coding.ZSTD, False),
        ("zstd, gzip;q=0.9", Coding.ZSTD, False),
        ("gzip", Coding.GZIP, False),
        ("x-gzip", Coding.GZIP, False),
        ("GZIP", Coding.GZIP, False),
        ("gzip;q=1.0, zstd;q=0.5", Coding.GZIP, False),
        ("zstd;q=0, gzip", Coding.GZIP, False),
        ("gzip;q=0", Coding.IDENTITY, False),
        ("gzip;q=0.5, identity;q=0.8", Coding.IDENTITY, False),
        ("br", Coding.IDENTITY, False),
        ("*", Coding.GZIP, False),
        ("gzip;q=nonsense", Coding.IDENTITY, False),
        ("gzip, identity;q=0", Coding.GZIP, True),
        ("gzip, *;q=0", Coding.GZIP, True),
        ("br, identity;q=0", Coding.NOT_ACCEPTABLE, True),
        ("*;q=0", Coding.NOT_ACCEPTABLE, True),
        ("gzip" + " " * 300, Coding.IDENTITY, False),
    ],
)
def test_the_coding_is_chosen_by_weight(header: str, coding: Coding, refuses_identity: bool) -> None:
    assert accepted(header.encode()) == (coding, refuses_identity)


def sent(body: list[bytes], loop: asyncio.AbstractEventLoop, **headers: str) -> Any:
    """The messages of a response with this body, in pieces, that is sent compressed with gzip."""
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    async def application() -> None:
        given = {"content-type": "text/csv", **{name.replace("_", "-"): value for name, value in headers.items()}}
        start = [(name.encode(), value.encode()) for name, value in given.items()]
        compressing = Compressing(send, Coding.GZIP, always=False)
        await compressing({"type": "http.response.start", "status": 200, "headers": start})
        for number, piece in enumerate(body, 1):
            more = number < len(body)
            await compressing({"type": "http.response.body", "body": piece, "more_body": more})

    loop.run_until_complete(application())
    return dict(messages[0]["headers"]), [message["body"] for message in messages[1:]]


def test_each_piece_of_a_stream_can_be_read_when_it_arrives(loop: asyncio.AbstractEventLoop) -> None:
    pieces = [b"no,name\n", b"C1,Ann\n" * 200, b"", b"C2,Bo\n", b""]
    headers, bodies = sent(pieces, loop)
    reader, read = zlib.decompressobj(31), []
    for body in bodies:
        read.append(reader.decompress(body))

    assert headers[b"content-encoding"] == b"gzip"
    assert b"content-length" not in headers
    assert read == pieces
    assert reader.eof


@pytest.mark.parametrize(
    ("body", "headers", "compressed"),
    [
        (b"x" * MIN_SIZE, {}, True),
        (b"x" * (MIN_SIZE - 1), {}, False),
        (b"x" * (LARGE + 1), {}, True),
        (b"", {}, False),
        (b"x" * MIN_SIZE, {"content_type": "image/png"}, False),
        (b"x" * MIN_SIZE, {"cache_control": "private, no-transform"}, False),
        (b"x" * MIN_SIZE, {"content_encoding": "br"}, False),
    ],
)
def test_responses_from_1_kb_on_are_compressed_unless_their_headers_forbid_it(
    body: bytes, headers: dict[str, str], compressed: bool, loop: asyncio.AbstractEventLoop
) -> None:
    found, (sent_body,) = sent([body], loop, content_length=str(len(body)), etag='"1"', **headers)

    assert found[b"content-length"] == b"%d" % len(sent_body)
    assert (found.get(b"content-encoding") == b"gzip") is compressed
    assert found[b"etag"] == (b'W/"1"' if compressed else b'"1"')
    assert (zlib.decompress(sent_body, 31) if compressed else sent_body) == body


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_answers_to_queries_are_compressed(http: Any, coding: str) -> None:
    plain = http("POST", json={"query": LARGE_QUERY}, headers={"accept-encoding": "identity"})
    assert http("GET", params={"query": LARGE_QUERY}).json() == plain.json()
    head = http("HEAD", params={"query": LARGE_QUERY}, headers={"accept-encoding": coding})

    assert "content-encoding" not in plain.headers
    assert head.headers["content-encoding"] == coding
    assert "Accept-Encoding" in plain.headers["vary"]
    assert "Accept-Encoding" in head.headers["vary"]


MUTATION = (
    "mutation { deletePostponedInteractions(input: {entryNos: [1]}) { deletedIds userErrors { code message "
    + " ".join(f"m{number}: message" for number in range(20))
    + " } } }"
)


def test_answers_to_mutations_are_not_compressed_because_they_may_have_secrets(http: Any) -> None:
    headers = {"accept-encoding": "gzip, zstd"}
    answer = http("POST", json={"query": MUTATION}, headers=headers)

    assert len(answer.content) > MIN_SIZE
    assert "content-encoding" not in answer.headers
    assert answer.headers["cache-control"] == "private, no-store, no-transform"


def test_a_client_that_accepts_no_available_coding_gets_406(http: Any) -> None:
    answer = http("POST", json={"query": "{ viewer { userId } }"}, headers={"accept-encoding": "br, identity;q=0"})

    assert answer.status_code == 406
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
