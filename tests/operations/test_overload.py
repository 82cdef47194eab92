"""Requests that wait too long for others are answered OVERLOADED with the time to retry; on both databases."""

import asyncio
import sqlite3
from typing import Any

import pytest
from sqlalchemy import text

from persistence.concurrency.time_limits import TimeLimits
from persistence.database import Database
from persistence.exceptions import Overloaded
from tests.operations.conftest import LOG, RESPONSE, TOUCH, OpenLargeSegment


def test_a_mutation_that_waits_too_long_for_another_is_overloaded_and_gets_a_retry_time(
    large_segment: OpenLargeSegment,
) -> None:
    """For SQLite's one writer, for PostgreSQL's last connection and for a row that another transaction holds."""
    with large_segment(patience_seconds=0.3, max_connections=11) as segment:
        create = (
            """mutation { createSalesperson(input: {code: "X", salesperson: {name: "X"}}) { userErrors { code } } }"""
        )

        async def scenario() -> Any:
            task = await segment.start_and_hold(LOG, "LOGGING")
            waited = [await segment.send(create, accept=accept) for accept in ("application/json", RESPONSE)]
            await segment.cancel()
            await task
            await segment.hold.end()
            return waited

        older, newer = segment.run(scenario())

        for response, status in ((older, 200), (newer, 503)):
            (error,) = response.json()["errors"]
            assert (response.status_code, response.headers["retry-after"]) == (status, "1")
            assert error["extensions"].pop("requestId") == response.headers["x-request-id"]
            assert error["extensions"] == {"code": "OVERLOADED", "retryAfterSeconds": 1}
            assert response.json()["data"] is None
        assert "errors" not in segment.api.post(create).json()


def test_logging_a_segment_that_is_being_logged_is_overloaded(large_segment: OpenLargeSegment) -> None:
    with large_segment(patience_seconds=0.3) as segment:

        async def scenario() -> Any:
            task = await segment.start_and_hold(LOG, "LOGGING")
            twin = (await segment.send(LOG)).json()
            await segment.cancel()
            await task
            await segment.hold.end()
            return twin

        assert segment.run(scenario())["errors"][0]["extensions"]["code"] == "OVERLOADED"


def test_a_change_that_waits_too_long_for_another_process_is_overloaded(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    """On SQLite, which has one writer in all processes together."""
    url = empty_copy("sqlite")
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def scenario() -> None:
        async with Database.at(url, limits=TimeLimits(patience=0.1)) as database:
            with pytest.raises(Overloaded):
                await database.writing(lambda session: session.execute(text(TOUCH)))
            other.close()
            await database.writing(lambda session: session.execute(text(TOUCH)))

    loop.run_until_complete(scenario())


def test_a_read_that_waits_too_long_for_a_connection_is_overloaded(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    url = empty_copy("postgresql")

    async def scenario() -> None:
        async with Database.at(url, pool_size=1, limits=TimeLimits(patience=0.1)) as database:
            slow = asyncio.ensure_future(database.reading([("SELECT pg_sleep(0.5)::text", ())]))
            await asyncio.sleep(0)
            with pytest.raises(Overloaded):
                await database.reading([("SELECT 1", ())])
            await slow
            assert await database.reading([("SELECT 1", ())]) == [1]

    loop.run_until_complete(scenario())
