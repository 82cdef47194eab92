"""Previews of logging, lines that stay behind, follow-ups, undoing and warnings (K8, K18, K27)."""

from typing import Any

import pytest

from tests.api import Api, set_up
from tests.scenarios.test_segment_logging import LOGGED, a_campaign, a_segment, customise, entries_of, everything

VERDICTS = "verdicts { totalCount nodes { line { lineNo contact { no } } status reasons { code message field } } }"


PREVIEW = f"ready skipped blocked cost duration noOfCampaignEntries planToken userErrors {{ code field }} {VERDICTS}"


def previewed(api: Api, no: str, **arguments: Any) -> Any:
    """The preview of a segment, made with these further arguments."""
    types = {"createFollowUp": "Boolean!", "onBlocked": "OnBlocked!", "leaveOut": "[LineWarningCode!]"}
    declared = "".join(f", ${name}: {types[name]}" for name in arguments)
    handed = "".join(f", {name}: ${name}" for name in arguments)
    return api.ask(
        f"query($no: String!{declared}) {{ it: logSegmentPreview(segmentNo: $no{handed}) {{ {PREVIEW} }} }}",
        no=no,
        **arguments,
    )["it"]


def a_mixed_segment(api: Api) -> str:
    """Ready, blocked, without contact, ready, blocked."""
    set_up(api)
    a_campaign(api, "CP1")
    no = a_segment(api, "C1", "C2", campaignNo="CP1")
    api.done(
        "addSegmentLines",
        {"segmentNo": no, "lines": [{}, {"contactNo": "P1"}, {"contactNo": "P2"}]},
        "lines { lineNo }",
    )
    customise(api, no, (2, {"templateCode": None}), (5, {"templateCode": None, "salespersonCode": None, "cost": "1"}))
    return no


def test_k8_a_preview_has_the_status_of_every_line_and_changes_nothing(api: Api) -> None:
    no = a_mixed_segment(api)
    before = everything(api)

    shown = previewed(api, no)

    assert (shown["ready"], shown["skipped"], shown["blocked"], shown["noOfCampaignEntries"]) == (2, 1, 2, 1)
    assert (shown["cost"], shown["duration"]) == ("90.00", 360)
    assert shown["userErrors"] == [{"code": "LINES_BLOCKED", "field": ["segmentNo"]}]
    assert previewed(api, no, onBlocked="SKIP")["userErrors"] == []
    verdicts = [
        (each["line"]["lineNo"], each["status"], [reason["code"] for reason in each["reasons"]])
        for each in shown["verdicts"]["nodes"]
    ]
    assert verdicts == [
        (1, "READY", []),
        (2, "BLOCKED", ["TEMPLATE_REQUIRED"]),
        (3, "SKIPPED", []),
        (4, "READY", []),
        (5, "BLOCKED", ["TEMPLATE_REQUIRED", "SALESPERSON_REQUIRED"]),
    ]
    assert everything(api) == before


