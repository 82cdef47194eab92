"""logSegment against the bare INSERT … SELECT of the same rows into the same tables, committed, side by side."""

import asyncio
import statistics
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlmodel import Session

from persistence.database import Database
from schema.engine import Caller, Engine, GraphQLRequest
from schema.graph import schema
from tests.benchmarks import data
from tests.benchmarks.load import memory_of

BARE = """INSERT INTO interaction_log_entry (entry_no, contact_no, company_no, date, time_of_interaction, description, subject, template_code,
 group_code, salesperson_code, campaign_no, campaign_entry_no, campaign_target, campaign_response, information_flow, initiated_by,
 correspondence_type, language_code, evaluation, attempt_failed, cost, duration, segment_no, logged_segment_entry_no, canceled, user_id,
 logged_at)
 SELECT {number}, l.contact_no, l.company_no, l.date, {clock}, l.description, l.subject, l.template_code, l.group_code,
 l.salesperson_code, l.campaign_no, NULL, l.campaign_target, l.campaign_response, l.information_flow, l.initiated_by,
 l.correspondence_type, l.language_code, l.evaluation, l.attempt_failed, l.cost, l.duration, 'BARE', {register}, {no}, 'bench', {moment}
 FROM (SELECT * FROM segment_line WHERE segment_id = {segment} ORDER BY line_no) l"""
POSTGRESQL = {"number": "nextval('interaction_entry_no')", "clock": "time '10:00'", "no": "false", "moment": "now()"}
SQLITE = {
    "number": "(SELECT last_no FROM interaction_entry_counter) + row_number() OVER ()", "clock": "'10:00:00'", "no": "0",
    "moment": "'2026-01-15T10:00:00+00:00'",
}
LOG = """mutation($no: String!, $follow: Boolean!) { logSegment(input: {segmentNo: $no, createFollowUp: $follow})
 { logged userErrors { message } followUpSegment { noOfLines } } }"""


def run(server: str, folder: Path, *, rounds: int, lines: int) -> None:
    """Both databases, one after the other, each round on a fresh database."""
    for kind in ("postgresql", "sqlite"):
        asyncio.run(_kind(kind, server, folder, rounds, lines))


async def _kind(kind: str, server: str, folder: Path, rounds: int, lines: int) -> None:
    times: dict[str, list[float]] = {"bare": [], "log": [], "log with follow-up": []}
    grown = 0.0
    for number in range(rounds):
        url = await _fresh(kind, server, folder, lines)
        async with Database.at(url) as database:
            await database.writing(lambda session: session.execute(text(
                "INSERT INTO logged_segment (segment_no, description, creation_date, logged_at, user_id, canceled)"
                " VALUES ('BARE', 'Bare', '2026-01-15', '2026-01-15T10:00:00+00:00', 'bench', "
                f"{'0' if kind == 'sqlite' else 'false'})"
            )))
            before = memory_of(_own())
            actions: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
                "bare": lambda: _bare(database, kind), "log": lambda: _log(database, f"SM{lines}", False),
                "log with follow-up": lambda: _log(database, f"SM{lines + 1}", True),
            }
            for name in actions if number % 2 else reversed(actions):
                began = time.perf_counter()
                await actions[name]()
                times[name].append(time.perf_counter() - began)
            grown = max(grown, memory_of(_own()) - before)
    print(f"\nlogSegment of {lines} lines on {kind}: goal 1.5 × bare")
    for name, taken in times.items():
        ratio = statistics.median(one / bare for one, bare in zip(taken, times["bare"], strict=True))
        print(f"  {name:<20}{statistics.median(taken):>7.2f} s   {ratio:.2f} × bare")
    print(f"  memory grew by {grown:.0f} MiB at most", flush=True)


async def _fresh(kind: str, server: str, folder: Path, lines: int) -> str:
    """A database with three segments of that many lines."""
    if kind == "sqlite":
        file = folder / "logging.db"
        for old in folder.glob("logging.db*"):
            old.unlink()
        url = f"sqlite:///{file}"
    else:
        connection = await asyncpg.connect(server)
        await connection.execute("DROP DATABASE IF EXISTS carnet_logging WITH (FORCE)")
        await connection.execute("CREATE DATABASE carnet_logging")
        await connection.close()
        url = server.replace("/postgres?", "/carnet_logging?")
    await data.fill(url, contacts=100_000, entries=100_000, segments=[lines, lines + 1, lines + 2])
    return url


async def _bare(database: Database, kind: str) -> None:
    def insert(session: Session) -> None:
        words = {**(SQLITE if kind == "sqlite" else POSTGRESQL), "segment": "3", "register": "1"}
        inserted: Any = session.execute(text(BARE.format(**words).replace(":", "\\:")))
        if kind == "sqlite":
            session.execute(text(f"UPDATE interaction_entry_counter SET last_no = last_no + {inserted.rowcount}"))

    await database.writing(insert)


async def _log(database: Database, no: str, follow_up: bool) -> None:
    engine = Engine(schema._schema, database)
    answer = await engine.answer(GraphQLRequest(LOG, {"no": no, "follow": follow_up}), Caller())
    assert b'"userErrors":[]' in answer.body, answer.body


def _own() -> int:
    import os

    return os.getpid()
