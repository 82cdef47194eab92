"""Labels, objects, gaps, bounds, errors and roles of figures over groups of interactions."""

import dataclasses
from typing import Any

import pytest

from persistence.enums import Role
from schema.execution.engine import Caller
from tests.api import Api
from tests.schema.compiler.test_paging import KINDS
from tests.schema.reference import Company
from tests.schema.statistics.conftest import Asking
from tests.schema.statistics.reference_figures import Figures
from tests.schema.statistics.test_interaction_statistics import COUNT, QUERY


def rows(ask: Asking, kind: str, arguments: str, selection: str, **more: Any) -> Any:
    """The rows of a query; default execution returns the same."""
    text = f"{{ it: interactionStatistics({arguments}) {{ noOfRows rows {{ {selection} }} }} }}"
    found, plain = (ask(kind, text, {}, plain=plain, **more) for plain in (False, True))
    assert "errors" not in found, found
    assert plain == found
    return found["data"]["it"]["rows"]


LABELS: list[tuple[str, str, str, str]] = [
    ("{by: TEMPLATE}", "VISIT", "Visit!", "Visite"),
    ("{by: TEMPLATE}", "", "Without a template", "Sans modèle"),
    ("{by: GROUP}", "MEET", "Meetings", "Réunions"),
    ("{by: GROUP}", "PHONE", "Calls", "Calls"),
    ("{by: SALESPERSON}", "JO", "Jo Née", "Jo Née"),
    ("{by: SALESPERSON}", "", "Without a salesperson", "Sans représentant"),
    ("{by: CAMPAIGN}", "CP2", "Été", "Été"),
    ("{by: CAMPAIGN}", "", "Without a campaign", "Sans campagne"),
    ("{by: CONTACT}", "C1", "Boréal", "Boréal"),
    ("{by: CITY}", "Québec \\| \\\\", "Québec | \\", "Québec | \\"),
    ("{by: COUNTRY}", "", "Without a country", "Sans pays"),
    ("{by: EVALUATION}", "VERY_NEGATIVE", "Very negative", "Très négative"),
    ("{by: EVALUATION}", "", "Not evaluated", "Sans évaluation"),
    ("{by: INFORMATION_FLOW}", "OUTBOUND", "Outbound", "Sortant"),
    ("{by: INITIATED_BY}", "US", "The company", "La compagnie"),
    ("{by: USER}", "Éva", "Éva", "Éva"),
    ("{date: DAY}", "2024-03-01", "1 March 2024", "1er mars 2024"),
    ("{date: WEEK}", "2024-02-29", "Week of 29 February 2024", "Semaine du 29 février 2024"),
    ("{date: MONTH}", "2024-02-01", "February 2024", "Février 2024"),
    ("{date: QUARTER}", "2025-04-01", "Q2 2025", "T2 2025"),
    ("{date: YEAR}", "2025-01-01", "2025", "2025"),
    ("{date: DAY_OF_WEEK}", "7", "Sunday", "Dimanche"),
    ("{date: HOUR_OF_DAY}", "8", "08:00", "8\u00a0h"),
    ("{date: HOUR_OF_DAY}", "13", "13:00", "13\u00a0h"),
    ("{by: EVALUATION}, {date: YEAR}", "POSITIVE|2025-01-01", "Positive · 2025", "Positive · 2025"),
]


@KINDS
@pytest.mark.parametrize(("groupings", "key", "english", "french"), LABELS)
def test_a_row_has_labels_in_both_languages(
    groupings: str, key: str, english: str, french: str, kind: str, ask_figures: Asking
) -> None:
    text = f"{{ it: interactionStatistics(groupBy: [{groupings}], first: 1000) {{ rows {{ key label labels(language: FR) en: label(language: EN) }} }} }}"
    found = {}
    for language in ("EN", "FR"):
        answer = ask_figures(kind, text, {}, caller=Caller(language=language))
        (found[language],) = (row for row in answer["data"]["it"]["rows"] if row["key"] == key)

    assert found["EN"] == {"key": key, "label": english, "labels": french.split(" · "), "en": english}
    assert found["FR"] == {"key": key, "label": french, "labels": french.split(" · "), "en": english}


