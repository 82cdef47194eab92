"""Previews of logging a segment, and warnings (K8, K27) through GraphQL."""

from typing import Any

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

VERDICTS = "verdicts { totalCount nodes { line { lineNo contact { no } } status reasons { code message field } } }"


PREVIEW = f"ready skipped blocked cost duration noOfCampaignEntries planToken userErrors {{ code field }} {VERDICTS}"


def preview(api: Api, no: str, **arguments: Any) -> Any:
    """The preview of logging a segment with these arguments."""
    types = {"createFollowUp": "Boolean!", "onBlocked": "OnBlocked!", "leaveOut": "[LineWarningCode!]"}
    declared = "".join(f", ${name}: {types[name]}" for name in arguments)
    handed = "".join(f", {name}: ${name}" for name in arguments)
    return api.execute(
        f"query($no: String!{declared}) {{ it: logSegmentPreview(segmentNo: $no{handed}) {{ {PREVIEW} }} }}",
        no=no,
        **arguments,
    )["it"]


def test_k8_a_preview_has_the_status_of_every_line_and_changes_nothing(api: Api) -> None:
    no = create_mixed_segment(api)
    before = state_of_log(api)

    shown = preview(api, no)

    assert (shown["ready"], shown["skipped"], shown["blocked"], shown["noOfCampaignEntries"]) == (2, 1, 2, 1)
    assert (shown["cost"], shown["duration"]) == ("90.00", 360)
    assert shown["userErrors"] == [{"code": "LINES_BLOCKED", "field": ["segmentNo"]}]
    assert preview(api, no, onBlocked="SKIP")["userErrors"] == []
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
    assert state_of_log(api) == before


