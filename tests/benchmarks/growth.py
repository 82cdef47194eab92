"""Compares figures over ten million interactions with those over a million, and checks the goals of
`.github/decisions/0020`.

    python -m tests.benchmarks.growth postgresql://…/million postgresql://…/ten_million    # exit status 1: a goal is missed

Both databases were written by `tests.benchmarks.data`. Buffers are blocks of 8 kB that the statements of a document read,
from EXPLAIN. Milliseconds are those of the shortest of some answers, without HTTP: the time that passes, and, where
PostgreSQL runs on the same machine, the CPU time of its process (`cpu`). On SQLite there are no buffers.
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from persistence.database import Database
from persistence.sql_types import FoundValues, Statement
from persistence.versions import migrate
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.root import schema
from tests.benchmarks.command_line import compare_sizes

SUMS = "interactions cost duration averageCost averageDuration successRate averageEvaluation responses"
ALL = f"{SUMS} contacts attemptsUntilReached"
YEAR = 'date: {gte: "2025-01-01", lte: "2025-12-31"}'
KEYS = ("TEMPLATE", "GROUP", "SALESPERSON", "CAMPAIGN", "EVALUATION")
DATES = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "DAY_OF_WEEK")
OTHER_KEYS = ("CONTACT", "COMPANY", "CITY", "COUNTRY", "INFORMATION_FLOW", "INITIATED_BY", "USER")
PAIRS = (
    "SALESPERSON × EVALUATION",
    "HOUR_OF_DAY × DAY_OF_WEEK",
    "TEMPLATE × SALESPERSON",
    "GROUP × CAMPAIGN × QUARTER",
)

MOST_BUFFERS, MOST_GROWTH, MOST_MS = 5_000, 1.3, 100
"""The goals of figures that stored sums answer, at ten million interactions."""

MOST_OF_TABLE, LONGEST_MS = 1.05, 10_000
"""The goals of all others: how many times the buffers of the table, and milliseconds."""


@dataclass(frozen=True)
class Question:
    name: str
    document: str
    stored: bool
    """Whether stored sums answer it."""


def questions() -> Iterator[Question]:
    """What is asked."""
    for grouping in ("", *KEYS, *DATES, "HOUR_OF_DAY", *(f"{key} × {date}" for key in KEYS for date in DATES)):
        yield Question(grouping or "totals", statistics_of(grouping, SUMS), stored=True)
    for name, grouping, arguments in (
        ("totals of a year", "", f"filter: {{{YEAR}}}"),
        ("TEMPLATE of a year", "TEMPLATE", f"filter: {{{YEAR}}}"),
        ("TEMPLATE × QUARTER, year before", "TEMPLATE × QUARTER", f"filter: {{{YEAR}}}, compareTo: PREVIOUS_YEAR"),
        ("HOUR_OF_DAY × MONTH", "HOUR_OF_DAY × MONTH", "fillGaps: true"),
        ("MONTH of a campaign", "MONTH", 'filter: {campaignNo: {eq: "CP0007"}}, fillGaps: true'),
        ("MONTH on Mondays", "MONTH", "filter: {dayOfWeek: [1]}"),
        ("CAMPAIGN by cost", "CAMPAIGN", "orderBy: [{field: COST, direction: DESC}], first: 10"),
    ):
        yield Question(name, statistics_of(grouping, SUMS, arguments), stored=True)
    for cards, first, key in CARDS:
        yield Question(cards, f"{{ {cards}(first: {first}) {{ nodes {{ {key} statistics {{ {CARD} }} }} }} }}", True)
    targets = "contactsTargeted contactsResponded responseRate"
    yield Question("campaigns, responses", f"{{ campaigns(first: 100) {{ nodes {{ no {targets} }} }} }}", True)
    yield Question("a salesperson", f'{{ salesperson(code: "SP001") {{ statistics {{ {CARD} }} }} }}', True)
    yield Question("a campaign", f'{{ campaign(no: "CP0007") {{ {targets} statistics {{ {CARD} }} }} }}', True)

    for grouping in (*OTHER_KEYS, *PAIRS):
        yield Question(grouping, statistics_of(grouping, SUMS), stored=False)
    yield Question(
        "outbound, by MONTH", statistics_of("MONTH", SUMS, "filter: {informationFlow: {eq: OUTBOUND}}"), False
    )
    for grouping in ("", "TEMPLATE", "WEEK", "MONTH", "DAY_OF_WEEK", "CITY", "SALESPERSON × QUARTER"):
        for measure in ("contacts", "attemptsUntilReached", ALL):
            named = "all measures" if measure == ALL else measure
            yield Question(f"{named}, {grouping or 'totals'}", statistics_of(grouping, measure), stored=False)
    for name, grouping, arguments in (
        ("TEMPLATE of a salesperson", "TEMPLATE", 'filter: {salespersonCode: {eq: "SP001"}}'),
        ("MONTH of a city", "MONTH", 'filter: {contact: {city: {eq: "City 7"}}}'),
        ("MONTH of a user", "MONTH", 'filter: {userId: {eq: "bench"}}'),
        ("TEMPLATE by cost of entries", "TEMPLATE", 'filter: {cost: {gt: "100"}}'),
        ("CONTACT by cost", "CONTACT", "orderBy: [{field: COST, direction: DESC}], first: 10"),
        ("CITY, having", "CITY", "having: {interactions: {gte: 1000}}, first: 10"),
    ):
        yield Question(name, statistics_of(grouping, SUMS, arguments), stored=False)
    for name, arguments in (
        ("DAY", ""),
        ("DAY of a template", 'filter: {templateCode: {eq: "TPL01"}}'),
        ("DAY of an evaluation", "filter: {evaluation: {eq: POSITIVE}}"),
        ("DAY of two templates", 'filter: {templateCode: {in: ["TPL01", "TPL02"]}}'),
        ("DAY of all templates but one", 'filter: {templateCode: {ne: "TPL01"}}'),
        ("DAY of a city", 'filter: {contact: {city: {eq: "City 7"}}}'),
        ("DAY, attempts that did not fail", "filter: {attemptFailed: false}"),
        ("DAY, year before", f"filter: {{{YEAR}}}, compareTo: PREVIOUS_YEAR"),
    ):
        for measure in ("contacts", "attemptsUntilReached"):
            yield Question(f"{measure}, {name}", statistics_of("DAY", measure, arguments), stored=False)
    compared = statistics_of("MONTH", ALL, f"filter: {{{YEAR}}}, compareTo: PREVIOUS_YEAR")
    yield Question("all measures, MONTH, year before", compared, stored=False)
    for cards, first, key in CARDS:
        for measures, name in (("contacts", "contacts"), (f"{CARD} contacts attemptsUntilReached", "all measures")):
            selected = f"{{ nodes {{ {key} statistics {{ {measures} }} }} }}"
            yield Question(f"{cards}, {name}", f"{{ {cards}(first: {first}) {selected} }}", stored=False)


CARD = "interactions cost duration averageCost averageDuration successRate averageEvaluation"
CARDS = (
    ("salespeople", 100, "code"),
    ("interactionTemplates", 50, "code"),
    ("interactionGroups", 50, "code"),
    ("campaigns", 100, "no"),
)


def statistics_of(grouping: str, measures: str, arguments: str = "") -> str:
    """The document of `interactionStatistics` with groupings that are separated by ` × `."""
    names = grouping.split(" × ") if grouping else []
    keys = ", ".join(f"{{{'date' if name in (*DATES, 'HOUR_OF_DAY') else 'by'}: {name}}}" for name in names)
    given = arguments if "first:" in arguments else f"{arguments} first: 1000"
    row = f"key label filter measures {{ {measures} }}" + (
        f" previous {{ {measures} }}" if "compareTo" in arguments else ""
    )
    selected = f"noOfRows rows {{ {row} }} totals {{ {measures} }}"
    return f"{{ interactionStatistics(groupBy: [{keys}] {given}) {{ {selected} }} }}"


ANYBODY = Caller()


class Measured(NamedTuple):
    ms: float
    cpu: float
    buffers: int


class Measuring:
    """Sends documents to a database."""

    def __init__(self, database: Database, rounds: int) -> None:
        self._database, self._rounds = database, rounds
        self._engine = Engine(schema._schema, database)
        self._run, self._sent = database.reader.run, list[Statement]()
        database.reader.run = self._noted  # type: ignore[method-assign]  # only here, to see the statements

    async def _noted(self, statements: Sequence[Statement]) -> FoundValues:
        self._sent = list(statements)
        return await self._run(statements)

    async def table(self) -> int:
        """The blocks of the table of interactions."""
        size = "SELECT (pg_relation_size('interaction_log_entry') / 8192)::int"
        return int((await self._run([(size, ())]))[0] or 0)

    async def measure(self, document: str, caller: Caller = ANYBODY) -> Measured:
        """What answers cost. Raises ValueError for errors."""
        ms, cpu = [], []
        for _ in range(self._rounds):
            cpu_before, began = await self._cpu(), time.perf_counter()
            answer = await self._engine.answer(GraphQLRequest(document), caller)
            ms.append((time.perf_counter() - began) * 1000)
            cpu.append(await self._cpu() - cpu_before)
            errors = json.loads(answer.body).get("errors")
            if errors:
                raise ValueError(errors[0]["message"])
        return Measured(min(ms), min(cpu), await self._buffers(self._sent) if self.is_postgresql else 0)

    async def data(self, document: str, caller: Caller = ANYBODY) -> Any:
        """The data of an answer."""
        return json.loads((await self._engine.answer(GraphQLRequest(document), caller)).body)["data"]

    async def _cpu(self) -> float:
        """The milliseconds that the process of PostgreSQL, whose connection all reads share, has computed."""
        if not self.is_postgresql:
            return 0
        process = (await self._run([("SELECT pg_backend_pid()", ())]))[0]
        spent = Path(f"/proc/{process}/schedstat")
        return int(spent.read_text().split()[0]) / 1e6 if spent.exists() else 0

    @property
    def is_postgresql(self) -> bool:
        return self._database.engine.dialect.name == "postgresql"

    async def _buffers(self, statements: Sequence[Statement]) -> int:
        total = 0
        for sql, parameters in statements:
            found = (await self._run([(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", parameters)]))[0]
            plan = json.loads(str(found))[0]["Plan"]
            total += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return total


def missed(question: Question, small: Measured, large: Measured, table: int) -> list[str]:
    """The goals that an answer misses."""
    found = []
    if question.stored:
        if large.buffers > MOST_BUFFERS:
            found.append(f"more than {MOST_BUFFERS:,} buffers")
        if large.buffers > MOST_GROWTH * small.buffers:
            found.append(f"more than {MOST_GROWTH} × the buffers")
        if large.ms > MOST_MS:
            found.append(f"more than {MOST_MS} ms")
    elif table and large.buffers > MOST_OF_TABLE * table:
        found.append(f"{large.buffers / table:.2f} × the table")
    if large.ms > LONGEST_MS:
        found.append(f"more than {LONGEST_MS:,} ms")
    return found


async def compare(small: str, large: str, *, rounds: int, only: str) -> bool:
    """Print the measurements of each question, and return whether all goals are reached."""
    reached = True
    async with Database.at(small, read_timeout=120) as first, Database.at(large, read_timeout=120) as second:
        for database in (first, second):
            await migrate(database)
        measuring = [Measuring(database, rounds) for database in (first, second)]
        table = await measuring[1].table() if measuring[1].is_postgresql else 0
        titles = "".join(f"{title:>10}" for title in ("ms", "ms × 10", "cpu", "cpu × 10", "buffers", "× 10", "ratio"))
        print(f"{table:,} buffers in the larger table of interactions\n{'':38}{titles}")
        for question in questions():
            if only not in question.name:
                continue
            try:
                of_small, of_large = [await each.measure(question.document) for each in measuring]
            except (ValueError, TimeoutError) as error:
                reached = False
                print(f"{question.name:38} FAILED: {error}", flush=True)
                continue
            wrong = missed(question, of_small, of_large, table)
            reached = reached and not wrong
            ratio = of_large.buffers / max(1, of_small.buffers)
            times = of_small.ms, of_large.ms, of_small.cpu, of_large.cpu
            print(
                f"{question.name:38}"
                + "".join(f"{each:10.0f}" for each in times)
                + f"{of_small.buffers:10,}{of_large.buffers:10,}{ratio:10.2f}"
                + f" {'' if question.stored else 'rows '}{'; '.join(wrong)}",
                flush=True,
            )
    return reached


if __name__ == "__main__":
    compare_sizes(compare, __doc__, "questions")
