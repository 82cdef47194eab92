"""Requests without a token: other web pages can neither read nor change anything (decision 0017)."""

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from schema.server.errors import Rejected
from schema.server.requests.browser_requests import BrowserRequests
from tests.commands import create_token

QUERY = "{ viewer { userId } }"
EVIL = "evil.example"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LocalHost:8000",
        "localhost.:8000",
        "localhost:",
        "app.localhost:1",
        "127.0.0.1",
        "127.9.8.7:8000",
        "[::1]:8000",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "crm.example.com",
        "CRM.example.com.:443",
        "[2001:db8::1]:8000",
        "192.0.2.1",
    ],
)
def test_loopback_names_and_allowed_hosts_are_answered(host: str) -> None:
    checks = BrowserRequests(["crm.example.com", "2001:db8::1", "192.0.2.1"], [])

    assert refusal(checks, {"host": host}) is None


@pytest.mark.parametrize(
    "host",
    [
        EVIL,
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.localhost.example",
        "notlocalhost",
        "localhost..",
        ".",
        "128.0.0.1",
        "0.0.0.0:8000",
        "[::]:8000",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "127.0.0.1:8000:80",
        "localhost:http",
        "localhost:-1",
        "localhost@evil.example",
        "evil.example@localhost",
        "user:pass@localhost",
        "evil.example#localhost",
        "evil.example\\.localhost",
        "evil.example/.localhost",
        "evil.example, localhost",
        "localhost evil.example",
        "localhost\n",
        "localhost\x00",
        "[::1",
        "::1",
        "[::1%25lo]",
        "[::1%lo]",
        "[fe80::1%lo]",
        "[::1]evil.example",
        "[127.0.0.1]",
        "[:::]",
        "１２７.0.0.1",
        "ⓛocalhost",
        "x" * 5000 + ".localhost",
        "crm.example.com.evil.example",
        "sub.crm.example.com",
        "*",
    ],
)
def test_other_host_names_are_refused(host: str) -> None:
    message = refusal(BrowserRequests(["crm.example.com"], ["*"]), {"host": host})

    assert "CARNET_ALLOWED_HOSTS" in (message or "")
    assert len(message or "") < 300


def test_a_request_without_or_with_several_host_headers_is_refused() -> None:
    checks = BrowserRequests([], [])

    assert "no Host header" in (refusal(checks, {}) or "")
    for hosts in (("localhost", EVIL), (EVIL, "localhost"), ("localhost", "localhost")):
        assert "several Host" in (refusal(checks, [(b"host", host.encode()) for host in hosts]) or "")
    twice = [(b"host", b"localhost"), (b"origin", b"http://evil.example"), (b"origin", b"http://localhost")]
    assert "several Host" in (refusal(checks, twice) or "")
    assert refusal(checks, [(b"host", b"localhost"), (b"x", b"1"), (b"x", b"2")]) is None


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("127.0.0.1:8000", "http://localhost:8000"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("LOCALHOST:8000", "http://localhost:8000"),
        ("localhost", "http://localhost"),
        ("localhost:80", "http://localhost"),
        ("crm.example.com", "https://crm.example.com"),
        ("crm.example.com:443", "https://crm.example.com"),
        ("localhost:8000", "https://app.example.com"),
    ],
)
def test_pages_of_the_server_itself_and_listed_origins_are_answered(host: str, origin: str) -> None:
    checks = BrowserRequests(["crm.example.com"], ["https://app.example.com"])

    assert refusal(checks, {"host": host, "origin": origin}) is None


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "http://evil.example",
        "http://evil.example:8000",
        "http://localhost:3000",
        "http://localhost",
        "https://localhost",
        "http://localhost.evil.example:8000",
        "http://localhost:8000.evil.example",
        "http://localhost:8000@evil.example",
        "http://evil.example@localhost:8000",
        "http://localhost:8000/",
        "http://localhost:8000#",
        "http://localhost:8000 http://evil.example",
        "localhost:8000",
        "//localhost:8000",
        "file://",
        "chrome-extension://localhost:8000",
        "ftp://localhost:8000",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.example",
        "https://APP.example.com/",
    ],
)
def test_other_origins_are_refused(origin: str) -> None:
    for cors_origins in (["https://app.example.com"], ["*", "null"]):
        message = refusal(BrowserRequests([], cors_origins), {"host": "localhost:8000", "origin": origin})

        assert "CARNET_CORS_ORIGINS" in (message or "")


