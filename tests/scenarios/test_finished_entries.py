"""Interactions of the log (D1-060, D1-061, D1-065, R-ENT): comments, evaluation and canceling through GraphQL."""

from typing import Any

from tests.api import Api
from tests.scenarios.fixtures import entry, finish, log, log_segment, postpone, set_canceled, the_fixtures

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


def test_comments_need_an_existing_entry_and_valid_texts(api: Api) -> None:
    the_fixtures(api)
    waits, made = postpone(api, "VISIT", "C1"), finish(api, "VISIT", "C1")["entryNo"]

    assert api.refused("commentInteraction", {"entryNo": waits, "comments": ["No"]}) == ["NOT_FOUND"]
    assert api.refused("commentInteraction", {"entryNo": 4711, "comments": ["No"]}) == ["NOT_FOUND"]
    assert api.refused("commentInteraction", {"entryNo": made, "comments": ["x" * 2001]}) == ["TOO_LONG"]
    assert api.refused("commentInteraction", {"entryNo": made, "comments": ["x"] * 101}) == ["TOO_MANY"]
    assert entry(api, made)["comments"] == []


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
