"""Of several processes that start on one empty database at the same time, one creates the tables and the others wait."""

import asyncio
import sqlite3

import asyncpg
import pytest
from sqlalchemy import Engine, event, make_url

from persistence import versions
from persistence.concurrency.time_limits import TimeLimits
from persistence.database import Database
from persistence.dialects.postgresql.dialect import LOCK_MIGRATIONS
from persistence.versions import DatabaseNotCurrent
from tests.forks import forked

TOGETHER = 4


def test_processes_that_start_at_the_same_time_all_start(new_url: str) -> None:
    ended = forked([["migrate"]] * TOGETHER, together=True, CARNET_DATABASE_URL=new_url)

    assert [code for code, _ in ended] == [0] * TOGETHER, ended


def test_connections_of_one_process_also_wait_for_the_migration_lock(
    new_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    async def start() -> None:
        async with Database.at(new_url) as database:
            await versions.migrate(database)
            await versions.check(database)

    async def all_of_them() -> None:
        await asyncio.gather(*(start() for _ in range(TOGETHER)))

    loop.run_until_complete(all_of_them())


def test_a_current_database_is_checked_with_two_statements(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    sent = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        loop.run_until_complete(versions.check(database))
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert len([statement for statement in sent if "SELECT" in statement]) == 2, sent


def test_waiting_too_long_for_the_migration_lock_ends_with_a_message(
    new_url: str, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "LOCK_TIMEOUT", 0)

    async def wait() -> None:
        async with Database.at(new_url, limits=TimeLimits(patience=0.1)) as database:
            await versions.migrate(database)

    async def scenario() -> None:
        if new_url.startswith("sqlite"):
            holder = sqlite3.connect(make_url(new_url).database or "", isolation_level=None)
            holder.execute("PRAGMA journal_mode = WAL")
            holder.execute("BEGIN IMMEDIATE")
            await wait()
        else:
            connection = await asyncpg.connect(new_url)
            await connection.execute("SELECT " + LOCK_MIGRATIONS.replace("_xact", ""))
            try:
                await wait()
            finally:
                await connection.close()

    with pytest.raises(DatabaseNotCurrent, match="Another Carnet has been creating or changing the tables"):
        loop.run_until_complete(scenario())
