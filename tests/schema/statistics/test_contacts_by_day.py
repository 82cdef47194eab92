"""Contacts and attempts by day equal those of the interactions, in a log in which most contacts have one interaction on a
day: SQLite then counts them without sorting the interactions by contact.
"""

import asyncio
import datetime as dt
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlmodel import Session, select

from persistence import tables
from persistence.database import Database
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.conftest import NOW
from tests.schema.a_small_company import build
from tests.schema.compiler.test_paging import read
from tests.schema.filled_databases import filled_databases
from tests.schema.queries import GRAPH
from tests.schema.reference import Company
from tests.schema.statistics.figures_company import more_entries
from tests.schema.statistics.reference_figures import Figures
from tests.schema.statistics.stored_states import dirty
from tests.schema.statistics.test_interaction_statistics import GIVEN, VARIABLES

FEBRUARY = [dt.date(year, 2, 28) + dt.timedelta(days) for year in (2023, 2024, 2025) for days in (-1, 0, 1, 2)]

NOT_VISITS = {"templateCode": {"ne": "VISIT"}}
NOT_FAILED = {"attemptFailed": False}
FEW = {"campaignNo": {"eq": "CP1"}, "evaluation": {"eq": "POSITIVE"}}
LEAP_YEAR = {"date": {"gte": "2024-01-01", "lte": "2025-03-31"}}
TO_LEAP_DAY = {"date": {"gte": "2023-06-01", "lte": "2024-02-29"}}

ARGUMENTS: list[dict[str, Any]] = [
    {"filter": NOT_VISITS},
    {"filter": NOT_FAILED},
    {"filter": FEW},
    {"filter": {"canceled": True}},
    {"filter": LEAP_YEAR, "compareTo": "PREVIOUS_YEAR"},
    {"filter": TO_LEAP_DAY | NOT_VISITS, "compareTo": "PREVIOUS_YEAR", "having": {"contacts": {"gte": 1}}},
    {"filter": LEAP_YEAR | NOT_FAILED, "compareTo": "PREVIOUS_PERIOD", "fillGaps": True},
    {"filter": TO_LEAP_DAY | FEW, "compareTo": "PREVIOUS_YEAR"},
]
BESIDE_DAYS: list[list[dict[str, str]]] = [[], [{"by": "SALESPERSON"}], [{"date": "HOUR_OF_DAY"}, {"by": "TEMPLATE"}]]
OVER_CONTACTS, ALL = "contacts attemptsUntilReached", "contacts attemptsUntilReached interactions cost responses"
SELECTED = [(ALL, ALL, ALL), ("contacts", None, None), (None, OVER_CONTACTS, "attemptsUntilReached"), (None, None, ALL)]
"""The measures of rows, of the earlier days and of totals; None if they are not selected."""


def spread(session: Session) -> None:
    """Move four of five interactions to 1,200 different days, the others to 12 days in February and March."""
    for entry in session.exec(select(tables.InteractionLogEntry)):
        days = entry.entry_no * 7 % 1200
        entry.date = FEBRUARY[days % 12] if entry.entry_no % 5 == 0 else dt.date(2023, 1, 1) + dt.timedelta(days)
        entry.canceled = entry.canceled and entry.entry_no % 3 == 0


@pytest.fixture(scope="module")
def databases(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[dict[str, Database]]:
    with filled_databases(empty_copy, loop, build, more_entries, spread, dirty) as databases:
        yield databases


@pytest.fixture(scope="module")
def company(databases: dict[str, Database], loop: asyncio.AbstractEventLoop) -> Company:
    return loop.run_until_complete(databases["sqlite"].querying(read))


def test_most_contacts_have_one_interaction_on_a_day_and_some_have_several(company: Company) -> None:
    entries = company.rows["InteractionLogEntry"]
    on_days = Counter((each["contact_no"], each["date"]) for each in entries if each["contact_no"])
    alone = sum(1 for number in on_days.values() if number == 1)

    assert alone > len(entries) * 0.6
    assert sum(number > 1 for number in on_days.values()) >= 10
    assert max(on_days.values()) > 2


@pytest.mark.parametrize("beside", BESIDE_DAYS, ids=str)
def test_contacts_and_attempts_by_day_are_those_of_the_interactions(
    beside: list[dict[str, str]], databases: dict[str, Database], company: Company, loop: asyncio.AbstractEventLoop
) -> None:
    engines = {kind: Engine(GRAPH, database, clock=lambda: NOW) for kind, database in databases.items()}
    for given, selected in itertools.product(ARGUMENTS, SELECTED):
        arguments = {"groupBy": [{"date": "DAY"}, *beside], "first": 1000, **given}
        if len(arguments["groupBy"]) > 1:
            arguments.pop("fillGaps", None)
        expected = Figures(company, arguments).answer()
        for kind, engine in engines.items():
            request = GraphQLRequest(document(*selected), arguments)
            answer = json.loads(loop.run_until_complete(engine.answer(request, Caller())).body)
            assert answer["data"]["it"] == only(expected, *selected), (kind, arguments, selected)


def document(measures: str | None, previous: str | None, totals: str | None) -> str:
    fields = {"measures": measures, "previous": previous}
    rows = " ".join(f"{name} {{ {found} }}" for name, found in fields.items() if found)
    of_all = f"totals {{ {totals} }}" if totals else ""
    return (
        f"query F({VARIABLES}) {{ it: interactionStatistics({GIVEN}) {{ noOfRows rows {{ key {rows} }} {of_all} }} }}"
    )


def only(answer: Mapping[str, Any], measures: str | None, previous: str | None, totals: str | None) -> dict[str, Any]:
    """The selected fields of an answer."""

    def chosen(figures: Mapping[str, Any] | None, names: str) -> dict[str, Any] | None:
        return None if figures is None else {name: figures[name] for name in names.split()}

    fields = {"measures": measures, "previous": previous}
    rows = [
        {"key": row["key"], **{name: chosen(row[name], found) for name, found in fields.items() if found}}
        for row in answer["rows"]
    ]
    of_all = {"totals": chosen(answer["totals"], totals)} if totals else {}
    return {"noOfRows": answer["noOfRows"], "rows": rows, **of_all}
