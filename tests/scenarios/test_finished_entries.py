"""Interactions of the log (D1-060, D1-061, D1-065, R-ENT): comments, evaluation and canceling through GraphQL."""

from typing import Any

from tests.api import Api
from tests.scenarios.fixtures import (
    campaign_entries,
    entry,
    finish,
    log,
    log_segment,
    postpone,
    set_canceled,
    the_fixtures,
    today,
)

CHANGED = "matched changed interactionLogEntries { entryNo evaluation canceled }"


def by_numbers(*entry_nos: int) -> dict[str, Any]:
    return {"interactions": {"entryNos": entry_nos}}


def by_filter(**filter: Any) -> dict[str, Any]:
    return {"interactions": {"filter": filter} if filter else {"all": True}}


def test_d1_060_the_last_evaluation_is_stored_r_ent_1(api: Api) -> None:
    the_fixtures(api)
    made = finish(api, "VISIT", "C1")["entryNo"]

    for evaluation in ("POSITIVE", "VERY_NEGATIVE"):
        result = api.done("evaluateInteractions", {**by_numbers(made), "evaluation": evaluation}, CHANGED)
        assert result == {
            "matched": 1,
            "changed": 1,
            "userErrors": [],
            "interactionLogEntries": [{"entryNo": made, "evaluation": evaluation, "canceled": False}],
        }

    assert entry(api, made)["evaluation"] == "VERY_NEGATIVE"
    assert (
        api.done("evaluateInteractions", {**by_numbers(made), "evaluation": "VERY_NEGATIVE"}, CHANGED)["changed"] == 0
    )
    assert api.refused("evaluateInteractions", by_numbers(made)) == ["INVALID"]
    api.done("evaluateInteractions", {**by_numbers(made), "evaluation": None}, CHANGED)
    assert entry(api, made)["evaluation"] is None


