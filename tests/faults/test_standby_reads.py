"""Queries that a standby answers: no client sees a state older than its own change, and none notices a standby that lags,
is frozen or is gone.
"""

import asyncio
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest

from persistence.read_positions import position_of
from tests.api import Api, create_company, running_app
from tests.conftest import _migrate
from tests.postgresql_pair import Pair, running_pair
from tests.soaking import repetitions

CREATE = """mutation($name: String) { createInteraction(input: {interaction: {contactNo: "P1", templateCode: "VISIT",
description: $name}}) { interactionLogEntry { entryNo } userErrors { code } } }"""
NEWEST = "{ interactionLogEntries(first: 1, orderBy: [{field: ENTRY_NO, direction: DESC}]) { nodes { description } } }"
TWICE = NEWEST[:-1] + " b: interactionLogEntries(first: 0) { totalCount } }"
POSITION = "SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn"
HEADER = "carnet-read-after"


@pytest.fixture(scope="module")
def pair(loop: asyncio.AbstractEventLoop) -> Iterator[Pair]:
    with running_pair("fsync=off") as pair:
        loop.run_until_complete(_migrate(pair.primary.url))
        with running_app(pair.primary.url, loop) as api:
            create_company(api)
        yield pair


@contextmanager
def two_processes(pair: Pair, loop: asyncio.AbstractEventLoop) -> Iterator[tuple[Api, Api]]:
    """Two servers of Carnet over the pair, which know nothing of each other."""
    url, read = pair.primary.url, {"read_database_url": pair.standby.url}
    with running_app(url, loop, **read) as one, running_app(url, loop, **read) as other:
        yield one, other


@pytest.fixture
def ask(pair: Pair, loop: asyncio.AbstractEventLoop) -> Callable[[str], Any]:
    """Executes a statement on the standby."""

    def run(sql: str) -> Any:
        async def fetched() -> Any:
            connection = await asyncpg.connect(pair.standby.url)
            try:
                return await connection.fetchval(sql)
            finally:
                await connection.close()

        return loop.run_until_complete(fetched())

    return run


@pytest.fixture
def paused(ask: Callable[[str], Any]) -> Iterator[None]:
    """The standby does not replay any changes."""
    pause(ask)
    yield
    ask("SELECT pg_wal_replay_resume()")


def newest(api: Api, query: str = NEWEST, **headers: str) -> str:
    answer = api.post(query, None, **headers).json()
    assert "errors" not in answer, answer
    nodes = answer["data"]["interactionLogEntries"]["nodes"]
    return str(nodes[0]["description"]) if nodes else ""


def created(api: Api, name: str) -> str:
    """The token of the answer to a change."""
    answer = api.post(CREATE, {"name": name})
    assert answer.json()["data"]["createInteraction"]["userErrors"] == []
    token: str = answer.headers[HEADER]
    assert answer.json()["extensions"]["readAfter"] == token
    return token


def test_own_changes_are_read_back_with_the_token_over_another_process(
    pair: Pair, loop: asyncio.AbstractEventLoop, ask: Callable[[str], Any]
) -> None:
    with two_processes(pair, loop) as (one, other):
        stale = 0
        for number in range(repetitions(30, 1000)):
            token = created(one, f"own {number}")
            query = TWICE if number % 3 == 0 else NEWEST
            stale += newest(other, query, **{HEADER: token}) != f"own {number}"
        assert stale == 0
        assert ask("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'carnet reading on%'") > 0


def replay(ask: Callable[[str], Any], token: str) -> None:
    """Wait until the standby is as new as a token says. That can be a moment after it shows the change itself."""
    answers_in_time(lambda: ask(POSITION) >= position_of(token))


def pause(ask: Callable[[str], Any]) -> None:
    """Let the standby fall behind. It pauses a moment after it is asked to."""
    ask("SELECT pg_wal_replay_pause()")
    answers_in_time(lambda: ask("SELECT pg_get_wal_replay_pause_state()") == "paused")


def answers_in_time(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end


def test_a_lagging_standby_is_asked_only_by_those_for_whom_it_is_new_enough(
    pair: Pair, loop: asyncio.AbstractEventLoop, ask: Callable[[str], Any]
) -> None:
    with two_processes(pair, loop) as (one, other):
        before = created(one, "before")
        replay(ask, before)
        pause(ask)
        try:
            token = created(one, "after")
            assert newest(one) == "after", "the same user through the same process"
            # A standby that is slow for a moment is not asked again for a while: then the primary answers.
            answers_in_time(lambda: newest(other) == "before")
            answers_in_time(lambda: newest(other, **{HEADER: before}) == "before")
            assert newest(other, **{HEADER: token}) == "after"
            assert newest(other, TWICE, **{HEADER: token}) == "after"
            assert newest(other, **{HEADER: "1.p"}) == "after", "the token of a Carnet without a standby"
        finally:
            ask("SELECT pg_wal_replay_resume()")


def test_changes_and_the_default_execution_do_not_ask_the_standby(
    pair: Pair, loop: asyncio.AbstractEventLoop, paused: None
) -> None:
    with two_processes(pair, loop) as (one, other):
        created(one, "live")
        draft = '{ interactionDraft(input: {interaction: {contactNo: "P1", templateCode: "VISIT"}}) { __typename } '
        assert newest(other, draft + NEWEST[1:]) == "live"
        feed = "{ changeFeed(first: 100) { upToDate changes { type } } " + NEWEST[1:]
        assert newest(other, feed) == "live"


def test_a_standby_that_freezes_or_is_gone_is_not_noticed(pair: Pair, loop: asyncio.AbstractEventLoop) -> None:
    with two_processes(pair, loop) as (one, other):
        created(one, "first")
        while newest(other) != "first":
            pass
        pair.standby.signal(signal.SIGSTOP)
        try:
            answers = other.run_concurrently(*(other.send(NEWEST) for _ in range(20)))
            assert all("errors" not in answer.json() for answer in answers)
            created(one, "while it is frozen")
            assert newest(other) == "while it is frozen"
        finally:
            pair.standby.signal(signal.SIGCONT)
        pair.standby.kill()
        created(one, "while it is gone")
        assert newest(other) == "while it is gone"
        with running_app(pair.primary.url, loop, read_database_url=pair.standby.url) as third:
            assert newest(third) == "while it is gone"
