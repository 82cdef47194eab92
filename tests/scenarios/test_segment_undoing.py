"""Undoing the logging of a segment, and later follow-ups (K18, R-LOG-11) through GraphQL."""

import pytest

from tests.api import Api, create_company
from tests.prepared import database_with
from tests.scenarios.test_segment_logging import (
    LOGGED,
    create_mixed_segment,
    create_segment,
    customize_lines,
    entries_of,
    state_of_log,
)


@database_with(create_company)
def test_a_follow_up_created_later_is_linked_with_its_logged_segment_in_both_directions(api: Api) -> None:
    """Rules R-LOG-11, K14."""
    no = create_segment(api, "C1", "C2", "P1")
    customize_lines(api, no, (2, {"attemptFailed": True}))
    entry_no = api.mutate("logSegment", {"segmentNo": no}, LOGGED)["loggedSegment"]["entryNo"]

    variables = {
        "loggedSegmentEntryNo": entry_no,
        "filter": {"attemptFailed": True},
        "templateCode": "CALLIN",
        "description": "Again",
    }
    selection = "segment { no description template { code } followUpOf { entryNo } lines { nodes { contact { no } template { code } } } }"
    failed = api.mutate("createFollowUpSegment", variables, selection)["segment"]
    everyone = api.mutate("createFollowUpSegment", {"loggedSegmentEntryNo": entry_no}, selection)["segment"]

    assert (failed["description"], failed["template"], failed["followUpOf"]) == (
        "Again",
        {"code": "CALLIN"},
        {"entryNo": entry_no},
    )
    assert failed["lines"]["nodes"] == [{"contact": {"no": "C2"}, "template": {"code": "CALLIN"}}]
    assert [line["contact"]["no"] for line in everyone["lines"]["nodes"]] == ["C1", "C2", "P1"]
    later = api.mutate("logSegment", {"segmentNo": failed["no"]}, LOGGED)["loggedSegment"]["entryNo"]
    chain = "query($no: Int!) { loggedSegment(entryNo: $no) { followUpOf { entryNo } followUps { entryNo } followUpSegments { no } } }"
    assert api.execute(chain, no=entry_no)["loggedSegment"] == {
        "followUpOf": None,
        "followUps": [{"entryNo": later}],
        "followUpSegments": [{"no": everyone["no"]}],
    }
    assert api.execute(chain, no=later)["loggedSegment"]["followUpOf"] == {"entryNo": entry_no}
    no_one = {"loggedSegmentEntryNo": entry_no, "filter": {"canceled": True}}
    assert api.refusal_codes("createFollowUpSegment", no_one) == ["SEGMENT_EMPTY"]
    assert api.refusal_codes("createFollowUpSegment", {"loggedSegmentEntryNo": 999}) == ["NOT_FOUND"]


UNDONE = "linesRestored entriesCanceled touchedEntries { entryNo } segment { id no noOfLines cost } loggedSegment { canceled }"


@pytest.mark.parametrize("on_blocked", ["SKIP", "LEAVE_IN_SEGMENT"])
def test_k18_a_logged_segment_is_undone_and_logged_again(api: Api, on_blocked: str) -> None:
    no = create_mixed_segment(api)
    whole = "query($no: String!) { segment(no: $no) { noOfLines cost lines { nodes { lineNo contact { no } cost customizedFields } } } }"
    before = api.execute(whole, no=no)
    variables = {"segmentNo": no, "onBlocked": on_blocked, "createFollowUp": True}
    logged = api.mutate("logSegment", variables, LOGGED)
    entry_no, follow_up = logged["loggedSegment"]["entryNo"], logged["followUpSegment"]["no"]
    restored = 5 if on_blocked == "SKIP" else 3

    preview = api.mutate("undoLoggedSegment", {"entryNo": entry_no, "dryRun": True}, UNDONE)
    assert (preview["linesRestored"], preview["entriesCanceled"], preview["loggedSegment"]) == (
        restored,
        2,
        {"canceled": False},
    )

    undone = api.mutate("undoLoggedSegment", {"entryNo": entry_no}, UNDONE)

    assert (undone["linesRestored"], undone["entriesCanceled"], undone["touchedEntries"]) == (restored, 2, [])
    assert (undone["segment"]["no"], undone["segment"]["noOfLines"], undone["loggedSegment"]) == (
        no,
        5,
        {"canceled": True},
    )
    assert api.execute(whole, no=no) == before
    assert (
        entries_of(api, entry_no, "canceled campaignEntry { canceled }")
        == [{"canceled": True, "campaignEntry": {"canceled": True}}] * 2
    )
    assert api.execute("query($no: String!) { segment(no: $no) { noOfLines } }", no=follow_up)["segment"] == {
        "noOfLines": 2
    }
    assert api.refusal_codes("undoLoggedSegment", {"entryNo": entry_no}) == ["LOGGED_SEGMENT_CANCELED"]
    customize_lines(api, no, (2, {"templateCode": "VISIT"}), (5, {"templateCode": "VISIT", "salespersonCode": "PS"}))
    assert api.mutate("logSegment", {"segmentNo": no}, LOGGED)["logged"] == 4


@database_with(create_company)
def test_k18_evaluated_entries_are_listed_and_undone_only_with_force(api: Api) -> None:
    no = create_segment(api, "C1", "C2")
    entry_no = api.mutate("logSegment", {"segmentNo": no}, LOGGED)["loggedSegment"]["entryNo"]
    (_, of_c2) = (entry["entryNo"] for entry in entries_of(api, entry_no, "entryNo"))
    api.mutate("evaluateInteractions", {"interactions": {"entryNos": [of_c2]}, "evaluation": "POSITIVE"}, "changed")
    before = state_of_log(api)

    refused = api.send_mutation("undoLoggedSegment", {"entryNo": entry_no}, UNDONE)

    assert [error["code"] for error in refused["userErrors"]] == ["CHANGED_SINCE"]
    assert refused["touchedEntries"] == [{"entryNo": of_c2}]
    assert (refused["segment"], refused["linesRestored"], refused["entriesCanceled"]) == (None, 0, 0)
    assert state_of_log(api) == before
    forced = api.mutate("undoLoggedSegment", {"entryNo": entry_no, "force": True}, UNDONE)
    assert (forced["touchedEntries"], forced["entriesCanceled"]) == ([{"entryNo": of_c2}], 2)
