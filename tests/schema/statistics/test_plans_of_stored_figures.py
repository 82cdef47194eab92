"""How much of the stored sums figures read and compute."""

import asyncio
import datetime as dt
import re
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from sqlalchemy import insert, make_url, text
from sqlmodel import Session

from persistence.columns import table_of
from persistence.database import Database
from persistence.dialects.sqlite.reads import connect
from persistence.precomputed.day_sums import OVER_CONTACTS, SUMS, DaySum, SumKind
from tests.schema.plans import WITHOUT_TABLES, nodes_of, plan_of, statement_of, steps_of

Filled = Callable[[int], None]

FIRST_DAY = dt.date(2020, 1, 1)
KEYS = [f"CP{number:02}" for number in range(20)] + [""]
ALIAS_OF_DAYS = re.compile(r"FROM day_sum AS (\w+)")
BY_DAY = "groupBy: [{by: CAMPAIGN}, {date: DAY}]"


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(kind: str, empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop) -> Iterator[Database]:
    opening = Database.at(empty_copy(kind))
    yield loop.run_until_complete(opening.__aenter__())
    loop.run_until_complete(opening.__aexit__(None, None, None))


@pytest.fixture
def fill(database: Database, loop: asyncio.AbstractEventLoop) -> Filled:
    """Stores sums of more days for each campaign, `fill(50)`."""
    days = count()

    def add(session: Session, number: int) -> None:
        added = [FIRST_DAY + dt.timedelta(next(days)) for _ in range(number)]
        sums = dict.fromkeys((*SUMS, *OVER_CONTACTS), 1)
        session.execute(
            insert(table_of(DaySum)),
            [{"kind": SumKind.CAMPAIGN, "key": key, "day": day, **sums} for key in KEYS for day in added],
        )
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ANALYZE day_sum"))

    return lambda number: loop.run_until_complete(database.writing(lambda session: add(session, number)))


@pytest.fixture
def read(kind: str, database: Database, loop: asyncio.AbstractEventLoop) -> Callable[[str], float]:
    """How much it takes to answer a document: on PostgreSQL how many stored sums are read, on SQLite how many
    instructions are executed.
    """

    async def sums_read(document: str) -> float:
        nodes = nodes_of(await plan_of(database, document, WITHOUT_TABLES, analyze=True))
        return sum(float(node["Actual Rows"]) for node in nodes if "day_sum" in node.get("Relation Name", ""))

    async def instructions(document: str) -> float:
        sql, parameters = await statement_of(database, document)
        executed = 0

        def note() -> None:
            nonlocal executed
            executed += 10

        connection = connect(path_of(database), 5)
        connection.set_progress_handler(note, 10)
        connection.execute(sql, parameters).fetchall()
        connection.close()
        return executed

    return lambda document: loop.run_until_complete((sums_read if kind == "postgresql" else instructions)(document))


def path_of(database: Database) -> str:
    return make_url(str(database.engine.url)).database or ""


def rows_of(arguments: str) -> str:
    return f"{{ interactionStatistics({arguments}) {{ rows {{ key measures {{ interactions cost }} }} }} }}"


def test_the_first_groups_by_day_take_no_longer_with_more_days(fill: Filled, read: Callable[[str], float]) -> None:
    documents = [rows_of(f"{BY_DAY}, first: 5{order}") for order in ("", ", orderBy: {field: KEY, direction: DESC}")]
    fill(20)
    before = [read(document) for document in documents]
    fill(100)
    after = [read(document) for document in documents]
    assert all(more <= 1.2 * less for more, less in zip(after, before, strict=True)), (before, after)


