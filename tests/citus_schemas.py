"""Schemas of a Citus cluster for tests, each with a role that owns it.

Migrating a schema takes many seconds there. So a schema that a test no longer needs is emptied and used again, unless
the test has changed its tables. Functions and tables that the test has added are dropped.
"""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from sqlalchemy import make_url

from persistence.tables import Table

TABLES = """SELECT relname::text FROM pg_class
WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1"""

DEFINITIONS = """SELECT relname::text || ' ' || relkind::text || coalesce((
SELECT string_agg(attname || ' ' || atttypid || ' ' || atttypmod || ' ' || attnotnull, ', ' ORDER BY attnum)
FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped), '')
|| (SELECT count(*) FROM pg_constraint WHERE conrelid = pg_class.oid)
|| ' ' || (SELECT count(*) FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal)
FROM pg_class WHERE relnamespace = to_regnamespace($1) UNION ALL
SELECT proname || ' ' || md5(prosrc) FROM pg_proc WHERE pronamespace = to_regnamespace($1) ORDER BY 1"""
"""What a migration creates in a schema: relations, columns, the number of constraints and triggers, and functions."""

REFERENCED_FIRST = {table.name: place for place, table in enumerate(Table.metadata.sorted_tables)}
"""Where each table stands in an order in which the tables that it references come before it."""

PLACE = """SELECT nodename, nodeport FROM pg_dist_shard JOIN pg_class ON pg_class.oid = logicalrelid
JOIN pg_dist_placement USING (shardid) JOIN pg_dist_node USING (groupid)
WHERE relnamespace = CAST(CAST($1 AS text) AS regnamespace) LIMIT 1"""
"""The address of the worker that has the tables of a schema."""

SHARDS = """SELECT relname::text, split_part(shard_name(logicalrelid, shardid), '.', 2) AS shard FROM pg_dist_shard
JOIN pg_class ON pg_class.oid = logicalrelid WHERE relnamespace = to_regnamespace($1)"""
"""The name of each table of a schema on its worker."""

DROP_ADDED = """SELECT 'DROP FUNCTION ' || CAST(pg_proc.oid AS regprocedure) || ' CASCADE' FROM pg_proc
WHERE pronamespace = to_regnamespace($1) AND NOT proname = ANY ($2) UNION ALL
SELECT 'DROP TABLE ' || CAST(pg_class.oid AS regclass) || ' CASCADE' FROM pg_class
WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' AND NOT relname = ANY ($2)"""
"""The statements that drop what is not among the names of $2."""

SEQUENCES = "SELECT sequencename::text FROM pg_sequences WHERE schemaname = $1"


@dataclass
class Content:
    """What the migrations have made in a schema."""

    definitions: list[str]
    rows: dict[str, bytes]
    """By table, in the binary format of COPY."""
    sequences: dict[str, tuple[int, bool]]


