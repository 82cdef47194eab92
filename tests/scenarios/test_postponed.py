"""Postponed interactions (D1-050 to D1-059) through GraphQL."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from tests.api import Api
from tests.prepared import database_with
from tests.scenarios.fixtures import (
    campaign_entries,
    create_fixtures,
    create_interaction,
    log_entries,
    log_entry,
    postpone,
    postponed_entry_nos,
    postponed_interaction,
    today,
)


def refusals_of_concurrent(api: Api, mutation: str, *variables: dict[str, Any]) -> list[list[str]]:
    """The codes of the refusals of clients who send these requests concurrently."""
    type_ = mutation[0].upper() + mutation[1:]
    text = f"mutation($input: {type_}Input!) {{ it: {mutation}(input: $input) {{ userErrors {{ code }} }} }}"

    async def send() -> list[Any]:
        posts = (api._client.post("/graphql", json={"query": text, "variables": {"input": each}}) for each in variables)
        return await asyncio.gather(*posts)

    answers = api._loop.run_until_complete(send())
    return [[error["code"] for error in answer.json()["data"]["it"]["userErrors"]] for answer in answers]


@database_with(create_fixtures)
def test_d1_050_an_incomplete_draft_is_postponed_if_it_has_a_contact_or_a_salesperson_k3(api: Api) -> None:
    """K3 changes the scenario: a missing template is not refused, but named in missingFields."""
    stored = api.mutate(
        "postponeInteraction", {"interaction": {"contactNo": "P3"}}, "postponedInteraction { missingFields }"
    )
    refused = api.refusal_codes("postponeInteraction", {"interaction": {"templateCode": "VISIT"}})

    assert stored["postponedInteraction"]["missingFields"] == ["templateCode", "salespersonCode", "description"]
    assert refused == ["CONTACT_REQUIRED"]
    assert log_entries(api) == []


@database_with(create_fixtures)
def test_d1_051_a_postponed_interaction_is_listed_only_as_postponed_r_post_3_r_post_4(api: Api) -> None:
    made = postpone(api, "VISIT", "C1", campaignNo="CP1", evaluation="POSITIVE")

    of_them = api.execute(
        """{ contact(no: "C1") { dateOfLastInteraction lastDateAttempted postponedInteractions { nodes { entryNo } }
        interactionLogEntries { totalCount } } salesperson(code: "JO") { postponedInteractions { nodes { entryNo } }
        interactionLogEntries { totalCount } } interactionLogEntries { totalCount } }"""
    )
    waits, nothing = {"nodes": [{"entryNo": made}]}, {"totalCount": 0}
    assert of_them == {
        "contact": {
            "dateOfLastInteraction": None,
            "lastDateAttempted": None,
            "postponedInteractions": waits,
            "interactionLogEntries": nothing,
        },
        "salesperson": {"postponedInteractions": waits, "interactionLogEntries": nothing},
        "interactionLogEntries": nothing,
    }
    assert campaign_entries(api, "CP1") == []
    assert log_entry(api, made) is None


@database_with(create_fixtures)
def test_d1_053_resuming_changes_only_the_resumed_interaction_r_res_5(api: Api) -> None:
    x, y = postpone(api, "VISIT", "C1"), postpone(api, "VISIT", "C1")
    before = postponed_interaction(api, y)

    api.mutate("resumeInteraction", {"entryNo": x, "interaction": {"cost": "77"}}, "interactionLogEntry { entryNo }")

    assert [(each["entryNo"], each["cost"]) for each in log_entries(api)] == [(x, "77.00")]
    assert postponed_entry_nos(api) == [y]
    assert postponed_interaction(api, y) == before


@database_with(create_fixtures)
def test_d1_054_resuming_sets_todays_date_and_resets_the_failure_r_res_2_k13(api: Api) -> None:
    w = today(api)
    x = postpone(api, "VISIT", "C1", attemptFailed=True, date=(w - dt.timedelta(days=1)).isoformat())

    api.mutate("resumeInteraction", {"entryNo": x}, "interactionLogEntry { entryNo }")

    assert (log_entry(api, x)["date"], log_entry(api, x)["attemptFailed"]) == (w.isoformat(), False)


@database_with(create_fixtures)
def test_d1_055_the_campaign_entry_is_created_when_the_interaction_is_finished_r_res_4(api: Api) -> None:
    x = postpone(api, "VISIT", "C1", campaignNo="CP1")

    api.mutate("resumeInteraction", {"entryNo": x}, "interactionLogEntry { entryNo }")

    (only,) = campaign_entries(api, "CP1")
    assert (only["noOfInteractions"], only["cost"]) == (1, "45.00")
    assert log_entry(api, x)["campaignEntry"] == {"entryNo": only["entryNo"]}
    assert (
        api.execute('{ contact(no: "C1") { dateOfLastInteraction } }')["contact"]["dateOfLastInteraction"]
        == today(api).isoformat()
    )


@database_with(create_fixtures)
def test_d1_056_comments_given_on_resume_replace_all_comments_r_res_4(api: Api) -> None:
    x = postpone(api, "VISIT", "C1", comments=["A", "B"])

    api.mutate(
        "resumeInteraction", {"entryNo": x, "interaction": {"comments": ["A", "C"]}}, "interactionLogEntry { entryNo }"
    )

    assert [comment["comment"] for comment in log_entry(api, x)["comments"]] == ["A", "C"]


@database_with(create_fixtures)
def test_d1_057_deleting_a_postponed_interaction_deletes_its_comments_and_no_other_r_delp(api: Api) -> None:
    x, y = postpone(api, "VISIT", "C1", comments=["A"]), postpone(api, "VISIT", "C1", comments=["B"])
    x_id = api.execute("query($no: Int!) { postponedInteraction(entryNo: $no) { id } }", no=x)["postponedInteraction"][
        "id"
    ]

    deleted = api.mutate("deletePostponedInteractions", {"entryNos": [x]}, "deletedEntryNos deletedIds")

    assert (deleted["deletedEntryNos"], deleted["deletedIds"]) == ([x], [x_id])
    assert postponed_interaction(api, x) is None
    assert [comment["comment"] for comment in postponed_interaction(api, y)["comments"]] == ["B"]


@database_with(create_fixtures)
def test_d1_058_a_finished_interaction_cannot_be_resumed_postponed_or_deleted_r_res_6(api: Api) -> None:
    done, still = create_interaction(api, "VISIT", "C1"), postpone(api, "VISIT", "C1")

    assert api.refusal_codes("resumeInteraction", {"entryNo": done["entryNo"], "interaction": {"cost": "1"}}) == [
        "NOT_POSTPONED"
    ]
    assert api.refusal_codes("postponeInteraction", {"entryNo": done["entryNo"], "interaction": {}}) == [
        "NOT_POSTPONED"
    ]
    assert api.refusal_codes("deletePostponedInteractions", {"entryNos": [still, done["entryNo"]]}) == ["NOT_POSTPONED"]
    assert log_entry(api, done["entryNo"]) == done
    assert postponed_entry_nos(api) == [still]


@database_with(create_fixtures)
def test_d1_059_the_postponed_interactions_of_a_company_include_those_of_its_people_r_plist(api: Api) -> None:
    of_c1, of_p1, of_c2 = (postpone(api, "VISIT", no) for no in ("C1", "P1", "C2"))

    shown = api.execute(
        """{ c1: contact(no: "C1") { ...board } p1: contact(no: "P1") { ...board } }
        fragment board on Contact { postponedInteractions(orderBy: [{field: ENTRY_NO}]) { nodes { entryNo } } }"""
    )

    assert [node["entryNo"] for node in shown["c1"]["postponedInteractions"]["nodes"]] == [of_c1, of_p1]
    assert [node["entryNo"] for node in shown["p1"]["postponedInteractions"]["nodes"]] == [of_p1]
    assert postponed_entry_nos(api, companyNo={"eq": "C1"}) == [of_c1, of_p1]
    assert postponed_entry_nos(api, contactNo={"in": ["P1", "C2"]}) == [of_p1, of_c2]


@database_with(create_fixtures)
def test_postponed_interactions_are_filtered_and_ordered_by_the_day_to_resume(api: Api) -> None:
    w = today(api)
    days = {"LATER": w + dt.timedelta(days=3), "OVERDUE": w - dt.timedelta(days=1), "TODAY": w}
    made = {state: postpone(api, "VISIT", "C1", resume_on=day.isoformat()) for state, day in days.items()}
    made["UNDATED"] = postpone(api, "VISIT", "C1")

    for state, entry_no in made.items():
        assert postponed_entry_nos(api, state=[state]) == [entry_no]
        assert postponed_interaction(api, entry_no)["state"] == state
    soonest = api.execute("{ postponedInteractions { nodes { state } } }")["postponedInteractions"]["nodes"]
    assert [node["state"] for node in soonest] == ["OVERDUE", "TODAY", "LATER", "UNDATED"]


@database_with(create_fixtures)
def test_every_filter_and_order_of_postponed_interactions_gives_the_expected_rows(api: Api) -> None:
    w = today(api)
    soon = (w + dt.timedelta(days=1)).isoformat()
    x = postpone(api, "VISIT", "C2", campaignNo="CP1", resume_on=soon)
    y = postpone(api, "CALLIN", "P1", salespersonCode="PS")
    open_end = {"interaction": {"salespersonCode": "PS"}, "reason": "Éric is away"}
    z = api.mutate("postponeInteraction", open_end, "postponedInteraction { entryNo }")["postponedInteraction"][
        "entryNo"
    ]
    found: dict[str, tuple[dict[str, Any], list[int]]] = {
        "complete": ({"complete": True}, [x, y]),
        "incomplete": ({"complete": False}, [z]),
        "entryNo": ({"entryNo": {"gt": x}}, [y, z]),
        "salesperson": ({"salespersonCode": {"eq": "ps"}}, [y, z]),
        "campaign": ({"campaignNo": {"isNull": False}}, [x]),
        "template": ({"templateCode": {"in": ["CALLIN", "MAIL"]}}, [y]),
        "reason": ({"reason": {"contains": "eric"}}, [z]),
        "user": ({"userId": {"eq": "local"}}, [x, y, z]),
        "resumeOn": ({"resumeOn": {"next": {"count": 2, "unit": "DAY"}}}, [x]),
        "or": ({"or": [{"contactNo": {"eq": "P1"}}, {"not": {"salespersonCode": {"eq": "PS"}}}]}, [x, y]),
        "none": ({"state": []}, []),
    }
    descending = {"RESUME_ON": [x, y, z], "ENTRY_NO": [z, y, x], "CONTACT_NO": [y, x, z], "SALESPERSON_CODE": [y, z, x]}

    assert {name: postponed_entry_nos(api, **filter) for name, (filter, _) in found.items()} == {
        name: nos for name, (_, nos) in found.items()
    }
    for field, expected in descending.items():
        order = f"[{{field: {field}, direction: DESC}}, {{field: ENTRY_NO}}]"
        text = f"{{ postponedInteractions(orderBy: {order}) {{ nodes {{ entryNo }} }} }}"
        assert [node["entryNo"] for node in api.execute(text)["postponedInteractions"]["nodes"]] == expected, field


@database_with(create_fixtures)
def test_snoozing_for_days_counts_from_the_later_of_today_and_the_day_to_resume(api: Api) -> None:
    w = today(api)
    late, soon, undated = (
        postpone(api, "VISIT", "C1", resume_on=day)
        for day in ((w - dt.timedelta(days=9)).isoformat(), (w + dt.timedelta(days=2)).isoformat(), None)
    )

    snoozed = api.mutate(
        "snoozePostponedInteractions",
        {"postponed": {"entryNos": [undated, soon, late]}, "days": 5},
        "changed postponedInteractions { entryNo resumeOn version }",
    )

    in_five = (w + dt.timedelta(days=5)).isoformat()
    assert snoozed["changed"] == 3
    assert snoozed["postponedInteractions"] == [
        {"entryNo": late, "resumeOn": in_five, "version": 2},
        {"entryNo": soon, "resumeOn": (w + dt.timedelta(days=7)).isoformat(), "version": 2},
        {"entryNo": undated, "resumeOn": in_five, "version": 2},
    ]


@database_with(create_fixtures)
def test_snoozing_by_filter_changes_the_day_to_resume_but_not_the_date(api: Api) -> None:
    w = today(api)
    of_c1, of_c2 = postpone(api, "VISIT", "C1", date="2020-02-02"), postpone(api, "VISIT", "C2")
    until = (w + dt.timedelta(days=30)).isoformat()
    variables = {"postponed": {"filter": {"contactNo": {"eq": "C1"}, "state": ["UNDATED"]}}, "until": until}

    first = api.mutate(
        "snoozePostponedInteractions", variables, "changed postponedInteractions { entryNo resumeOn date }"
    )
    again = api.mutate("snoozePostponedInteractions", {"postponed": {"all": True}, "until": until}, "changed")

    assert first["changed"] == 1
    assert first["postponedInteractions"] == [{"entryNo": of_c1, "resumeOn": until, "date": "2020-02-02"}]
    assert again["changed"] == 1
    assert (postponed_interaction(api, of_c1)["version"], postponed_interaction(api, of_c2)["version"]) == (2, 2)


@database_with(create_fixtures)
def test_snoozing_takes_either_days_or_a_day_and_changes_all_or_none(api: Api) -> None:
    still, done = postpone(api, "VISIT", "C1"), create_interaction(api, "VISIT", "C1")["entryNo"]

    for wrong in ({}, {"days": 1, "until": "2030-01-01"}, {"days": 0}, {"days": -3}, {"days": 100_000}):
        assert api.refusal_codes("snoozePostponedInteractions", {"postponed": {"entryNos": [still]}, **wrong}) == [
            "INVALID"
        ]
    assert api.refusal_codes("snoozePostponedInteractions", {"postponed": {"entryNos": [still, done]}, "days": 1}) == [
        "NOT_POSTPONED"
    ]
    assert api.refusal_codes("snoozePostponedInteractions", {"postponed": {"entryNos": [*range(1001)]}, "days": 1}) == [
        "TOO_MANY"
    ]
    assert (postponed_interaction(api, still)["resumeOn"], postponed_interaction(api, still)["version"]) == (None, 1)


@database_with(create_fixtures)
def test_snoozing_with_the_same_key_is_executed_once_k22(api: Api) -> None:
    x = postpone(api, "VISIT", "C1")
    variables = {"postponed": {"entryNos": [x]}, "days": 3, "idempotencyKey": "once"}

    first, second = (
        api.mutate("snoozePostponedInteractions", variables, "changed postponedInteractions { resumeOn }")
        for _ in range(2)
    )

    assert first == second
    assert postponed_interaction(api, x)["resumeOn"] == (today(api) + dt.timedelta(days=3)).isoformat()


@database_with(create_fixtures)
@pytest.mark.parametrize("expected_version", [None, 1])
def test_only_one_of_several_clients_can_finish_a_postponed_interaction_r_res_6(
    api: Api, expected_version: int | None
) -> None:
    x = postpone(api, "VISIT", "C1")

    codes = refusals_of_concurrent(
        api, "resumeInteraction", *({"entryNo": x, "expectedVersion": expected_version} for _ in range(6))
    )

    assert sorted(codes) == [[], *[["NOT_POSTPONED"]] * 5]
    assert [each["entryNo"] for each in log_entries(api)] == [x]
    assert postponed_entry_nos(api) == []


@database_with(create_fixtures)
def test_only_one_of_several_clients_can_change_a_version_and_the_others_are_stale(api: Api) -> None:
    x = postpone(api, "VISIT", "C1")
    variables = [{"entryNo": x, "interaction": {"cost": str(cost)}, "expectedVersion": 1} for cost in range(6)]

    codes = refusals_of_concurrent(api, "postponeInteraction", *variables)

    assert sorted(codes) == [[], *[["STALE_VERSION"]] * 5]
    assert postponed_interaction(api, x)["version"] == 2
    assert postponed_interaction(api, x)["cost"] == f"{codes.index([])}.00"
    assert api.refusal_codes("resumeInteraction", {"entryNo": x, "expectedVersion": 1}) == ["STALE_VERSION"]