def test_d1_061_a_canceled_entry_does_not_count_in_the_contacts_dates_until_it_is_un_canceled_k5_r_ent_5(
    api: Api,
) -> None:
    the_fixtures(api)
    made = finish(api, "VISIT", "C1")["entryNo"]
    w = today(api).isoformat()

    def shown() -> tuple[Any, ...]:
        contact = api.ask(
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
    assert entry(api, made)["canceled"] is True
    assert set_canceled(api, made, canceled=False)["changed"] == 1
    assert shown() == (w, w, 1, 1)


def test_d1_065_deleting_canceled_entries_deletes_only_canceled_ones_with_their_comments_r_ent_6(api: Api) -> None:
    the_fixtures(api)
    deleted, stays = (finish(api, "VISIT", "C1", comments=["Said"])["entryNo"] for _ in range(2))
    elsewhere = finish(api, "VISIT", "C2", comments=["Said"])["entryNo"]
    set_canceled(api, deleted, elsewhere)
    variables = {"filter": {"contactNo": {"eq": "C1"}, "hasComments": True}}

    preview = api.done("deleteCanceledInteractions", {**variables, "dryRun": True}, "deleted")
    assert (preview["deleted"], len(log(api))) == (1, 3)
    result = api.done("deleteCanceledInteractions", variables, "deleted")

    assert result["deleted"] == 1
    assert entry(api, deleted) is None
    assert [each["entryNo"] for each in log(api, hasComments=True)] == [stays, elsewhere]
    assert finish(api, "VISIT", "C1")["entryNo"] > elsewhere
    assert api.done("deleteCanceledInteractions", variables, "deleted")["deleted"] == 0


def test_comments_are_added_after_the_others_also_to_a_canceled_entry(api: Api) -> None:
    the_fixtures(api)
    made = finish(api, "VISIT", "C1", comments=["One"])["entryNo"]
    set_canceled(api, made)

    result = api.done(
        "commentInteraction",
        {"entryNo": made, "comments": ["Two", "  ", "Three"]},
        "interactionLogEntry { comments { lineNo comment userId date } }",
    )

    w = today(api).isoformat()
    assert result["interactionLogEntry"]["comments"] == [
        {"lineNo": place, "comment": words, "userId": "local", "date": w}
        for place, words in enumerate(("One", "Two", "Three"), start=1)
    ]


def test_comments_need_an_existing_entry_and_valid_texts(api: Api) -> None:
    the_fixtures(api)
    waits, made = postpone(api, "VISIT", "C1"), finish(api, "VISIT", "C1")["entryNo"]

    assert api.refused("commentInteraction", {"entryNo": waits, "comments": ["No"]}) == ["NOT_FOUND"]
    assert api.refused("commentInteraction", {"entryNo": 4711, "comments": ["No"]}) == ["NOT_FOUND"]
    assert api.refused("commentInteraction", {"entryNo": made, "comments": ["x" * 2001]}) == ["TOO_LONG"]
    assert api.refused("commentInteraction", {"entryNo": made, "comments": ["x"] * 101}) == ["TOO_MANY"]
    assert entry(api, made)["comments"] == []


def test_evaluating_by_filter_includes_canceled_entries_and_counts_only_changed_ones_r_ent_1(api: Api) -> None:
    the_fixtures(api)
    good, canceled_no, other = (finish(api, template, "C1")["entryNo"] for template in ("VISIT", "VISIT", "CALLIN"))
    api.done("evaluateInteractions", {**by_numbers(good), "evaluation": "POSITIVE"}, CHANGED)
    set_canceled(api, canceled_no)
    variables = {**by_filter(templateCode={"eq": "VISIT"}), "evaluation": "POSITIVE"}

    preview = api.done("evaluateInteractions", {**variables, "dryRun": True}, CHANGED)
    result = api.done("evaluateInteractions", variables, CHANGED)

    assert (preview["matched"], preview["changed"]) == (result["matched"], result["changed"]) == (2, 1)
    assert [each["evaluation"] for each in preview["interactionLogEntries"]] == ["POSITIVE", None]
    assert [(each["entryNo"], each["evaluation"]) for each in result["interactionLogEntries"]] == [
        (good, "POSITIVE"),
        (canceled_no, "POSITIVE"),
    ]
    assert entry(api, other)["evaluation"] is None


def test_canceling_cancels_all_entries_whatever_their_state_r_ent_2(api: Api) -> None:
    the_fixtures(api)
    first, second = (finish(api, "VISIT", "C1")["entryNo"] for _ in range(2))
    set_canceled(api, first)

    result = set_canceled(api, second, first, first)

    assert (result["matched"], result["changed"]) == (2, 1)
    assert result["interactionLogEntries"] == [{"entryNo": no, "canceled": True} for no in (first, second)]


def test_a_dry_run_of_canceling_counts_what_canceling_changes(api: Api) -> None:
    the_fixtures(api)
    for no in ("C1", "P1", "C2"):
        finish(api, "VISIT", no)
    variables = {**by_filter(contact={"companyNo": {"eq": "C1"}}), "canceled": True}

    preview = api.done("setInteractionsCanceled", {**variables, "dryRun": True}, CHANGED)
    assert (preview["matched"], preview["changed"]) == (2, 2)
    assert [each["canceled"] for each in log(api)] == [False, False, False]
    result = api.done("setInteractionsCanceled", variables, CHANGED)

    assert (result["matched"], result["changed"]) == (2, 2)
    assert [each["canceled"] for each in log(api)] == [True, True, False]


def test_an_unknown_number_is_named_and_prevents_the_change_of_all_entries(api: Api) -> None:
    the_fixtures(api)
    made, waits = finish(api, "VISIT", "C1")["entryNo"], postpone(api, "VISIT", "C1")

    for mutation, more in (
        ("setInteractionsCanceled", {"canceled": True}),
        ("evaluateInteractions", {"evaluation": "NEUTRAL"}),
    ):
        errors = api.do(mutation, {**by_numbers(made, waits, 4711), **more}, "matched")["userErrors"]
        assert [(error["code"], error["field"]) for error in errors] == [
            ("NOT_FOUND", ["interactions", "entryNos", "1"]),
            ("NOT_FOUND", ["interactions", "entryNos", "2"]),
        ]
        assert api.refused(mutation, {**by_numbers(*range(1001)), **more}) == ["TOO_MANY"]
        assert api.done(mutation, {**by_numbers(), **more}, "matched changed")["matched"] == 0
    assert (entry(api, made)["canceled"], entry(api, made)["evaluation"]) == (False, None)


def test_un_canceling_is_refused_while_logged_segment_or_campaign_entry_is_canceled_r_ent_4(api: Api) -> None:
    the_fixtures(api)
    logged = log_segment(api, "C1", "P1")
    by_hand = finish(api, "VISIT", "C2", campaignNo="CP2")["entryNo"]
    free = finish(api, "VISIT", "C2")["entryNo"]
    set_canceled(api, free)
    api.done("setLoggedSegmentCanceled", {"entryNo": logged["entryNo"], "canceled": True}, "__typename")
    of_hand = campaign_entries(api, "CP2")[0]["entryNo"]
    api.done("setCampaignEntryCanceled", {"entryNo": of_hand, "canceled": True}, "__typename")

    def refused(selection: dict[str, Any]) -> list[tuple[str, list[str]]]:
        errors = api.do("setInteractionsCanceled", {**selection, "canceled": False}, "matched")["userErrors"]
        for error in errors:
            assert any(str(each["entryNo"]) in error["message"] for each in log(api, canceled=True))
        return [(error["code"], error["field"]) for error in errors]

    from_segment = log(api, loggedSegmentEntryNo={"eq": logged["entryNo"]})[0]["entryNo"]
    of_campaign = ("CAMPAIGN_ENTRY_CANCELED", ["interactions", "entryNos"])
    assert refused(by_numbers(free, from_segment)) == [
        ("LOGGED_SEGMENT_CANCELED", ["interactions", "entryNos"]),
        of_campaign,
    ]
    assert refused(by_numbers(by_hand, free)) == [of_campaign]
    assert [code for code, _ in refused(by_filter())] == ["LOGGED_SEGMENT_CANCELED", *["CAMPAIGN_ENTRY_CANCELED"] * 2]
    assert all(each["canceled"] for each in log(api))
    assert set_canceled(api, free, canceled=False)["changed"] == 1


def test_many_entries_of_one_canceled_owner_are_reported_in_one_error_with_their_count_r_ent_4(api: Api) -> None:
    the_fixtures(api)
    numbers = [finish(api, "VISIT", "C1", campaignNo="CP1")["entryNo"] for _ in range(12)]
    owner_no = campaign_entries(api, "CP1")[0]["entryNo"]
    api.done("setCampaignEntryCanceled", {"entryNo": owner_no, "canceled": True}, "__typename")

    (error,) = api.do("setInteractionsCanceled", {**by_numbers(*numbers), "canceled": False}, "matched")["userErrors"]

    named = ", ".join(map(str, numbers[:10]))
    assert error["message"] == (
        f"Campaign entry {owner_no} is canceled, so its interactions cannot be un-canceled: {named}, … (12). Un-cancel the campaign entry first."
    )


def test_payloads_show_the_first_100_and_count_all(api: Api) -> None:
    the_fixtures(api)
    numbers = [f"N{no:03}" for no in range(101)]
    for no in numbers:
        api.done("createContact", {"no": no, "contact": {"type": "PERSON", "name": no}}, "__typename")
    log_segment(api, *numbers)

    result = api.done(
        "setInteractionsCanceled",
        {**by_filter(), "canceled": True},
        "matched changed interactionLogEntries { entryNo }",
    )

    assert (result["matched"], result["changed"], len(result["interactionLogEntries"])) == (101, 101, 100)


def test_the_same_key_returns_the_same_outcome_and_changes_nothing_k22(api: Api) -> None:
    the_fixtures(api)
    first, second = (finish(api, "VISIT", "C1")["entryNo"] for _ in range(2))
    sent = [
        (
            "setInteractionsCanceled",
            {**by_filter(canceled=False, entryNo={"eq": first}), "canceled": True},
            "matched changed",
        ),
        (
            "evaluateInteractions",
            {**by_filter(evaluation={"isNull": True}), "evaluation": "NEUTRAL"},
            "matched changed",
        ),
        (
            "commentInteraction",
            {"entryNo": second, "comments": ["Once"]},
            "interactionLogEntry { comments { comment } }",
        ),
        ("deleteCanceledInteractions", {"all": True}, "deleted"),
    ]

    for mutation, variables, selection in sent:
        keyed = {**variables, "idempotencyKey": mutation}
        once = api.done(mutation, keyed, selection)
        assert api.done(mutation, keyed, selection) == once
    assert [(each["entryNo"], len(each["comments"])) for each in log(api)] == [(second, 1)]


FILTERS: list[dict[str, Any]] = [
    {},
    {"and": [{"canceled": False}]},
    {"or": [{"canceled": True}]},
    {"not": {"contactNo": {"eq": "C1"}}},
    {"entryNo": {"in": [0]}},
    {"or": [{"templateCode": {"eq": "visit"}, "contactNo": {"eq": " c1 "}}, {"evaluation": {"eq": "POSITIVE"}}]},
    {"companyNo": {"eq": "C1"}, "description": {"contains": "VIS"}},
    {"hasComments": True},
    {"hasComments": False, "canceled": True},
    {"contact": {"type": {"eq": "PERSON"}, "interactions": {"count": {"gte": 2}}}},
    {"contact": {"interactions": {"count": {"eq": 0}, "where": {"templateCode": {"eq": "CALLIN"}}}}},
    {"contact": {"dateOfLastInteraction": {"current": "DAY"}}},
    {"date": {"last": {"count": 3, "unit": "DAY"}}},
    {"cost": {"gt": "8"}, "duration": {"lte": 180}},
    {"dayOfWeek": [1, 2, 3, 4, 5, 6, 7], "hourOfDay": [9]},
    {"campaignNo": {"isNull": False}, "loggedSegmentEntryNo": {"isNull": True}},
    {"segmentNo": {"startsWith": "SM"}},
]


def test_a_filter_selects_the_same_entries_as_in_a_list(api: Api) -> None:
    the_fixtures(api)
    for no in ("C1", "P1", "P1", "C2"):
        finish(api, "VISIT", no, timeOfInteraction="09:30")
    finish(api, "CALLIN", "P2", evaluation="POSITIVE", comments=["Said"], campaignNo="CP2", date="2020-01-01")
    log_segment(api, "C1", "P3")
    set_canceled(api, log(api)[0]["entryNo"])

    for filter in FILTERS:
        selected = log(api, **filter)
        numbers, variables = [each["entryNo"] for each in selected], {**by_filter(**filter), "evaluation": "NEGATIVE"}

        deleted = api.done(
            "deleteCanceledInteractions", by_filter(**filter)["interactions"] | {"dryRun": True}, "deleted"
        )["deleted"]
        preview = api.done("evaluateInteractions", {**variables, "dryRun": True}, CHANGED)
        result = api.done("evaluateInteractions", variables, CHANGED)

        assert deleted == [each["canceled"] for each in selected].count(True), filter
        assert (
            (preview["matched"], preview["changed"])
            == (result["matched"], result["changed"])
            == (len(selected), len(selected))
        ), filter
        assert [each["entryNo"] for each in preview["interactionLogEntries"]] == numbers
        assert [each["entryNo"] for each in log(api, evaluation={"eq": "NEGATIVE"})] == numbers
        api.done("evaluateInteractions", {**by_filter(), "evaluation": None}, CHANGED)