@KINDS
def test_a_row_has_the_objects_of_its_keys(kind: str, ask_figures: Asking) -> None:
    selection = """key from to bucket buckets template { code group { code } } group { code } salesperson { code } campaign { no }
    contact { no name } company { no } city countryCode evaluation informationFlow initiatedBy userId previous { cost } __typename"""
    blank: dict[str, Any] = {
        "from": None, "to": None, "bucket": None, "buckets": [], "template": None, "group": None, "salesperson": None,
        "campaign": None, "contact": None, "company": None, "city": None, "countryCode": None, "evaluation": None,
        "informationFlow": None, "initiatedBy": None, "userId": None, "previous": None, "__typename": "InteractionStatisticsRow",
    }  # fmt: skip
    cases: list[tuple[str, str, dict[str, Any]]] = [
        ("{by: TEMPLATE}", "VISIT", {"template": {"code": "VISIT", "group": {"code": "MEET"}}}),
        ("{by: TEMPLATE}", "", {}),
        ("{by: CONTACT}, {by: COMPANY}", "P01|C1", {"contact": {"no": "P01", "name": "Éric Bœuf"}, "company": {"no": "C1"}}),
        ("{by: CITY}, {by: COUNTRY}", "Nantes|FR", {"city": "Nantes", "countryCode": "FR"}),
        ("{by: USER}, {by: EVALUATION}", "u|POSITIVE", {"userId": "u", "evaluation": "POSITIVE"}),
        ("{date: QUARTER}", "2024-01-01", {"from": "2024-01-01", "to": "2024-03-31"}),
        ("{date: HOUR_OF_DAY}, {date: DAY_OF_WEEK}", "8|1", {"bucket": 8, "buckets": [8, 1]}),
        ("{by: GROUP}, {by: SALESPERSON}, {by: CAMPAIGN}", "MEET|JO|CP1",
         {"group": {"code": "MEET"}, "salesperson": {"code": "JO"}, "campaign": {"no": "CP1"}}),
        ("{by: INFORMATION_FLOW}, {by: INITIATED_BY}", "INBOUND|US", {"informationFlow": "INBOUND", "initiatedBy": "US"}),
    ]  # fmt: skip
    for groupings, key, values in cases:
        found = {row["key"]: row for row in rows(ask_figures, kind, f"groupBy: [{groupings}], first: 1000", selection)}
        assert found[key] == blank | values | {"key": key}, groupings


@KINDS
def test_gaps_are_filled_to_the_ends_of_the_filter_or_of_the_entries(kind: str, ask_figures: Asking) -> None:
    def keys(arguments: str) -> list[str]:
        return [row["key"] for row in rows(ask_figures, kind, f"fillGaps: true, first: 1000, {arguments}", "key")]

    month, nobody = "groupBy: [{date: MONTH}]", 'description: {eq: "nothing is called so"}'
    closed = keys(f'{month}, filter: {{date: {{gt: "1999-12-30", lte: "2000-03-05"}}, {nobody}}}')
    assert closed == ["1999-12-01", "2000-01-01", "2000-02-01", "2000-03-01"]
    assert keys(
        f'{month}, filter: {{and: [{{date: {{gte: "2000-01-01"}}}}, {{date: {{lt: "2000-02-01"}}}}], {nobody}}}'
    ) == ["2000-01-01"]
    assert keys(f'{month}, filter: {{date: {{gte: "2000-01-01"}}, {nobody}}}') == []
    assert keys(f'{month}, filter: {{date: {{gte: "2000-03-01", lte: "2000-01-01"}}}}') == []
    assert keys(f'{month}, filter: {{date: {{gte: "2025-12-03"}}}}')[:2] == ["2025-12-01", "2026-01-01"]
    assert keys(f"{month}, filter: {{date: {{previous: QUARTER}}}}") == ["2025-10-01", "2025-11-01", "2025-12-01"]
    assert len(keys("groupBy: [{date: HOUR_OF_DAY}, {date: DAY_OF_WEEK}], filter: {or: []}")) == 24 * 7
    assert keys("groupBy: [{date: DAY_OF_WEEK}, {by: GROUP}], filter: {or: []}") == []
    assert keys(f'{month}, having: {{interactions: {{gt: 0}}}}, filter: {{date: {{lt: "2023-02-01"}}}}') == [
        "2023-01-01"
    ]
    assert keys('groupBy: [{date: WEEK}], filter: {date: {gte: "9999-12-30"}, or: []}') == []
    ends = rows(
        ask_figures,
        kind,
        'groupBy: [{date: WEEK}], fillGaps: true, filter: {date: {eq: "9999-12-31"}, or: []}',
        "from to",
    )
    assert ends == [{"from": "9999-12-30", "to": "9999-12-31"}]
    begins = rows(
        ask_figures,
        kind,
        'groupBy: [{date: WEEK}], fillGaps: true, filter: {date: {eq: "0001-01-01"}, or: []}',
        "from to",
    )
    assert begins == [{"from": "0001-01-01", "to": "0001-01-03"}]


