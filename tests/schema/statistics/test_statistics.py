"""Figures and titles equal those computed in Python from the rows, on both databases (R-CON-1 to R-CON-4, A.9, A.10)."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resolvers.french_grammar import elides
from tests.schema.compiler import test_paging
from tests.schema.compiler.test_filters_and_orders import filters
from tests.schema.compiler.test_paging import KINDS, Asking
from tests.schema.queries import GRAPH
from tests.schema.reference import Company
from tests.schema.reference_comparisons import Row
from tests.schema.statistics.reference_figures import MEASURES, measured, ratio

ask, company, databases = test_paging.ask, test_paging.company, test_paging.databases
Owns = Callable[[Company, Row], list[dict[str, Any]]]


def by(column: str, key: str) -> Owns:
    return lambda company, row: [each for each in company.rows["InteractionLogEntry"] if each[column] == row[key]]


OWNERS: dict[str, tuple[str, str, Owns]] = {
    "contacts": ("Contact", "no", Company.entries_of),
    "salespeople": ("Salesperson", "code", by("salesperson_code", "code")),
    "interactionTemplates": ("InteractionTemplate", "code", by("template_code", "code")),
    "interactionGroups": ("InteractionGroup", "code", by("group_code", "code")),
    "campaigns": ("Campaign", "no", by("campaign_no", "no")),
}


@pytest.mark.parametrize("name", list(OWNERS))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(data=st.data())
def test_figures_equal_those_of_the_reference_r_con_3_r_con_4(
    name: str, ask: Asking, company: Company, data: st.DataObject
) -> None:
    table, key, entries_of = OWNERS[name]
    days = data.draw(st.none() | filters(GRAPH.type_map["DateFilter"], company, "date"))
    query = f"query($days: DateFilter) {{ {name}(first: 100) {{ nodes {{ key: {key} statistics(date: $days) {{ {MEASURES} }} }} }} }}"
    expected = {
        row[key]: measured(
            [
                each
                for each in entries_of(company, row)
                if not each["canceled"] and company.date_matches(each["date"], days or {})
            ]
        )
        for row in company.rows[table]
    }

    for kind in ("sqlite", "postgresql"):
        answer = ask(kind, query, {"days": days})
        assert {node["key"]: node["statistics"] for node in answer["data"][name]["nodes"]} == expected, kind


@KINDS
@pytest.mark.parametrize("name", list(OWNERS))
def test_each_figure_is_the_same_alone_and_for_one_object(name: str, kind: str, ask: Asking, company: Company) -> None:
    table, key, entries_of = OWNERS[name]
    single = {"salespeople": "salesperson"}.get(name, name.removesuffix("s"))
    rows = company.rows[table][:3]
    for measure in MEASURES.split():
        listed = ask(kind, f"{{ {name}(first: 100) {{ nodes {{ key: {key} statistics {{ {measure} }} }} }} }}", {})
        asked = " ".join(
            f'r{place}: {single}({key}: "{row[key]}") {{ statistics {{ {measure} }} }}'
            for place, row in enumerate(rows)
        )
        alone = ask(kind, f"{{ {asked} }}", {})["data"]
        found = {node["key"]: node["statistics"] for node in listed["data"][name]["nodes"]}
        for place, row in enumerate(rows):
            counted = [each for each in entries_of(company, row) if not each["canceled"]]
            assert found[row[key]] == alone[f"r{place}"]["statistics"] == {measure: measured(counted)[measure]}


@KINDS
def test_only_selected_figures_are_returned(kind: str, ask: Asking, company: Company) -> None:
    query = '{ contact(no: "C1") { a: statistics { __typename } b: statistics(date: null) { x: cost y: cost } } }'
    cost = measured([each for each in company.entries_of(company.contact("C1") or {}) if not each["canceled"]])["cost"]

    assert ask(kind, query, {})["data"]["contact"] == {
        "a": {"__typename": "InteractionMeasures"},
        "b": {"x": cost, "y": cost},
    }


@KINDS
def test_a_campaign_counts_targets_and_responses_that_were_not_canceled_a_10(
    kind: str, ask: Asking, company: Company
) -> None:
    asked = "{ campaigns { nodes { no contactsTargeted contactsResponded responseRate } } }"
    shown = ask(kind, asked, {})["data"]["campaigns"]["nodes"]
    names = ["responseRate", "no", "contactsResponded", "description", "contactsTargeted"]
    apart = ask(kind, f"{{ campaigns {{ nodes {{ {' '.join(names)} }} }} }}", {})["data"]["campaigns"]["nodes"]
    alone = ask(kind, "{ campaigns { nodes { contactsTargeted } } }", {})["data"]["campaigns"]["nodes"]

    assert [{name: each[name] for name in names if name != "description"} for each in apart] == shown
    assert list(apart[0]) == names
    assert alone == [{"contactsTargeted": each["contactsTargeted"]} for each in shown]

    for campaign in shown:
        entries = [each for each in by("campaign_no", "no")(company, campaign) if not each["canceled"]]
        targeted, responded = (sum(each[mark] for each in entries) for mark in ("campaign_target", "campaign_response"))
        assert (campaign["contactsTargeted"], campaign["contactsResponded"]) == (targeted, responded)
        assert campaign["responseRate"] == (ratio(100 * responded, targeted, 1) or 0)
    assert sum(campaign["contactsTargeted"] for campaign in shown) > 0


@KINDS
@pytest.mark.parametrize(("language", "by_", "from_"), [("EN", "by", "from"), ("FR", "par", "de")])
def test_a_title_is_made_of_template_salesperson_and_contact_a_9(
    language: str, by_: str, from_: str, kind: str, ask: Asking, company: Company
) -> None:
    names = {row["code"]: row["name"] for row in company.rows["Salesperson"]}
    templates = {row["code"]: row for row in company.rows["InteractionTemplate"]}
    described = {"EN": {"VISIT": "Visit!", "CALL": "Appel ENA"}, "FR": {"VISIT": "Visite", "CALL": "Appel FRA"}}[
        language
    ]
    query = f"{{ interactionLogEntries(first: 100) {{ nodes {{ entryNo title(language: {language}) }} }} }}"

    titles = {node["entryNo"]: node["title"] for node in ask(kind, query, {})["data"]["interactionLogEntries"]["nodes"]}

    for entry in company.rows["InteractionLogEntry"]:
        template, contact = templates.get(entry["template_code"]), company.contact(entry["contact_no"])
        expected = entry["description"]
        if template is not None:
            expected = described.get(template["code"], template["description"])
            if template["information_flow"] == "OUTBOUND":
                expected += f" {by_} {names.get(entry['salesperson_code'], entry['user_id'])}"
            elif template["information_flow"] == "INBOUND" and contact is not None:
                word = "d’" if language == "FR" and elides(contact["name"]) else f"{from_} "
                expected += f" {word}{contact['name']}"
        assert titles[entry["entry_no"]] == expected, entry["entry_no"]
    assert any(title.endswith(("by u", "par u")) for title in titles.values())
