"""Clients of servers of Carnet that read from a pair of servers of PostgreSQL."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

from persistence.dialects.postgresql.copies import REPLAYED
from persistence.dialects.read_positions import position_of
from tests.api import Api, running_app
from tests.postgresql_pair import Pair

CREATE = """mutation($name: String) { createInteraction(input: {interaction: {contactNo: "P1", templateCode: "VISIT",
description: $name}}) { interactionLogEntry { entryNo } userErrors { code } } }"""
NEWEST = "{ interactionLogEntries(first: 1, orderBy: [{field: ENTRY_NO, direction: DESC}]) { nodes { description } } }"
DRAFT = '{ interactionDraft(input: {interaction: {contactNo: "P1", templateCode: "VISIT"}}) { __typename } '
TWICE = NEWEST[:-1] + " b: interactionLogEntries(first: 0) { totalCount } }"
HEADER = "carnet-read-after"


@contextmanager
def two_processes(pair: Pair, loop: asyncio.AbstractEventLoop, **settings: Any) -> Iterator[tuple[Api, Api]]:
    """Two servers of Carnet over the pair, which know nothing of each other."""
    url, read = pair.primary.url, {"read_database_url": pair.standby.url, **settings}
    with running_app(url, loop, **read) as one, running_app(url, loop, **read) as other:
        yield one, other


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


def promote(pair: Pair, loop: asyncio.AbstractEventLoop) -> None:
    """Make the standby a primary, unless it is one. The first primary runs on."""
    if loop.run_until_complete(fetched(pair.standby.url, "SELECT pg_is_in_recovery()")):
        pair.standby.promote()


def standby_answers(pair: Pair, loop: asyncio.AbstractEventLoop) -> bool:
    """Whether Carnet has connections with which it reads on the standby."""
    reads = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'carnet reading on%'"
    return bool(loop.run_until_complete(fetched(pair.standby.url, reads)) > 0)


async def fetched(url: str, sql: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()