def test_requests_of_other_pages_without_origin_are_refused_but_links_open_the_page() -> None:
    checks = BrowserRequests([], [])
    link = {"host": "localhost", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}

    for site in ("cross-site", "same-site", "anything"):
        assert "Sec-Fetch-Site" in (refusal(checks, {"host": "localhost", "sec-fetch-site": site}) or "")
    for site in ("same-origin", "none"):
        assert refusal(checks, {"host": "localhost", "sec-fetch-site": site}) is None
    assert refusal(checks, link | {"sec-fetch-dest": "document"}, page=True) is None
    assert refusal(checks, link | {"sec-fetch-dest": "iframe"}, page=True) is not None
    assert refusal(checks, link | {"sec-fetch-dest": "document"}) is not None


def refusal(
    checks: BrowserRequests, headers: dict[str, str] | list[tuple[bytes, bytes]], *, page: bool = False
) -> str | None:
    """The message for a request with these headers, None if it is not refused."""
    pairs = headers if isinstance(headers, list) else [(k.encode(), v.encode()) for k, v in headers.items()]
    try:
        checks.check({"headers": pairs}, dict(pairs), page=page)
    except Rejected as rejected:
        return str(rejected) if (rejected.status, rejected.code) == (403, "FORBIDDEN") else None
    return None


def test_a_foreign_host_or_origin_is_forbidden_on_every_path_but_the_probe(http: Any) -> None:
    for headers in ({"host": EVIL}, {"origin": "http://evil.example"}, {"origin": "null"}):
        for method, path in (
            ("POST", "/graphql"),
            ("GET", "/graphql?query={viewer{userId}}"),
            ("GET", "/"),
            ("GET", "/graphql/assets/carnet.js"),
            ("GET", "/nowhere"),
        ):
            answer = http(method, path, json={"query": QUERY}, headers=headers)

            assert answer.status_code == 403, (headers, path)
            assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
            assert "access-control-allow-origin" not in answer.headers
        assert http("GET", headers={"accept": "text/html", **headers}).status_code == 403
        assert http("GET", "/health", headers=headers).status_code == 200


def test_listed_origins_are_answered_and_preflights_of_others_are_refused(http: Any) -> None:
    def preflight(origin: str) -> Any:
        asked = {"origin": origin, "access-control-request-method": "POST"}
        return http("OPTIONS", headers=asked)

    answer = http("POST", json={"query": QUERY}, headers={"origin": "https://app.example.com"})

    assert answer.json() == {"data": {"viewer": {"userId": "local"}}}
    assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
    assert preflight("https://app.example.com").status_code == 200
    assert preflight("http://evil.example").status_code == 400


def test_callers_with_a_valid_token_may_use_any_host_and_origin(
    serve: Callable[..., int], empty_copy: Callable[[str], str]
) -> None:
    url = empty_copy("sqlite")
    port = serve(url)
    token = create_token(url, "ann")
    foreign = f"Host: {EVIL}", "Origin: http://evil.example", "Sec-Fetch-Site: cross-site"

    assert status(port, *foreign, f"Authorization: Bearer {token}") == 200
    assert status(port, *foreign, "Authorization: Bearer carnet_wrong") == 401
    assert status(port, *foreign) == 403


def test_a_real_server_checks_every_form_of_request(
    serve: Callable[..., int], empty_copy: Callable[[str], str]
) -> None:
    port = serve(empty_copy("sqlite"), allowed_hosts=["crm.example.com"])

    assert status(port, f"Host: 127.0.0.1:{port}") == 200
    assert status(port, "Host: crm.example.com") == 200
    assert (
        status(port, "Host: localhost", target="http://evil.example/graphql") == 200
    )  # browsers send it to proxies only
    assert status(port, f"Host: {EVIL}", target="http://localhost/graphql") == 403
    assert status(port, f"Host: {EVIL}", "Host: localhost") == 403
    assert status(port, "Host: localhost", f"Host: {EVIL}") == 403
    assert status(port, version="1.0") == 403
    assert status(port, "Host: localhost", version="1.0") == 200
    assert status(port, "Host:") == 403
    assert status(port, f"Host: {EVIL}", f"X-Forwarded-Host: localhost:{port}") == 403


def status(port: int, *headers: str, target: str = "/graphql", version: str = "1.1") -> int:
    """The HTTP status of a query that is sent with just these headers."""
    body = json.dumps({"query": QUERY})
    lines = [
        f"POST {target} HTTP/{version}",
        *headers,
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        "",
        body,
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall("\r\n".join(lines).encode())
        return int(connection.recv(100).split()[1])
