"""A database that is down, or that never answers: clients and operators are told so, and all works again by itself
afterwards.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog

from persistence.dialects.postgresql import server, streams
from persistence.exceptions import Unavailable
from tests.conftest import CITUS_URL
from tests.faults.conftest import CREATE, READ, OpenProxied, Proxied, error_of

CLIENTS = 8
CREATE_SALESPERSON = """mutation { createSalesperson(input: {code: "NEW", salesperson: {name: "New"}})
{ userErrors { code } } }"""
DEFAULT_EXECUTION = """{ interactionDraft(input: {interaction: {contactNo: "P1"}}) { description contact { no } } }"""


@contextmanager
def logged() -> Iterator[list[Any]]:
    """The lines that are logged, with their fields."""
    before = structlog.get_config()
    lines = structlog.testing.LogCapture()
    structlog.configure(processors=[lines])
    try:
        yield lines.entries
    finally:
        structlog.configure(**before)


def assert_unavailable(response: Any) -> None:
    error = error_of(response)
    assert (error["extensions"]["code"], error["extensions"]["retryAfterSeconds"]) == ("UNAVAILABLE", 5), error
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert response.json()["data"] is None
    assert "Nothing was changed" in error["message"]


async def ready(opened: Proxied) -> int:
    response = await opened.api._client.get("/ready")
    return int(response.status_code)


def test_a_database_that_is_down_is_reported_as_one_outage(proxied: OpenProxied) -> None:
    """For reads, changes, single statements, with connections that are open and without."""

    async def scenario(opened: Proxied) -> None:
        documents = [READ, CREATE, CREATE_SALESPERSON, DEFAULT_EXECUTION]
        for document in documents:
            await opened.api.send(document)
        before = await opened.count()
        assert await ready(opened) == 200
        with opened.proxy.down(), logged() as lines:
            began = time.monotonic()
            await asyncio.sleep(0.1)  # Carnet notices that its connections are cut
            for _ in range(3):
                for response in await asyncio.gather(*(opened.api.send(each) for each in documents)):
                    assert_unavailable(response)
                assert await ready(opened) == 503
            seconds = time.monotonic() - began
        assert {line["event"] for line in lines} == {"database unavailable"}
        assert len(lines) <= seconds + 1
        assert not any("exception" in line for line in lines)
        assert await opened.count() == before

        assert await ready(opened) == 200
        for document in documents:
            assert "errors" not in (await opened.api.send(document)).json()

    with proxied() as opened:
        opened.run(scenario(opened))


def test_connections_that_were_cut_are_not_noticed_by_readers(proxied: OpenProxied) -> None:
    async def scenario(opened: Proxied) -> None:
        await asyncio.gather(*(opened.api.send(READ) for _ in range(CLIENTS)))
        opened.proxy.cut_all()
        for response in await asyncio.gather(*(opened.api.send(READ) for _ in range(CLIENTS))):
            assert "errors" not in response.json()

    with proxied() as opened:
        opened.run(scenario(opened))


@pytest.mark.parametrize("document", [READ, CREATE, CREATE_SALESPERSON, DEFAULT_EXECUTION])
def test_a_database_that_never_answers_frees_its_connections_in_time(proxied: OpenProxied, document: str) -> None:
    """More clients than connections; and idle connections that lost nothing work afterwards."""

    async def scenario(opened: Proxied) -> list[str]:
        await asyncio.gather(*(opened.api.send(document) for _ in range(4)))
        with opened.proxy.silence():
            responses = await asyncio.gather(*(opened.api.send(document) for _ in range(4)))
            codes = [error_of(each)["extensions"]["code"] for each in responses]
        for again in (READ, CREATE, DEFAULT_EXECUTION):
            for response in await asyncio.gather(*(opened.api.send(again) for _ in range(4))):
                assert "errors" not in response.json(), response.json()
        return codes

    with proxied(max_connections=18, patience_seconds=20) as opened:
        limited(opened, seconds=1)
        codes = opened.run(scenario(opened))

    is_one_statement = document == CREATE and CITUS_URL not in os.environ
    expected = {"OUTCOME_UNKNOWN", "UNAVAILABLE"} if is_one_statement else {"UNAVAILABLE"}
    assert {*codes} == expected, codes  # CREATE: the connection of some was silent, others waited for a connection


def limited(opened: Proxied, *, seconds: float) -> None:
    """From now on reads and changes have this time limit."""
    database = opened.api._client._transport.app.state.database
    database.read_timeout = seconds
    database.limits = type(database.limits)(change=seconds, bulk=seconds, patience=database.limits.patience)
    database.reader._connections._limit = seconds


def test_a_new_connection_that_gets_no_answer_is_given_up_in_time(proxied: OpenProxied) -> None:
    async def scenario(opened: Proxied) -> None:
        opened.proxy.cut_all()
        with opened.proxy.silence():
            began = time.monotonic()
            assert_unavailable(await opened.api.send(READ))
            assert time.monotonic() - began < 10
        assert "errors" not in (await opened.api.send(READ)).json()

    with proxied() as opened:
        limited(opened, seconds=1)
        opened.run(scenario(opened))


def test_a_stream_of_a_database_that_never_answers_ends(proxied: OpenProxied, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy keeps the connection open, as one does whose database is lost. The place of the stream is free again."""
    monkeypatch.setattr(streams, "PROBE_SECONDS", 0.2)
    monkeypatch.setattr(server, "CONNECT_SECONDS", 1)

    async def scenario(opened: Proxied) -> None:
        database = opened.api._client._transport.app.state.database
        async with database.streaming() as snapshot:
            with opened.proxy.silence():
                began = time.monotonic()
                with pytest.raises(Unavailable):
                    await snapshot.write(("SELECT 1", ()), sink)
                assert time.monotonic() - began < 10
        assert database.usage()["streams"].in_use == 0
        async with database.streaming() as snapshot:
            await snapshot.write(("SELECT pg_sleep(1)", ()), sink)  # it is slow, but answers

    async def sink(_: bytes) -> None:
        pass

    with proxied() as opened:
        opened.run(scenario(opened))
