"""Queries that a standby answers: no client sees a state older than its own change, and none notices a standby that lags,
is frozen or is gone.
"""

import asyncio
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest
from sqlalchemy import make_url

from persistence.concurrency.ending_tasks import end
from persistence.dialects.postgresql import newest_primary, server, standby
from persistence.dialects.read_positions import cluster_of, position_at, position_of, timeline_of, token_of
from persistence.exceptions import Unavailable
from tests.api import Api, create_company, running_app
from tests.commands import logging_unchanged
from tests.conftest import _migrate
from tests.faults.proxy import proxy_of, server_of
from tests.faults.standby_clients import (
    CREATE,
    DRAFT,
    HEADER,
    NEWEST,
    TWICE,
    answers_in_time,
    created,
    fetched,
    newest,
    pause,
    promote,
    replay,
    standby_answers,
    two_processes,
)
from tests.postgresql_pair import Pair, running_pair
from tests.soaking import repetitions
from tests.sockets import socket_of

LOCKS = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'"


@pytest.fixture(scope="module")
def pair(loop: asyncio.AbstractEventLoop) -> Iterator[Pair]:
    with running_pair("fsync=off") as pair:
        loop.run_until_complete(_migrate(pair.primary.url))
        with running_app(pair.primary.url, loop) as api:
            create_company(api)
        yield pair


@pytest.fixture
def ask(pair: Pair, loop: asyncio.AbstractEventLoop) -> Callable[[str], Any]:
    """Executes a statement on the standby."""

    def run(sql: str) -> Any:
        return loop.run_until_complete(fetched(pair.standby.url, sql))

    return run


@pytest.fixture
def paused(ask: Callable[[str], Any]) -> Iterator[None]:
    """The standby does not replay any changes."""
    pause(ask)
    yield
    ask("SELECT pg_wal_replay_resume()")


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
        assert newest(other, DRAFT + NEWEST[1:]) == "live"
        feed = "{ changeFeed(first: 100) { upToDate changes { type } } " + NEWEST[1:]
        assert newest(other, feed) == "live"