REFUSED: list[tuple[str, str]] = [
    ("groupBy: [{by: USER}, {by: CITY}, {by: GROUP}, {by: CONTACT}]", "at most 3"),
    ("groupBy: [{by: USER}, {by: USER}]", "only once"),
    ("groupBy: [{date: DAY}, {date: YEAR}]", "at most one of DAY"),
    ("first: 0", "1 to 1,000"),
    ("first: 1001", "1 to 1,000"),
    ("first: -1", "1 to 1,000"),
    ("compareTo: PREVIOUS_YEAR", "a first and a last day"),
    ('compareTo: PREVIOUS_YEAR, filter: {date: {gte: "2026-01-01"}}', "a first and a last day"),
    ('compareTo: PREVIOUS_PERIOD, filter: {or: [{date: {eq: "2026-01-01"}}]}', "a first and a last day"),
    ('compareTo: PREVIOUS_PERIOD, filter: {not: {date: {eq: "2026-01-01"}}}', "a first and a last day"),
    ('groupBy: [{date: DAY}], fillGaps: true, filter: {date: {gte: "1990-01-01", lte: "2026-03-18"}}', "10,000"),
    ("groupBy: [{date: MONTH}, {by: CONTACT}, {date: HOUR_OF_DAY}], fillGaps: true", "10,000"),
    ("filter: {date: {last: {count: 0, unit: DAY}}}", "at least 1"),
]


@KINDS
@pytest.mark.parametrize(("arguments", "reason"), REFUSED)
def test_what_cannot_be_answered_is_refused_with_a_reason(
    arguments: str, reason: str, kind: str, ask_figures: Asking
) -> None:
    for plain in (False, True):
        answer = ask_figures(kind, f"{{ it: interactionStatistics({arguments}) {{ noOfRows }} }}", {}, plain=plain)
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert error["path"] == ["it"]
        assert reason in error["message"]


@KINDS
def test_values_of_variables_are_checked_too(kind: str, ask_figures: Asking) -> None:
    text = "query Q($first: Int!, $days: DateFilter) { it: interactionStatistics(first: $first, filter: {date: $days}, groupBy: [{date: DAY}], fillGaps: true) { noOfRows } }"
    assert ask_figures(kind, text, {"first": 500, "days": {"eq": "2026-03-02"}})["data"]["it"]["noOfRows"] == 1
    for first, days in ((5000, {"eq": "2026-03-02"}), (500, {"gte": "1990-01-01", "lte": "2026-01-01"})):
        (error,) = ask_figures(kind, text, {"first": first, "days": days})["errors"]
        assert (error["extensions"]["code"], error["path"]) == ("BAD_USER_INPUT", ["it"])