def test_lines_of_a_preview_are_paged_by_cursors_in_both_directions(api: Api) -> None:
    no = create_mixed_segment(api)
    text = """query($no: String!, $first: Int, $after: String, $last: Int, $before: String, $status: LineStatus) {
        logSegmentPreview(segmentNo: $no) { verdicts(first: $first, after: $after, last: $last, before: $before, status: $status) {
        totalCount edges { cursor node { line { lineNo } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""

    def page(**arguments: Any) -> Any:
        shown = api.execute(text, no=no, **arguments)["logSegmentPreview"]["verdicts"]
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
    assert page(first=0) == (
        5,
        [],
        {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    )
    assert page(last=0)[2]["hasPreviousPage"]
    assert page(first=2, after="", before=None) == (5, [1, 2], first)
    assert page(last=1, before="")[1] == [5]
    for wrong in ({"first": 101}, {"first": -1}, {"first": 1, "last": 1}, {"after": "x"}):
        (error,) = api.post(text, {"no": no, **wrong}).json()["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"


@database_with(create_company)
def test_a_preview_of_an_unknown_segment_is_null_and_of_a_logged_one_has_a_refusal_r_log_1(api: Api) -> None:
    no = create_segment(api, "C1")
    api.mutate("logSegment", {"segmentNo": no}, LOGGED)

    shown = preview(api, no)

    assert preview(api, "NONE") is None
    assert ([error["code"] for error in shown["userErrors"]], shown["ready"]) == (["LOGGED_SEGMENT_EXISTS"], 0)
    assert shown["verdicts"] == {"totalCount": 0, "nodes": []}


def test_logging_does_what_the_preview_showed_or_is_refused_as_stale(api: Api) -> None:
    no = create_mixed_segment(api)
    choices: dict[str, Any] = {"createFollowUp": True, "onBlocked": "LEAVE_IN_SEGMENT"}
    token = preview(api, no, **choices)["planToken"]

    assert api.refusal_codes("logSegment", {"segmentNo": no, "planToken": token}) == ["PLAN_STALE"]
    assert api.refusal_codes("logSegment", {"segmentNo": no, "planToken": "nonsense"}) == ["INVALID"]
    customize_lines(api, no, (1, {"cost": "46"}))
    assert api.refusal_codes("logSegment", {"segmentNo": no, "planToken": token, **choices}) == ["PLAN_STALE"]

    token = preview(api, no, **choices)["planToken"]
    assert api.mutate("logSegment", {"segmentNo": no, "planToken": token, **choices}, LOGGED)["logged"] == 2


@database_with(create_company)
def test_k27_contacts_excluded_later_have_a_warning_and_can_be_left_out(api: Api) -> None:
    no = create_segment(api, "C1", "C2")
    for contact, email in (("C2", "C1@Example.COM"), ("P1", "p1@example.com")):
        api.mutate("updateContact", {"no": contact, "contact": {"email": email}}, "contact { no }")
    api.mutate("addSegmentContacts", {"segmentNo": no, "from": {"contactNos": ["P1"]}}, "added")
    api.mutate("updateContact", {"no": "P1", "contact": {"excludeFromSegment": True}}, "contact { no }")
    variables = """query($no: String!, $out: [LineWarningCode!]) { logSegmentPreview(segmentNo: $no, leaveOut: $out) { ready skipped warned
        verdicts { totalCount nodes { status warnings { code french: message(language: FR) } } } skips: verdicts(status: SKIPPED)
        { totalCount nodes { line { lineNo } } } planToken } }"""

    shown, without = (
        api.execute(variables, no=no, out=out)["logSegmentPreview"]
        for out in (None, ["EXCLUDED_FROM_SEGMENTS", "EXCLUDED_FROM_SEGMENTS"])
    )

    warnings = [[warning["code"] for warning in each["warnings"]] for each in shown["verdicts"]["nodes"]]
    assert warnings == [[], ["SAME_EMAIL"], ["EXCLUDED_FROM_SEGMENTS"]]
    assert shown["verdicts"]["nodes"][2]["warnings"][0]["french"] == "Le contact P1 est exclu des segments."
    assert (shown["ready"], shown["skipped"], shown["warned"]) == (3, 0, 2)
    assert (without["ready"], without["skipped"], without["warned"]) == (2, 1, 2)
    assert [each["status"] for each in without["verdicts"]["nodes"]] == ["READY", "READY", "SKIPPED"]
    assert without["skips"] == {"totalCount": 1, "nodes": [{"line": {"lineNo": 3}}]}
    assert api.refusal_codes("logSegment", {"segmentNo": no, "planToken": without["planToken"]}) == ["PLAN_STALE"]

    asked_for = {
        "segmentNo": no,
        "planToken": without["planToken"],
        "leaveOut": ["EXCLUDED_FROM_SEGMENTS"],
        "idempotencyKey": "k",
    }
    first, again = (api.mutate("logSegment", asked_for, LOGGED) for _ in range(2))

    assert first == again
    assert (first["logged"], first["skipped"], first["blocked"], first["segment"]) == (2, 1, 0, None)
    assert [each["contact"]["no"] for each in entries_of(api, first["loggedSegment"]["entryNo"], "contact { no }")] == [
        "C1",
        "C2",
    ]


@database_with(create_company)
def test_k27_blocked_lines_and_drafts_have_warnings(api: Api) -> None:
    no = create_segment(api, "C2", "C1")
    customize_lines(api, no, (1, {"templateCode": None}))

    refused = api.send_mutation(
        "logSegment", {"segmentNo": no}, "blockedLines { reasons { code } warnings { code } } userErrors { code }"
    )
    draft = api.execute("""{ interactionDraft(input: {interaction: {contactNo: "C2", templateCode: "VISIT", date: "9999-12-31"}})
        { warnings { code message } userErrors { code } } }""")["interactionDraft"]

    assert [error["code"] for error in refused["userErrors"]] == ["LINES_BLOCKED"]
    assert refused["blockedLines"] == [{"reasons": [{"code": "TEMPLATE_REQUIRED"}], "warnings": [{"code": "NO_EMAIL"}]}]
    assert [warning["code"] for warning in draft["warnings"]] == ["FUTURE_DATE", "NO_EMAIL"]
    assert draft["warnings"][0]["message"] == "The date 9999-12-31 is after today."
    assert draft["userErrors"] == []
