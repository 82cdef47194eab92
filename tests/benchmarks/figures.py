"""Measures reads that aggregate: contacts ordered by their last interaction, and the statistics of records with
interactions.

    python -m tests.benchmarks.figures sqlite:///bench.db      # a database that tests.benchmarks.data has written

There is one client and no HTTP, so mainly the SQL is measured. The page of contacts should take at most half a second
with 100,000 contacts and a million entries.
"""

import argparse
import asyncio
import json
import statistics
import time

from persistence.database import Database
from persistence.versions import migrate
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.root import schema

GOAL_MS = 500
BY_LAST = "orderBy: [{field: DATE_OF_LAST_INTERACTION, direction: %s}]"
PAGE = "nodes { no name dateOfLastInteraction lastDateAttempted } pageInfo { hasNextPage endCursor }"
FIGURES = "statistics { interactions contacts cost duration averageCost successRate averageEvaluation }"
SUMS = "statistics%s { interactions cost duration averageCost averageDuration successRate }"
YEAR = '(date: {gte: "2025-01-01", lte: "2025-12-31"})'
QUARTER = '(date: {gte: "2025-01-01", lte: "2025-03-31"})'
QUESTIONS = {
    "contacts by last interaction": f"query Q($after: String) {{ contacts(first: 50, after: $after, {BY_LAST % 'DESC'}) {{ {PAGE} }} }}",
    "contacts by last, oldest first": f"query Q($after: String) {{ contacts(first: 50, after: $after, {BY_LAST % 'ASC'}) {{ {PAGE} }} }}",
    "50 contacts with statistics": f"{{ contacts(first: 50) {{ nodes {{ no {FIGURES} }} }} }}",
    "a salesperson with statistics": f'{{ salesperson(code: "SP001") {{ {FIGURES} }} }}',
    "a template with statistics": f'{{ interactionTemplate(code: "TPL01") {{ {FIGURES} }} }}',
    "a group with statistics": f'{{ interactionGroup(code: "GRP1") {{ {FIGURES} }} }}',
    **{
        f"{name}{' of a year' * bool(days)}": f"{{ {field}(first: {rows}) {{ nodes {{ {key} {SUMS % days} }} }} }}"
        for name, field, rows, key in (
            ("50 templates", "interactionTemplates", 50, "code"),
            ("8 groups", "interactionGroups", 8, "code"),
            ("100 salespeople", "salespeople", 100, "code"),
            ("100 campaigns", "campaigns", 100, "no"),
        )
        for days in ("", YEAR)
    },
    "50 templates, all time": f"{{ interactionTemplates(first: 50) {{ nodes {{ code {FIGURES} }} }} }}",
    "50 templates, a quarter": f"{{ interactionTemplates(first: 50) {{ nodes {{ code {FIGURES.replace('{', QUARTER + ' {', 1)} }} }} }}",
    "100 salespeople, all time": f"{{ salespeople(first: 100) {{ nodes {{ code {FIGURES} }} }} }}",
    "8 groups, all time": f"{{ interactionGroups(first: 50) {{ nodes {{ code {FIGURES} }} }} }}",
    "8 groups, three measures": "{ interactionGroups(first: 50) { nodes { code statistics { interactions cost duration } } } }",
    "100 campaigns with responses": "{ campaigns(first: 100) { nodes { no contactsTargeted contactsResponded responseRate } } }",
}


def run(url: str, *, rounds: int) -> None:
    """Execute every query in several rounds. An older data set is migrated first."""
    asyncio.run(_run(url, rounds))


async def _run(url: str, rounds: int) -> None:
    async with Database.at(url) as database:
        await migrate(database)
        engine = Engine(schema._schema, database)
        for name, question in QUESTIONS.items():
            first = await _milliseconds(engine, question, None)
            cursor = first[1].get("contacts", {}).get("pageInfo", {}).get("endCursor")
            times = [
                (await _milliseconds(engine, question, after))[0]
                for _ in range(rounds)
                for after in (None, cursor)[: 2 if cursor else 1]
            ]
            goal = f"  goal {GOAL_MS}" if cursor else ""
            print(f"  {name:<32}{statistics.median(times):>7.0f} ms, at most {max(times):.0f}{goal}", flush=True)


async def _milliseconds(
    engine: Engine, question: str, after: str | None
) -> tuple[float, dict[str, dict[str, dict[str, str]]]]:
    began = time.perf_counter()
    answer = await engine.answer(GraphQLRequest(question, {"after": after} if "$after" in question else None), Caller())
    spent = (time.perf_counter() - began) * 1000
    return spent, json.loads(answer.body)["data"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    run(options.url, rounds=options.rounds)


if __name__ == "__main__":
    main()
