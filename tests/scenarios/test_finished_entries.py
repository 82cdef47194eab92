"""Interactions of the log (D1-060, D1-061, D1-065, R-ENT): comments, evaluation and canceling through GraphQL."""

from typing import Any

from tests.api import Api
from tests.prepared import database_with
from tests.scenarios.fixtures import (
    create_fixtures,
    create_interaction,
    log_entries,
    log_entry,
    log_segment,
    postpone,
    set_canceled,
)

CHANGED = "matched changed interactionLogEntries { entryNo evaluation canceled }"


def by_numbers(*entry_nos: int) -> dict[str, Any]:
    return {"interactions": {"entryNos": entry_nos}}


def by_filter(**filter: Any) -> dict[str, Any]:
    return {"interactions": {"filter": filter} if filter else {"all": True}}


@database_with(create_fixtures)
def test_d1_060_the_last_evaluation_is_stored_r_ent_1(api: Api) -> None:
    made = create_interaction(api, "VISIT", "C1")["entryNo"]

    for evaluation in ("POSITIVE", "VERY_NEGATIVE"):
        result = api.mutate("evaluateInteractions", {**by_numbers(made), "evaluation": evaluation}, CHANGED)
        assert result == {
            "matched": 1,
            "changed": 1,
            "userErrors": [],
            "interactionLogEntries": [{"entryNo": made, "evaluation": evaluation, "canceled": False}],
        }

    assert log_entry(api, made)["evaluation"] == "VERY_NEGATIVE"
    assert (
        api.mutate("evaluateInteractions", {**by_numbers(made), "evaluation": "VERY_NEGATIVE"}, CHANGED)["changed"] == 0
    )
    assert api.refusal_codes("evaluateInteractions", by_numbers(made)) == ["INVALID"]
    api.mutate("evaluateInteractions", {**by_numbers(made), "evaluation": None}, CHANGED)
    assert log_entry(api, made)["evaluation"] is None


@database_with(create_fixtures)
def test_comments_need_an_existing_entry_and_valid_texts(api: Api) -> None:
    waits, made = postpone(api, "VISIT", "C1"), create_interaction(api, "VISIT", "C1")["entryNo"]

    assert api.refusal_codes("commentInteraction", {"entryNo": waits, "comments": ["No"]}) == ["NOT_FOUND"]
    assert api.refusal_codes("commentInteraction", {"entryNo": 4711, "comments": ["No"]}) == ["NOT_FOUND"]
    assert api.refusal_codes("commentInteraction", {"entryNo": made, "comments": ["x" * 2001]}) == ["TOO_LONG"]
    assert api.refusal_codes("commentInteraction", {"entryNo": made, "comments": ["x"] * 101}) == ["TOO_MANY"]
    assert log_entry(api, made)["comments"] == []


@database_with(create_fixtures)
def test_an_unknown_number_is_named_and_prevents_the_change_of_all_entries(api: Api) -> None:
    made, waits = create_interaction(api, "VISIT", "C1")["entryNo"], postpone(api, "VISIT", "C1")

    for mutation, more in (
        ("setInteractionsCanceled", {"canceled": True}),
        ("evaluateInteractions", {"evaluation": "NEUTRAL"}),
    ):
        errors = api.send_mutation(mutation, {**by_numbers(made, waits, 4711), **more}, "matched")["userErrors"]
        assert [(error["code"], error["field"]) for error in errors] == [
            ("NOT_FOUND", ["interactions", "entryNos", "1"]),
            ("NOT_FOUND", ["interactions", "entryNos", "2"]),
        ]
        assert api.refusal_codes(mutation, {**by_numbers(*range(1001)), **more}) == ["TOO_MANY"]
        assert api.mutate(mutation, {**by_numbers(), **more}, "matched changed")["matched"] == 0
    assert (log_entry(api, made)["canceled"], log_entry(api, made)["evaluation"]) == (False, None)


@database_with(create_fixtures)
def test_payloads_show_the_first_100_and_count_all(api: Api) -> None:
    numbers = [f"N{no:03}" for no in range(101)]
    for no in numbers:
        api.mutate("createContact", {"no": no, "contact": {"type": "PERSON", "name": no}}, "__typename")
    log_segment(api, *numbers)

    result = api.mutate(
        "setInteractionsCanceled",
        {**by_filter(), "canceled": True},
        "matched changed interactionLogEntries { entryNo }",
    )

    assert (result["matched"], result["changed"], len(result["interactionLogEntries"])) == (101, 101, 100)


@database_with(create_fixtures)
def test_the_same_key_returns_the_same_outcome_and_changes_nothing_k22(api: Api) -> None:
    first, second = (create_interaction(api, "VISIT", "C1")["entryNo"] for _ in range(2))
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
        once = api.mutate(mutation, keyed, selection)
        assert api.mutate(mutation, keyed, selection) == once
    assert [(each["entryNo"], len(each["comments"])) for each in log_entries(api)] == [(second, 1)]


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


@database_with(create_fixtures)
def test_a_filter_selects_the_same_entries_as_in_a_list(api: Api) -> None:
    for no in ("C1", "P1", "P1", "C2"):
        create_interaction(api, "VISIT", no, timeOfInteraction="09:30")
    create_interaction(
        api, "CALLIN", "P2", evaluation="POSITIVE", comments=["Said"], campaignNo="CP2", date="2020-01-01"
    )
    log_segment(api, "C1", "P3")
    set_canceled(api, log_entries(api)[0]["entryNo"])

    for filter in FILTERS:
        selected = log_entries(api, **filter)
        numbers, variables = [each["entryNo"] for each in selected], {**by_filter(**filter), "evaluation": "NEGATIVE"}

        deleted = api.mutate(
            "deleteCanceledInteractions", by_filter(**filter)["interactions"] | {"dryRun": True}, "deleted"
        )["deleted"]
        preview = api.mutate("evaluateInteractions", {**variables, "dryRun": True}, CHANGED)
        result = api.mutate("evaluateInteractions", variables, CHANGED)

        assert deleted == [each["canceled"] for each in selected].count(True), filter
        assert (
            (preview["matched"], preview["changed"])
            == (result["matched"], result["changed"])
            == (len(selected), len(selected))
        ), filter
        assert [each["entryNo"] for each in preview["interactionLogEntries"]] == numbers
        assert [each["entryNo"] for each in log_entries(api, evaluation={"eq": "NEGATIVE"})] == numbers
        api.mutate("evaluateInteractions", {**by_filter(), "evaluation": None}, CHANGED)
