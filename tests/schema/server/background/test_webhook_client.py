"""Requests to webhooks: where they go, and what counts as accepted."""

import asyncio
import datetime as dt
import socket
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest

from persistence.enums import DeliveryError
from resolvers.webhooks.delivering import Attempt
from schema.server.background import webhook_client as client_module
from schema.server.background.webhook_client import webhook_client
from tests.webhook_receiver import receiving

Run = Callable[[Coroutine[Any, Any, Any]], Any]
NOW = dt.datetime(2026, 3, 18, 10, 15, 20, tzinfo=dt.UTC)
HEADERS = {"content-type": "application/json"}


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Run:
    return loop.run_until_complete


async def send(url: str, *, allow_private: bool = True) -> Attempt:
    async with webhook_client(allow_private=allow_private) as client:
        return await client.send(url, HEADERS, b"{}", NOW)


def test_each_status_from_200_to_299_accepts_a_change_and_no_redirect_is_followed(run: Run) -> None:
    async def ask(status: str) -> tuple[Attempt, int]:
        async with (
            receiving() as elsewhere,
            receiving(lambda _: f"{status} It\r\nlocation: {elsewhere.url}") as receiver,
        ):
            attempt = await send(receiver.url)
            assert len(receiver.received) == 1
            return attempt, len(elsewhere.received)

    async def all_of_them() -> None:
        for status in ("200", "202", "204", "299"):
            assert await ask(status) == (Attempt(int(status)), 0)
        for status in ("301", "302", "307", "308", "400", "404", "410", "500"):
            assert await ask(status) == (Attempt(int(status), DeliveryError.STATUS), 0)

    run(all_of_them())


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("Wed, 18 Mar 2026 10:17:20 GMT", 120),
        ("Wed, 18 Mar 2026 10:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("Wed, 18 Mar 99999999999999 10:17:20 GMT", None),
        ("Wed, 18 Mar 2026 10:17:20 +99999999999999", None),
    ],
)
def test_retry_after_has_seconds_or_a_date(run: Run, header: str, seconds: float | None) -> None:
    async def ask() -> Attempt:
        async with receiving(lambda _: f"503 Busy\r\nretry-after: {header}") as receiver:
            return await send(receiver.url)

    assert run(ask()) == Attempt(503, DeliveryError.STATUS, seconds)


def test_a_connection_is_made_to_the_address_that_was_checked_under_the_name_of_the_url(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []

    def look_up(host: str, port: int, **_: object) -> list[Any]:
        looked_up.append(host)
        address = "127.0.0.1" if len(looked_up) == 1 else "192.0.2.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    async def ask() -> str:
        async with receiving() as receiver:
            port = receiver.url.split(":")[2].split("/")[0]
            with monkeypatch.context() as patched:
                patched.setattr(socket, "getaddrinfo", look_up)
                patched.setenv("HTTP_PROXY", "http://192.0.2.1:9")
                assert await send(f"http://rebinding.example:{port}/hook?a=b") == Attempt(204)
            assert receiver.received[0].path == "/hook?a=b"
            return receiver.received[0].headers["host"].removesuffix(f":{port}")

    assert (run(ask()), looked_up) == ("rebinding.example", ["rebinding.example"])


def test_a_name_server_that_does_not_answer_does_not_hold_back_other_names(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()

    def look_up(host: str, port: int, **_: object) -> list[Any]:
        if host == "slow.example":
            answers.wait(60)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    async def ask() -> Attempt:
        async with receiving() as receiver, webhook_client(allow_private=True) as client:
            port = receiver.url.split(":")[2].split("/")[0]
            monkeypatch.setattr(socket, "getaddrinfo", look_up)
            slow = [
                asyncio.create_task(client.send(f"http://slow.example:{port}/", HEADERS, b"{}", NOW))
                for _ in range(client_module.NAME_THREADS + 1)
            ]
            await asyncio.sleep(0.1)
            attempt = await client.send(f"http://quick.example:{port}/", HEADERS, b"{}", NOW)
            answers.set()
            assert {await each for each in slow} == {Attempt(204)}
            return attempt

    assert run(ask()) == Attempt(204)


def test_names_of_private_addresses_are_refused_before_a_connection_is_made(run: Run) -> None:
    async def ask() -> list[Attempt]:
        async with receiving() as receiver:
            port = receiver.url.split(":")[2]
            attempts = [
                await send(f"http://{host}:{port}", allow_private=False)
                for host in ("localhost", "127.0.0.1", "127.1", "[::1]")
            ]
            assert receiver.received == []
            return attempts

    assert set(run(ask())) == {Attempt(error=DeliveryError.ADDRESS_REFUSED)}


def test_failures_say_what_failed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> list[DeliveryError | None]:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            closed = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        async with receiving(lambda _: None) as silent, receiving() as slow:
            slow.may_answer.clear()
            monkeypatch.setattr(client_module, "WHOLE_SECONDS", 0.3)
            urls = [closed, silent.url, slow.url, slow.url.replace("http:", "https:"), "http://name.invalid/"]
            return [(await send(url)).error for url in urls]

    found = run(ask())
    assert found[:3] == [DeliveryError.UNREACHABLE, DeliveryError.NO_ANSWER, DeliveryError.TIMEOUT]
    assert found[3] in (DeliveryError.TLS, DeliveryError.TIMEOUT)
    assert found[4] in (DeliveryError.NAME_UNKNOWN, DeliveryError.TIMEOUT), "a machine without network may ask for long"


def test_a_server_without_tls_fails_and_a_long_body_is_not_read(run: Run) -> None:
    ended = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.read(2000)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n")
            while head.startswith(b"POST"):
                writer.write(b"x" * 100_000)
                await writer.drain()
        writer.transport.abort()
        ended.set()

    async def ask() -> list[Attempt]:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        found = []
        async with asyncio.timeout(5):
            for scheme in ("http", "https"):
                ended.clear()
                found.append(await send(f"{scheme}://127.0.0.1:{port}"))
                await ended.wait()
        server.close()
        return found

    assert run(ask()) == [Attempt(200), Attempt(error=DeliveryError.TLS)]
