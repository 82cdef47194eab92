"""HTTP requests as bytes, malformed or unusual: methods, paths, headers, lengths, chunks, and request smuggling."""

from collections.abc import Iterator

BODY = b'{"query": "{ __typename }"}'
SMUGGLED = (
    b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n" + BODY
)


def head(line: str = "POST /graphql HTTP/1.1", *headers: str, json: bool = True) -> bytes:
    """The request line and headers, with the media type of JSON unless `json` is False."""
    given = ["Host: localhost", *(["Content-Type: application/json"] if json else []), *headers]
    return "\r\n".join([line, *given, "", ""]).encode("latin-1")


def forms() -> Iterator[bytes]:
    """Well-formed and malformed HTTP requests."""
    length = f"Content-Length: {len(BODY)}"
    for method in (
        "GET",
        "HEAD",
        "PUT",
        "DELETE",
        "PATCH",
        "OPTIONS",
        "TRACE",
        "CONNECT",
        "PROPFIND",
        "X" * 300,
        "get",
        "P\u00d8ST",
        "",
    ):
        yield head(f"{method} /graphql HTTP/1.1", "Content-Length: 0")
    for path in (
        "/",
        "//graphql",
        "/graphql/",
        "/graphql/../graphql",
        "/%00",
        "/%ff%fe",
        "/%2e%2e/etc/passwd",
        "/static/../../etc/passwd",
        "*",
        "http://other/graphql",
        "/graphql?query=%7B__typename%7D",
        "/graphql?query=mutation%7Ba%7D",
        "/graphql?query=" + "a" * 15_000,
        "/graphql?query=%FF",
        "/graphql?variables=[&query={__typename}",
        "/schema.graphql",
        "/metrics",
        "/ready",
        "/live",
        "/health",
        "/companies/x/graphql",
        "/calendars/x.ics",
        "/favicon.ico",
        "/static/x",
        "/graphql?format=csv&query={__typename}",
        "/graphql?format=nothing&query={contacts{nodes{no}}}",
    ):
        yield head(f"GET {path} HTTP/1.1", "Accept: */*", json=False)
    for version in ("HTTP/0.9", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/9", "HTTP", "http/1.1", "SPDY/3"):
        yield head(f"POST /graphql {version}", length) + BODY
    for media in (
        "",
        "text/plain",
        "application/xml",
        "application/jsonx",
        "application/json; charset=utf-16",
        "application/json; charset=",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/graphql",
        "*/*",
        "a" * 5000,
        "application/json, text/plain",
        "\u00ff",
    ):
        yield head("POST /graphql HTTP/1.1", f"Content-Type: {media}", length, json=False) + BODY
    for accept in (
        "",
        "nothing",
        "*/*;q=0",
        "text/csv",
        "application/x-ndjson",
        "text/event-stream",
        "application/json;q=2",
        "a/b;q=" + "9" * 500,
        ",".join(["a/b"] * 500),
        "application/graphql-response+json",
    ):
        yield head("POST /graphql HTTP/1.1", f"Accept: {accept}", length) + BODY
    for encoding in ("gzip", "br", "zstd", "deflate", "identity", "gzip, gzip", "nothing", ""):
        yield head("POST /graphql HTTP/1.1", f"Content-Encoding: {encoding}", length) + BODY
        yield head("POST /graphql HTTP/1.1", f"Accept-Encoding: {encoding};q=1", length) + BODY
    for number in (
        "-1",
        "+27",
        "27, 27",
        "27\r\nContent-Length: 28",
        "0x1b",
        "2 7",
        "9" * 30,
        "1e1",
        "",
        "26",
        "٢٧".encode().decode("latin-1"),
    ):
        yield head("POST /graphql HTTP/1.1", f"Content-Length: {number}") + BODY
    for coding in (
        "chunked",
        "Chunked",
        "chunked, chunked",
        "identity",
        "gzip, chunked",
        "xchunked",
        " chunked",
        "chunked\r\nTransfer-Encoding: identity",
        "\tchunked",
        "chunked;x=1",
    ):
        yield head("POST /graphql HTTP/1.1", f"Transfer-Encoding: {coding}") + b"1b\r\n" + BODY + b"\r\n0\r\n\r\n"
        yield (
            head("POST /graphql HTTP/1.1", f"Transfer-Encoding: {coding}", "Content-Length: 4")
            + b"1b\r\n"
            + BODY
            + b"\r\n0\r\n\r\n"
            + SMUGGLED
        )
    chunked = head("POST /graphql HTTP/1.1", "Transfer-Encoding: chunked")
    for size in (b"1B", b"01b", b"0x1b", b"-1b", b"1b;x=" + b"y" * 20_000, b"f" * 16, b"f" * 17, b"zz", b"", b"1b "):
        yield chunked + size + b"\r\n" + BODY + b"\r\n0\r\n\r\n"
    yield chunked + b"".join(b"1\r\n%c\r\n" % byte for byte in BODY) + b"0\r\n\r\n"
    yield chunked + b"1b\r\n" + BODY + b"\r\n0\r\nX-Trailer: " + b"y" * 20_000 + b"\r\n\r\n"
    yield chunked + b"1b\n" + BODY + b"\n0\n\n"
    yield head("GET /graphql?query={__typename} HTTP/1.1", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED
    yield head("POST /graphql HTTP/1.1", length) + BODY + SMUGGLED
    yield from (
        b"\r\n" * 100,
        b"\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x00" * 100,
        b"x" * 30_000,
        b"GET /\r\n\r\n",
        b"GET  / HTTP/1.1\r\n\r\n",
    )
    for header in (
        "X: " + "y" * 20_000,
        "X" * 20_000 + ": y",
        "No colon",
        ": no name",
        "X : space",
        " folded: line",
        "X: a\r\n folded",
        "X: \x00",
        "X: \u00ff\u00fe",
        "Host: other",
        "Host: localhost\r\nHost: other",
        "Host: ",
        "Host: [::1",
        "Origin: null",
        "Origin: http://evil.example",
        "Origin: \u00ff",
        "Expect: 100-continue",
        "Expect: nothing",
        "Connection: close, upgrade",
        "Upgrade: h2c\r\nConnection: Upgrade",
        "Upgrade: websocket\r\nConnection: Upgrade",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 99",
        "Authorization: Bearer",
        "Authorization: Bearer " + "x" * 10_000,
        "Authorization: Basic \u00ff",
        "Authorization: Bearer a.b.c",
        "Authorization: Bearer eyJhbGciOiJub25lIn0.e30.",
        "X-Request-Id: " + "x" * 5000,
        "X-Request-Id: a\tb\u00ff",
        "Accept-Language: " + "fr," * 3000,
        "Accept-Language: *;q=\u00ff",
        "X-Forwarded-For: \u00ff",
        'Forwarded: for="',
        "Range: bytes=0-",
        "If-None-Match: " + '"x",' * 2000,
        "Carnet-Read-After: x",
        "Read-After: \u00ff",
        "traceparent: x",
        "Cookie: " + "a=b;" * 3000,
        "Idempotency-Key: \u00ff",
    ):
        yield head("POST /graphql HTTP/1.1", header, length) + BODY
    yield head("POST /graphql HTTP/1.1", *(f"X{n}: y" for n in range(1500)), length) + BODY
