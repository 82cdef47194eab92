"""Saved criteria are renamed and deleted through GraphQL (R-SAV)."""

from typing import Any

from tests.api import Api
from tests.prepared import database_with
from tests.scenarios.fixtures import create_fixtures

CRITERIA = "savedSegmentCriteria { id code description steps { criteria } }"


def save(api: Api, code: str) -> Any:
    """Save criteria that select C1."""
    segment = api.mutate("createSegment", {"segment": {}, "contactNos": ["C1"]}, "segment { no }")["segment"]["no"]
    given = {"segmentNo": segment, "code": code, "description": f"Criteria {code}"}
    return api.mutate("saveSegmentCriteria", given, CRITERIA)["savedSegmentCriteria"]


def codes(api: Api) -> list[str]:
    nodes = api.execute("{ savedSegmentCriteria { nodes { code } } }")["savedSegmentCriteria"]["nodes"]
    return [node["code"] for node in nodes]


@database_with(create_fixtures)
def test_renamed_criteria_keep_their_id_and_steps_and_free_their_code(api: Api) -> None:
    saved = save(api, "OLD")

    renamed = api.mutate("renameSavedSegmentCriteria", {"code": "old", "newCode": " new "}, CRITERIA)
    described = api.mutate("renameSavedSegmentCriteria", {"code": "NEW", "description": "Everybody"}, CRITERIA)
    same = api.mutate("renameSavedSegmentCriteria", {"code": "NEW", "newCode": "new"}, CRITERIA)

    assert renamed["savedSegmentCriteria"] == {**saved, "code": "NEW"}
    assert described == same
    assert described["savedSegmentCriteria"] == {**saved, "code": "NEW", "description": "Everybody"}
    save(api, "OLD")
    assert codes(api) == ["NEW", "OLD"]


@database_with(create_fixtures)
def test_criteria_are_renamed_to_a_free_and_valid_code_only(api: Api) -> None:
    for code in ("A", "B"):
        save(api, code)
    for given, expected in (
        ({"code": "NONE", "newCode": "C"}, ["NOT_FOUND"]),
        ({"code": "A", "newCode": "b"}, ["DUPLICATE"]),
        ({"code": "A", "newCode": " ", "description": "\u200b"}, ["INVALID", "INVALID"]),
        ({"code": "A", "newCode": "X" * 11, "description": "x" * 101}, ["TOO_LONG", "TOO_LONG"]),
    ):
        assert api.refusal_codes("renameSavedSegmentCriteria", given) == expected
    assert codes(api) == ["A", "B"]


@database_with(create_fixtures)
def test_deleted_criteria_are_gone_and_their_code_can_be_used_again(api: Api) -> None:
    saved = save(api, "K")
    given = {"code": "k", "idempotencyKey": "once"}
    for _ in range(2):
        assert api.mutate("deleteSavedSegmentCriteria", given, "deletedId")["deletedId"] == saved["id"]

    assert api.refusal_codes("deleteSavedSegmentCriteria", {"code": "K"}) == ["NOT_FOUND"]
    assert api.execute("query($id: ID!) { node(id: $id) { id } }", id=saved["id"]) == {"node": None}
    again = save(api, "K")
    assert again["id"] != saved["id"]
    assert len(again["steps"]) == 1


@database_with(create_fixtures)
def test_two_clients_cannot_give_two_criteria_the_same_code(api: Api) -> None:
    old = [f"K{number}" for number in range(6)]
    for code in old:
        save(api, code)
    text = "mutation($input: RenameSavedSegmentCriteriaInput!) { it: renameSavedSegmentCriteria(input: $input) "
    text += "{ userErrors { code } } }"

    answers = api.run_concurrently(*(api.send(text, {"input": {"code": code, "newCode": "ONE"}}) for code in old))

    found = sorted(error["code"] for each in answers for error in each.json()["data"]["it"]["userErrors"])
    assert found == ["DUPLICATE"] * 5
    assert codes(api).count("ONE") == 1
