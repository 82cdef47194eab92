"""Two schemas of one PostgreSQL database do not see each other, nor an installation in `public`."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlmodel import Session

from persistence.database import Database
from persistence.dialects import dialect_of
from persistence.exceptions import ChangeCanceled, Unavailable
from persistence.transactions.running_operations import begin_phase
from persistence.versions import current, migrate, newest
from tests.companies.conftest import NAMES
from tests.concurrency import sleep_in_transaction, wait_until
from tests.conftest import NOW

HIGHEST_ID = 2**31 - 1


def test_an_empty_schema_gets_its_own_tables_beside_an_installation_in_public(
    owner_url: str, schemas: list[str], loop: asyncio.AbstractEventLoop
) -> None:
    async def scenario() -> Any:
        owner = await asyncpg.connect(owner_url)
        await owner.execute(f"DROP SCHEMA {NAMES[0]} CASCADE; CREATE SCHEMA {NAMES[0]} AUTHORIZATION {NAMES[0]}")
        before = await owner.fetch("SELECT version_num FROM public.alembic_version")
        async with Database.at(schemas[0]) as database:
            assert await current(database) is None
            with pytest.raises(Unavailable) as raised:
                await database.check_ready()
            assert "marketing_setup" in str(raised.value.__cause__)
            await migrate(database)
            assert await current(database) == newest()
        tables = "SELECT schemaname, count(*) FROM pg_tables WHERE schemaname = ANY($1) GROUP BY 1"
        counts = {row[0]: row[1] for row in await owner.fetch(tables, [*NAMES, "public"])}
        assert before == await owner.fetch("SELECT version_num FROM public.alembic_version")
        await owner.close()
        return counts

    counts = loop.run_until_complete(scenario())

    assert len(counts) == 3
    assert len(set(counts.values())) == 1


@pytest.mark.parametrize("lost", ["SCHEMA {0}", "TABLE {0}.contact"])
def test_a_role_that_has_lost_rights_reads_no_other_tables(
    owner_url: str, schemas: list[str], lost: str, loop: asyncio.AbstractEventLoop
) -> None:
    """Not even those in `public`, which it may read: `current_schema()` is `public` if it may not use its schema."""

    async def scenario() -> None:
        owner = await asyncpg.connect(owner_url)
        await owner.execute(f"ALTER {lost.format(NAMES[0])} OWNER TO CURRENT_USER")
        async with Database.at(schemas[0]) as database:
            for action in (
                database.reading([("SELECT count(*) FROM contact", ())]),
                database.querying(lambda session: session.execute(text("SELECT * FROM contact"))),
                database.writing(lambda session: session.execute(text("UPDATE contact SET name = 'X'"))),
            ):
                with pytest.raises(Unavailable):
                    await action
            await owner.execute(f"ALTER {lost.format(NAMES[0])} OWNER TO {NAMES[0]}")
            await database.reading([("SELECT count(*) FROM contact", ())])
        await owner.close()

    loop.run_until_complete(scenario())


@pytest.mark.parametrize(
    ("search_path", "expected"),
    [
        ("nowhere, own, public", "own"),
        ('"Own, ""quoted""", own', '"Own, ""quoted"""'),
        ('"$user", public', "public"),
        ("nowhere", "nowhere"),
    ],
)
def test_a_connection_sees_the_first_schema_of_its_path_only(
    owner_url: str, schemas: list[str], search_path: str, expected: str, loop: asyncio.AbstractEventLoop
) -> None:
    async def scenario() -> Any:
        owner = await asyncpg.connect(owner_url)
        await owner.execute('CREATE SCHEMA own; CREATE SCHEMA "Own, ""quoted"""')
        await owner.execute(f"DROP SCHEMA {NAMES[0]} CASCADE; ALTER ROLE {NAMES[0]} SET search_path = {search_path}")
        try:
            async with Database.at(schemas[0]) as database:
                return await database.reading([("SELECT current_setting('search_path')", ())])
        finally:
            await owner.execute(f"ALTER ROLE {NAMES[0]} RESET search_path")
            await owner.close()

    assert loop.run_until_complete(scenario()) == [expected]


@pytest.mark.parametrize("segment_id", [7, HIGHEST_ID])
def test_operations_on_segments_with_equal_ids_do_not_meet(
    schemas: list[str], segment_id: int, loop: asyncio.AbstractEventLoop
) -> None:
    """Neither their progress nor canceling them, whatever numbers the name of the connection has to hold."""

    def operation(session: Session) -> None:
        session.execute(text("SELECT setval('interaction_entry_no', :last)"), {"last": HIGHEST_ID - 500})
        begin_phase(session, segment_id, "LOGGING", 1000, NOW)
        session.execute(text("SELECT setval('interaction_entry_no', :last)"), {"last": HIGHEST_ID})
        while True:
            sleep_in_transaction(session, 0.01)
            session.execute(text("SELECT pg_sleep(0.05)"))

    async def scenario() -> None:
        async with Database.at(schemas[0]) as one, Database.at(schemas[1]) as other, Database.at(schemas[0]) as same:
            running = asyncio.ensure_future(one.writing(operation))
            await wait_until(same.monitor.progress)
            progress = (await same.monitor.progress())[segment_id]
            assert (progress.phase, progress.done, progress.total) == ("LOGGING", 500, 1000)
            assert await other.monitor.progress() == {}
            assert not await other.stop(segment_id)
            await asyncio.sleep(0.1)
            assert not running.done()
            assert await same.stop(segment_id)
            with pytest.raises(ChangeCanceled):
                await running

    loop.run_until_complete(scenario())


LOCKS: dict[str, Callable[[Session], None]] = {
    "migrations": lambda session: dialect_of(session).lock_migrations(session),
    "refreshing": lambda session: dialect_of(session).lock_refreshing(session),
    "imports": lambda session: dialect_of(session).lock_imports(session, waits=False),
}


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS.keys())
def test_the_locks_of_two_schemas_do_not_meet(
    schemas: list[str], lock: Callable[[Session], None], loop: asyncio.AbstractEventLoop
) -> None:
    async def scenario() -> None:
        held, release = asyncio.Event(), asyncio.Event()

        def hold(session: Session) -> None:
            lock(session)
            held.set()
            while not release.is_set():
                sleep_in_transaction(session, 0.01)

        async with Database.at(schemas[0]) as one, Database.at(schemas[1]) as other, Database.at(schemas[0]) as same:
            holding = asyncio.ensure_future(one.writing(hold))
            await held.wait()
            waiting = asyncio.ensure_future(same.writing(lock))
            await asyncio.wait_for(other.writing(lock), 5)
            assert not waiting.done()
            release.set()
            await asyncio.gather(holding, waiting)

    loop.run_until_complete(scenario())
