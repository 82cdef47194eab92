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
from sqlalchemy import make_url

from persistence.concurrency.ending_tasks import end
from persistence.dialects.postgresql import server, standby
from persistence.dialects.postgresql.copies import REPLAYED
from persistence.dialects.read_positions import position_of
from persistence.exceptions import Unavailable
from tests.api import Api, create_company, running_app
from tests.commands import logging_unchanged
from tests.conftest import _migrate
from tests.postgresql_pair import Pair, running_pair
from tests.soaking import repetitions

CREATE = """mutation($name: String) { createInteraction(input: {interaction: {contactNo: "P1", templateCode: "VISIT",
description: $name}}) { interactionLogEntry { entryNo } userErrors { code } } }"""
NEWEST = "{ interactionLogEntries(first: 1, orderBy: [{field: ENTRY_NO, direction: DESC}]) { nodes { description } } }"
TWICE = NEWEST[:-1] + " b: interactionLogEntries(first: 0) { totalCount } }"
HEADER = "carnet-read-after"
LOCKS = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'"


@pytest.fixture(scope="module")
def pair(loop: asyncio.AbstractEventLoop) -> Iterator[Pair]:
    with running_pair("fsync=off") as pair:
        loop.run_until_complete(_migrate(pair.primary.url))
        with running_app(pair.primary.url, loop) as api:
            create_company(api)
        yield pair


@contextmanager
def two_processes(pair: Pair, loop: asyncio.AbstractEventLoop, **settings: Any) -> Iterator[tuple[Api, Api]]:
    """Two servers of Carnet over the pair, which know nothing of each other."""
    url, read = pair.primary.url, {"read_database_url": pair.standby.url, **settings}
    with running_app(url, loop, **read) as one, running_app(url, loop, **read) as other:
        yield one, other


@pytest.fixture
def ask(pair: Pair, loop: asyncio.AbstractEventLoop) -> Callable[[str], Any]:
    """Executes a statement on the standby."""

    def run(sql: str) -> Any:
        return loop.run_until_complete(_fetched(pair.standby.url, sql))

    return run


