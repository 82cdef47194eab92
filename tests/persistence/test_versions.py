"""Of several processes that start on one empty database at the same time, one creates the tables and the others wait."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from persistence import versions
from persistence.database import Database
from persistence.dialects.postgresql.dialect import MIGRATION_LOCK
from persistence.time_limits import TimeLimits
from persistence.versions import DatabaseNotCurrent
from tests.commands import FEWER_DEMO_ENTRIES
from tests.conftest import _create

TOGETHER = 4

START_TOGETHER = f"""
import json, os, sys, tempfile
from resolvers.demo import loading
from schema.server.cli.commands import main

loading.ENTRIES = {FEWER_DEMO_ENTRIES}
reading, writing = os.pipe()
started = []
for _ in range(int(sys.argv.pop())):
    output = tempfile.TemporaryFile()
    process = os.fork()
    if not process:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        os.close(writing)
        os.read(reading, 1)
        main()
    started.append((process, output))
os.close(writing)
ended = []
for process, output in started:
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    output.seek(0)
    ended.append((code, output.read().decode()))
print(json.dumps(ended))
"""
"""Runs `carnet` in several processes that start at the same moment, after the modules were imported once. Prints the
exit status and output of each.
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(
    request: pytest.FixtureRequest, postgresql_url: str, loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> str:
    """A database without any tables; on SQLite without a file."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    return loop.run_until_complete(_create(postgresql_url, "carnet_test_bare"))


def started_together(processes: int, url: str, command: str) -> list[tuple[int, str]]:
    """The exit status and output of each of these processes, which run the same command."""
    done = subprocess.run(
        [sys.executable, "-c", START_TOGETHER, command, str(processes)],
        env={**os.environ, "CARNET_DATABASE_URL": url, "COLUMNS": "200", "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=300,
    )
    return [(code, output) for code, output in json.loads(done.stdout)]


def test_processes_that_start_at_the_same_time_all_start(bare_url: str) -> None:
    ended = started_together(TOGETHER, bare_url, "migrate")

    assert [code for code, _ in ended] == [0] * TOGETHER, ended


def test_only_one_of_several_processes_loads_the_demo(bare_url: str) -> None:
    """The others report in a message that the database is not empty."""
    ended = sorted(started_together(2, bare_url, "demo"))

    assert [code for code, _ in ended] == [0, 1], ended
    assert "Traceback" not in ended[1][1]


def test_connections_of_one_process_also_wait_for_the_migration_lock(
    bare_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    async def start() -> None:
        async with Database.at(bare_url) as database:
            await versions.migrate(database)
            await versions.check(database)

    async def all_of_them() -> None:
        await asyncio.gather(*(start() for _ in range(TOGETHER)))

    loop.run_until_complete(all_of_them())


def test_waiting_too_long_for_the_migration_lock_ends_with_a_message(
    bare_url: str, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "LOCK_TIMEOUT", 0)

    async def wait() -> None:
        async with Database.at(bare_url, limits=TimeLimits(patience=0.1)) as database:
            await versions.migrate(database)

    async def scenario() -> None:
        if bare_url.startswith("sqlite"):
            holder = sqlite3.connect(make_url(bare_url).database or "", isolation_level=None)
            holder.execute("PRAGMA journal_mode = WAL")
            holder.execute("BEGIN IMMEDIATE")
            await wait()
        else:
            connection = await asyncpg.connect(bare_url)
            await connection.execute(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
            try:
                await wait()
            finally:
                await connection.close()

    with pytest.raises(DatabaseNotCurrent, match="Another Carnet has been creating or changing the tables"):
        loop.run_until_complete(scenario())
