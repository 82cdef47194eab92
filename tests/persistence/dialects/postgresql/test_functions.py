"""The function that writes texts as JSON, after the server was upgraded or the tables restored on an older one."""

import asyncio
from collections.abc import Callable

import asyncpg

from persistence import versions
from persistence.database import Database
from persistence.dialects.postgresql.functions import JSON_SCALAR_SINCE


def test_migrating_current_tables_adapts_the_json_function_to_the_server(
    empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop
) -> None:
    url = empty_copy("postgresql")
    stored = "SELECT prosrc FROM pg_proc WHERE oid = 'carnet_json(text)'::regprocedure"

    async def bodies() -> list[str]:
        connection = await asyncpg.connect(url)
        found = []
        try:
            version = await connection.fetchval("SELECT current_setting('server_version_num')::integer")
            of_other_versions = "to_json" if version >= JSON_SCALAR_SINCE else "json_scalar"
            await connection.execute("SET check_function_bodies = off")
            await connection.execute(
                "CREATE OR REPLACE FUNCTION carnet_json(value text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE "
                f"AS $$ SELECT CAST({of_other_versions}(value) AS text) $$"
            )
            for _ in range(2):
                found.append(await connection.fetchval(stored))
                async with Database.at(url) as database:
                    await versions.migrate(database)
            assert await connection.fetchval("""SELECT carnet_json(E'"\\n')""") == r'"\"\n"'
        finally:
            await connection.close()
        return found

    other, body = loop.run_until_complete(bodies())

    assert "JSON_SCALAR" in body.upper() or "to_json" in body
    assert body.upper() != other.upper()
