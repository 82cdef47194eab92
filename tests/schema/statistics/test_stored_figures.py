"""Figures of groups that stored sums answer are read from them, and equal those of the interactions."""

import asyncio
import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlmodel import Session

from persistence.database import Database
from persistence.enums import Role
from schema.execution.engine import Caller
from tests.schema.reference import Company
from tests.schema.statistics.conftest import Asking
from tests.schema.statistics.reference_figures import MEASURES, Figures, measured
from tests.schema.statistics.stored_states import clean, deleted, dirty, without_days
from tests.schema.statistics.test_interaction_statistics import GIVEN, VARIABLES, check, query
from tests.soaking import repetitions

Change = Callable[[Callable[[Session], None]], None]

KINDS = ("sqlite", "postgresql")
BY_CONTACT = ("contacts", "attemptsUntilReached")
SUMMED = " ".join(name for name in MEASURES.split() if name not in BY_CONTACT)
DIMENSIONS = ["TEMPLATE", "GROUP", "SALESPERSON", "CAMPAIGN", "EVALUATION"]
DAYS = {"date": {"gte": "2024-01-31", "lte": "2025-03-05"}}
PARTS = (
    {"gte": "2024-02-01", "lte": "2025-02-28"},
    {"gte": "2024-12-02", "lte": "2025-02-27"},
    {"gte": "2024-02-10", "lte": "2024-02-20"},
    {"gte": "2024-02-29", "lte": "2024-03-01"},
    {"gte": "2025-02-01", "lte": "2025-02-28"},
    {"gte": "2024-03-31", "lte": "2024-03-31"},
    {"gt": "2024-02-29"},
    {"lte": "2024-02-28"},
)
"""Conditions on dates whose first and last days are in different places of their months."""

