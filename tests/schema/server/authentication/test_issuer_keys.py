"""The keys of an issuer are read again as they change, and nobody can make the server wait for them."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from schema.server.authentication import issuer_keys, key_sets
from schema.server.authentication.issuer_keys import (
    EXTRA_READS,
    MAX_AGE,
    SECONDS_PER_EXTRA_READ,
    IssuerKeys,
    KeysUnavailable,
)
from schema.server.authentication.key_sets import KeySetUnusable
from tests.api import Api, running_app
from tests.schema.server.authentication.issuer import AUDIENCE, ISSUER, JwksServer, key_set, public_jwk, serving, token

WHO = "{ viewer { userId } }"
FIRST, SECOND = key_set(public_jwk("ES256")), key_set(public_jwk("ES256", "second"))
Loop = asyncio.AbstractEventLoop


class Stopwatch:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def server() -> Iterator[JwksServer]:
    with serving(FIRST) as running:
        yield running


@pytest.fixture(scope="module")
def url(empty_copy: Callable[[str], str]) -> str:
    """A database that the tests of this module share, because they store nothing."""
    return empty_copy("sqlite")


def settings(address: object) -> dict[str, Any]:
    return {"jwt_issuer": ISSUER, "jwt_audience": AUDIENCE, "jwt_jwks": str(address)}


def status(api: Api, name: str = "first") -> int:
    code: int = api.with_token(token(name=name)).post(WHO).status_code
    return code


def test_keys_may_be_replaced_while_the_server_runs(url: str, loop: Loop, server: JwksServer) -> None:
    with running_app(url, loop, **settings(server.url)) as api:
        assert [status(api), status(api), status(api, "second")] == [200, 200, 401]

        server.text = key_set(public_jwk("ES256", "second"), public_jwk("ES256"))
        assert [status(api, "second"), status(api)] == [200, 200]

        server.text = key_set(public_jwk("ES256", "third"))
        assert [status(api, "third"), status(api, "second"), status(api)] == [200, 401, 401], "withdrawn at once"


def test_known_keys_are_used_for_a_day_after_the_server_is_gone(loop: Loop) -> None:
    stopwatch = Stopwatch()
    with serving(FIRST) as server:
        keys = IssuerKeys(server.url, stopwatch=stopwatch)
        loop.run_until_complete(keys.replace())

    stopwatch.time = MAX_AGE - 1
    known = loop.run_until_complete(keys.key("ES256-first", "ES256"))
    assert known is not None
    assert loop.run_until_complete(keys.key("ES256-second", "ES256")) is None
    stopwatch.time = MAX_AGE
    assert not keys.are_current(known)
    with pytest.raises(KeysUnavailable):
        loop.run_until_complete(keys.key("ES256-first", "ES256"))


def test_tokens_wait_for_the_first_keys_and_are_unavailable_without(url: str, loop: Loop) -> None:
    with serving(FIRST) as server:
        gone = server.url
    with capture_logs() as logged, running_app(url, loop, **settings(gone)) as api:
        answer = api.with_token(token()).post(WHO)
        assert api.post(WHO).status_code == 200, "other callers are not concerned"

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert answer.headers["retry-after"] == "60"
    (warning,) = logged
    assert warning["log_level"] == "warning"
    assert "cannot be read from CARNET_JWT_JWKS: the server cannot be reached" in warning["event"]


def test_a_hanging_server_delays_only_requests_with_unknown_keys(
    url: str, loop: Loop, server: JwksServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer_keys, "PATIENCE", 0.8)
    with running_app(url, loop, **settings(server.url)) as api:
        assert status(api) == 200
        server.go_on.clear()

        async def together() -> tuple[int, bool, int]:
            waiting = asyncio.create_task(api.with_token(token(name="second")).send(WHO))
            await asyncio.sleep(0.05)
            known = await api.with_token(token(sub="bob")).send(WHO)
            return known.status_code, waiting.done(), (await waiting).status_code

        known, was_later, unknown = loop.run_until_complete(together())
        server.go_on.set()

    assert (known, was_later, unknown) == (200, False, 401)


@pytest.mark.parametrize(
    "first",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"],
)
def test_a_server_that_never_stops_sending_is_left_after_a_while(first: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_sets, "READ_SECONDS", 0.4)
    ended = threading.Event()

    def send(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.sendall(first)
            while not ended.wait(0.05):
                connection.sendall(b"1")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        sending = threading.Thread(target=send, args=(listening,))
        sending.start()
        with pytest.raises(KeySetUnusable, match=r"does not answer within 0\.4 seconds"):
            key_sets.read(f"http://127.0.0.1:{listening.getsockname()[1]}/jwks.json")
        ended.set()
        sending.join()


def test_no_message_quotes_what_a_server_has_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def send() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"SECRET\r\n\r\n")

        sending = threading.Thread(target=send)
        sending.start()
        with pytest.raises(KeySetUnusable) as caught:
            key_sets.read(f"http://127.0.0.1:{listening.getsockname()[1]}/jwks.json")
        sending.join()
    assert str(caught.value) == "the server does not speak HTTP: BadStatusLine"


def test_unknown_keys_cause_few_reads(loop: Loop, server: JwksServer) -> None:
    stopwatch = Stopwatch()
    keys = IssuerKeys(server.url, stopwatch=stopwatch)
    loop.run_until_complete(keys.replace())

    async def ask(count: int) -> None:
        for number in range(count):
            assert await keys.key(f"made up {number}", "ES256") is None

    loop.run_until_complete(ask(20))
    assert server.requests == 1 + EXTRA_READS
    stopwatch.time += SECONDS_PER_EXTRA_READ
    loop.run_until_complete(ask(20))
    assert server.requests == 2 + EXTRA_READS
    stopwatch.time += 3600
    loop.run_until_complete(ask(20))
    assert server.requests == 2 + 2 * EXTRA_READS


def test_requests_that_wait_share_one_read(loop: Loop, server: JwksServer) -> None:
    keys = IssuerKeys(server.url)

    async def together() -> list[object]:
        return await asyncio.gather(*(keys.key("ES256-first", "ES256") for _ in range(20)))

    assert all(loop.run_until_complete(together()))
    assert server.requests == 1


def test_a_file_that_changes_is_read_again(
    url: str, loop: Loop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer_keys, "FILE_INTERVAL", 0.02)
    file = tmp_path / "jwks.json"
    file.write_text(FIRST)
    with running_app(url, loop, **settings(file)) as api:
        assert [status(api), status(api, "second")] == [200, 401]
        file.write_text(SECOND)
        assert status(api, "second") == 200
        assert status(api) == 401

        file.unlink()
        assert [status(api, "second"), status(api, "third")] == [200, 401]
        file.write_text(FIRST)
        loop.run_until_complete(asyncio.sleep(0.2))
        assert status(api, "second") == 401, "read without a request for a new key"


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        ("<html>", 200, "it is not JSON"),
        ("[" * 100_000, 200, "it is not JSON"),
        ("[]", 200, "list `keys`"),
        ('{"keys": {}}', 200, "list `keys`"),
        ('{"keys": null}', 200, "list `keys`"),
        (" " * (key_sets.MAX_BYTES + 1), 200, "it has more than"),
        ("", 404, "status 404"),
        (SECOND, 500, "status 500"),
        (SECOND, 302, "status 302"),
    ],
)
def test_the_last_keys_are_kept_if_the_new_ones_cannot_be_used(
    loop: Loop, server: JwksServer, text: str, code: int, reason: str
) -> None:
    keys = IssuerKeys(server.url)
    loop.run_until_complete(keys.replace())
    server.text, server.status = text, code

    with pytest.raises(KeySetUnusable, match=reason):
        loop.run_until_complete(keys.replace())
    assert loop.run_until_complete(keys.key("ES256-first", "ES256")) is not None


def test_an_issuer_can_withdraw_all_keys(loop: Loop, server: JwksServer) -> None:
    keys = IssuerKeys(server.url)
    loop.run_until_complete(keys.replace())
    server.text = '{"keys": []}'

    with pytest.raises(KeySetUnusable, match="no public key"):
        loop.run_until_complete(keys.replace())
    assert loop.run_until_complete(keys.key("ES256-first", "ES256")) is None


def test_a_slow_server_is_given_up(loop: Loop, server: JwksServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_sets, "READ_SECONDS", 0.1)
    server.go_on.clear()

    with pytest.raises(KeySetUnusable):
        loop.run_until_complete(IssuerKeys(server.url).replace())


def test_a_lasting_problem_is_logged_once_and_so_is_its_end(loop: Loop, server: JwksServer) -> None:
    keys = IssuerKeys(server.url)
    with capture_logs() as logged:
        for code in (500, 500, 200, 200):
            server.status = code
            loop.run_until_complete(keys._try_to_replace())

    assert [each["log_level"] for each in logged] == ["warning", "info"]


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        ("http://login.example.com/", 1),
        ("https://login.example.com/", 0),
        ("http://localhost:1/", 0),
        ("http://[::1]:1/", 0),
    ],
)
def test_keys_that_come_without_encryption_cause_a_warning(
    loop: Loop, address: str, warned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer_keys, "read", lambda _: FIRST.encode())

    async def start() -> None:
        async with issuer_keys.opened(address):
            pass

    with capture_logs() as logged:
        loop.run_until_complete(start())
    assert len(logged) == warned
