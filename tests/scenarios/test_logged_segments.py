"""Canceling and deleting logged segments (D1-070, R-LSG, K17) through GraphQL."""

from typing import Any

from tests.api import Api
from tests.prepared import database_with
from tests.scenarios.fixtures import (
    campaign_entries,
    create_fixtures,
    log_entries,
    log_entry,
    log_segment,
    set_canceled,
)

SHOWN = "loggedSegment { canceled noOfInteractions noOfCampaignEntries cost }"


def mark(api: Api, logged: dict[str, Any], *, canceled: bool) -> Any:
    variables = {"entryNo": logged["entryNo"], "canceled": canceled}
    return api.mutate("setLoggedSegmentCanceled", variables, SHOWN)["loggedSegment"]


def marks(api: Api) -> list[bool]:
    return [each["canceled"] for each in log_entries(api)]


def delete(api: Api, *logged: dict[str, Any]) -> Any:
    variables = {"entryNos": [each["entryNo"] for each in logged]}
    return api.mutate("deleteCanceledLoggedSegments", variables, "deletedEntryNos deletedIds")


@database_with(create_fixtures)
def test_d1_070_a_canceled_logged_segment_is_deleted_and_others_are_not_r_lsg_2(api: Api) -> None:
    """If one of the logged segments is not canceled, none is deleted."""
    gone, stays = log_segment(api, "C1"), log_segment(api, "C2")
    mark(api, gone, canceled=True)

    both = {"entryNos": [gone["entryNo"], stays["entryNo"], 4711]}
    assert api.refusal_codes("deleteCanceledLoggedSegments", both) == ["NOT_CANCELED", "NOT_FOUND"]
    result = delete(api, gone)

    assert (result["deletedEntryNos"], result["deletedIds"]) == ([gone["entryNo"]], [gone["id"]])
    left = api.execute("{ loggedSegments { nodes { entryNo canceled noOfInteractions } } }")["loggedSegments"]["nodes"]
    assert left == [{"entryNo": stays["entryNo"], "canceled": False, "noOfInteractions": 1}]


@database_with(create_fixtures)
def test_canceling_a_logged_segment_cancels_its_entries_r_lsg_1(api: Api) -> None:
    logged, other = log_segment(api, "C1", "P1"), log_segment(api, "C2")

    shown = mark(api, logged, canceled=True)

    assert shown == {"canceled": True, "noOfInteractions": 2, "noOfCampaignEntries": 1, "cost": "90.00"}
    assert marks(api) == [True, True, False]
    assert [each["canceled"] for each in campaign_entries(api, "CP1")] == [True, False]
    assert mark(api, logged, canceled=True) == shown
    assert mark(api, other, canceled=False)["canceled"] is False


@database_with(create_fixtures)
def test_un_canceling_a_logged_segment_reverses_only_its_own_canceling_k17(api: Api) -> None:
    logged = log_segment(api, "C1", "P1", "C2")
    alone = log_entries(api)[1]["entryNo"]
    set_canceled(api, alone)

    mark(api, logged, canceled=True)
    set_canceled(api, alone)
    mark(api, logged, canceled=False)

    assert marks(api) == [False, True, False]
    assert [each["canceled"] for each in campaign_entries(api, "CP1")] == [False]


@database_with(create_fixtures)
def test_a_campaign_entry_canceled_separately_stays_canceled_with_its_interactions_k17(api: Api) -> None:
    logged = log_segment(api, "C1", "P1")
    of_segment = {"entryNo": campaign_entries(api, "CP1")[0]["entryNo"]}

    api.mutate("setCampaignEntryCanceled", {**of_segment, "canceled": True}, "__typename")
    mark(api, logged, canceled=True)
    mark(api, logged, canceled=False)
    assert (marks(api), campaign_entries(api, "CP1")[0]["canceled"]) == ([True, True], True)

    api.mutate("setCampaignEntryCanceled", {**of_segment, "canceled": False}, "__typename")
    assert (marks(api), campaign_entries(api, "CP1")[0]["canceled"]) == ([False, False], False)


@database_with(create_fixtures)
def test_an_entry_un_canceled_and_canceled_again_stays_canceled_k17(api: Api) -> None:
    logged = log_segment(api, "C1")
    of_segment = {"entryNo": campaign_entries(api, "CP1")[0]["entryNo"]}

    mark(api, logged, canceled=True)
    for canceled in (False, True):
        api.mutate("setCampaignEntryCanceled", {**of_segment, "canceled": canceled}, "__typename")
    mark(api, logged, canceled=False)

    assert (marks(api), campaign_entries(api, "CP1")[0]["canceled"]) == ([True], True)


