"""Measures the bytes of WAL that PostgreSQL writes for logging, creating and evaluating interactions.

    python -m tests.benchmarks.wal postgresql://…/million    # it changes this database, which has the segment SM100000

The database was written by `tests.benchmarks.data`; use a copy. `full_page_writes` must be off, so that the bytes are
those of the records of changes and do not depend on checkpoints. Only the processes of this benchmark are counted.
"""

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import asyncpg

from persistence.database import Database
from persistence.versions import migrate
from resolvers.statistics.refreshing import refresh_some, refresh_some_contacts
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.root import schema

LINES, SINGLES, SPREAD = 100_000, 300, 1_000
GOALS = {"log": 1_120, "search": 200, "sums": 5, "dates": 90, "mark": 100, "evaluate": 1_000}
"""Bytes at most: for a logged line without search, for its index of texts, which search needs, for the refresh of the
sums, and for that of the stored dates of its contact; for the mark of a new interaction; for an interaction that is
evaluated together with those of other days.
"""

WRITTEN = """SELECT sum((pg_stat_get_backend_wal(pid)).wal_bytes)::bigint FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'"""
FLUSHED_AFTER = 11
"""Seconds after which a connection has reported what it has written."""

TEXTS = "SELECT description, subject FROM interaction_log_entry WHERE logged_segment_entry_no"
LOGGED = "(SELECT max(entry_no) FROM logged_segment)"

LOG = 'mutation { it: logSegment(input: {segmentNo: "SM100000"}) { logged userErrors { message } } }'
CREATE = """mutation($no: String!) { it: createInteraction(input: {interaction: {contactNo: $no, templateCode: "TPL07"}})
{ userErrors { message } } }"""
EVALUATE = """mutation($nos: [Int!]!) { it: evaluateInteractions(input: {interactions: {entryNos: $nos}, evaluation: VERY_POSITIVE})
{ userErrors { message } } }"""


async def measure(url: str) -> bool:
    """Print the bytes, and return whether they reach the goals."""
    watch = await asyncpg.connect(url)
    assert await watch.fetchval("SHOW full_page_writes") == "off", "Set full_page_writes to off."

    async with Database.at(url, pool_size=2) as database:
        await migrate(database)
        engine = Engine(schema._schema, database)

        async def send(document: str, **variables: Any) -> None:
            answer = json.loads((await engine.answer(GraphQLRequest(document, variables), Caller())).body)
            assert "errors" not in answer, answer
            assert not answer["data"]["it"]["userErrors"], answer

        async def bytes_of(action: Callable[[], Awaitable[object]]) -> int:
            before = await watch.fetchval(WRITTEN)
            await action()
            await asyncio.sleep(FLUSHED_AFTER)
            return int(await watch.fetchval(WRITTEN) - before)

        async def refresh() -> None:
            while await database.writing(refresh_some):
                pass

        async def refresh_dates() -> None:
            while await database.writing(refresh_some_contacts):
                pass

        async def create() -> None:
            for number in range(SINGLES):
                await send(CREATE, no=f"CT{number * 331 % 100_000:06}")

        async def create_without_marks() -> None:
            await watch.execute("ALTER TABLE interaction_log_entry DISABLE TRIGGER carnet_mark_inserted")
            await create()
            await watch.execute("ALTER TABLE interaction_log_entry ENABLE TRIGGER carnet_mark_inserted")

        async def bytes_of_search() -> int:
            """Those of the index of texts: what it adds when the texts of the logged lines are copied beside the others."""
            index = await watch.fetchval("SELECT pg_get_indexdef('ix_interaction_log_entry_text'::regclass)")
            for table, limit in (("plain_text", "LIMIT 0"), ("indexed_text", "")):
                await watch.execute(f"CREATE TABLE {table} AS {TEXTS} IS NULL {limit}")
            indexed_copy = index.replace("public.interaction_log_entry", "indexed_text")
            await watch.execute(indexed_copy.replace("ix_interaction_log_entry_text", "ix_indexed_text"))
            await asyncio.sleep(FLUSHED_AFTER)
            plain, indexed = [
                await bytes_of(partial(watch.execute, f"INSERT INTO {table} {TEXTS} = {LOGGED} ORDER BY entry_no"))
                for table in ("plain_text", "indexed_text")
            ]
            await watch.execute("DROP TABLE plain_text, indexed_text")
            return indexed - plain

        await send(CREATE, no="CT000000")  # opens the connections
        await refresh()
        await refresh_dates()
        logged = await bytes_of(lambda: send(LOG))
        sums = await bytes_of(refresh)
        dates = await bytes_of(refresh_dates)
        search = await bytes_of_search()
        singles = [await bytes_of(each) for each in (create, create_without_marks, create, create_without_marks)]
        await refresh()
        numbers = range(500, 1_000_000, 1_000_000 // SPREAD)
        evaluated = await bytes_of(lambda: send(EVALUATE, nos=list(numbers)))
        of_days = await bytes_of(refresh)
    await watch.close()

    mark = (singles[0] + singles[2] - singles[1] - singles[3]) / (2 * SINGLES)
    found = {
        "log": (logged + sums - search) / LINES,
        "search": search / LINES,
        "sums": sums / LINES,
        "dates": dates / LINES,
        "mark": mark,
        "evaluate": evaluated / len(numbers),
    }
    print(f"a logged line, without search      {found['log']:9.1f}")
    print(f"  of which the refresh of the sums {found['sums']:9.2f}")
    print(f"  and its index of texts for search{found['search']:9.1f}")
    print(f"the stored dates of its contact   {found['dates']:9.1f}")
    print(f"a new interaction                  {(singles[0] + singles[2]) / (2 * SINGLES):9.1f}")
    print(f"  of which the mark of its day     {mark:9.1f}")
    print(f"an evaluated one of {SPREAD:,} days     {found['evaluate']:9.1f}")
    print(f"  and the refresh of its day       {of_days / len(numbers):9.1f}")
    return all(found[name] <= most for name, most in GOALS.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    raise SystemExit(0 if asyncio.run(measure(parser.parse_args().url)) else 1)


if __name__ == "__main__":
    main()
