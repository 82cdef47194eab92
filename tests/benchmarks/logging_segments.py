"""Compares logSegment and its preview with a plain INSERT … SELECT of the same rows into the same tables."""

import asyncio
import statistics
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlmodel import Session

from persistence.database import Database
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.root import schema
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
BARE_FOLLOW_UP = (
    """INSERT INTO segment (no, version, description, date, campaign_no, unit_cost, unit_duration, campaign_target, campaign_response,
 ignore_contact_correspondence_type, last_line_no)
 VALUES ('{bare}', 1, 'Bare', '2026-01-15', 'CP0000', 0, 0, {no}, {no}, {no}, {lines})""",
    """INSERT INTO segment_line (segment_id, line_no, customized, contact_no, company_no, description, date, salesperson_code, campaign_no,
 cost, duration, campaign_target, campaign_response, attempt_failed)
 SELECT s.id, l.line_no, 0, l.contact_no, l.company_no, s.description, s.date, l.salesperson_code, s.campaign_no, 0, 0, {no}, {no}, {no}
 FROM segment_line l JOIN segment s ON s.no = '{bare}' WHERE l.segment_id = {segment} ORDER BY l.line_no""",
)
PLACES = 5
POSTGRESQL = {"number": "nextval('interaction_entry_no')", "clock": "time '10:00'", "no": "false", "moment": "now()"}
SQLITE = {
    "number": "(SELECT last_no FROM interaction_entry_counter) + row_number() OVER ()",
    "clock": "'10:00:00'",
    "no": "0",
    "moment": "'2026-01-15T10:00:00+00:00'",
}
LOG = """mutation($no: String!, $follow: Boolean!) { logSegment(input: {segmentNo: $no, createFollowUp: $follow})
 { logged userErrors { message } followUpSegment { noOfLines } } }"""
PREVIEW = """query($no: String!) { logSegmentPreview(segmentNo: $no, createFollowUp: true) { ready skipped blocked cost duration
 noOfCampaignEntries planToken verdicts(first: 100) { nodes { status line { lineNo contact { no name } } } } userErrors { message } } }"""
Action = Callable[[], Coroutine[Any, Any, None]]
FEW_ROUNDS = 3
"""The number of rounds for a segment with a million lines."""

SMALL, TIMES = 10_000, 10
"""Segments with up to `SMALL` lines are logged `TIMES` times in each round, because a single measurement would vary too
much.
"""


def run(server: str, folder: Path, *, rounds: int, sizes: Sequence[int]) -> None:
    """Measure each size on both databases, each round with a new database."""
    for lines in sizes:
        for kind in ("postgresql", "sqlite"):
            asyncio.run(_kind(kind, server, folder, min(rounds, FEW_ROUNDS) if lines >= 1_000_000 else rounds, lines))


async def _kind(kind: str, server: str, folder: Path, rounds: int, lines: int) -> None:
    times: dict[str, list[float]] = {}
    grown = 0.0
    for number in range(rounds):
        often = TIMES if lines <= SMALL else 1
        url = await _fresh(kind, server, folder, [lines + place for place in range(often * PLACES)])
        async with Database.at(url) as database:
            await database.writing(
                lambda session: session.execute(
                    text(
                        "INSERT INTO logged_segment (segment_no, description, creation_date, logged_at, user_id, canceled)"
                        " VALUES ('BARE', 'Bare', '2026-01-15', '2026-01-15T10:00:00+00:00', 'bench', "
                        f"{'0' if kind == 'sqlite' else 'false'})"
                    )
                )
            )
            await _in_use(database)
            before = memory_of(_own())
            for turn in range(number, number + often):
                actions = _actions(database, kind, lines, (turn - number) * PLACES)
                for name in actions if turn % 2 else reversed(actions):
                    began = time.perf_counter()
                    await actions[name]()
                    times.setdefault(name, []).append(time.perf_counter() - began)
            grown = max(grown, memory_of(_own()) - before)
    print(f"\nlogSegment of {lines} lines on {kind}: goal 1.5 × bare, its preview no longer than itself")
    for name, against in (("log", "bare"), ("log with follow-up", "bare with follow-up"), ("preview", "log")):
        ratio = statistics.median(one / other for one, other in zip(times[name], times[against], strict=True))
        middle = [statistics.median(times[each]) for each in (name, against)]
        print(f"  {name:<20}{middle[0]:>8.3f} s   {against:<20}{middle[1]:>8.3f} s   {ratio:.2f} ×")
    print(f"  memory grew by {grown:.0f} MiB at most", flush=True)


def _actions(database: Database, kind: str, lines: int, place: int) -> dict[str, Action]:
    """The measured actions. Each uses a segment of its own: five from this place on."""
    engine = Engine(schema._schema, database)
    preview, log, log_with, bare, bare_with = range(place, place + PLACES)
    return {
        "bare": lambda: _bare(database, kind, place=bare),
        "preview": lambda: _ask(engine, PREVIEW, {"no": f"SM{lines + preview}"}),
        "log": lambda: _ask(engine, LOG, {"no": f"SM{lines + log}", "follow": False}),
        "bare with follow-up": lambda: _bare(database, kind, place=bare_with, follow_up=lines + bare_with),
        "log with follow-up": lambda: _ask(engine, LOG, {"no": f"SM{lines + log_with}", "follow": True}),
    }


async def _in_use(database: Database) -> None:
    """Execute the statements once, so that they are compiled as in a running server."""
    engine = Engine(schema._schema, database)
    await _ask(engine, PREVIEW, {"no": "SM1"})
    await _ask(engine, LOG, {"no": "SM1", "follow": True})


async def _fresh(kind: str, server: str, folder: Path, segments: Sequence[int]) -> str:
    """A new database with segments of this many lines, and one with a single line."""
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
    await data.fill(url, contacts=100_000, entries=100_000, segments=[*segments, 1])
    return url


async def _bare(database: Database, kind: str, *, place: int, follow_up: int = 0) -> None:
    """Insert the entries of the segment at this place and, with `follow_up`, the header and lines of a follow-up."""

    def insert(session: Session) -> None:
        words = {
            **(SQLITE if kind == "sqlite" else POSTGRESQL),
            "segment": str(place + 1),
            "register": "1",
            "lines": str(follow_up),
            "bare": f"BARE{place}",
        }
        inserted: Any = session.execute(text(BARE.format(**words).replace(":", "\\:")))
        if kind == "sqlite":
            session.execute(text(f"UPDATE interaction_entry_counter SET last_no = last_no + {inserted.rowcount}"))
        for statement in BARE_FOLLOW_UP if follow_up else ():
            session.execute(text(statement.format(**words)))

    await database.writing(insert)


async def _ask(engine: Engine, question: str, variables: dict[str, Any]) -> None:
    answer = await engine.answer(GraphQLRequest(question, variables), Caller())
    assert b'"userErrors":[]' in answer.body, answer.body


def _own() -> int:
    import os

    return os.getpid()