@database_with(create_fixtures)
def test_entries_of_a_deleted_logged_segment_stay_canceled_and_can_be_un_canceled_r_lsg_2(api: Api) -> None:
    logged = log_segment(api, "C1", "P1", campaign=None)
    mark(api, logged, canceled=True)

    delete(api, logged)

    first, second = log_entries(api)
    assert [(each["canceled"], each["segmentNo"], each["loggedSegment"]) for each in (first, second)] == [
        (True, logged["segmentNo"], None)
    ] * 2
    assert set_canceled(api, first["entryNo"], canceled=False)["changed"] == 1


@database_with(create_fixtures)
def test_campaign_entries_of_a_deleted_logged_segment_stay_with_their_interactions_r_lsg_2(api: Api) -> None:
    logged = log_segment(api, "C1")
    mark(api, logged, canceled=True)

    delete(api, logged)

    (of_segment,) = campaign_entries(api, "CP1")
    assert (of_segment["canceled"], of_segment["loggedSegment"], of_segment["segmentNo"]) == (
        True,
        None,
        logged["segmentNo"],
    )
    variables = {"interactions": {"entryNos": [log_entries(api)[0]["entryNo"]]}, "canceled": False}
    assert api.refusal_codes("setInteractionsCanceled", variables) == ["CAMPAIGN_ENTRY_CANCELED"]
    api.mutate("setCampaignEntryCanceled", {"entryNo": of_segment["entryNo"], "canceled": False}, "__typename")
    assert marks(api) == [False]


@database_with(create_fixtures)
def test_follow_ups_of_a_deleted_logged_segment_stay_and_its_number_is_not_used_again_k7(api: Api) -> None:
    logged = log_segment(api, "C1", createFollowUp=True)
    follow_up = logged["followUp"]["no"]
    api.mutate(
        "updateSegment", {"no": follow_up, "segment": {"templateCode": "VISIT", "salespersonCode": "JO"}}, "__typename"
    )
    later = api.mutate(
        "logSegment",
        {"segmentNo": follow_up, "createFollowUp": True},
        "loggedSegment { entryNo } followUpSegment { no }",
    )
    mark(api, logged, canceled=True)

    delete(api, logged)

    register = api.execute("{ loggedSegments { nodes { entryNo followUpOf { entryNo } followUpSegments { no } } } }")[
        "loggedSegments"
    ]["nodes"]
    assert register == [
        {
            "entryNo": later["loggedSegment"]["entryNo"],
            "followUpOf": None,
            "followUpSegments": [later["followUpSegment"]],
        }
    ]
    taken = {"no": logged["segmentNo"], "segment": {}}
    assert api.refusal_codes("createSegment", taken) == ["DUPLICATE"]
    assert api.refusal_codes("logSegment", {"segmentNo": logged["segmentNo"]}) == ["SEGMENT_NOT_FOUND"]


def test_an_unknown_logged_segment_is_not_found(api: Api) -> None:
    assert api.refusal_codes("setLoggedSegmentCanceled", {"entryNo": 4711, "canceled": True}) == ["NOT_FOUND"]
    assert api.refusal_codes("deleteCanceledLoggedSegments", {"entryNos": [*range(1001)]}) == ["TOO_MANY"]
    assert (
        api.mutate("deleteCanceledLoggedSegments", {"entryNos": []}, "deletedEntryNos deletedIds")["deletedIds"] == []
    )


@database_with(create_fixtures)
def test_canceling_and_deleting_with_the_same_key_is_executed_once_k22(api: Api) -> None:
    logged = log_segment(api, "C1")
    marked = {"entryNo": logged["entryNo"], "canceled": True, "idempotencyKey": "cancel"}
    deleted = {"entryNos": [logged["entryNo"]], "idempotencyKey": "delete"}

    for _ in range(2):
        assert api.mutate("setLoggedSegmentCanceled", marked, "loggedSegment { canceled }")["loggedSegment"] == {
            "canceled": True
        }
    for _ in range(2):
        assert api.mutate("deleteCanceledLoggedSegments", deleted, "deletedEntryNos")["deletedEntryNos"] == [
            logged["entryNo"]
        ]
    assert log_entry(api, log_entries(api)[0]["entryNo"])["loggedSegment"] is None
