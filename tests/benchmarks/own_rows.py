"""Compares the reads of a salesperson, who sees only their own interactions, with those of a user who sees all, over a
million interactions. Each round reads both, one after the other; the medians are printed.

    python -m tests.benchmarks.own_rows                       # SQLite, in a temporary folder
    python -m tests.benchmarks.own_rows postgresql://…/empty  # an empty database, or one that this command has filled

One salesperson has two percent of the interactions, another one none.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time

from sqlalchemy import text
from sqlmodel import Session

from persistence.database import Database
from persistence.enums import Role
from persistence.versions import migrate
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.root import schema
from tests.benchmarks import data

NODE = "entryNo date title description contact { no name } template { code description } salesperson { code name } cost"
PAGE = f"{{ nodes {{ {NODE} }} pageInfo {{ hasNextPage endCursor }} }}"
FIGURES = "statistics { interactions contacts cost duration }"
READS = {
    "newest interactions": f"{{ interactionLogEntries(first: 50) {PAGE} }}",
    "history of a contact": f'{{ contact(no: "CT000100") {{ interactionLogEntries(first: 50) {PAGE} }} }}',
    "number of interactions": "{ interactionLogEntries(first: 1) { totalCount } }",
    "figures of a contact": f'{{ contact(no: "CT000100") {{ {FIGURES} }} }}',
    "figures of a salesperson": f'{{ salesperson(code: "SP000") {{ {FIGURES} }} }}',
    "figures of a template": f'{{ interactionTemplate(code: "TPL07") {{ {FIGURES} }} }}',
    "postponed interactions": "{ postponedInteractions(first: 50) { nodes { entryNo } totalCount } }",
}
CALLERS = {"all": Caller()} | {
    name: Caller(salesperson_code=code, roles=frozenset({Role.SALESPERSON}))
    for name, code in (("2 %", "SP000"), ("none", "NOBODY"))
}


async def compare(url: str, *, contacts: int, entries: int, rounds: int) -> None:
    """Print the median milliseconds of each read for each user, and how many times that of the user who sees all."""
    if not await _is_filled(url):
        await data.fill(url, contacts=contacts, entries=entries, segments=[])
    print(f"{'ms':26}" + "".join(f"{name:>16}" for name in CALLERS))
    async with Database.at(url) as database:
        engine = Engine(schema._schema, database)
        for name, query in READS.items():
            medians = await _medians(engine, query, rounds)
            times = (f"{median:9.2f} ({median / medians['all']:4.1f})" for median in medians.values())
            print(f"{name:26}" + "".join(f"{each:>16}" for each in times), flush=True)


async def _is_filled(url: str) -> bool:
    def has_rows(session: Session) -> bool:
        return session.execute(text("SELECT 1 FROM interaction_log_entry LIMIT 1")).first() is not None

    async with Database.at(url) as database:
        await migrate(database)
        return await database.querying(has_rows)


async def _medians(engine: Engine, query: str, rounds: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in CALLERS}
    for number in range(rounds + 1):
        for name, caller in CALLERS.items():
            began = time.perf_counter()
            answer = await engine.answer(GraphQLRequest(query), caller)
            if number:
                times[name].append((time.perf_counter() - began) * 1000)
            else:  # the first round makes the plans
                assert "errors" not in json.loads(answer.body), answer.body
    return {name: statistics.median(each) for name, each in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="?")
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=21)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.url or f"sqlite:///{folder}/own.db"
        sizes = {"contacts": options.contacts, "entries": options.entries, "rounds": options.rounds}
        asyncio.run(compare(url, **sizes))


if __name__ == "__main__":
    main()
