"""Comments on interactions of the log are corrected and deleted through GraphQL."""

from typing import Any

from persistence.enums import Role
from tests.api import Api
from tests.prepared import database_with
from tests.scenarios.fixtures import create_fixtures, create_interaction, log_segment, postpone, set_canceled

COMMENTS = "interactionLogEntry { comments { lineNo comment date userId } }"


def commented(api: Api, *comments: str, contact: str = "C1") -> int:
    salesperson = "PS" if contact == "C2" else "JO"
    made = create_interaction(api, "VISIT", contact, comments=list(comments), salespersonCode=salesperson)
    number: int = made["entryNo"]
    return number


def update(api: Api, entry_no: int, line_no: int, text: str, **key: str) -> Any:
    given = {"entryNo": entry_no, "lineNo": line_no, "comment": text, **key}
    return api.mutate("updateInteractionComment", given, COMMENTS)["interactionLogEntry"]["comments"]


def found(api: Api, words: str) -> int:
    count: int = api.execute(
        "query($search: String!) { interactionLogEntries(search: $search) { totalCount } }", search=words
    )["interactionLogEntries"]["totalCount"]
    return count


@database_with(create_fixtures)
def test_a_corrected_comment_has_the_user_and_day_of_the_correction_and_is_found_by_its_new_words(api: Api) -> None:
    number = commented(api, "Agreed on mondays", "Second")
    second = {"lineNo": 2, "comment": "Second", "userId": "local"}
    marketer = api.as_role(Role.MARKETER)

    unchanged = update(marketer, number, 1, "  Agreed on mondays ")
    changed = update(marketer, number, 1, "Agreed on tuesdays")

    assert [each["userId"] for each in unchanged] == ["local", "local"]
    assert [{name: each[name] for name in second} for each in changed] == [
        {"lineNo": 1, "comment": "Agreed on tuesdays", "userId": "TESTER"},
        second,
    ]
    assert changed[0]["date"] == changed[1]["date"]
    assert (found(api, "mondays"), found(api, "tuesdays")) == (0, 1)


@database_with(create_fixtures)
def test_deleting_a_comment_leaves_the_numbers_of_the_others(api: Api) -> None:
    number = commented(api, "First", "Second", "Third")
    given = {"entryNo": number, "lineNo": 2, "idempotencyKey": "once"}

    for _ in range(2):
        result = api.mutate("deleteInteractionComment", given, COMMENTS)

        assert [each["lineNo"] for each in result["interactionLogEntry"]["comments"]] == [1, 3]
    assert found(api, "second") == 0
    assert api.refusal_codes("deleteInteractionComment", {"entryNo": number, "lineNo": 2}) == ["NOT_FOUND"]
    result = api.mutate("commentInteraction", {"entryNo": number, "comments": ["Fourth"]}, COMMENTS)
    assert [each["lineNo"] for each in result["interactionLogEntry"]["comments"]] == [1, 3, 4]


@database_with(create_fixtures)
def test_a_comment_cannot_become_blank_or_too_long_and_must_exist(api: Api) -> None:
    waits, made = postpone(api, "VISIT", "C1", comments=["Later"]), commented(api, "Kept")
    for text, code in (("  ", "INVALID"), ("x" * 2001, "TOO_LONG"), ("a\tb\x01", "INVALID")):
        given = {"entryNo": made, "lineNo": 1, "comment": text}
        assert api.refusal_codes("updateInteractionComment", given) == [code]
    for entry_no, line_no in ((made, 2), (made, 0), (waits, 1), (4711, 1)):
        given = {"entryNo": entry_no, "lineNo": line_no}
        assert api.refusal_codes("updateInteractionComment", {**given, "comment": "New"}) == ["NOT_FOUND"]
        assert api.refusal_codes("deleteInteractionComment", given) == ["NOT_FOUND"]
    assert update(api, made, 1, "Kept")[0]["comment"] == "Kept"


@database_with(create_fixtures)
def test_comments_of_canceled_interactions_can_be_corrected(api: Api) -> None:
    number = commented(api, "Mistake")
    set_canceled(api, number)

    assert update(api, number, 1, "Double entry")[0]["comment"] == "Double entry"


@database_with(create_fixtures)
def test_salespeople_correct_comments_on_their_own_interactions_k30_k31(api: Api) -> None:
    own, other = commented(api, "Own"), commented(api, "Other", contact="C2")
    owner = api.as_role(Role.SALESPERSON, salesperson="JO")
    reader_too = api.as_role(Role.SALESPERSON, Role.READER, salesperson="JO")

    assert update(owner, own, 1, "Own, corrected")[0]["userId"] == "TESTER"
    for mutation, given in (("updateInteractionComment", {"comment": "No"}), ("deleteInteractionComment", {})):
        assert owner.refusal_codes(mutation, {"entryNo": other, "lineNo": 1, **given}) == ["NOT_FOUND"]
        type_ = mutation[0].upper() + mutation[1:]
        text = f"mutation($input: {type_}Input!) {{ {mutation}(input: $input) {{ __typename }} }}"
        answer = reader_too.post(text, {"input": {"entryNo": other, "lineNo": 1, **given}}).json()
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@database_with(create_fixtures)
def test_undoing_a_logged_segment_lists_interactions_whose_comments_changed_since_k18(api: Api) -> None:
    logged = log_segment(api, "P1")
    entry = api.execute("{ interactionLogEntries { nodes { entryNo } } }")["interactionLogEntries"]["nodes"][0]
    given = {"entryNo": entry["entryNo"]}
    api.mutate("commentInteraction", {**given, "comments": ["Said"]}, "__typename")
    api.mutate("deleteInteractionComment", {**given, "lineNo": 1}, "__typename")

    assert api.refusal_codes("undoLoggedSegment", {"entryNo": logged["entryNo"]}) == ["CHANGED_SINCE"]
