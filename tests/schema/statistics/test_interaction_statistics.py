"""Groups of interactions have the figures that the reference computes in Python, on both databases."""

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any

import pytest

from resolvers.statistics.gaps import MAX_GROUPS
from tests.schema.compiler.test_paging import KINDS
from tests.schema.queries import members
from tests.schema.reference import Company
from tests.schema.statistics.conftest import Asking
from tests.schema.statistics.reference_figures import COLUMNS, MEASURES, UNITS, Figures
from tests.soaking import repetitions

GROUPINGS = [
    *({"by": name} for name in sorted(members("InteractionDimension"))),
    *({"date": name} for name in sorted(members("DateBucket"))),
]
VARIABLES = """$filter: InteractionLogEntryFilter, $groupBy: [InteractionGrouping!], $having: InteractionHaving,
$orderBy: [InteractionStatisticsOrder!], $first: Int! = 100, $fillGaps: Boolean! = false, $compareTo: Comparison"""
GIVEN = ", ".join(
    f"{name}: ${name}" for name in ("filter", "groupBy", "having", "orderBy", "first", "fillGaps", "compareTo")
)


def query(measures: str = MEASURES, previous: str = MEASURES, totals: str = MEASURES) -> str:
    """The query of all rows with these figures."""
    rows = f"key from to bucket buckets filter measures {{ {measures} }} previous {{ {previous} }}"
    return f"query F({VARIABLES}) {{ it: interactionStatistics({GIVEN}) {{ noOfRows totals {{ {totals} }} rows {{ {rows} }} }} }}"


QUERY = query()
COUNT = "query C($filter: InteractionLogEntryFilter) { interactionLogEntries(filter: $filter) { totalCount } }"


def check(ask: Asking, company: Company, arguments: Mapping[str, Any], chance: random.Random) -> None:
    """Some of the figures are those of the reference, and lists with the filters of some rows have as many entries."""
    expected = Figures(company, arguments).answer()
    names = MEASURES.split()
    measures, previous, totals = (chance.sample(names, chance.choice([1, 2, len(names)])) for _ in range(3))
    text = query(*(" ".join(chosen) for chosen in (measures, previous, totals)))
    cells = chance.sample(expected["rows"], min(2, len(expected["rows"])))
    wanted = expected | {
        "totals": only(expected["totals"], totals),
        "rows": [
            row | {"measures": only(row["measures"], measures), "previous": only(row["previous"], previous)}
            for row in expected["rows"]
        ],
    }
    for kind in ("sqlite", "postgresql"):
        answer = ask(kind, text, arguments)
        if arguments.get("fillGaps") and expected["noOfRows"] > MAX_GROUPS:
            assert f"at most {MAX_GROUPS:,} are allowed" in answer["errors"][0]["message"]
            continue
        assert "errors" not in answer, answer
        if chance.random() < 0.2:
            assert ask(kind, text, arguments, plain=True) == answer, kind
        filters = {row["key"]: row.pop("filter") for row in answer["data"]["it"]["rows"]}
        assert answer["data"]["it"] == wanted, kind
        for cell in cells:
            listed = ask(kind, COUNT, {"filter": filters[cell["key"]]})
            assert listed["data"]["interactionLogEntries"]["totalCount"] == cell["measures"]["interactions"], cell


def only(figures: Mapping[str, Any] | None, names: list[str]) -> dict[str, Any] | None:
    return None if figures is None else {name: figures[name] for name in names}


@pytest.mark.parametrize("grouping", GROUPINGS, ids=lambda each: next(iter(each.values())))
def test_each_grouping_has_the_figures_of_its_interactions(
    grouping: Mapping[str, str], ask_figures: Asking, figures_company: Company
) -> None:
    days = {"date": {"gte": "2024-02-10", "lte": "2025-03-05"}}
    chance = random.Random(1)
    check(ask_figures, figures_company, {"groupBy": [grouping], "first": 1000}, chance)
    compared = {"groupBy": [grouping], "filter": days, "compareTo": "PREVIOUS_YEAR", "fillGaps": True}
    check(ask_figures, figures_company, compared, chance)


CONTACTS = query("contacts", "contacts", "contacts")
UNITS_AS_BITS: list[list[dict[str, str]]] = [
    [{"date": "MONTH"}],
    [{"date": "WEEK"}],
    [{"date": "QUARTER"}],
    [{"date": "DAY_OF_WEEK"}],
    [{"date": "HOUR_OF_DAY"}],
    [{"by": "CITY"}, {"date": "MONTH"}],
    [{"date": "HOUR_OF_DAY"}, {"by": "SALESPERSON"}, {"date": "QUARTER"}],
]