def test_lines_of_a_preview_are_paged_by_cursors_in_both_directions(api: Api) -> None:
    no = a_mixed_segment(api)
    text = """query($no: String!, $first: Int, $after: String, $last: Int, $before: String, $status: LineStatus) {
        logSegmentPreview(segmentNo: $no) { verdicts(first: $first, after: $after, last: $last, before: $before, status: $status) {
        totalCount edges { cursor node { line { lineNo } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""

    def page(**arguments: Any) -> Any:
        shown = api.ask(text, no=no, **arguments)["logSegmentPreview"]["verdicts"]
        return shown["totalCount"], [edge["node"]["line"]["lineNo"] for edge in shown["edges"]], shown["pageInfo"]

    total, lines, first = page(first=2)
    assert (total, lines, first["hasNextPage"], first["hasPreviousPage"]) == (5, [1, 2], True, False)
    _, lines, second = page(first=2, after=first["endCursor"])
    assert (lines, second["hasNextPage"], second["hasPreviousPage"]) == ([3, 4], True, True)
    _, lines, third = page(first=2, after=second["endCursor"])
    assert (lines, third["hasNextPage"], third["hasPreviousPage"]) == ([5], False, True)
    _, lines, back = page(last=3, before=third["startCursor"])
    assert (lines, back["hasNextPage"], back["hasPreviousPage"]) == ([2, 3, 4], True, True)
    assert page(status="BLOCKED", last=1)[:2] == (2, [5])
    assert page(status="SKIPPED")[:2] == (1, [3])
    for wrong in ({"first": 101}, {"first": 0}, {"first": 1, "last": 1}, {"after": "x"}):
        (error,) = api.post(text, {"no": no, **wrong}).json()["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_preview_of_an_unknown_segment_is_null_and_of_a_logged_one_has_a_refusal_r_log_1(api: Api) -> None:
    set_up(api)
    no = a_segment(api, "C1")
    api.done("logSegment", {"segmentNo": no}, LOGGED)

    shown = previewed(api, no)

    assert previewed(api, "NONE") is None
    assert ([error["code"] for error in shown["userErrors"]], shown["ready"]) == (["LOGGED_SEGMENT_EXISTS"], 0)
    assert shown["verdicts"] == {"totalCount": 0, "nodes": []}


def test_logging_does_what_the_preview_showed_or_is_refused_as_stale(api: Api) -> None:
    no = a_mixed_segment(api)
    choices: dict[str, Any] = {"createFollowUp": True, "onBlocked": "LEAVE_IN_SEGMENT"}
    token = previewed(api, no, **choices)["planToken"]

    assert api.refused("logSegment", {"segmentNo": no, "planToken": token}) == ["PLAN_STALE"]
    assert api.refused("logSegment", {"segmentNo": no, "planToken": "nonsense"}) == ["INVALID"]
    customise(api, no, (1, {"cost": "46"}))
    assert api.refused("logSegment", {"segmentNo": no, "planToken": token, **choices}) == ["PLAN_STALE"]

    token = previewed(api, no, **choices)["planToken"]
    assert api.done("logSegment", {"segmentNo": no, "planToken": token, **choices}, LOGGED)["logged"] == 2


def test_k8_blocked_lines_are_left_in_the_segment_and_logged_later(api: Api) -> None:
    no = a_mixed_segment(api)
    asked = {"segmentNo": no, "onBlocked": "LEAVE_IN_SEGMENT", "createFollowUp": True, "idempotencyKey": "once"}

    logged = api.done("logSegment", asked, LOGGED)

    assert (logged["logged"], logged["skipped"], logged["blocked"], logged["closedSegmentId"]) == (2, 1, 2, None)
    assert (logged["segment"]["no"], logged["segment"]["noOfLines"]) == (no, 2)
    assert [(line["lineNo"], line["contact"]["no"], line["cost"]) for line in logged["segment"]["lines"]["nodes"]] == [
        (2, "C2", "0.00"),
        (5, "P2", "1.00"),
    ]
    assert [each["line"] for each in logged["blockedLines"]] == [
        {"lineNo": 2, "segment": {"no": no}, "contact": {"no": "C2"}},
        {"lineNo": 5, "segment": {"no": no}, "contact": {"no": "P2"}},
    ]
    assert [line["contact"]["no"] for line in logged["followUpSegment"]["lines"]["nodes"]] == ["C1", "P1"]
    assert api.done("logSegment", asked, LOGGED) == logged

    api.done("removeSegmentLines", {"segmentNo": no, "lines": {"lineNos": [5]}}, "removed")
    assert [each["line"]["lineNo"] for each in api.done("logSegment", asked, LOGGED)["blockedLines"]] == [2]
    customise(api, no, (2, {"templateCode": "CALLIN"}))
    assert api.done("logSegment", {"segmentNo": no}, LOGGED)["logged"] == 1
    assert api.refused("logSegment", {"segmentNo": no}) == ["LOGGED_SEGMENT_EXISTS"]


def test_k8_skipped_blocked_lines_stay_in_the_closed_segment(api: Api) -> None:
    no = a_mixed_segment(api)

    logged = api.done("logSegment", {"segmentNo": no, "onBlocked": "SKIP"}, LOGGED)

    assert (logged["logged"], logged["skipped"], logged["blocked"], logged["segment"]) == (2, 1, 2, None)
    assert logged["closedSegmentId"]
    assert [each["line"]["lineNo"] for each in logged["blockedLines"]] == [2, 5]


def test_a_follow_up_created_later_is_linked_with_its_logged_segment_in_both_directions(api: Api) -> None:
    """R-LOG-11, K14."""
    set_up(api)
    no = a_segment(api, "C1", "C2", "P1")
    customise(api, no, (2, {"attemptFailed": True}))
    entry_no = api.done("logSegment", {"segmentNo": no}, LOGGED)["loggedSegment"]["entryNo"]

    asked = {
        "loggedSegmentEntryNo": entry_no,
        "filter": {"attemptFailed": True},
        "templateCode": "CALLIN",
        "description": "Again",
    }
    selection = "segment { no description template { code } followUpOf { entryNo } lines { nodes { contact { no } template { code } } } }"
    failed = api.done("createFollowUpSegment", asked, selection)["segment"]
    everybody = api.done("createFollowUpSegment", {"loggedSegmentEntryNo": entry_no}, selection)["segment"]

    assert (failed["description"], failed["template"], failed["followUpOf"]) == (
        "Again",
        {"code": "CALLIN"},
        {"entryNo": entry_no},
    )
    assert failed["lines"]["nodes"] == [{"contact": {"no": "C2"}, "template": {"code": "CALLIN"}}]
    assert [line["contact"]["no"] for line in everybody["lines"]["nodes"]] == ["C1", "C2", "P1"]
    later = api.done("logSegment", {"segmentNo": failed["no"]}, LOGGED)["loggedSegment"]["entryNo"]
    chain = "query($no: Int!) { loggedSegment(entryNo: $no) { followUpOf { entryNo } followUps { entryNo } followUpSegments { no } } }"
    assert api.ask(chain, no=entry_no)["loggedSegment"] == {
        "followUpOf": None,
        "followUps": [{"entryNo": later}],
        "followUpSegments": [{"no": everybody["no"]}],
    }
    assert api.ask(chain, no=later)["loggedSegment"]["followUpOf"] == {"entryNo": entry_no}
    nobody = {"loggedSegmentEntryNo": entry_no, "filter": {"canceled": True}}
    assert api.refused("createFollowUpSegment", nobody) == ["SEGMENT_EMPTY"]
    assert api.refused("createFollowUpSegment", {"loggedSegmentEntryNo": 999}) == ["NOT_FOUND"]


UNDONE = "linesRestored entriesCanceled touchedEntries { entryNo } segment { id no noOfLines cost } loggedSegment { canceled }"


@pytest.mark.parametrize("on_blocked", ["SKIP", "LEAVE_IN_SEGMENT"])
def test_k18_a_logged_segment_is_undone_and_logged_again(api: Api, on_blocked: str) -> None:
    no = a_mixed_segment(api)
    whole = "query($no: String!) { segment(no: $no) { noOfLines cost lines { nodes { lineNo contact { no } cost customizedFields } } } }"
    before = api.ask(whole, no=no)
    asked = {"segmentNo": no, "onBlocked": on_blocked, "createFollowUp": True}
    logged = api.done("logSegment", asked, LOGGED)
    entry_no, follow_up = logged["loggedSegment"]["entryNo"], logged["followUpSegment"]["no"]
    restored = 5 if on_blocked == "SKIP" else 3

    would = api.done("undoLoggedSegment", {"entryNo": entry_no, "dryRun": True}, UNDONE)
    assert (would["linesRestored"], would["entriesCanceled"], would["loggedSegment"]) == (
        restored,
        2,
        {"canceled": False},
    )

    undone = api.done("undoLoggedSegment", {"entryNo": entry_no}, UNDONE)

    assert (undone["linesRestored"], undone["entriesCanceled"], undone["touchedEntries"]) == (restored, 2, [])
    assert (undone["segment"]["no"], undone["segment"]["noOfLines"], undone["loggedSegment"]) == (
        no,
        5,
        {"canceled": True},
    )
    assert api.ask(whole, no=no) == before
    assert (
        entries_of(api, entry_no, "canceled campaignEntry { canceled }")
        == [{"canceled": True, "campaignEntry": {"canceled": True}}] * 2
    )
    assert api.ask("query($no: String!) { segment(no: $no) { noOfLines } }", no=follow_up)["segment"] == {
        "noOfLines": 2
    }
    assert api.refused("undoLoggedSegment", {"entryNo": entry_no}) == ["LOGGED_SEGMENT_CANCELED"]
    customise(api, no, (2, {"templateCode": "VISIT"}), (5, {"templateCode": "VISIT", "salespersonCode": "PS"}))
    assert api.done("logSegment", {"segmentNo": no}, LOGGED)["logged"] == 4


def test_k18_evaluated_entries_are_listed_and_undone_only_with_force(api: Api) -> None:
    set_up(api)
    no = a_segment(api, "C1", "C2")
    entry_no = api.done("logSegment", {"segmentNo": no}, LOGGED)["loggedSegment"]["entryNo"]
    (_, of_c2) = (entry["entryNo"] for entry in entries_of(api, entry_no, "entryNo"))
    api.done("evaluateInteractions", {"interactions": {"entryNos": [of_c2]}, "evaluation": "POSITIVE"}, "changed")
    before = everything(api)

    refused = api.do("undoLoggedSegment", {"entryNo": entry_no}, UNDONE)

    assert [error["code"] for error in refused["userErrors"]] == ["CHANGED_SINCE"]
    assert refused["touchedEntries"] == [{"entryNo": of_c2}]
    assert (refused["segment"], refused["linesRestored"], refused["entriesCanceled"]) == (None, 0, 0)
    assert everything(api) == before
    forced = api.done("undoLoggedSegment", {"entryNo": entry_no, "force": True}, UNDONE)
    assert (forced["touchedEntries"], forced["entriesCanceled"]) == ([{"entryNo": of_c2}], 2)


def test_k27_contacts_excluded_later_have_a_warning_and_can_be_left_out(api: Api) -> None:
    set_up(api)
    no = a_segment(api, "C1", "C2")
    for contact, email in (("C2", "C1@Example.COM"), ("P1", "p1@example.com")):
        api.done("updateContact", {"no": contact, "contact": {"email": email}}, "contact { no }")
    api.done("addSegmentContacts", {"segmentNo": no, "from": {"contactNos": ["P1"]}}, "added")
    api.done("updateContact", {"no": "P1", "contact": {"excludeFromSegment": True}}, "contact { no }")
    asked = """query($no: String!, $out: [LineWarningCode!]) { logSegmentPreview(segmentNo: $no, leaveOut: $out) { ready skipped warned
        verdicts { totalCount nodes { status warnings { code french: message(language: FR) } } } skips: verdicts(status: SKIPPED)
        { totalCount nodes { line { lineNo } } } planToken } }"""

    shown, without = (
        api.ask(asked, no=no, out=out)["logSegmentPreview"]
        for out in (None, ["EXCLUDED_FROM_SEGMENTS", "EXCLUDED_FROM_SEGMENTS"])
    )

    warnings = [[warning["code"] for warning in each["warnings"]] for each in shown["verdicts"]["nodes"]]
    assert warnings == [[], ["SAME_EMAIL"], ["EXCLUDED_FROM_SEGMENTS"]]
    assert shown["verdicts"]["nodes"][2]["warnings"][0]["french"] == "Le contact P1 est exclu des segments."
    assert (shown["ready"], shown["skipped"], shown["warned"]) == (3, 0, 2)
    assert (without["ready"], without["skipped"], without["warned"]) == (2, 1, 2)
    assert [each["status"] for each in without["verdicts"]["nodes"]] == ["READY", "READY", "SKIPPED"]
    assert without["skips"] == {"totalCount": 1, "nodes": [{"line": {"lineNo": 3}}]}
    assert api.refused("logSegment", {"segmentNo": no, "planToken": without["planToken"]}) == ["PLAN_STALE"]

    asked_for = {
        "segmentNo": no,
        "planToken": without["planToken"],
        "leaveOut": ["EXCLUDED_FROM_SEGMENTS"],
        "idempotencyKey": "k",
    }
    first, again = (api.done("logSegment", asked_for, LOGGED) for _ in range(2))

    assert first == again
    assert (first["logged"], first["skipped"], first["blocked"], first["segment"]) == (2, 1, 0, None)
    assert [each["contact"]["no"] for each in entries_of(api, first["loggedSegment"]["entryNo"], "contact { no }")] == [
        "C1",
        "C2",
    ]


def test_k27_blocked_lines_and_drafts_have_warnings(api: Api) -> None:
    set_up(api)
    no = a_segment(api, "C2", "C1")
    customise(api, no, (1, {"templateCode": None}))

    refused = api.do(
        "logSegment", {"segmentNo": no}, "blockedLines { reasons { code } warnings { code } } userErrors { code }"
    )
    draft = api.ask("""{ interactionDraft(input: {interaction: {contactNo: "C2", templateCode: "VISIT", date: "9999-12-31"}})
        { warnings { code message } userErrors { code } } }""")["interactionDraft"]

    assert [error["code"] for error in refused["userErrors"]] == ["LINES_BLOCKED"]
    assert refused["blockedLines"] == [{"reasons": [{"code": "TEMPLATE_REQUIRED"}], "warnings": [{"code": "NO_EMAIL"}]}]
    assert [warning["code"] for warning in draft["warnings"]] == ["FUTURE_DATE", "NO_EMAIL"]
    assert draft["warnings"][0]["message"] == "The date 9999-12-31 is after today."
    assert draft["userErrors"] == []
