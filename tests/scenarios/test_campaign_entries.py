"""Canceling and deleting campaign entries (D1-068, D1-069, D1-071, R-CAM) through GraphQL."""

from typing import Any

from tests.api import Api
from tests.prepared import database_with
from tests.scenarios.fixtures import (
    campaign_entries,
    create_fixtures,
    create_interaction,
    log_entries,
    log_entry,
    log_segment,
    set_canceled,
)

SHOWN = "campaignEntry { canceled noOfInteractions cost }"


def mark(api: Api, entry_no: int, *, canceled: bool) -> Any:
    return api.mutate("setCampaignEntryCanceled", {"entryNo": entry_no, "canceled": canceled}, SHOWN)["campaignEntry"]


def marks(api: Api) -> list[bool]:
    return [each["canceled"] for each in log_entries(api)]


@database_with(create_fixtures)
def test_d1_068_canceling_and_un_canceling_a_campaign_entry_includes_its_interactions_r_cam_2(api: Api) -> None:
    log_segment(api, "C1", "P1")
    create_interaction(api, "VISIT", "C2")
    (of_segment,) = campaign_entries(api, "CP1")

    assert mark(api, of_segment["entryNo"], canceled=True) == {"canceled": True, "noOfInteractions": 2, "cost": "90.00"}
    assert marks(api) == [True, True, False]
    assert mark(api, of_segment["entryNo"], canceled=False) == {
        "canceled": False,
        "noOfInteractions": 2,
        "cost": "90.00",
    }
    assert marks(api) == [False, False, False]


@database_with(create_fixtures)
def test_d1_069_deleting_canceled_campaign_entries_deletes_their_interactions_and_comments_r_cam_3(api: Api) -> None:
    logged = log_segment(api, "C1", "P1")
    commented, other = (
        log_entries(api)[0]["entryNo"],
        create_interaction(api, "VISIT", "C2", campaignNo="CP2", comments=["Stays"]),
    )
    api.mutate("commentInteraction", {"entryNo": commented, "comments": ["Goes"]}, "__typename")
    mark(api, campaign_entries(api, "CP1")[0]["entryNo"], canceled=True)
    variables = {"filter": {"campaignNo": {"eq": "CP1"}}}

    preview = api.mutate("deleteCanceledCampaignEntries", {**variables, "dryRun": True}, "deleted")
    assert (preview["deleted"], len(log_entries(api))) == (1, 3)
    result = api.mutate("deleteCanceledCampaignEntries", variables, "deleted")

    assert result["deleted"] == 1
    assert campaign_entries(api, "CP1") == []
    assert log_entries(api) == [log_entry(api, other["entryNo"])]
    assert log_entries(api, hasComments=True) == log_entries(api)
    register = api.execute(
        "query($no: Int!) { loggedSegment(entryNo: $no) { noOfInteractions noOfCampaignEntries } }",
        no=logged["entryNo"],
    )
    assert register["loggedSegment"] == {"noOfInteractions": 0, "noOfCampaignEntries": 0}


@database_with(create_fixtures)
def test_d1_071_a_campaign_entry_that_is_not_canceled_stays_with_its_interactions_r_cam_3(api: Api) -> None:
    log_segment(api, "C1", "P1")
    stays = create_interaction(api, "VISIT", "C2", campaignNo="CP1")["entryNo"]
    canceled, live = campaign_entries(api, "CP1")
    mark(api, canceled["entryNo"], canceled=True)

    result = api.mutate("deleteCanceledCampaignEntries", {"filter": {"campaignNo": {"eq": "CP1"}}}, "deleted")

    assert result["deleted"] == 1
    assert campaign_entries(api, "CP1") == [live]
    assert [each["entryNo"] for each in log_entries(api)] == [stays]


@database_with(create_fixtures)
def test_un_canceling_a_campaign_entry_includes_interactions_canceled_one_by_one_r_cam_2(api: Api) -> None:
    """R-CAM-2 includes all interactions; only logged segments remember which entries they canceled (K17)."""
    one, other = (create_interaction(api, "VISIT", no, campaignNo="CP1")["entryNo"] for no in ("C1", "C2"))
    shared = campaign_entries(api, "CP1")[0]["entryNo"]
    set_canceled(api, one)

    mark(api, shared, canceled=True)
    assert (log_entry(api, one)["canceled"], log_entry(api, other)["canceled"]) == (True, True)
    mark(api, shared, canceled=False)

    assert (log_entry(api, one)["canceled"], log_entry(api, other)["canceled"]) == (False, False)


@database_with(create_fixtures)
def test_canceling_a_campaign_entry_again_cancels_interactions_logged_since_r_cam_2(api: Api) -> None:
    create_interaction(api, "VISIT", "C1", campaignNo="CP1")
    shared = campaign_entries(api, "CP1")[0]["entryNo"]
    mark(api, shared, canceled=True)
    create_interaction(api, "VISIT", "C2", campaignNo="CP1")

    assert marks(api) == [True, False]
    mark(api, shared, canceled=True)

    assert marks(api) == [True, True]


@database_with(create_fixtures)
def test_an_interaction_that_is_not_canceled_stays_when_its_campaign_entry_is_deleted_r_ent_6(api: Api) -> None:
    create_interaction(api, "VISIT", "C1", campaignNo="CP1")
    mark(api, campaign_entries(api, "CP1")[0]["entryNo"], canceled=True)
    since = create_interaction(api, "VISIT", "C2", campaignNo="CP1")["entryNo"]

    api.mutate("deleteCanceledCampaignEntries", {"all": True}, "deleted")

    (left,) = log_entries(api)
    assert (left["entryNo"], left["campaign"], left["campaignEntry"]) == (since, {"no": "CP1"}, None)
    assert create_interaction(api, "VISIT", "C1", campaignNo="CP1")["campaignEntry"] == {
        "entryNo": campaign_entries(api, "CP1")[0]["entryNo"]
    }


@database_with(create_fixtures)
def test_a_campaign_entry_can_be_un_canceled_while_its_logged_segment_is_canceled_r_cam_2(api: Api) -> None:
    logged = log_segment(api, "C1")
    api.mutate("setLoggedSegmentCanceled", {"entryNo": logged["entryNo"], "canceled": True}, "__typename")

    shown = mark(api, campaign_entries(api, "CP1")[0]["entryNo"], canceled=False)

    assert (shown["canceled"], marks(api)) == (False, [False])


def test_an_unknown_campaign_entry_is_not_found(api: Api) -> None:
    assert api.refusal_codes("setCampaignEntryCanceled", {"entryNo": 4711, "canceled": True}) == ["NOT_FOUND"]
    french = api.post(
        "mutation { setCampaignEntryCanceled(input: {entryNo: 4711, canceled: true}) { userErrors { message(language: FR) } } }"
    ).json()["data"]["setCampaignEntryCanceled"]["userErrors"]
    assert french == [
        {
            "message": "L’écriture campagne 4711 n’existe pas. Vérifiez le numéro ou affichez les écritures de la campagne."
        }
    ]


@database_with(create_fixtures)
def test_deleting_with_the_same_key_is_executed_once_and_returns_the_same_k22(api: Api) -> None:
    create_interaction(api, "VISIT", "C1", campaignNo="CP1")
    mark(api, campaign_entries(api, "CP1")[0]["entryNo"], canceled=True)
    variables = {"all": True, "idempotencyKey": "once"}

    first, second = (api.mutate("deleteCanceledCampaignEntries", variables, "deleted") for _ in range(2))

    assert first == second == {"deleted": 1, "userErrors": []}