BY_DAY_OF_WEEK = "groupBy: [{by: CAMPAIGN}, {date: DAY_OF_WEEK}]"


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("arguments", "index"),
    [
        ("groupBy: [{by: CAMPAIGN}], filter: {dayOfWeek: [1]}", ""),
        (BY_DAY_OF_WEEK, "ix_day_sum_day_of_week"),
        (f'{BY_DAY_OF_WEEK}, filter: {{date: {{gte: "2025-01-02", lte: "2025-12-31"}}}}', "ix_day_sum_day_of_week"),
        (f"{BY_DAY_OF_WEEK}, orderBy: {{field: INTERACTIONS, direction: DESC}}", "ix_day_sum_day_of_week"),
    ],
    ids=["on Mondays", "by day of the week", "by day of the week in a year", "most interactions first"],
)
def test_sums_of_each_key_are_added_up_in_the_order_of_their_keys(
    arguments: str, index: str, database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """Stored sums of clean days are not sorted. With a filter on Mondays, sums of months cannot answer the request."""
    steps = loop.run_until_complete(steps_of(database, path_of(database), rows_of(arguments)))
    (read,) = (place for place, step in enumerate(steps) if "PRIMARY KEY (kind=? AND key>" in step or "key>?" in step)
    assert index in steps[read]
    following = steps[read + 1 :]
    until_next_part = following[: next(place for place, step in enumerate(following) if step.startswith("UNION ALL"))]
    assert "USE TEMP B-TREE FOR GROUP BY" not in until_next_part, steps


def test_the_week_of_a_stored_sum_is_not_computed_again(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    sql, _ = loop.run_until_complete(statement_of(database, rows_of("groupBy: [{by: CAMPAIGN}, {date: WEEK}]")))
    groups = re.search(r"entry_groups AS MATERIALIZED\s*\((.*?) FROM", sql.replace("\n", " "))
    assert groups is not None
    assert "first_day_of_week" not in groups[1]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_groups_by_key_and_day_are_counted_by_an_index(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    document = f"{{ interactionStatistics({BY_DAY}) {{ noOfRows }} }}"
    steps = loop.run_until_complete(steps_of(database, path_of(database), document))
    assert any("USING COVERING INDEX ix_day_sum_kind_day" in step for step in steps), steps


@pytest.mark.parametrize(
    ("date", "parts"),
    [
        ('gte: "2025-01-01", lte: "2025-12-31"', 0),
        ('gte: "2024-03-01", lt: "2025-03-01"', 2),  # the year before ends with 28 February 2024
        ('gte: "2025-01-02", lte: "2025-12-31"', 4),
        ("current: QUARTER", 0),
    ],
)
def test_of_whole_months_no_days_are_read_one_by_one(
    database: Database, loop: asyncio.AbstractEventLoop, date: str, parts: int
) -> None:
    compared = rows_of(f"groupBy: [{{by: CAMPAIGN}}], filter: {{date: {{{date}}}}}, compareTo: PREVIOUS_YEAR")
    sql, _ = loop.run_until_complete(statement_of(database, compared.replace("} } }", "} previous { cost } } }")))
    assert sql.count("NOT IN (SELECT DISTINCT dirty_day.day") == parts


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("analyzed", [False, True], ids=["", "analyzed"])
@pytest.mark.parametrize(
    ("grouping", "searches"), [("", ["day=?"]), (", {date: WEEK}", ["day=?", "day=?"])], ids=["months", "weeks"]
)
def test_only_dirty_days_and_those_at_the_ends_of_a_range_are_searched(
    grouping: str,
    searches: list[str],
    analyzed: bool,
    database: Database,
    fill: Filled,
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Of whole months there are none at the ends. Sums of other days are not read."""
    fill(200)
    if analyzed:
        loop.run_until_complete(database.writing(lambda session: session.execute(text("ANALYZE day_sum"))))
    year = rows_of(f'groupBy: [{{by: CAMPAIGN}}{grouping}], filter: {{date: {{gte: "2020-01-01", lte: "2020-12-31"}}}}')
    steps = loop.run_until_complete(steps_of(database, path_of(database), year))
    aliases = ALIAS_OF_DAYS.findall(loop.run_until_complete(statement_of(database, year))[0])
    found = [step for step in steps if any(step.startswith(f"SEARCH {alias} ") for alias in aliases)]
    assert [step.partition("ix_day_sum_kind_day (kind=? AND ")[2].rstrip(")") for step in found] == searches, steps


CARDS = {
    "campaigns": "no statistics { interactions cost } contactsTargeted startingDate responseRate",
    "salespeople": 'code statistics { interactions } other: statistics(date: {gte: "2020-01-01"}) { cost }',
    "interactionGroups": "code statistics { interactions }",
}
"""The selections of lists of cards."""

LOG = "FROM interaction_log_entry"


@pytest.mark.parametrize(("cards", "reads"), [("campaigns", 1), ("salespeople", 2), ("interactionGroups", 1)])
def test_dirty_days_are_read_once_for_all_cards_of_a_page(
    cards: str, reads: int, database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """Once for each condition on their dates."""

    async def reads_of(size: int) -> tuple[int, int]:
        """How often the log is read by parts that are computed once, and by all parts."""
        sql, _ = await statement_of(database, f"{{ {cards}(first: {size}) {{ nodes {{ {CARDS[cards]} }} }} }}")
        computed_once = [up_to_closing(part) for part in sql.split("AS MATERIALIZED")[1:]]
        return sum(part.count(LOG) for part in computed_once), sql.count(LOG)

    assert loop.run_until_complete(reads_of(100)) == (reads, reads)
    of_one_card, _ = loop.run_until_complete(reads_of(1))
    assert of_one_card == 0


def up_to_closing(sql: str) -> str:
    """The SQL up to the parenthesis that closes the first one."""
    open_ = 0
    for place, sign in enumerate(sql):
        open_ += (sign == "(") - (sign == ")")
        if sign == ")" and open_ == 0:
            return sql[:place]
    return sql
