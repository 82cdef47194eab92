"""Clients send bad values, documents and requests. Each answer says what is wrong, and none is an internal error. A
refused request changes nothing, and `carnet check` finds nothing afterwards.
"""

import asyncio
import json
import random
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from persistence.columns import Table
from tests.api import Api, create_company, running_app
from tests.attacks.documents import bodies, documents
from tests.attacks.http_forms import forms, head
from tests.attacks.values import Attack, attacks
from tests.commands import carnet
from tests.soak.serving import Server
from tests.soaking import SOAKING

pytestmark = pytest.mark.skipif(not SOAKING, reason="runs in `make soak`")

CODES = {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "BAD_REQUEST", "FORBIDDEN", "TIMEOUT"}
INTERNALS = ("traceback", "sqlalchemy", "asyncpg", "sqlite3", "site-packages", "nonetype", "keyerror", "object at 0x")
HIDDEN = "This server does not describe its schema"
DERIVED = ("dirty_", "day_sum", "contact_date", "due_", "unused_text", "search_", "uncertain_")
"""The beginnings of the names of tables that the server itself refreshes."""

VALUES_OF_PLACE = 6
"""How many bad values are sent in each place of a request."""


@pytest.fixture(params=[True, False], ids=["default settings", "production settings"])
def api(database_url: str, loop: asyncio.AbstractEventLoop, request: pytest.FixtureRequest) -> Iterator[Api]:
    with running_app(database_url, loop, introspection=request.param, graphiql=request.param) as api:
        create_company(api)
        yield api


def test_bad_values_are_refused_and_change_nothing(
    api: Api, loop: asyncio.AbstractEventLoop, database_url: str
) -> None:
    faults: list[str] = []
    before = rows(api, loop)
    for attack in attacks(random.Random(VALUES_OF_PLACE), VALUES_OF_PLACE):
        answer = loop.run_until_complete(answer_to(api, attack.body))
        problem = problem_with_answer(answer, attack)
        if attack.is_mutation and answer.status_code < 500:
            after = rows(api, loop)
            if after != before and is_refused(answer.json()):
                problem = problem or "rows changed although it was refused"
            before = after
        if problem:
            faults.append(
                f"{attack.field} {attack.path} {attack.value!r:.60}: {problem}\n {answer.text:.300}\n {attack.document:.300}"
            )
    assert not faults, "\n".join(faults)
    checked = carnet(database_url, "check")
    assert checked.exit_code == 0, checked.stdout


async def answer_to(api: Api, body: bytes) -> Any:
    transport = httpx2.ASGITransport(app=api.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.post("/graphql", content=body, headers={"content-type": "application/json"})


def rows(api: Api, loop: asyncio.AbstractEventLoop) -> list[Any]:
    """The number of rows of each table. The change log has one for each changed card."""

    def count(session: Session) -> list[Any]:
        tables = [table for name, table in Table.metadata.tables.items() if not name.startswith(DERIVED)]
        return [session.execute(select(func.count()).select_from(table)).scalar() for table in tables]

    found: list[Any] = loop.run_until_complete(api.app.state.database.writing(count))
    return found


def is_refused(answer: Any) -> bool:
    return "errors" in answer or bool((answer["data"]["it"] or {}).get("userErrors"))


def problem_with_answer(answer: Any, attack: Attack) -> str:
    """What is wrong with an answer to a bad value; blank if nothing is."""
    problem = problem_with_response(answer.status_code, answer.text)
    for error in () if problem else answer.json().get("errors", ()):
        is_named = "`" in error["message"] or any(str(step) in json.dumps(error) for step in attack.path)
        if error["extensions"]["code"] == "BAD_USER_INPUT" and not is_named and HIDDEN not in error["message"]:
            return "does not name the argument"
    return problem


def problem_with_response(status: int, text: str) -> str:
    """What is wrong with any answer; blank if nothing is."""
    if status >= 500 or not status:
        return f"status {status}"
    if any(word in text.lower() for word in INTERNALS):
        return "internals in the message"
    try:
        errors = json.loads(text).get("errors", ())
    except ValueError:
        return "no JSON"
    for error in errors:
        if error["extensions"].get("code") not in CODES | {"PERSISTED_QUERY_NOT_SUPPORTED"}:
            return f"code {error['extensions'].get('code')}"
        if error["extensions"]["code"] == "BAD_USER_INPUT" and not (error.get("path") or error.get("locations")):
            return "" if "`query`" in error["message"] else "neither path nor locations"
    return ""


@pytest.fixture(params=["true", "false"], ids=["default settings", "production settings"])
def server(database_url: str, request: pytest.FixtureRequest) -> Iterator[Server]:
    server = Server(database_url, CARNET_INTROSPECTION=request.param, CARNET_GRAPHIQL=request.param)
    yield server
    server.stop()


def test_bad_documents_and_bodies_get_a_code(server: Server) -> None:
    faults = []
    for body in (*(json.dumps({"query": document}).encode() for document in documents()), *bodies()):
        form = head("POST /graphql HTTP/1.1", f"Content-Length: {len(body)}", "Connection: close") + body
        began, answer = time.monotonic(), exchange(server, form)
        late = " late" * (time.monotonic() - began > 5)
        if problem := problem_with_response(status_of(answer), answer.partition(b"\r\n\r\n")[2].decode()) + late:
            faults.append(f"{body!r:.200}: {problem}\n  {answer!r:.500}")
    assert not faults, "\n".join(faults)
    assert server.execute("{ viewer { userId } }")


def test_malformed_http_is_refused_and_hides_no_request(server: Server) -> None:
    faults = []
    for form in forms():
        answer = exchange(server, form)
        status = status_of(answer)
        if status >= 500 or (not status and form.strip()):
            faults.append(f"{form!r:.200}: status {status}\n  {answer!r:.300}")
        if b"INTERNAL" in answer or b"Traceback" in answer:
            faults.append(f"{form!r:.200}: an internal error\n  {answer!r:.300}")
        if b"Transfer-Encoding" in form and answer.count(b"HTTP/1.1 ") > 1:
            faults.append(f"{form!r:.300}: the second request was answered\n  {answer!r:.300}")
    assert not faults, "\n".join(faults)
    assert server.execute("{ viewer { userId } }")


def exchange(server: Server, sent: bytes) -> bytes:
    """What the server answers within 15 seconds."""
    received = b""
    with closing(socket.create_connection(("127.0.0.1", int(server.base_url.rpartition(":")[2])))) as connection:
        connection.settimeout(15)
        try:
            connection.sendall(sent)
            while piece := connection.recv(65536):
                received += piece
                connection.settimeout(0.3)
        except OSError:
            pass
    return received


def status_of(answer: bytes) -> int:
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0
