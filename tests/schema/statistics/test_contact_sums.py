"""Contacts and attempts by week or day or by several keys, which are added up together with those of each contact, equal
those of the interactions.
"""

from itertools import groupby
from typing import Any

import pytest

from tests.schema.reference import Company
from tests.schema.reference_comparisons import Row
from tests.schema.statistics.conftest import Asking
from tests.schema.statistics.reference_figures import Figures
from tests.schema.statistics.test_interaction_statistics import query

NOT_FAILED = {"filter": {"attemptFailed": False}}
SOME = {"filter": {"templateCode": {"in": ["VISIT", "CALL"]}, "date": {"gte": "2024-01-31"}}}
REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("attemptsUntilReached", {}),
    ("contacts attemptsUntilReached interactions cost", {}),
    ("contacts", SOME),
    ("contacts attemptsUntilReached duration", SOME),
    ("attemptsUntilReached", NOT_FAILED),
    ("contacts interactions", NOT_FAILED),
    ("attemptsUntilReached contacts", {"fillGaps": True, **SOME}),
    ("attemptsUntilReached", {"having": {"contacts": {"gte": 2}}, **SOME}),
    ("contacts", {"orderBy": [{"field": "CONTACTS", "direction": "DESC"}], "first": 5, **SOME}),
    ("attemptsUntilReached", {"filter": {"canceled": True}}),
]


@pytest.mark.parametrize("with_totals", [True, False])
@pytest.mark.parametrize("unit", ["WEEK", "DAY"])
def test_contacts_and_attempts_of_units_and_of_all_are_those_of_the_interactions(
    unit: str, with_totals: bool, ask_figures: Asking, figures_company: Company
) -> None:
    for measures, given in REQUESTS:
        arguments = {"groupBy": [{"date": unit}], "first": 1000, **given}
        expected = Figures(figures_company, arguments).answer()
        for kind in ("sqlite", "postgresql"):
            text = query(measures, measures, measures if with_totals else "interactions")
            answer = ask_figures(kind, text, arguments)
            assert "errors" not in answer, answer
            found = answer["data"]["it"]
            names = measures.split()
            right = [{name: row["measures"][name] for name in names} for row in expected["rows"]]
            assert [row["measures"] for row in found["rows"]] == right, (kind, measures, arguments)
            assert found["totals"].items() <= expected["totals"].items(), (kind, measures, arguments)


KEYS: list[list[dict[str, str]]] = [
    [{"by": "EVALUATION"}, {"by": "CAMPAIGN"}, {"date": "YEAR"}],
    [{"by": "INFORMATION_FLOW"}, {"date": "HOUR_OF_DAY"}],
    [{"date": "DAY_OF_WEEK"}, {"by": "GROUP"}],
    [{"by": "TEMPLATE"}, {"by": "INITIATED_BY"}, {"by": "SALESPERSON"}],
    [{"by": "CONTACT"}, {"date": "MONTH"}],
]
"""Groupings whose keys are one number on PostgreSQL, each of them without a value for some entries, if it can be; and by
contact, where each row of the first step is a group.
"""


@pytest.mark.parametrize("groupings", KEYS, ids=str)
def test_contacts_and_attempts_by_several_keys_and_of_all_are_those_of_the_interactions(
    groupings: list[dict[str, str]], ask_figures: Asking, figures_company: Company
) -> None:
    for measures, given in REQUESTS[1::3]:
        arguments = {"groupBy": groupings, "first": 1000, **given}
        expected = Figures(figures_company, arguments).answer()
        text = query(measures, measures, measures)
        for kind in ("sqlite", "postgresql"):
            found = ask_figures(kind, text, arguments)["data"]["it"]
            names = measures.split()
            right = [(row["key"], {name: row["measures"][name] for name in names}) for row in expected["rows"]]
            assert [(row["key"], row["measures"]) for row in found["rows"]] == right, (kind, measures, arguments)
            assert found["totals"].items() <= expected["totals"].items(), (kind, measures, arguments)


def test_some_attempts_of_a_week_are_to_be_numbered(figures_company: Company) -> None:
    """A contact with two failed attempts before the first success of a week, and with one after it."""

    def week_of(entry: Row) -> tuple[str, int]:
        """The contact and the week, of which each begins on Thursday."""
        return entry["contact_no"], (entry["date"].toordinal() - 4) // 7

    entries = [
        each for each in figures_company.rows["InteractionLogEntry"] if each["contact_no"] and not each["canceled"]
    ]
    entries.sort(key=lambda each: (*week_of(each), each["date"], each["time_of_interaction"], each["entry_no"]))
    weeks = ([each["attempt_failed"] for each in rows] for _, rows in groupby(entries, week_of))

    assert any(False in failed[2:] and all(failed[:2]) and True in failed[failed.index(False) :] for failed in weeks)