@KINDS
@pytest.mark.parametrize("compared", [False, True])
@pytest.mark.parametrize("groupings", UNITS_AS_BITS, ids=str)
def test_contacts_alone_are_counted_in_each_unit_of_time(
    groupings: list[dict[str, str]], compared: bool, kind: str, ask_figures: Asking, figures_company: Company
) -> None:
    days = {"filter": {"date": {"gte": "2024-02-10", "lte": "2025-12-31"}}, "compareTo": "PREVIOUS_PERIOD"}
    arguments = {"groupBy": groupings, "first": 1000, **(days if compared else {})}
    expected = Figures(figures_company, arguments).answer()

    found = ask_figures(kind, CONTACTS, arguments)["data"]["it"]

    assert found["totals"] == only(expected["totals"], ["contacts"])
    for name in ("measures", "previous"):
        wanted = {row["key"]: only(row[name], ["contacts"]) for row in expected["rows"]}
        assert {row["key"]: row[name] for row in found["rows"]} == wanted


@KINDS
@pytest.mark.parametrize("measures", ["contacts", "attemptsUntilReached", "interactions contacts attemptsUntilReached"])
@pytest.mark.parametrize(
    "groupings",
    [
        [{"by": "TEMPLATE"}],
        [{"date": "WEEK"}],
        [{"by": "SALESPERSON"}, {"date": "QUARTER"}],
        [{"by": "USER"}, {"by": "CITY"}],
    ],
)
def test_contacts_and_attempts_in_many_groups(
    groupings: list[dict[str, str]], measures: str, kind: str, ask_figures: Asking, figures_company: Company
) -> None:
    """Without a filter, with one, and without totals."""
    of_days = {"filter": {"date": {"gte": "2024-02-10"}, "companyNo": {"isNull": False}}}
    for given, totals in (({}, measures), (of_days, measures), (of_days, "interactions")):
        arguments = {"groupBy": groupings, "first": 1000, **given}
        expected = Figures(figures_company, arguments).answer()

        found = ask_figures(kind, query(measures, "interactions", totals), arguments)["data"]["it"]

        assert found["totals"] == only(expected["totals"], totals.split())
        wanted = {row["key"]: only(row["measures"], measures.split()) for row in expected["rows"]}
        assert {row["key"]: row["measures"] for row in found["rows"]} == wanted


def test_the_groupings_are_known_to_the_reference() -> None:
    assert {"by"} | {"date"} == members("InteractionGrouping")
    assert members("InteractionDimension") == {*COLUMNS, "CITY", "COUNTRY", "USER"}
    assert members("DateBucket") == {*UNITS, "DAY_OF_WEEK", "HOUR_OF_DAY"}


DAYS = ["2023-01-05", "2023-02-28", "2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01", "2025-02-28", "2026-03-18"]
FILTERS: list[dict[str, Any]] = [
    {},
    {"canceled": None},
    {"canceled": True},
    {"or": [{"canceled": True}, {"attemptFailed": True}]},
    {"not": {"evaluation": {"isNull": True}}},
    {"contact": {"city": {"startsWith": "n"}}},
    {"and": [{"contact": {"countryCode": {"ne": "CA"}}}, {"templateCode": {"in": ["visit ", "CALL"]}}]},
    {"userId": {"eq": "v"}},
    {"cost": {"gt": "9.995"}, "campaignNo": {"isNull": False}},
    {"dayOfWeek": [1, 2, 3]},
    {"hourOfDay": [8, 9, 20], "duration": {"gte": 15}},
    {"companyNo": {"eq": "c1"}},
    {"contact": {"interactions": {"count": {"gte": 20}, "where": {"date": {"lt": "2026-01-01"}}}}},
]
"""Conditions beside those on the date."""

NUMBERS, AMOUNTS = [0, 1, 2, 5, 30], ["0", "0.005", "12.5", "99.99", "1000000000000000.00", "9999999999999999.99"]