class CitusSchemas:
    """Creates and removes schemas; keeps the migrated ones that nothing uses."""

    def __init__(self) -> None:
        self._migrated: Content | None = None
        self._created: set[str] = set()
        self._unused: list[str] = []

    async def create(self, server: str, name: str) -> str:
        """A schema without tables. Returns the URL of its role."""
        await self.drop(server, name)
        self._created.add(name)
        async with _connected(server) as connection:
            await connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{name}'")
            await connection.execute(f"CREATE SCHEMA AUTHORIZATION {name}")
            return _url_of_role(server, name)

    async def emptied(self, server: str) -> str | None:
        """The URL of a migrated schema that nothing uses; None if there is none."""
        while self._unused:
            name = self._unused.pop()
            await self._disconnect(server, name)
            await self._drop_added(server, name)
            if await self._is_unchanged(server, name):
                await self._empty(server, name)
                return _url_of_role(server, name)
            await self.drop(server, name)
        return None

    async def note_migrated(self, server: str, name: str) -> None:
        """This schema is as the migrations have made it."""
        if self._migrated is None:
            async with _connected(server, name) as connection:
                found = [table for (table,) in await connection.fetch(TABLES, name)]
                tables = sorted(found, key=lambda table: REFERENCED_FIRST.get(table, 0))
                rows = {table: await _copied(connection, table) for table in tables}
                sequences = {}
                for (sequence,) in await connection.fetch(SEQUENCES, name):
                    ((value, is_called),) = await connection.fetch(f"SELECT last_value, is_called FROM {sequence}")
                    sequences[sequence] = (int(value), bool(is_called))
                self._migrated = Content(await _definitions(connection, name), rows, sequences)

    def release(self, name: str) -> None:
        """Nothing uses the schema any more."""
        self._unused.append(name)

    async def close(self, server: str) -> None:
        """Drop all schemas that were created, also after the tests were interrupted."""
        for name in sorted(self._created):
            await self.drop(server, name)

    async def _drop_added(self, server: str, name: str) -> None:
        assert self._migrated is not None
        known = [definition.split()[0] for definition in self._migrated.definitions]
        async with _connected(server, name) as connection:
            for (drop,) in await connection.fetch(DROP_ADDED, name, known):
                await connection.execute(drop)

    async def _is_unchanged(self, server: str, name: str) -> bool:
        async with _connected(server, name) as connection:
            return self._migrated is not None and await _definitions(connection, name) == self._migrated.definitions

    async def _empty(self, server: str, name: str) -> None:
        """Give the tables the rows that they had after the migrations. This is done on the worker, without triggers:
        there it is a matter of milliseconds, and on the coordinator of seconds.
        """
        assert self._migrated is not None
        async with _connected(server, name) as connection:
            shards = {row["relname"]: row["shard"] for row in await connection.fetch(SHARDS, name)}
            ((host, port),) = await connection.fetch(PLACE, name)
            for sequence, (value, is_called) in self._migrated.sequences.items():
                await connection.execute(f"SELECT setval('{sequence}', {value}, {is_called})")
        worker = make_url(server).set(host=host, port=port).render_as_string(hide_password=False)
        async with _connected(worker, name) as connection, connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute("SET LOCAL citus.enable_manual_changes_to_shards = on")
            await connection.execute(";".join(f"DELETE FROM {shard}" for shard in shards.values()))
            for table, rows in self._migrated.rows.items():
                if rows:
                    await connection.copy_to_table(shards[table], source=io.BytesIO(rows), format="binary")

    async def _disconnect(self, server: str, name: str) -> None:
        async with _connected(server) as connection:
            await connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{name}'")

    async def drop(self, server: str, name: str) -> None:
        """Drop a schema and its role, if they exist."""
        await self._disconnect(server, name)
        async with _connected(server) as connection:
            await connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
            await connection.execute(f"DROP ROLE IF EXISTS {name}")
        self._created.discard(name)


@asynccontextmanager
async def _connected(server: str, schema: str | None = None) -> AsyncIterator[asyncpg.Connection]:
    settings = {"citus.override_table_visibility": "off"} | ({} if schema is None else {"search_path": schema})
    url = make_url(server).render_as_string(hide_password=False)
    connection = await asyncpg.connect(url, server_settings=settings)
    try:
        yield connection
    finally:
        await connection.close()


async def _definitions(connection: asyncpg.Connection, name: str) -> list[str]:
    return [definition for (definition,) in await connection.fetch(DEFINITIONS, name)]


async def _copied(connection: asyncpg.Connection, table: str) -> bytes:
    """The rows of a table; empty if there are none."""
    if not await connection.fetchval(f"SELECT count(*) FROM {table}"):
        return b""
    rows = io.BytesIO()
    await connection.copy_from_query(f"SELECT * FROM {table}", output=rows, format="binary")
    return rows.getvalue()


def _url_of_role(server: str, name: str) -> str:
    return make_url(server).set(username=name, password=name).render_as_string(hide_password=False)