STORED: list[dict[str, Any]] = [
    {},
    {"groupBy": [{"date": "HOUR_OF_DAY"}]},
    {"groupBy": [{"date": "MONTH"}, {"date": "HOUR_OF_DAY"}], "filter": DAYS, "compareTo": "PREVIOUS_YEAR"},
    {"groupBy": [{"date": "DAY_OF_WEEK"}, {"by": "CAMPAIGN"}, {"date": "WEEK"}], "filter": DAYS, "fillGaps": True},
    {"groupBy": [{"date": "QUARTER"}], "filter": {"salespersonCode": {"in": ["JO", " ps", ""]}, **DAYS}},
    {"groupBy": [{"by": "TEMPLATE"}], "filter": {"and": [DAYS, {"templateCode": {"eq": "VISIT"}}], "canceled": None}},
    {"groupBy": [{"by": "TEMPLATE"}], "filter": {"templateCode": {"eq": ""}}},
    {"groupBy": [{"by": "GROUP"}], "filter": {"groupCode": {"eq": None}, "templateCode": {"eq": None}}},
    {"groupBy": [{"by": "GROUP"}], "filter": {"and": [{"campaignNo": {}}, {"and": [{"groupCode": {"eq": "meet"}}]}]}},
    {"groupBy": [{"by": "EVALUATION"}, {"date": "YEAR"}], "filter": {"evaluation": {"in": ["POSITIVE", "NEUTRAL"]}, **DAYS},
     "compareTo": "PREVIOUS_PERIOD", "orderBy": [{"field": "PREVIOUS_INTERACTIONS", "direction": "DESC"}]},
    {"groupBy": [{"by": "SALESPERSON"}], "having": {"cost": {"gt": "100"}, "interactions": {"gte": 3}},
     "orderBy": [{"field": "COST", "direction": "DESC"}, {"field": "SUCCESS_RATE", "direction": "ASC"}], "first": 2},
    {"filter": {"or": [{"not": DAYS}, {"date": {"eq": "2024-02-29"}}]}},
    {"groupBy": [{"by": "CAMPAIGN"}], "filter": {"dayOfWeek": [1, 7], **DAYS}, "compareTo": "PREVIOUS_YEAR"},
    {"groupBy": [{"date": "DAY_OF_WEEK"}], "filter": {"or": [{"dayOfWeek": [4]}, {"not": {"dayOfWeek": [1, 2]}}]}},
    *({"groupBy": [{"by": name}, {"date": "MONTH"}], "first": 1000} for name in DIMENSIONS),
    *({"groupBy": [{"date": unit}], "filter": DAYS, "compareTo": "PREVIOUS_YEAR", "fillGaps": True, "first": 1000}
      for unit in ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "DAY_OF_WEEK")),
    *({"groupBy": [{"by": name}, {"date": "DAY"}], "first": 1000} for name in DIMENSIONS),
    {"groupBy": [{"date": "DAY"}, {"by": "CAMPAIGN"}], "orderBy": [{"field": "KEY", "direction": "DESC"}], "first": 7},
    {"groupBy": [{"by": "SALESPERSON"}, {"date": "DAY"}], "having": {"interactions": {"gte": 2}}, "filter": DAYS,
     "orderBy": [{"field": "SUCCESS_RATE", "direction": "ASC"}], "first": 20},
    {"groupBy": [{"by": "TEMPLATE"}, {"date": "DAY_OF_WEEK"}, {"date": "QUARTER"}], "first": 1000},
    {"groupBy": [{"date": "DAY"}, {"by": "CAMPAIGN"}], "filter": DAYS, "first": 7,
     "orderBy": [{"field": "COST", "direction": "DESC"}]},
    *({"groupBy": [{"by": "TEMPLATE"}, {"date": "MONTH"}], "filter": {"date": days}, "first": 1000} for days in PARTS),
    *({"groupBy": [{"by": "SALESPERSON"}], "filter": {"date": days}, "compareTo": "PREVIOUS_PERIOD"}
      for days in PARTS if len(days) == 2),
    *({"groupBy": [{"date": "MONTH"}, {"by": "GROUP"}], "filter": {"date": days}, "compareTo": "PREVIOUS_YEAR"}
      for days in PARTS if len(days) == 2),
    {"groupBy": [{"date": "MONTH"}], "filter": {"and": [{"date": {"gte": "2024-02-02"}}, {"date": {"lt": "2024-05-31"}}]}},
    {"groupBy": [{"date": "MONTH"}], "filter": {"date": {"gte": "2024-02-02", "ne": "2024-02-29"}}},
]  # fmt: skip
"""Requests that the sums by one column answer."""

NOT_STORED: list[dict[str, Any]] = [
    {"groupBy": [{"by": "TEMPLATE"}, {"by": "GROUP"}]},
    {"groupBy": [{"by": "TEMPLATE"}, {"date": "HOUR_OF_DAY"}]},
    {"groupBy": [{"by": "TEMPLATE"}], "filter": {"groupCode": {"eq": "MEET"}}},
    {"groupBy": [{"by": "CONTACT"}]},
    {"groupBy": [{"by": "CITY"}]},
    {"groupBy": [{"by": "INFORMATION_FLOW"}]},
    {"filter": {"canceled": False}},
    {"filter": {"hourOfDay": [8]}},
    {"filter": {"and": [{"duration": {"gt": 1}}]}},
    {"filter": {"or": [{"templateCode": {"eq": "VISIT"}}, DAYS]}},
    {"filter": {"or": [{"templateCode": {"eq": None}}]}},
    {"filter": {"not": {"templateCode": {"eq": "VISIT"}}}},
    {"filter": {"campaignNo": {"isNull": True}}},
    {"groupBy": [{"by": "CAMPAIGN"}], "filter": {"campaignNo": {"ne": "CP1"}}},
]
"""Requests that need the interactions."""