@KINDS
def test_a_filter_that_is_allowed_has_rows_whose_filters_are_allowed(kind: str, ask_figures: Asking) -> None:
    groupings = [{"by": "CITY"}, {"date": "DAY"}, {"by": "CAMPAIGN"}]

    def answer(parts: int, levels: int) -> Any:
        filter_: dict[str, Any] = {"or": [{"entryNo": {"gt": 0}}] * (parts // 2)}
        for _ in range(levels):
            filter_ = {"not": {"not": filter_}}
        return ask_figures(kind, QUERY, {"groupBy": groupings, "filter": filter_})

    largest = max(parts for parts in range(480, 501, 2) if "errors" not in answer(parts, 0))
    deepest = max(levels for levels in range(4, 8) if "errors" not in answer(2, levels))
    for parts, levels in ((largest, 0), (2, deepest)):
        row = answer(parts, levels)["data"]["it"]["rows"][0]
        listed = ask_figures(kind, COUNT, {"filter": row["filter"]})
        assert listed["data"]["interactionLogEntries"]["totalCount"] == row["measures"]["interactions"]


@KINDS
def test_a_salesperson_sees_figures_of_their_own_interactions(
    kind: str, ask_figures: Asking, figures_company: Company
) -> None:
    caller = Caller(salesperson_code="PS", roles=frozenset({Role.SALESPERSON}))
    theirs = {row["no"] for row in figures_company.rows["Contact"] if row["salesperson_code"] == "PS"}
    own = [
        entry
        for entry in figures_company.rows["InteractionLogEntry"]
        if entry["salesperson_code"] == "PS" or entry["contact_no"] in theirs
    ]
    restricted = dataclasses.replace(figures_company, rows=figures_company.rows | {"InteractionLogEntry": own})
    arguments = {"groupBy": [{"by": "SALESPERSON"}, {"by": "CITY"}], "filter": {"date": {"gte": "2024-01-01", "lte": "2025-01-31"}},
                 "compareTo": "PREVIOUS_YEAR"}  # fmt: skip

    for plain in (False, True):
        found = ask_figures(kind, QUERY, arguments, caller=caller, plain=plain)["data"]["it"]
        cell = found["rows"][0]
        listed = ask_figures(kind, COUNT, {"filter": cell["filter"]}, caller=caller)
        assert listed["data"]["interactionLogEntries"]["totalCount"] == cell["measures"]["interactions"]
        for row in found["rows"]:
            del row["filter"]
        assert found == Figures(restricted, arguments).answer()


@KINDS
def test_canceled_interactions_count_only_if_the_filter_has_a_condition_on_them(
    kind: str, ask_figures: Asking, figures_company: Company
) -> None:
    entries = figures_company.rows["InteractionLogEntry"]
    canceled = sum(entry["canceled"] for entry in entries)
    expected = [("", len(entries) - canceled), ("filter: {canceled: true}", canceled), ("filter: {not: {canceled: null}}", 0),
                ("filter: {or: [{canceled: true}, {canceled: false}]}", len(entries))]  # fmt: skip

    for arguments, number in expected:
        given = f"({arguments})" if arguments else ""
        text = f"{{ it: interactionStatistics{given} {{ totals {{ interactions }} rows {{ filter measures {{ interactions }} }} }} }}"
        found = ask_figures(kind, text, {})["data"]["it"]
        assert found["totals"]["interactions"] == number
        assert [row["measures"]["interactions"] for row in found["rows"]] == ([number] if number else [])
        for row in found["rows"]:
            listed = ask_figures(kind, COUNT, {"filter": row["filter"]})
            assert listed["data"]["interactionLogEntries"]["totalCount"] == number


SELECTIONS = [
    "__typename",
    "totals { __typename }",
    "noOfRows",
    "rows { __typename } totals { __typename }",
    "rows { key }",
    "rows { measures { __typename a: interactions b: interactions } previous { __typename } } totals { x: cost x: cost }",
    "rows { filter } again: rows { key } rows { key } totals { attemptsUntilReached } totals { contacts }",
    "rows { contact { name segments { nodes { no logProgress { phase } } } } }",
    "rows { contact { statistics { attemptsUntilReached responses } interactionLogEntries(first: 1) { totalCount } } }",
]


@pytest.mark.parametrize("selection", SELECTIONS)
def test_any_selection_has_the_same_response_on_both_databases_and_in_default_execution(
    selection: str, ask_figures: Asking
) -> None:
    requests = ["", "(groupBy: [{by: CONTACT}, {date: YEAR}], first: 3, orderBy: [{field: PREVIOUS_INTERACTIONS}])",
                '(groupBy: [{by: CITY}], filter: {date: {last: {count: 2, unit: YEAR}}}, compareTo: PREVIOUS_YEAR)']  # fmt: skip
    for arguments in requests:
        text = f"{{ interactionStatistics{arguments} {{ {selection} }} }}"
        answers = [
            ask_figures(kind, text, {}, plain=plain) for kind in ("sqlite", "postgresql") for plain in (False, True)
        ]
        assert "errors" not in answers[0], answers[0]
        assert answers == answers[:1] * 4


def test_all_figures_of_weeks_and_one_key_can_be_compared_with_the_year_before(api: Api) -> None:
    """SQLite refuses SQL with too many levels."""
    figures = "interactions contacts cost responses successRate averageEvaluation attemptsUntilReached"
    text = (
        '{ interactionStatistics(filter: {and: [{date: {current: DAY}}, {templateCode: {in: ["VISIT"]}}]}, '
        "groupBy: [{date: WEEK}], compareTo: PREVIOUS_YEAR, having: {contacts: {gte: 1}, interactions: {gt: 0}}) "
        f"{{ noOfRows totals {{ {figures} }} rows {{ key measures {{ {figures} }} previous {{ {figures} }} }} }} }}"
    )

    assert "errors" not in api.post(text).json()