def random_request(chance: random.Random) -> dict[str, Any]:
    """The arguments of a request without errors."""
    units = [each for each in GROUPINGS if each.get("date") in UNITS]
    others = [each for each in GROUPINGS if each not in units]
    groupings = [*chance.sample(others, chance.randrange(3)), *chance.sample(units, chance.randrange(2))]
    chance.shuffle(groupings)
    filter_ = dict(chance.choice(FILTERS))
    first, last = sorted(chance.choices(DAYS, k=2))
    ends = {name: day for name, day in (("gte", first), ("lte", last)) if chance.random() < 0.5}
    arguments: dict[str, Any] = {"groupBy": groupings, "first": chance.choice([1, 7, 100, 1000])}
    if chance.random() < 0.5:
        ends = {"gte": first, "lte": last}
        arguments["compareTo"] = chance.choice(["PREVIOUS_PERIOD", "PREVIOUS_YEAR"])
    arguments["filter"] = filter_ | ({"date": ends} if ends else {})
    arguments["fillGaps"] = chance.random() < 0.4 and {"date": "DAY"} not in groupings
    if chance.random() < 0.3:
        operators = ["gt", "gte", "lt", "lte", "eq", "ne"]
        arguments["having"] = {
            name: {chance.choice(operators): chance.choice(values) for _ in range(chance.randrange(3))}
            for name, values in (("interactions", NUMBERS), ("contacts", NUMBERS), ("cost", AMOUNTS))
        }
    fields = sorted(members("InteractionStatisticsOrderField"))
    arguments["orderBy"] = [
        {"field": chance.choice(fields), "direction": chance.choice(["ASC", "DESC"])}
        for _ in range(chance.randrange(4))
    ]
    return arguments


def test_figures_of_random_requests_are_those_of_the_reference(ask_figures: Asking, figures_company: Company) -> None:
    for seed in range(repetitions(10, 1000)):
        chance = random.Random(seed)
        check(ask_figures, figures_company, random_request(chance), chance)


WITHOUT_CONDITION: list[dict[str, Any] | None] = [
    None,
    {},
    {"interactions": None},
    {"cost": {}},
    {"interactions": {"gte": None}, "contacts": {"in": None}, "cost": {"lt": None}},
]


@pytest.mark.parametrize("having", WITHOUT_CONDITION, ids=str)
def test_having_without_a_condition_has_no_effect_on_gaps(
    having: dict[str, Any] | None, ask_figures: Asking, figures_company: Company
) -> None:
    """So that a variable for a condition may be left out."""
    filter_ = {"date": {"gte": "2024-02-10", "lte": "2024-04-30"}}
    arguments = {"groupBy": [{"date": "DAY"}], "filter": filter_, "fillGaps": True, "having": having}
    assert any(not row["measures"]["interactions"] for row in Figures(figures_company, arguments).answer()["rows"])
    check(ask_figures, figures_company, arguments, random.Random(1))


@KINDS
def test_dates_inside_of_or_apply_to_the_later_day_of_a_comparison(
    kind: str, ask_figures: Asking, figures_company: Company
) -> None:
    first, last, middle = dt.date(2024, 3, 1), dt.date(2026, 3, 18), dt.date(2025, 1, 1)
    either = [{"date": {"lt": str(middle)}}, {"and": [{"attemptFailed": True}, {"not": {"date": {"eq": str(first)}}}]}]
    filter_ = {"date": {"gte": str(first), "lte": str(last)}, "or": either, "and": [{"duration": {"gte": 15}}]}
    arguments = {"groupBy": [{"by": "USER"}], "filter": filter_, "compareTo": "PREVIOUS_PERIOD", "first": 1000}

    def number(later: dt.timedelta) -> int:
        entries = figures_company.rows["InteractionLogEntry"]
        days = [
            (entry, entry["date"] + later) for entry in entries if not entry["canceled"] and entry["duration"] >= 15
        ]
        return sum(
            first <= day <= last and (day < middle or (entry["attempt_failed"] and day != first)) for entry, day in days
        )

    rows = ask_figures(kind, QUERY, arguments)["data"]["it"]["rows"]
    assert sum(row["measures"]["interactions"] for row in rows) == number(dt.timedelta()) > 0
    assert sum(row["previous"]["interactions"] for row in rows) == number(last - first + dt.timedelta(1)) > 0


@pytest.mark.slow
def test_every_pair_and_some_triples_of_groupings_have_the_figures_of_their_interactions(
    ask_figures: Asking, figures_company: Company
) -> None:
    chance = random.Random(2)
    pairs = [(one, other) for one in GROUPINGS for other in GROUPINGS if one != other]
    chosen = [list(pair) for pair in chance.sample(pairs, repetitions(4, len(pairs)))]
    chosen += [chance.sample(GROUPINGS, 3) for _ in range(repetitions(4, 500))]
    for groupings in chosen:
        if sum(each.get("date") in UNITS for each in groupings) < 2:
            check(ask_figures, figures_company, {"groupBy": groupings, "first": 1000}, chance)
