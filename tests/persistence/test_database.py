"""Guarantees of an open database: its version, its collations, and that no acknowledged write is lost."""

import asyncio
import sqlite3
from functools import partial
from itertools import chain
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text, update
from sqlalchemy.util import greenlet_spawn
from sqlmodel import Session

from persistence import versions
from persistence.database import Database
from persistence.dialects.sqlite.reads import SqliteReader
from persistence.entry_numbers import reserve
from persistence.exceptions import TooComplex
from persistence.interactions import EntryCounter
from persistence.tables import Contact, NumberSeriesLine, Salesperson
from persistence.transactions.running_operations import begin_phase
from persistence.versions import DatabaseNotCurrent
from tests.concurrency import sleep_in_transaction, wait_until
from tests.conftest import NOW


def test_the_migrations_create_the_tables_of_the_models(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    loop.run_until_complete(database.querying(lambda session: command.check(versions.config(session.connection()))))


def test_an_old_database_is_refused_with_the_command_to_run(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    loop.run_until_complete(
        database.writing(lambda session: session.execute(text("UPDATE alembic_version SET version_num = '0001'")))
    )

    with pytest.raises(DatabaseNotCurrent, match="carnet migrate"):
        loop.run_until_complete(versions.check(database))


def test_a_new_company_has_number_series_and_a_setup_that_names_them(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """Rule K23."""
    names = "SELECT contact_nos || segment_nos || campaign_nos FROM marketing_setup"
    count = "SELECT count(*) FROM number_series_line"

    assert loop.run_until_complete(database.reading([(names, ()), (count, ())])) == ["CONTSEGMCAMP", 3]


def test_codes_sort_byte_by_byte_on_postgresql(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> None:
    """The server of the tests sorts this way by default, so the collation is read from the catalogue."""
    asked = """SELECT string_agg(table_name || '.' || column_name, ', ') FROM information_schema.columns
        WHERE table_schema = 'public' AND collation_name IS DISTINCT FROM 'C' AND table_name <> 'alembic_version'
          AND (data_type = 'character varying') AND (column_name ~ '(^|_)(no|code|nos)$' OR column_name LIKE 'search_%')
          AND column_name NOT LIKE '%phone_no'"""

    url = empty_copy("postgresql")

    async def ask() -> Any:
        async with Database.at(url) as database:
            return await database.reading([(asked, ())])

    assert loop.run_until_complete(ask()) == [None]


def test_a_committed_change_is_on_disk_on_sqlite(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> None:
    """2 is FULL: in the write-ahead log NORMAL would lose the last changes in a power cut."""
    url = empty_copy("sqlite")

    async def ask() -> Any:
        async with Database.at(url) as database:
            return await database.writing(
                lambda session: [
                    session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
                ]
            )

    assert loop.run_until_complete(ask()) == ["wal", 2, 1]


def test_concurrent_writers_lose_no_update(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    """Read, then write: 40 increments by 8 writers at once end at 40."""

    def increment(session: Session) -> None:
        line = session.get(NumberSeriesLine, ("CONT", 1), with_for_update=True)
        assert line is not None
        line.increment_by += 1
        session.flush()

    async def all_of_them() -> None:
        await asyncio.gather(*(database.writing(increment) for _ in range(40)))

    loop.run_until_complete(all_of_them())
    asked = "SELECT increment_by FROM number_series_line WHERE series_code = 'CONT'"
    assert loop.run_until_complete(database.reading([(asked, ())])) == [41]


def test_no_entry_number_is_drawn_twice(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    """Rule R-NUM-3."""

    async def all_of_them() -> list[list[int]]:
        return await asyncio.gather(*(database.writing(partial(reserve, count=2)) for _ in range(50)))

    drawn = loop.run_until_complete(all_of_them())
    assert len({*chain.from_iterable(drawn)}) == 100


def test_a_change_that_raises_is_rolled_back_completely(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    def half(session: Session) -> None:
        session.add(Salesperson(code="JO", name="Jo", search_name="jo"))
        session.flush()
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        loop.run_until_complete(database.writing(half))
    assert loop.run_until_complete(database.reading([("SELECT count(*) FROM salesperson", ())])) == [0]


def test_reading_connections_cannot_write(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    with pytest.raises(Exception, match=r"read-?only|readonly|query_only"):
        loop.run_until_complete(database.reading([("DELETE FROM number_series_line", ())]))


def test_the_database_itself_refuses_invalid_values(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    def strange(session: Session) -> None:
        session.add(Contact(no="X", type="ROBOT", name="x", search_name="x"))
        session.flush()

    with pytest.raises(Exception, match=r"(?i)check"):
        loop.run_until_complete(database.writing(strange))


def test_only_sqlite_uses_the_entry_counter(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    loop.run_until_complete(database.writing(lambda session: session.execute(update(EntryCounter).values(last_no=7))))

    drawn = loop.run_until_complete(database.writing(partial(reserve, count=1)))
    assert drawn == [8 if database.dialect.name == "sqlite" else 1]


def test_a_read_that_takes_too_long_is_interrupted(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> None:
    endless = (
        "SELECT count(*) FROM (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r) AS x"
    )
    urls = [empty_copy(kind) for kind in ("sqlite", "postgresql")]

    async def ask(url: str) -> None:
        async with Database.at(url, read_timeout=0.2) as database:
            with pytest.raises(TimeoutError):
                await database.reading([(endless, ())])
            assert await database.reading([("SELECT 1", ())]) == [1]

    for url in urls:
        loop.run_until_complete(ask(url))


def test_a_statement_beyond_the_limits_of_the_database_raises_too_complex(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    wide = text(f"SELECT {', '.join(['1'] * 2001)}")

    with pytest.raises(TooComplex, match="shorter filter"):
        loop.run_until_complete(database.querying(lambda session: session.execute(wide)))


def test_long_reads_do_not_keep_others_from_reading(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    begun: list[str] = []
    ended: list[str] = []

    def wait_for_the_end(session: Session) -> None:
        begun.append("long")
        while "all" not in ended:
            sleep_in_transaction(session, 0.02)

    async def all_of_them() -> None:
        long = [asyncio.create_task(database.querying(wait_for_the_end)) for _ in range(8)]
        try:
            async with asyncio.timeout(60):
                while len(begun) < len(long):
                    await asyncio.sleep(0.02)
                await database.querying(lambda session: ended.append("short"))
            assert not any(task.done() for task in long)
        finally:
            ended.append("all")
            await asyncio.gather(*long)

    loop.run_until_complete(all_of_them())
    assert ended == ["short", "all"]


def test_a_change_that_is_canceled_twice_shows_its_progress_until_it_ends(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    """Its thread continues as long as it cannot be stopped; no other change runs meanwhile, and it is rolled back."""

    def change(session: Session) -> None:
        begin_phase(session, 7, "ADDING", 0, NOW)
        session.execute(update(Salesperson).values(name="Nemo"))
        sleep_in_transaction(session, 0.5)

    async def twice() -> None:
        async with Database.at(empty_copy("sqlite")) as database:
            changing = asyncio.create_task(database.writing(change))
            await wait_until(database.monitor.progress)
            for _ in range(2):
                changing.cancel()
                await asyncio.sleep(0.05)
            assert changing.done()
            assert 7 in await database.monitor.progress()
            assert (
                await database.writing(
                    lambda session: session.scalar(text("SELECT count(*) FROM salesperson WHERE name = 'Nemo'"))
                )
                == 0
            )
            assert await database.monitor.progress() == {}

    loop.run_until_complete(twice())


def test_the_newest_version_is_the_head_of_the_migrations() -> None:
    from alembic.script import ScriptDirectory

    assert versions.newest() == ScriptDirectory.from_config(versions.config()).get_current_head()


def test_postgresql_ends_the_statements_of_a_killed_process(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> None:
    """Within seconds, so that a client that sends the mutation again finds no locked rows."""
    url = empty_copy("postgresql")

    async def scenario() -> None:
        async with Database.at(url) as database, Database.at(url) as other:
            held = await greenlet_spawn(database.engine.raw_connection)
            driver: Any = held.driver_connection
            at_work = f"SELECT count(*) FROM pg_stat_activity WHERE pid = {driver.get_server_pid()}"
            working = asyncio.ensure_future(driver.execute("SELECT pg_sleep(60)"))
            await asyncio.sleep(0.1)
            assert await other.reading([(at_work, ())]) == [1]

            driver.terminate()
            await asyncio.gather(working, return_exceptions=True)

            async def ended() -> bool:
                return bool(await other.reading([(at_work, ())]) == [0])

            assert await wait_until(ended)
            await greenlet_spawn(held.invalidate)

    loop.run_until_complete(scenario())


def test_a_database_is_closed_even_if_its_task_is_canceled_meanwhile(
    database_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    """Ctrl-C may come while a command closes its database."""

    async def use() -> None:
        async with Database.at(database_url) as database:
            used.append(database)
            await database.reading([("SELECT 1", ())] * 2)
            await database.querying(lambda session: session.scalar(text("SELECT 1")))
            task = asyncio.current_task()
            assert task is not None
            loop.call_soon(task.cancel)

    async def none_is_left() -> bool:
        count = (
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
        async with Database.at(database_url) as other:
            return await other.reading([(count, ())]) == [0]

    used: list[Database] = []
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(use())

    (database,) = used
    assert database.engine.pool.checkedin() == 0  # type: ignore[attr-defined]  # a pool of SQLAlchemy's own
    if isinstance(database.reader, SqliteReader):
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            database.reader._open[0].execute("SELECT 1")
    else:
        assert loop.run_until_complete(wait_until(none_is_left))
