"""Canceling and deleting interactions of the log (R-ENT) through GraphQL."""

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
    today,
)
from tests.scenarios.test_finished_entries import CHANGED, by_filter, by_numbers


@database_with(create_fixtures)
def test_d1_061_a_canceled_entry_does_not_count_in_the_contacts_dates_k5_r_ent_5(api: Api) -> None:
    made = create_interaction(api, "VISIT", "C1")["entryNo"]
    w = today(api).isoformat()

    def shown() -> tuple[Any, ...]:
        contact = api.execute(
            """{ contact(no: "C1") { dateOfLastInteraction lastDateAttempted
            all: interactionLogEntries { totalCount } live: interactionLogEntries(filter: {canceled: false}) { totalCount } } }"""
        )["contact"]
        return (
            contact["dateOfLastInteraction"],
            contact["lastDateAttempted"],
            contact["all"]["totalCount"],
            contact["live"]["totalCount"],
        )

    assert shown() == (w, w, 1, 1)
    assert set_canceled(api, made)["changed"] == 1
    assert shown() == (None, None, 1, 0)
    assert log_entry(api, made)["canceled"] is True
    assert set_canceled(api, made, canceled=False)["changed"] == 1
    assert shown() == (w, w, 1, 1)


@database_with(create_fixtures)
def test_d1_065_deleting_canceled_entries_deletes_only_canceled_ones_with_their_comments_r_ent_6(api: Api) -> None:
    deleted, stays = (create_interaction(api, "VISIT", "C1", comments=["Said"])["entryNo"] for _ in range(2))
    elsewhere = create_interaction(api, "VISIT", "C2", comments=["Said"])["entryNo"]
    set_canceled(api, deleted, elsewhere)
    variables = {"filter": {"contactNo": {"eq": "C1"}, "hasComments": True}}

    preview = api.mutate("deleteCanceledInteractions", {**variables, "dryRun": True}, "deleted")
    assert (preview["deleted"], len(log_entries(api))) == (1, 3)
    result = api.mutate("deleteCanceledInteractions", variables, "deleted")

    assert result["deleted"] == 1
    assert log_entry(api, deleted) is None
    assert [each["entryNo"] for each in log_entries(api, hasComments=True)] == [stays, elsewhere]
    assert create_interaction(api, "VISIT", "C1")["entryNo"] > elsewhere
    assert api.mutate("deleteCanceledInteractions", variables, "deleted")["deleted"] == 0


@database_with(create_fixtures)
def test_comments_are_added_after_the_others_also_to_a_canceled_entry(api: Api) -> None:
    made = create_interaction(api, "VISIT", "C1", comments=["One"])["entryNo"]
    set_canceled(api, made)

    result = api.mutate(
        "commentInteraction",
        {"entryNo": made, "comments": ["Two", "  ", "Three"]},
        "interactionLogEntry { comments { lineNo comment userId date } }",
    )

    w = today(api).isoformat()
    assert result["interactionLogEntry"]["comments"] == [
        {"lineNo": place, "comment": words, "userId": "local", "date": w}
        for place, words in enumerate(("One", "Two", "Three"), start=1)
    ]


@database_with(create_fixtures)
def test_evaluating_by_filter_includes_canceled_entries_and_counts_only_changed_ones_r_ent_1(api: Api) -> None:
    good, canceled_no, other = (
        create_interaction(api, template, "C1")["entryNo"] for template in ("VISIT", "VISIT", "CALLIN")
    )
    api.mutate("evaluateInteractions", {**by_numbers(good), "evaluation": "POSITIVE"}, CHANGED)
    set_canceled(api, canceled_no)
    variables = {**by_filter(templateCode={"eq": "VISIT"}), "evaluation": "POSITIVE"}

    preview = api.mutate("evaluateInteractions", {**variables, "dryRun": True}, CHANGED)
    result = api.mutate("evaluateInteractions", variables, CHANGED)

    assert (preview["matched"], preview["changed"]) == (result["matched"], result["changed"]) == (2, 1)
    assert [each["evaluation"] for each in preview["interactionLogEntries"]] == ["POSITIVE", None]
    assert [(each["entryNo"], each["evaluation"]) for each in result["interactionLogEntries"]] == [
        (good, "POSITIVE"),
        (canceled_no, "POSITIVE"),
    ]
    assert log_entry(api, other)["evaluation"] is None