def test_a_standby_without_a_primary_answers_when_it_is_as_new_as_the_token(
    pair: Pair, loop: asyncio.AbstractEventLoop, ask: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`CARNET_DATABASE_URL` is the URL of the standby."""
    monkeypatch.setattr(newest_primary, "SEARCH_SECONDS", 0.1)
    with two_processes(pair, loop) as (one, _), running_app(pair.standby.url, loop) as api:
        pause(ask)
        try:
            token = created(one, "replayed later")
            assert api.post(NEWEST, None, **{HEADER: token}).status_code == 503
            assert newest(api) != "replayed later"
        finally:
            ask("SELECT pg_wal_replay_resume()")
        replay(ask, token)
        assert newest(api, **{HEADER: token}) == newest(api, DRAFT + NEWEST[1:], **{HEADER: token}) == "replayed later"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer time limits, so that a standby on a busy machine counts as available."""
    monkeypatch.setattr(standby, "QUICK_SECONDS", 1)
    monkeypatch.setattr(standby, "PROBE_SECONDS", 5)


@pytest.fixture
def wrong_urls(pair: Pair, loop: asyncio.AbstractEventLoop, ask: Callable[[str], Any]) -> dict[str, str]:
    """URLs at which there is no usable standby, by the cause that is logged."""
    for sql in ("CREATE DATABASE other TEMPLATE postgres", "CREATE ROLE stranger LOGIN"):
        loop.run_until_complete(fetched(pair.primary.url.replace("/postgres?", "/template1?"), sql))
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
            await asyncio.to_thread(answers_in_time, lambda: asyncio.run(fetched(pair.standby.url, LOCKS)) > 0)
            await asyncio.to_thread(asyncio.run, fetched(pair.standby.url, "SELECT pg_wal_replay_pause()"))
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
        assert answer.headers[HEADER].endswith(".p")


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
        answers_in_time(lambda: newest(other) == "on both" and standby_answers(pair, loop))
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
        assert standby_answers(pair, loop)


def test_of_two_primaries_the_one_that_was_promoted_later_is_used(
    pair: Pair, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first primary runs on, as without the program that should stop it. It is not used again either when the other
    one does not answer for a moment.
    """
    monkeypatch.setattr(server, "WATCH_SECONDS", 0.2)
    promote(pair, loop)

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


@pytest.fixture
def unwatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Carnet looks for a later primary only for requests with a token, and not regularly."""
    monkeypatch.setattr(server, "WATCH_SECONDS", 1000)


def _streamed(api: Api, token: str) -> str:
    query = quote(NEWEST.replace("first: 1, ", ""))
    answer = api.get(f"/graphql?format=csv&query={query}", **{HEADER: token})
    assert answer.status_code == 200, answer.text
    return str(answer.text.splitlines()[1])


def _over_websocket(api: Api, token: str) -> str:
    socket = socket_of(api).begin()
    socket.send(id="1", type="subscribe", payload={"query": NEWEST, "extensions": {"readAfter": token}})
    return str(socket.next()["nodes"][0]["description"])


def _changed(api: Api, token: str) -> str:
    answer = api.post(CREATE, {"name": "read after"}, **{HEADER: token}).json()
    assert timeline_of(position_of(answer["extensions"]["readAfter"])) > 1
    return newest(api)


READS: dict[str, Callable[[Api, str], str]] = {
    "planned": lambda api, token: newest(api, **{HEADER: token}),
    "default execution": lambda api, token: newest(api, DRAFT + NEWEST[1:], **{HEADER: token}),
    "stream": _streamed,
    "over a WebSocket": _over_websocket,
    "change": _changed,
}


@pytest.mark.parametrize(
    ("read", "has_standby"),
    [*((read, False) for read in READS.values()), (READS["planned"], True)],
    ids=[*READS, "planned, with a standby"],
)
def test_the_earlier_of_two_primaries_answers_no_request_with_a_token_of_the_later_one(
    pair: Pair, loop: asyncio.AbstractEventLoop, unwatched: None, read: Callable[[Api, str], str], has_standby: bool
) -> None:
    promote(pair, loop)
    settings = {"read_database_url": pair.primary.url} if has_standby else {}
    with running_app(pair.standby.url, loop) as later, running_app(pair.url, loop, **settings) as api:
        assert newest(api) != "read after", "it uses the earlier one"
        token = created(later, "read after")
        assert read(api, token) == "read after"
        assert newest(api) == "read after"


@pytest.mark.parametrize("read", [NEWEST, DRAFT + NEWEST[1:], CREATE], ids=["planned", "default execution", "change"])
def test_a_request_with_a_token_is_refused_while_the_later_primary_does_not_answer(
    pair: Pair, loop: asyncio.AbstractEventLoop, unwatched: None, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    promote(pair, loop)
    monkeypatch.setattr(newest_primary, "SEARCH_SECONDS", 0.1)
    with running_app(pair.standby.url, loop) as later, running_app(pair.url, loop) as api:
        before, token = newest(api), created(later, "refused")
        pair.standby.signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            answer = api.post(read, {"name": "not made"}, **{HEADER: token})
            assert time.monotonic() - began < newest_primary.ANSWER_SECONDS, "it does not wait until the search ends"
            assert answer.status_code == 503
            assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
            assert newest(api) == before, "requests without a token are answered, and nothing was changed"
        finally:
            pair.standby.signal(signal.SIGCONT)
        monkeypatch.undo()
        assert newest(api, **{HEADER: token}) == "refused"


def test_a_token_of_another_cluster_is_read_from_the_primary(pair: Pair, loop: asyncio.AbstractEventLoop) -> None:
    """As after an upgrade of PostgreSQL, which begins a cluster with timeline 1."""
    with running_app(pair.standby.url, loop) as api:
        cluster = cluster_of(position_of(created(api, "upgraded")))
        assert newest(api, **{HEADER: token_of(position_at(cluster + 1, 9, 9))}) == "upgraded"


def test_an_address_that_leads_to_the_earlier_primary_for_a_moment_is_asked_again(
    pair: Pair, loop: asyncio.AbstractEventLoop
) -> None:
    """As behind haproxy until it notices that another server has become the primary."""
    promote(pair, loop)
    making = proxy_of(pair.primary.url)
    proxy, url = loop.run_until_complete(making.__aenter__())
    try:
        with running_app(pair.standby.url, loop) as later, running_app(url, loop) as api:
            assert newest(api) != "behind a proxy"
            token = created(later, "behind a proxy")
            asking = loop.create_task(api.send(NEWEST, None, **{HEADER: token}))
            loop.run_until_complete(asyncio.sleep(0.3))
            assert not asking.done()
            proxy.server = server_of(pair.standby.url)
            answer = loop.run_until_complete(asking).json()
            assert answer["data"]["interactionLogEntries"]["nodes"][0]["description"] == "behind a proxy"
            proxy.server = server_of(pair.primary.url)
            proxy.cut_all()
            assert api.post(NEWEST).status_code == 503, "the earlier primary is not used again"
    finally:
        loop.run_until_complete(making.__aexit__(None, None, None))
