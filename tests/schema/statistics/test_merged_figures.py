"""Figures of two contacts that are merged are, for both together, those of before (K28)."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete
from sqlmodel import Session

from persistence.changes import Change, ChangeField
from persistence.database import Database
from persistence.dialects import dialect_of
from persistence.entry_numbers import reserve
from resolvers.checks import Fault, stored
from resolvers.contacts import rules as contacts
from resolvers.statistics.refreshing import refresh_all
from resolvers.work import User, Work
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.conftest import NOW
from tests.schema.a_small_company import build
from tests.schema.queries import GRAPH

Asking = Callable[..., Any]
SUMS = "interactions cost duration successRate averageEvaluation responses"
GROUPINGS = ["TEMPLATE", "GROUP", "SALESPERSON", "CAMPAIGN", "EVALUATION", "INFORMATION_FLOW", "INITIATED_BY"]
DATES = ["DAY", "MONTH", "DAY_OF_WEEK", "HOUR_OF_DAY"]
BY_ANYTHING = " ".join(
    f"f{place}: interactionStatistics(groupBy: [{{{by}}}], first: 1000) {{ rows {{ key measures {{ {SUMS} }} }} totals {{ {SUMS} }} }}"
    for place, by in enumerate([*(f"by: {each}" for each in GROUPINGS), *(f"date: {each}" for each in DATES)])
)
CARDS = f"""contacts(first: 100) {{ nodes {{ no company {{ no }} dateOfLastInteraction lastDateAttempted
    statistics {{ interactions cost duration }} interactionLogEntries {{ totalCount }} postponedInteractions {{ totalCount }} }} }}
    byContact: interactionStatistics(groupBy: [{{by: CONTACT}}], first: 1000) {{ rows {{ key measures {{ interactions cost duration responses }} }} }}
    campaigns {{ nodes {{ no contactsTargeted contactsResponded statistics {{ {SUMS.replace("responses", "")} }} }} }}"""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Database]:
    opening = Database.at(empty_copy(request.param))
    opened = loop.run_until_complete(opening.__aenter__())
    for fill in (build, without_changes, lambda session: reserve(session, 10_000), refresh_all):
        loop.run_until_complete(opened.writing(fill))
    yield opened
    loop.run_until_complete(opening.__aexit__(None, None, None))


def without_changes(session: Session) -> None:
    """The change log of the small company has later versions than its contacts."""
    for table in (ChangeField, Change):
        session.execute(delete(table))


def test_figures_of_both_together_are_as_before_whatever_they_are_grouped_by_k28(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    engine = Engine(GRAPH, database, clock=lambda: NOW)

    def ask(text: str) -> Any:
        answer = json.loads(loop.run_until_complete(engine.answer(GraphQLRequest(text, {}), Caller())).body)
        assert "errors" not in answer, answer
        return answer["data"]

    def merge(no: str, merged_no: str) -> None:
        loop.run_until_complete(
            database.writing(lambda session: contacts.merge(Work(session, User("tester"), NOW), no, merged_no))
        )

    for no, merged_no in (("P01", "P02"), ("P05", "P09"), ("C1", "C2")):
        figures, cards = ask(f"{{ {BY_ANYTHING} }}"), ask(f"{{ {CARDS} }}")

        merge(no, merged_no)

        for refreshed in (False, True):
            if refreshed:
                loop.run_until_complete(database.writing(refresh_all))
                assert loop.run_until_complete(database.writing(faults)) == []
            assert ask(f"{{ {BY_ANYTHING} }}") == figures
            found = ask(f"{{ {CARDS} }}")
            assert found["campaigns"] == cards["campaigns"]
            assert by_key(found["byContact"]["rows"]) == joined(by_key(cards["byContact"]["rows"]), no, merged_no)
            before, after = ({row["no"]: row for row in each["contacts"]["nodes"]} for each in (cards, found))
            both = (before[no], before[merged_no])
            assert numbers(after[no]) == tuple(map(sum, zip(*map(numbers, both), strict=True)))
            for date in ("dateOfLastInteraction", "lastDateAttempted"):
                assert after[no][date] == max((row[date] for row in both if row[date]), default=None)
            others = set(after) - {no, merged_no}
            assert {each: numbers(after[each]) for each in others} == {each: numbers(before[each]) for each in others}


def faults(session: Session) -> list[Fault]:
    """What `carnet check` finds in what is stored beside the log."""
    connection, first, last = session.connection(), dt.date(2000, 1, 1), dt.date(2030, 1, 1)
    checks = (stored.sums(dialect_of(session), first, last), stored.dates("", None))
    found = (
        Fault.parse(check, connection.exec_driver_sql(check.statement(connection.dialect)[0]).scalar())
        for check in checks
    )
    return [fault for fault in found if fault is not None]


def by_key(rows: list[dict[str, Any]]) -> dict[str, tuple[Decimal, ...]]:
    names = ("interactions", "cost", "duration", "responses")
    return {row["key"]: tuple(Decimal(row["measures"][name]) for name in names) for row in rows}


def joined(rows: dict[str, tuple[Decimal, ...]], no: str, merged_no: str) -> dict[str, tuple[Decimal, ...]]:
    """The rows of both contacts together, under the number that stays."""
    both = [rows[each] for each in (no, merged_no) if each in rows]
    others = {key: row for key, row in rows.items() if key not in (no, merged_no)}
    return {**others, **({no: tuple(map(sum, zip(*both, strict=True)))} if both else {})}  # type: ignore[arg-type]  # sums of Decimals


def numbers(card: dict[str, Any]) -> tuple[Decimal, ...]:
    """All counts and sums of a contact."""
    figures = card["statistics"]
    counts = (card[name]["totalCount"] for name in ("interactionLogEntries", "postponedInteractions"))
    return (*map(Decimal, (figures["interactions"], figures["cost"], figures["duration"])), *map(Decimal, counts))
