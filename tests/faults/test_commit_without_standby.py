"""A COMMIT that outlasts the time limit, because PostgreSQL waits for a standby that does not exist: the change is kept,
and no answer says that it is not.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url, text

import persistence.database
from persistence.database import Database
from persistence.dialects.postgresql import deadlines
from persistence.exceptions import OutcomeUnknown
from tests.api import Api, create_company, running_app
from tests.commands import assert_refused, carnet
from tests.concurrency import wait_until
from tests.conftest import CITUS_URL
from tests.faults.conftest import CREATE, LOG, add_segment, error_of
from tests.operations.conftest import TOUCH

LIMIT = 0.5
SLOW_MACHINE = 5
"""Seconds that the server may take for what takes milliseconds on a machine with nothing else to do."""

AT_COMMIT = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'SyncRep'"
COUNT = "SELECT count(*) FROM interaction_log_entry"


class Waiting:
    """The application over a database whose server waits for a standby."""

    def __init__(self, url: str, api: Api, segment_no: str, loop: asyncio.AbstractEventLoop) -> None:
        self.url, self.api, self.segment_no, self._loop = url, api, segment_no, loop

    def send(self, document: str, **variables: Any) -> Any:
        """The response, which must come soon after the time limit."""
        began = time.monotonic()
        response = self.api.post(document, variables)
        assert time.monotonic() - began < LIMIT + 2 * SLOW_MACHINE
        return response

    @property
    def entries(self) -> int:
        found: int = self._loop.run_until_complete(_fetch(self.url, COUNT))
        return found

    @contextmanager
    def standby(self, names: str) -> Iterator[None]:
        """The server waits for these standbys."""
        self._set(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        try:
            yield
        finally:
            self._set("ALTER SYSTEM RESET synchronous_standby_names")

    def _set(self, statement: str) -> None:
        self._loop.run_until_complete(_fetch(self.url, statement, "SELECT pg_reload_conf()"))


async def _fetch(url: str, *statements: str) -> Any:
    connection = await asyncpg.connect(make_url(url).render_as_string(hide_password=False))
    try:
        return [await connection.fetchval(each) for each in statements][-1]
    finally:
        await connection.close()


@pytest.fixture
def waiting(empty_copy: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Waiting]:
    monkeypatch.setattr(deadlines, "COMMIT_ANSWER_SECONDS", SLOW_MACHINE)
    monkeypatch.setattr(persistence.database, "SETTLING_SECONDS", SLOW_MACHINE)
    if CITUS_URL in os.environ:
        pytest.skip(
            "on Citus, a COMMIT that waits for the standby of a worker is not ended, or the change is rolled back"
        )
    url = empty_copy("postgresql")
    name = make_url(url).database
    loop.run_until_complete(_fetch(url, f"ALTER DATABASE {name} SET synchronous_commit = on"))
    with running_app(url, loop) as api:
        create_company(api)
        no = loop.run_until_complete(add_segment(api))
    with running_app(url, loop, write_timeout_seconds=LIMIT, bulk_timeout_seconds=LIMIT) as api:
        made = Waiting(url, api, no, loop)
        with made.standby("*"):
            yield made


def test_a_change_without_key_may_have_been_made(waiting: Waiting) -> None:
    """An interaction is one statement that commits itself; logging a segment ends with COMMIT."""
    for number, (document, variables) in enumerate([(CREATE, {}), (LOG, {"no": waiting.segment_no})]):
        error = error_of(waiting.send(document, **variables))

        assert error["extensions"]["code"] == "OUTCOME_UNKNOWN"
        assert "Look whether it was made" in error["message"]
        assert waiting.entries == [1, 5][number]


@pytest.mark.parametrize(("document", "entries"), [(CREATE, 1), (LOG, 4)], ids=["one entry", "segment"])
def test_a_change_with_a_key_is_confirmed_only_when_no_standby_is_missing(
    waiting: Waiting, document: str, entries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then the change is stored on this server only, and would be lost with it."""
    variables = {"key": "key"} | ({"no": waiting.segment_no} if document == LOG else {})
    with monkeypatch.context() as missing:
        missing.setattr(persistence.database, "SETTLING_SECONDS", 1)  # the outcome is waited for in vain
        for _ in range(2):
            error = error_of(waiting.send(document, **variables))

            assert error["extensions"]["code"] == "OUTCOME_UNKNOWN"
            assert "the same idempotencyKey" in error["message"]
            assert waiting.entries == entries
    with waiting.standby(""):
        assert "errors" not in waiting.send(document, **variables).json()
    assert waiting.entries == entries


def test_a_command_says_that_the_outcome_is_unknown(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands have no time limit; their COMMIT has one."""
    monkeypatch.setattr(deadlines, "COMMIT_SECONDS", LIMIT)

    ended = carnet(waiting.url, "log-segment", waiting.segment_no)

    assert_refused(ended, "It is not known whether the change was made")
    assert waiting.entries == 4


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
def test_a_change_that_is_canceled_while_it_commits_may_have_been_made(
    waiting: Waiting, loop: asyncio.AbstractEventLoop, large: bool
) -> None:
    """As when a whole request takes too long, or the server stops."""

    async def scenario() -> None:
        async with Database.at(waiting.url) as database:
            change = database.writing(lambda session: session.execute(text(TOUCH)), large=large)
            task = asyncio.ensure_future(change)
            await wait_until(lambda: _fetch(waiting.url, AT_COMMIT))
            task.cancel()
            with pytest.raises(OutcomeUnknown):
                await task
            await wait_until(lambda: _fetch(waiting.url, "SELECT version > 1 FROM marketing_setup"))

    loop.run_until_complete(scenario())


def test_a_segment_whose_logging_is_canceled_while_it_commits_may_be_logged(
    waiting: Waiting, loop: asyncio.AbstractEventLoop
) -> None:
    cancel = """mutation($no: String!) { cancelLogSegment(input: {segmentNo: $no}) { segment { no } userErrors { code } } }"""

    async def scenario(api: Api) -> Any:
        task = asyncio.ensure_future(api.send(LOG, {"no": waiting.segment_no}))
        await wait_until(lambda: _fetch(waiting.url, AT_COMMIT))
        canceled = await api.send(cancel, {"no": waiting.segment_no})
        return error_of(await task), canceled.json()

    with running_app(waiting.url, loop) as api:
        error, canceled = loop.run_until_complete(scenario(api))

    assert error["extensions"]["code"] == "OUTCOME_UNKNOWN"
    assert canceled["data"]["cancelLogSegment"]["segment"] is None, "the segment is logged"
    assert waiting.entries == 4