async def _fetched(url: str, sql: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


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
    answers_in_time(lambda: ask(REPLAYED) >= position_of(token))


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


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer time limits, so that a standby on a busy machine counts as available."""
    monkeypatch.setattr(standby, "QUICK_SECONDS", 1)
    monkeypatch.setattr(standby, "PROBE_SECONDS", 5)


@pytest.fixture
def wrong_urls(pair: Pair, loop: asyncio.AbstractEventLoop, ask: Callable[[str], Any]) -> dict[str, str]:
    """URLs at which there is no usable standby, by the cause that is logged."""
    for sql in ("CREATE DATABASE other TEMPLATE postgres", "CREATE ROLE stranger LOGIN"):
        loop.run_until_complete(_fetched(pair.primary.url.replace("/postgres?", "/template1?"), sql))
    answers_in_time(lambda: ask("SELECT count(*) FROM pg_roles WHERE rolname = 'stranger'") == 1)
    right = make_url(pair.standby.url)
    urls = {
        "OtherDatabaseError": right.set(database="other"),
        "InsufficientPrivilegeError": right.set(username="stranger"),
        "InvalidCatalogNameError": right.set(database="missing"),
        "InvalidAuthorizationSpecificationError": right.set(username="missing"),
        "FileNotFoundError": right.set(query={"host": "/missing"}),
    }
    return {cause: url.render_as_string() for cause, url in urls.items()}


def test_a_wrong_url_of_the_standby_answers_nothing_and_is_logged(
    pair: Pair,
    loop: asyncio.AbstractEventLoop,
    wrong_urls: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    patient: None,
) -> None:
    for cause, url in wrong_urls.items():
        with logging_unchanged(), running_app(pair.primary.url, loop, read_database_url=url) as api:
            created(api, cause)
            with running_app(pair.primary.url, loop, read_database_url=url) as other:
                capsys.readouterr()
                assert newest(other) == newest(other) == cause
        lines = [line for line in capsys.readouterr().out.splitlines() if "standby" in line]
        assert len(lines) == 1
        assert cause in lines[0]


def test_a_read_does_not_wait_for_a_lock_that_the_primary_has_released(
    pair: Pair, loop: asyncio.AbstractEventLoop, ask: Callable[[str], Any], patient: None
) -> None:
    """The standby has replayed that a table is locked, but not yet that it is free again."""

    async def locked() -> None:
        connection = await asyncpg.connect(pair.primary.url)
        async with connection.transaction():
            await connection.execute("LOCK TABLE interaction_log_entry IN ACCESS EXCLUSIVE MODE")
            await connection.execute("SELECT pg_current_xact_id()")
            await asyncio.to_thread(answers_in_time, lambda: asyncio.run(_fetched(pair.standby.url, LOCKS)) > 0)
            await asyncio.to_thread(asyncio.run, _fetched(pair.standby.url, "SELECT pg_wal_replay_pause()"))
        await connection.close()

    with two_processes(pair, loop, read_timeout_seconds=5) as (one, other):
        created(one, "before")
        replay(ask, created(one, "locked"))
        answers_in_time(lambda: newest(other) == "locked")
        loop.run_until_complete(locked())
        try:
            assert newest(other) == "locked"
        finally:
            ask("SELECT pg_wal_replay_resume()")


def test_a_change_waits_only_briefly_for_its_token(
    pair: Pair, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All connections for reads are in use when the position is read, after the change was committed."""
    monkeypatch.setattr(standby, "POSITION_SECONDS", 0.2)
    url, read = pair.primary.url, {"read_database_url": pair.standby.url, "request_seconds": 3}
    with running_app(url, loop, **read) as api:
        reader = api.app.state.database.reader

        async def scenario() -> Any:
            sleeping = [asyncio.ensure_future(reader.run([("SELECT pg_sleep(10)", ())])) for _ in range(200)]
            await asyncio.sleep(0)
            answer = await api.send(CREATE, {"name": "not waited for"})
            for each in sleeping:
                each.cancel()
            await asyncio.gather(*sleeping, return_exceptions=True)
            return answer

        answer = loop.run_until_complete(scenario())
        assert answer.json()["data"]["createInteraction"]["userErrors"] == []
        assert answer.headers[HEADER] == "1.p"


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
    pair.standby.start()


def test_a_promoted_server_answers_only_as_the_primary(
    pair: Pair, loop: asyncio.AbstractEventLoop, patient: None
) -> None:
    """Promoted by mistake it has only old changes; when the first primary is gone, it has the new ones."""
    read = {"read_database_url": pair.standby.url}
    with two_processes(pair, loop) as (one, other):
        created(one, "on both")
        answers_in_time(lambda: newest(other) == "on both" and _reads_there(pair, loop))
        pair.standby.promote()
        token = created(one, "on the primary")
        assert newest(other, **{HEADER: token}) == "on the primary"
        answers_in_time(lambda: newest(other) == "on the primary")
        assert [newest(other) for _ in range(5)] == ["on the primary"] * 5
    with running_app(pair.primary.url, loop, **read) as third:
        assert newest(third) == "on the primary"
    with running_app(pair.standby.url, loop, **read) as third:
        token = created(third, "on the promoted server")
        assert newest(third, **{HEADER: token}) == "on the promoted server"
        assert _reads_there(pair, loop)


def _reads_there(pair: Pair, loop: asyncio.AbstractEventLoop) -> bool:
    reads = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'carnet reading on%'"
    return bool(loop.run_until_complete(_fetched(pair.standby.url, reads)) > 0)


def test_of_two_primaries_the_one_that_was_promoted_later_is_used(
    pair: Pair, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first primary runs on, as without the program that should stop it. It is not used again either when the other
    one does not answer for a moment.
    """
    monkeypatch.setattr(server, "WATCH_SECONDS", 0.2)
    if loop.run_until_complete(_fetched(pair.standby.url, "SELECT pg_is_in_recovery()")):
        pair.standby.promote()

    async def run() -> None:
        both = server.Server(make_url(pair.url))
        earlier = await both.connect({})
        assert await earlier.fetchval("SHOW data_directory") == str(pair.primary.data)
        watching = asyncio.create_task(both.watch(lambda: True))
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            await earlier.fetchval("SELECT pg_sleep(10)")
        await end(watching)
        later = await both.connect({})
        assert await later.fetchval("SHOW data_directory") == str(pair.standby.data)
        pair.standby.signal(signal.SIGSTOP)
        try:
            with pytest.raises(Unavailable):
                await both.connect({}, limit=1)
        finally:
            pair.standby.signal(signal.SIGCONT)
        again = await both.connect({})
        assert await again.fetchval("SHOW data_directory") == str(pair.standby.data)
        later.terminate()
        again.terminate()

    loop.run_until_complete(run())