@database_with(create_fixtures)
def test_canceling_cancels_all_entries_whatever_their_state_r_ent_2(api: Api) -> None:
    first, second = (create_interaction(api, "VISIT", "C1")["entryNo"] for _ in range(2))
    set_canceled(api, first)

    result = set_canceled(api, second, first, first)

    assert (result["matched"], result["changed"]) == (2, 1)
    assert result["interactionLogEntries"] == [{"entryNo": no, "canceled": True} for no in (first, second)]


@database_with(create_fixtures)
def test_a_dry_run_of_canceling_counts_what_canceling_changes(api: Api) -> None:
    for no in ("C1", "P1", "C2"):
        create_interaction(api, "VISIT", no)
    variables = {**by_filter(contact={"companyNo": {"eq": "C1"}}), "canceled": True}

    preview = api.mutate("setInteractionsCanceled", {**variables, "dryRun": True}, CHANGED)
    assert (preview["matched"], preview["changed"]) == (2, 2)
    assert [each["canceled"] for each in log_entries(api)] == [False, False, False]
    result = api.mutate("setInteractionsCanceled", variables, CHANGED)

    assert (result["matched"], result["changed"]) == (2, 2)
    assert [each["canceled"] for each in log_entries(api)] == [True, True, False]


@database_with(create_fixtures)
def test_un_canceling_is_refused_while_logged_segment_or_campaign_entry_is_canceled_r_ent_4(api: Api) -> None:
    logged = log_segment(api, "C1", "P1")
    by_hand = create_interaction(api, "VISIT", "C2", campaignNo="CP2")["entryNo"]
    free = create_interaction(api, "VISIT", "C2")["entryNo"]
    set_canceled(api, free)
    api.mutate("setLoggedSegmentCanceled", {"entryNo": logged["entryNo"], "canceled": True}, "__typename")
    of_hand = campaign_entries(api, "CP2")[0]["entryNo"]
    api.mutate("setCampaignEntryCanceled", {"entryNo": of_hand, "canceled": True}, "__typename")

    def refused(selection: dict[str, Any]) -> list[tuple[str, list[str]]]:
        errors = api.send_mutation("setInteractionsCanceled", {**selection, "canceled": False}, "matched")["userErrors"]
        for error in errors:
            assert any(str(each["entryNo"]) in error["message"] for each in log_entries(api, canceled=True))
        return [(error["code"], error["field"]) for error in errors]

    from_segment = log_entries(api, loggedSegmentEntryNo={"eq": logged["entryNo"]})[0]["entryNo"]
    of_campaign = ("CAMPAIGN_ENTRY_CANCELED", ["interactions", "entryNos"])
    assert refused(by_numbers(free, from_segment)) == [
        ("LOGGED_SEGMENT_CANCELED", ["interactions", "entryNos"]),
        of_campaign,
    ]
    assert refused(by_numbers(by_hand, free)) == [of_campaign]
    assert [code for code, _ in refused(by_filter())] == ["LOGGED_SEGMENT_CANCELED", *["CAMPAIGN_ENTRY_CANCELED"] * 2]
    assert all(each["canceled"] for each in log_entries(api))
    assert set_canceled(api, free, canceled=False)["changed"] == 1


@database_with(create_fixtures)
def test_many_entries_of_one_canceled_owner_are_reported_in_one_error_with_their_count_r_ent_4(api: Api) -> None:
    numbers = [create_interaction(api, "VISIT", "C1", campaignNo="CP1")["entryNo"] for _ in range(12)]
    owner_no = campaign_entries(api, "CP1")[0]["entryNo"]
    api.mutate("setCampaignEntryCanceled", {"entryNo": owner_no, "canceled": True}, "__typename")

    (error,) = api.send_mutation("setInteractionsCanceled", {**by_numbers(*numbers), "canceled": False}, "matched")[
        "userErrors"
    ]

    named = ", ".join(map(str, numbers[:10]))
    assert error["message"] == (
        f"Campaign entry {owner_no} is canceled, so its interactions cannot be un-canceled: {named}, … (12). Un-cancel the campaign entry first."
    )
