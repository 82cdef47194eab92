"""Delays transactions: holds an INSERT, sleeps inside a transaction, waits for a condition."""

import asyncio
import time
from typing import Any

import asyncpg
from sqlalchemy import URL, make_url, text
from sqlalchemy.util import await_only
from sqlmodel import Session

from persistence.database import Database
from tests.citus_schemas import PLACE

SQLITE = """CREATE TRIGGER hold BEFORE INSERT ON {table} WHEN NEW.{column} = {at} BEGIN
SELECT sum(a.version + b.version + c.version) FROM contact a, contact b, contact c; END"""
FUNCTION = """CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM set_config('lock_timeout', '0', true); PERFORM pg_advisory_xact_lock(42); RETURN NEW; END $$"""
POSTGRESQL = (
    "CREATE TRIGGER hold BEFORE INSERT ON {table} FOR EACH ROW WHEN (NEW.{column} = {at}) EXECUTE FUNCTION hold()"
)
ON_CITUS = "SELECT current_setting('citus.enable_schema_based_sharding', true) IS NOT NULL"
ALLOW_TRIGGERS = "SELECT set_config('citus.enable_unsafe_triggers', 'on', true)"


class InsertHold:
    """A trigger that holds the INSERT of one row: by a long count on SQLite, by an advisory lock on PostgreSQL."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None

    async def begin(self, table: str, column: str, at: int | str) -> None:
        """Start to hold the INSERT of the row whose column has this value, as SQL writes it."""
        place = {"table": table, "column": column, "at": at}
        if self._url.startswith("sqlite:"):
            await self._run(SQLITE.format(**place))
            return
        await self._run(ALLOW_TRIGGERS, FUNCTION, POSTGRESQL.format(**place))
        server = await server_with_rows(self._url)
        self._connection = await asyncpg.connect(server.render_as_string(hide_password=False))
        await self._connection.execute("SELECT pg_advisory_lock(42)")

    async def end(self) -> None:
        """Stop holding. On PostgreSQL, an INSERT that is held continues."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
        await self._run("DROP TRIGGER hold" if self._url.startswith("sqlite:") else "DROP FUNCTION hold() CASCADE")

    async def _run(self, *statements: str) -> None:
        if self._url.startswith("sqlite:"):
            async with Database.at(self._url) as database:
                await database.writing(lambda session: [session.execute(text(each)) for each in statements])
            return
        connection = await asyncpg.connect(make_url(self._url).render_as_string(hide_password=False))
        async with connection.transaction():
            for each in statements:  # by rules, Citus would not create the function on the worker
                await connection.execute(each)
        await connection.close()


async def server_with_rows(url: str) -> URL:
    """The URL of the PostgreSQL server that has the rows of a database and runs its triggers: on Citus, a worker."""
    parts = make_url(url)
    connection = await asyncpg.connect(parts.render_as_string(hide_password=False))
    if await connection.fetchval(ON_CITUS):
        ((host, port),) = await connection.fetch(PLACE, await connection.fetchval("SELECT current_schema()"))
        parts = parts.set(host=host, port=port)
    await connection.close()
    return parts


def sleep_in_transaction(session: Session, seconds: float) -> None:
    """Sleep inside a transaction: in its thread on SQLite, on the event loop on PostgreSQL."""
    if session.get_bind().dialect.name == "sqlite":
        time.sleep(seconds)
    else:
        await_only(asyncio.sleep(seconds))


async def wait_until(condition: Any) -> Any:
    """Call the function until it returns a true value, and return that. Raises TimeoutError after 120 seconds."""
    async with asyncio.timeout(120):
        while True:
            found = await condition()
            if found:
                return found
            await asyncio.sleep(0.03)