NEED_CONTACTS: list[dict[str, Any]] = [
    {"groupBy": [{"by": "TEMPLATE"}], "having": {"contacts": {"gt": 0}}},
    {"groupBy": [{"by": "TEMPLATE"}], "orderBy": [{"field": "CONTACTS", "direction": "ASC"}]},
]
"""Requests that need the interactions for the number of contacts, and stored sums for all others."""


@pytest.fixture(scope="module")
def change_sums(figures_databases: dict[str, Database], loop: asyncio.AbstractEventLoop) -> Iterator[Change]:
    """Changes the stored sums of both databases. Some days are dirty again after the tests."""

    def change(changing: Callable[[Session], None]) -> None:
        for database in figures_databases.values():
            loop.run_until_complete(database.writing(changing))

    yield change
    change(dirty)


def shown(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer without the figures that need the interactions, and without filters."""
    figures = [
        answer["totals"],
        *(row[name] for row in answer["rows"] for name in ("measures", "previous") if row[name]),
    ]
    for each in figures:
        for name in BY_CONTACT:
            each.pop(name, None)
    for row in answer["rows"]:
        row.pop("filter", None)
    return answer


@pytest.mark.parametrize("state", [clean, dirty])
def test_figures_from_stored_sums_are_those_of_the_interactions(
    state: Callable[[Session], None], change_sums: Change, ask_figures: Asking, figures_company: Company
) -> None:
    change_sums(state)
    for arguments in STORED:
        expected = shown(Figures(figures_company, arguments).answer())
        for kind in KINDS:
            answer = ask_figures(kind, query(SUMMED, SUMMED, SUMMED), arguments)
            assert "errors" not in answer, answer
            assert shown(answer["data"]["it"]) == expected, (kind, arguments)
    for seed in range(repetitions(3, 300)):
        chance = random.Random(seed)
        groupings = [{"by": chance.choice(DIMENSIONS)}, {"date": chance.choice(["DAY_OF_WEEK", "MONTH"])}]
        check(
            ask_figures, figures_company, {"groupBy": groupings, "filter": DAYS, "compareTo": "PREVIOUS_YEAR"}, chance
        )


CARDS = {
    "interactionTemplates": ("InteractionTemplate", "code", "template_code"),
    "interactionGroups": ("InteractionGroup", "code", "group_code"),
    "salespeople": ("Salesperson", "code", "salesperson_code"),
    "campaigns": ("Campaign", "no", "campaign_no"),
}
"""The lists of cards: their table, its key, and the column of interactions that has this key."""


@pytest.mark.parametrize("state", [clean, dirty])
def test_figures_of_cards_are_those_of_their_interactions(
    state: Callable[[Session], None], change_sums: Change, ask_figures: Asking, figures_company: Company
) -> None:
    """Both for a page of cards and for a single card."""
    change_sums(state)
    entries = [each for each in figures_company.rows["InteractionLogEntry"] if not each["canceled"]]
    of_days = [each for each in entries if figures_company.date_matches(each["date"], DAYS["date"])]
    for name, (table, key, column) in CARDS.items():
        expected = {
            row[key]: [measured([each for each in some if each[column] == row[key]]) for some in (entries, of_days)]
            for row in figures_company.rows[table]
        }
        figures = f"all: statistics {{ {MEASURES} }} some: statistics(date: $days) {{ {MEASURES} }}"
        text = f"query C($first: Int!, $days: DateFilter) {{ {name}(first: $first) {{ nodes {{ {key} {figures} }} }} }}"
        for kind, size in itertools.product(KINDS, (1, 100)):
            cards = ask_figures(kind, text, {"first": size, "days": DAYS["date"]})["data"][name]["nodes"]
            assert len(cards) == min(size, len(expected)) > 0
            for card in cards:
                assert [card["all"], card["some"]] == expected[card[key]], (kind, size, card)


BY_DAY: list[dict[str, Any]] = [
    {"groupBy": [{"date": "DAY"}], "fillGaps": True, "filter": DAYS},
    {"groupBy": [{"date": "DAY"}], "having": {"contacts": {"gte": 2}}},
    {"groupBy": [{"date": "DAY"}, {"date": "HOUR_OF_DAY"}], "filter": {"dayOfWeek": [1, 4], **DAYS}},
    *({"groupBy": [{"by": name}, {"date": "DAY"}]} for name in DIMENSIONS),
    {"groupBy": [{"date": "DAY"}, {"by": "TEMPLATE"}], "first": 9, "filter": {"templateCode": {"in": ["VISIT", "CALL"]}},
     "orderBy": [{"field": "CONTACTS", "direction": "DESC"}]},
    {"groupBy": [{"date": "DAY"}], "filter": {"templateCode": {"eq": "visit"}}, "fillGaps": True},
    {"groupBy": [{"date": "DAY"}], "filter": {"and": [{"groupCode": {"eq": "MEET", "in": ["MEET", "SEND"]}}, DAYS]}},
    {"groupBy": [{"date": "DAY"}], "filter": {"salespersonCode": {"eq": "PS"}}, "having": {"contacts": {"gte": 2}}},
    {"groupBy": [{"date": "DAY"}], "filter": {"evaluation": {"eq": "POSITIVE"}},
     "orderBy": [{"field": "CONTACTS", "direction": "DESC"}]},
]  # fmt: skip
"""Requests whose groups are a day and at most one key, or days of one key."""


@pytest.mark.parametrize("state", [clean, dirty])
def test_contacts_and_attempts_by_day_from_stored_sums_are_those_of_the_interactions(
    state: Callable[[Session], None], change_sums: Change, ask_figures: Asking, figures_company: Company
) -> None:
    change_sums(state)
    for given in BY_DAY:
        arguments = {"first": 1000, **given}
        expected = Figures(figures_company, arguments).answer()
        for kind in KINDS:
            answer = ask_figures(kind, query(), arguments)
            assert "errors" not in answer, answer
            for row in answer["data"]["it"]["rows"]:
                del row["filter"]
            assert answer["data"]["it"] == expected, (kind, arguments)


def test_contacts_by_day_are_read_from_stored_sums_only_if_nothing_is_added_up(
    change_sums: Change, ask_figures: Asking
) -> None:
    change_sums(deleted)
    salesperson = Caller(roles=frozenset({Role.SALESPERSON}), salesperson_code="PS")

    def rows(kind: str, arguments: dict[str, Any], caller: Caller | None = None) -> int:
        text = query("contacts attemptsUntilReached", "contacts", "contacts")
        found = ask_figures(kind, text, arguments, caller=caller)["data"]["it"]
        assert found["totals"]["contacts"] > 0  # of all interactions
        return len(found["rows"])

    for kind in KINDS:
        for arguments in BY_DAY:
            assert rows(kind, {**arguments, "fillGaps": False}) == 0, (kind, arguments)
        by_day: dict[str, Any] = {"groupBy": [{"date": "DAY"}]}
        assert rows(kind, by_day, salesperson) > 0
        for arguments in (
            {**by_day, "filter": DAYS, "compareTo": "PREVIOUS_YEAR"},
            {**by_day, "filter": {"templateCode": {"in": ["VISIT", "CALL"]}}},
            {"groupBy": [{"date": "DAY"}, {"date": "DAY_OF_WEEK"}]},
            {"groupBy": [{"date": "DAY"}, {"by": "CITY"}]},
            *({"groupBy": [{"date": unit}]} for unit in ("WEEK", "MONTH", "DAY_OF_WEEK")),
        ):
            assert rows(kind, arguments) > 0, (kind, arguments)


WHOLE_WEEKS = {"date": {"gte": "2024-02-01", "lt": "2025-03-06"}}
"""Weeks of the company begin on Thursday, as both days are."""


def test_figures_of_whole_months_and_weeks_are_read_from_their_sums(
    change_sums: Change, ask_figures: Asking, figures_company: Company
) -> None:
    change_sums(without_days)
    whole = {"date": {"gte": "2024-02-01", "lt": "2025-03-01"}}
    for kind in KINDS:
        for groupings in ([], [{"by": "CAMPAIGN"}], [{"by": "TEMPLATE"}, {"date": "MONTH"}], [{"date": "YEAR"}]):
            for filter_ in ({}, whole):
                arguments = {"groupBy": groupings, "filter": filter_, "first": 1000}
                answer = ask_figures(kind, query(SUMMED, SUMMED, SUMMED), arguments)
                expected = shown(Figures(figures_company, arguments).answer())
                assert shown(answer["data"]["it"]) == expected, (kind, arguments)
        for groupings in ([{"date": "WEEK"}], [{"by": "CAMPAIGN"}, {"date": "WEEK"}]):
            for filter_ in ({}, WHOLE_WEEKS):
                arguments = {"groupBy": groupings, "filter": filter_, "first": 1000}
                answer = ask_figures(kind, query(SUMMED, SUMMED, SUMMED), arguments)
                expected = shown(Figures(figures_company, arguments).answer())
                assert shown(answer["data"]["it"]) == expected, (kind, arguments)
        for buckets in (["DAY"], ["DAY_OF_WEEK"], ["WEEK", "DAY_OF_WEEK"]):
            groupings = [{"date": each} for each in buckets]
            answer = ask_figures(kind, query(SUMMED, SUMMED, SUMMED), {"groupBy": groupings})
            assert answer["data"]["it"]["rows"] == [], (kind, buckets)


def measures_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The measures of the rows, if they were selected."""
    return [row["measures"] for row in answer["rows"] if "measures" in row]


def test_figures_are_read_from_stored_sums_only_if_these_answer_the_request(
    change_sums: Change, ask_figures: Asking, figures_company: Company
) -> None:
    change_sums(deleted)
    text = f"query F({VARIABLES}) {{ it: interactionStatistics({GIVEN}) {{ noOfRows rows {{ key }} totals {{ interactions }} }} }}"

    def found(kind: str, arguments: dict[str, Any], caller: Caller | None = None, asked: str = text) -> tuple[int, int]:
        given = {name: value for name, value in arguments.items() if name != "fillGaps"}
        answer = ask_figures(kind, asked, given, caller=caller)["data"]["it"]
        return len(answer["rows"]), answer["totals"]["interactions"]

    for kind in KINDS:
        for arguments in STORED:
            assert found(kind, arguments) == (0, 0), (kind, arguments)
        for arguments in NOT_STORED:
            expected = Figures(figures_company, arguments | {"first": 100}).answer()
            right = len(expected["rows"]), expected["totals"]["interactions"]
            assert right[1], arguments
            assert found(kind, arguments) == right, (kind, arguments)
        for arguments in NEED_CONTACTS:
            expected = Figures(figures_company, arguments | {"first": 100}).answer()
            assert found(kind, arguments) == (len(expected["rows"]), 0), (kind, arguments)
        for name in BY_CONTACT:
            of_rows, of_totals = f"rows {{ measures {{ {name} }}", f"totals {{ {name}"
            for by_contact in (text.replace("rows {", of_rows), text.replace("totals {", of_totals)):
                by_template = {"groupBy": [{"by": "TEMPLATE"}]}
                assert found(kind, by_template, asked=by_contact)[1] == 0, by_contact
                figures = ask_figures(kind, by_contact, by_template)["data"]["it"]
                assert all(each.get(name, 1) > 0 for each in (figures["totals"], *measures_of(figures))), by_contact
        salesperson = Caller(roles=frozenset({Role.SALESPERSON}), salesperson_code="PS")
        assert found(kind, {"groupBy": [{"by": "TEMPLATE"}]}, salesperson)[1] > 0
