"""How the databases execute queries: PostgreSQL's plans, and the steps that SQLite plans."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias, cast

import pytest

from persistence.database import Database
from persistence.dialects.postgresql.citus import PROPAGATE_LOCAL_SETTINGS
from persistence.dialects.sqlite.reads import connect
from persistence.sql_types import FoundValues, Statement
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.schema.queries import GRAPH

Node: TypeAlias = dict[str, Any]

WITHOUT_TABLES = "SET LOCAL enable_seqscan TO off"
"""Makes PostgreSQL read indexes where it can, as for large tables."""

SHARD = r'(?<=[a-z])_\d{6,}(?=")'
"""The number that Citus adds to the names of tables and indexes on its workers."""


async def statement_of(database: Database, document: str) -> Statement:
    """The only statement that answers a document."""
    read, sent = database.reader.run, list[Statement]()

    async def noted(statements: Sequence[Statement]) -> FoundValues:
        sent[:] = statements
        return await read(statements)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database.reader, "run", noted)
        await Engine(GRAPH, database).answer(GraphQLRequest(document), Caller())
    (statement,) = sent
    return statement


async def plan_of(database: Database, document: str, *settings: str, analyze: bool = False) -> Node:
    """The plan of PostgreSQL for a document, after these statements, which change settings. On Citus it is the plan of
    the worker that has the tables.
    """
    sql, parameters = await statement_of(database, document)
    explain = f"EXPLAIN (FORMAT JSON{', ANALYZE' * analyze}) {sql}"
    before = [(setting, ()) for setting in (PROPAGATE_LOCAL_SETTINGS, *settings)]
    *_, found = await database.reader.run([*before, (explain, parameters)])
    plan = cast(Node, json.loads(re.sub(SHARD, "", str(found)))[0]["Plan"])
    if "Distributed Query" not in plan:
        return plan
    (task,) = plan["Distributed Query"]["Job"]["Tasks"]
    ((explained,),) = task["Remote Plan"]
    return cast(Node, explained["Plan"])


def nodes_of(plan: Node) -> Iterator[Node]:
    """All nodes of a plan of PostgreSQL."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes_of(below)


async def steps_of(database: Database, path: str, document: str) -> list[str]:
    """The steps of SQLite for a document, such as `SEARCH t USING INDEX i (a=?)`."""
    sql, parameters = await statement_of(database, document)
    connection = connect(path, 5)
    try:
        return [step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    finally:
        connection.close()


async def is_scanned(database: Database, path: str, document: str, table: str) -> bool:
    """Whether SQLite reads all rows of a table, or all of an index of it, to answer a document."""
    sql, _ = await statement_of(database, document)
    names = "|".join(re.findall(rf"{table} AS (\w+)", sql))
    return any(re.match(rf"SCAN ({names})\b", step) for step in await steps_of(database, path, document))
