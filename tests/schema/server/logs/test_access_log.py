"""The access log: one line for each request, with names and codes and without values."""

import asyncio
import io
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from schema.server.app import create_app
from schema.server.cli import serving
from schema.server.logs import access_log
from schema.server.logs.access_log import AccessLog
from schema.server.settings import Settings

FIND = "query Find { contacts(first: 1) { nodes { no } } viewer { userId } }"
Send = Callable[..., Any]
Capture = pytest.CaptureFixture[str]


class Terminal(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def url(empty_copy: Callable[[str], str]) -> str:
    return empty_copy("sqlite")


@pytest.fixture
def send(url: str, loop: asyncio.AbstractEventLoop) -> Iterator[Send]:
    """Sends a request to an application whose access log is JSON."""
    log = AccessLog(True)
    app = create_app(Settings(database_url=url), access_log=log)
    lifespan = app.router.lifespan_context(app)
    loop.run_until_complete(lifespan.__aenter__())
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://localhost")

    def request(method: str, path: str = "/graphql", **more: Any) -> Any:
        answer = loop.run_until_complete(client.request(method, path, **more))
        log.write()
        return answer

    yield request
    loop.run_until_complete(client.aclose())
    loop.run_until_complete(lifespan.__aexit__(None, None, None))


def lines(capsys: Capture) -> list[dict[str, Any]]:
    """The lines since the last call."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_each_request_has_a_line(send: Send, capsys: Capture) -> None:
    ids = [
        answer.headers["x-request-id"]
        for answer in (
            send("POST", json={"query": FIND}),
            send("POST", json={"query": "{ nothing }"}, headers={"x-request-id": "mine"}),
            send("POST", json={"query": 'mutation { deleteContact(input: {no: "X"}) { userErrors { code } } }'}),
            send("GET", "/ready"),
            send("POST", content=b"{"),
            send("PURGE", "/graphql"),
        )
    ]
    found = lines(capsys)
    assert [line.pop("request_id") for line in found] == ids
    assert all(0 < line.pop("seconds") < 60 and line.pop("timestamp").endswith("Z") for line in found)
    shown = [
        tuple(line[name] for name in ("method", "route", "status", "code", "user", "operation", "fields"))
        for line in found
    ]
    assert shown == [
        ("POST", "/graphql", 200, "OK", "local", "Find", ["contacts", "viewer"]),
        ("POST", "/graphql", 200, "GRAPHQL_VALIDATION_FAILED", "local", None, []),
        ("POST", "/graphql", 200, "CONTACT_NOT_FOUND", "local", None, ["deleteContact"]),
        ("GET", "/ready", 200, "OK", None, None, []),
        ("POST", "/graphql", 415, "BAD_REQUEST", "local", None, []),
        ("other", "/graphql", 405, "BAD_REQUEST", "local", None, []),
    ]
    assert {(line["event"], line["level"]) for line in found} == {("request", "info")}


def test_no_line_has_a_value(send: Send, capsys: Capture) -> None:
    mark = "zqmark"
    document = f'query Find($no: String!) {{ {mark}: contact(no: $no) {{ no }} contacts(search: "{mark}") {{ nodes {{ no }} }} }}'
    send("POST", json={"query": document, "variables": {"no": mark}}, headers={"x-mark": mark})
    send("POST", f"/graphql?{mark}={mark}", json={"query": FIND})
    send("GET", f"/{mark}")
    send("GET", f"/graphql/assets/{mark}")
    send("POST", json={"query": "query " + "x" * 500 + " { viewer { userId } }"})
    found = lines(capsys)
    assert mark not in json.dumps(found)
    assert [line["route"] for line in found] == ["/graphql", "/graphql", "other", "/graphql/assets", "/graphql"]
    assert len(found[-1]["operation"]) == 80


def test_texts_are_kept_for_a_limited_number_of_requests(
    send: Send, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log, "MAX_FACTS", 2)
    for number in range(5):
        send("POST", json={"query": f"query Find{number} {{ viewer {{ userId }} }}"})
    assert [line["operation"] for line in lines(capsys)] == [f"Find{number}" for number in range(5)]


def test_lines_are_readable_on_a_terminal_and_written_soon(
    url: str, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log, "WRITE_SECONDS", 0.01)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    app = create_app(Settings(database_url=url), access_log=AccessLog(None))

    async def ask() -> str:
        async with app.router.lifespan_context(app):
            async with httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=app), base_url="http://localhost"
            ) as client:
                await client.post("/graphql", json={"query": FIND}, headers={"x-request-id": "mine"})
            await asyncio.sleep(0.1)
            return terminal.getvalue()

    line = loop.run_until_complete(ask())
    assert " request mine 0." in line
    assert line.endswith(" s POST /graphql 200 OK local Find contacts,viewer\n")


def test_a_log_that_nobody_reads_fails_no_request(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    assert send("POST", json={"query": FIND}).status_code == 200


@pytest.mark.parametrize("wanted", [True, False])
def test_a_setting_switches_the_lines_of_the_server_off(
    url: str, loop: asyncio.AbstractEventLoop, wanted: bool, capsys: Capture
) -> None:
    app = serving.application(Settings(database_url=url, access_log=wanted, log_json=True))

    async def ask() -> None:
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://localhost") as client,
        ):
            await client.get("/live")

    loop.run_until_complete(ask())
    assert [line["route"] for line in lines(capsys)] == ["/live"] * wanted
