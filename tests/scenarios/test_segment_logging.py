"""Logging segments (D1-096 to D1-100, D1-102 to D1-104, D1-107, K8, K14, K18, K22) through GraphQL."""

from typing import Any

import pytest

from tests.api import Api, set_up

VERDICTS = "verdicts { totalCount nodes { line { lineNo contact { no } } status reasons { code message field } } }"
PREVIEW = f"ready skipped blocked cost duration noOfCampaignEntries planToken userErrors {{ code field }} {VERDICTS}"
LOGGED = """logged skipped blocked closedSegmentId segment { id no version noOfLines lines { nodes { lineNo contact { no } cost } } }
blockedLines { status line { lineNo segment { no } contact { no } } reasons { code message(language: FR) } }
loggedSegment { entryNo segmentNo canceled noOfInteractions noOfCampaignEntries cost duration }
followUpSegment { no description template { code } campaign { no } noOfLines lines { nodes { contact { no } campaign { no } } } }"""


def a_segment(api: Api, *contacts: str, **fields: Any) -> str:
    """The number of a segment with VISIT and these contacts."""
    segment = {"templateCode": "VISIT", "description": "Spring"} | fields
    made = api.done("createSegment", {"segment": segment, "contactNos": list(contacts)}, "segment { no noOfLines }")[
        "segment"
    ]
    assert made["noOfLines"] == len(contacts)
    return str(made["no"])


def customise(api: Api, no: str, *changes: tuple[int, dict[str, Any]]) -> None:
    api.done(
        "updateSegmentLines",
        {"segmentNo": no, "changes": [{"lines": {"lineNos": [line_no]}, "set": values} for line_no, values in changes]},
        "changed",
    )


def a_campaign(api: Api, no: str) -> None:
    api.done("createCampaign", {"no": no, "campaign": {"description": no}}, "campaign { no }")


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


def everything(api: Api) -> Any:
    """The state that a refusal must not change."""
    return api.ask("""{ interactionLogEntries { totalCount } loggedSegments { totalCount } campaignEntries { totalCount }
        segments { nodes { no version noOfLines cost lines { nodes { lineNo } } } } }""")


def entries_of(api: Api, entry_no: int, selection: str) -> list[Any]:
    """The entries of a logged segment in line order."""
    variables = f"""query($no: Int!) {{ loggedSegment(entryNo: $no) {{ interactionLogEntries(orderBy: [{{field: ENTRY_NO}}])
        {{ nodes {{ {selection} }} }} }} }}"""
    return list(api.ask(variables, no=entry_no)["loggedSegment"]["interactionLogEntries"]["nodes"])


def test_d1_096_a_segment_with_a_campaign_is_logged_with_a_follow_up(api: Api) -> None:
    set_up(api)
    a_campaign(api, "CP1")
    no = a_segment(api, "C1", "C2", campaignNo="CP1")

    logged = api.done("logSegment", {"segmentNo": no, "createFollowUp": True}, LOGGED)

    register = logged["loggedSegment"]
    assert (logged["logged"], register["segmentNo"], register["noOfInteractions"], register["noOfCampaignEntries"]) == (
        2,
        no,
        2,
        1,
    )
    entries = entries_of(
        api, register["entryNo"], "segmentNo loggedSegment { entryNo } campaignEntry { segmentNo campaign { no } }"
    )
    assert (
        entries
        == [
            {
                "segmentNo": no,
                "loggedSegment": {"entryNo": register["entryNo"]},
                "campaignEntry": {"segmentNo": no, "campaign": {"no": "CP1"}},
            }
        ]
        * 2
    )
    assert api.ask("query($no: String!) { segment(no: $no) { no } }", no=no)["segment"] is None
    follow_up = logged["followUpSegment"]
    assert (follow_up["description"], follow_up["campaign"], follow_up["template"]) == (
        f"Follow-up on segment {no}",
        {"no": "CP1"},
        None,
    )
    assert [line["contact"]["no"] for line in follow_up["lines"]["nodes"]] == ["C1", "C2"]


def test_d1_097_a_segment_of_one_line_adds_one_interaction_to_its_group(api: Api) -> None:
    """Only the logged segment and its entry; the figures of the group have tests of their own."""
    set_up(api)

    register = api.done("logSegment", {"segmentNo": a_segment(api, "C1")}, LOGGED)["loggedSegment"]

    assert (register["noOfInteractions"], register["cost"], register["duration"]) == (1, "45.00", 180)
    assert entries_of(api, register["entryNo"], "group { code }") == [{"group": {"code": "MEET"}}]


def test_d1_098_a_segment_without_contacts_is_refused_and_stays_open(api: Api) -> None:
    set_up(api)
    empty, without = a_segment(api), a_segment(api)
    api.done("addSegmentLines", {"segmentNo": without, "lines": [{}]}, "lines { lineNo }")
    before = everything(api)

    assert api.refused("logSegment", {"segmentNo": empty}) == ["SEGMENT_EMPTY"]
    assert api.refused("logSegment", {"segmentNo": without}) == ["SEGMENT_EMPTY"]
    assert everything(api) == before


def test_d1_099_a_segment_without_description_is_refused_and_stays_open(api: Api) -> None:
    set_up(api)
    no = a_segment(api, "C1", description=None)
    before = everything(api)

    assert api.refused("logSegment", {"segmentNo": no}) == ["SEGMENT_DESCRIPTION_REQUIRED"]
    assert everything(api) == before


def test_d1_100_one_line_without_template_prevents_logging_and_is_named(api: Api) -> None:
    """K8: all reasons are listed, not only the first error."""
    set_up(api)
    a_campaign(api, "CP1")
    no = a_segment(api, "C1", "C2", "P1", campaignNo="CP1")
    customise(api, no, (3, {"templateCode": None}))
    before = everything(api)

    refused = api.do("logSegment", {"segmentNo": no}, LOGGED)

    assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [("LINES_BLOCKED", ["segmentNo"])]
    assert (refused["logged"], refused["blocked"], refused["closedSegmentId"], refused["loggedSegment"]) == (
        0,
        1,
        None,
        None,
    )
    (line,) = refused["blockedLines"]
    assert (line["status"], line["line"]) == ("BLOCKED", {"lineNo": 3, "segment": {"no": no}, "contact": {"no": "P1"}})
    assert [reason["code"] for reason in line["reasons"]] == ["TEMPLATE_REQUIRED"]
    assert line["reasons"][0]["message"].startswith("Une interaction a besoin d’un modèle")
    assert everything(api) == before


def test_d1_102_an_e_mail_to_a_contact_without_address_is_logged_without_correspondence_type(api: Api) -> None:
    """The contact is C2 without an address, because P2 inherited that of its company (R-CON-7)."""
    set_up(api)
    mail = {"description": "Letter", "correspondenceTypeDefault": "EMAIL", "ignoreContactCorrespondenceType": True}
    api.done("createInteractionTemplate", {"code": "MAIL", "interactionTemplate": mail}, "interactionTemplate { code }")

    logged = api.done("logSegment", {"segmentNo": a_segment(api, "C2", templateCode="MAIL")}, LOGGED)

    assert entries_of(api, logged["loggedSegment"]["entryNo"], "correspondenceType") == [{"correspondenceType": None}]


def test_d1_103_without_the_segment_series_a_follow_up_is_refused_and_nothing_is_logged(api: Api) -> None:
    set_up(api)
    no = a_segment(api, "C1")
    api.done("updateMarketingSetup", {"marketingSetup": {"segmentNos": None}}, "marketingSetup { id }")
    before = everything(api)

    refused = api.do("logSegment", {"segmentNo": no, "createFollowUp": True}, LOGGED)

    assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [
        ("NUMBER_SERIES_MISSING", ["createFollowUp"])
    ]
    assert everything(api) == before
    assert api.done("logSegment", {"segmentNo": no}, LOGGED)["logged"] == 1


def test_d1_104_entries_have_the_customized_fields_of_their_lines_and_otherwise_the_header_values(api: Api) -> None:
    set_up(api)
    no = a_segment(api, "C1", "C2", "P1")
    customise(api, no, (2, {"templateCode": "CALLIN", "cost": "99", "evaluation": "POSITIVE"}))

    logged = api.done("logSegment", {"segmentNo": no}, LOGGED)

    of_header = {"template": {"code": "VISIT"}, "cost": "45.00", "duration": 180, "evaluation": None}
    assert entries_of(api, logged["loggedSegment"]["entryNo"], "template { code } cost duration evaluation") == [
        of_header,
        {"template": {"code": "CALLIN"}, "cost": "99.00", "duration": 15, "evaluation": "POSITIVE"},
        of_header,
    ]


def test_d1_107_a_line_without_contact_is_skipped(api: Api) -> None:
    set_up(api)
    no = a_segment(api)
    api.done(
        "addSegmentLines",
        {"segmentNo": no, "lines": [{"contactNo": "C1"}, {}, {"contactNo": "C2"}]},
        "lines { lineNo }",
    )

    logged = api.done("logSegment", {"segmentNo": no}, LOGGED)

    assert (logged["logged"], logged["skipped"]) == (2, 1)
    assert [
        entry["contact"]["no"] for entry in entries_of(api, logged["loggedSegment"]["entryNo"], "contact { no }")
    ] == ["C1", "C2"]


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
    variables = {"segmentNo": no, "onBlocked": "LEAVE_IN_SEGMENT", "createFollowUp": True, "idempotencyKey": "once"}

    logged = api.done("logSegment", variables, LOGGED)

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
    assert api.done("logSegment", variables, LOGGED) == logged

    api.done("removeSegmentLines", {"segmentNo": no, "lines": {"lineNos": [5]}}, "removed")
    assert [each["line"]["lineNo"] for each in api.done("logSegment", variables, LOGGED)["blockedLines"]] == [2]
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

    variables = {
        "loggedSegmentEntryNo": entry_no,
        "filter": {"attemptFailed": True},
        "templateCode": "CALLIN",
        "description": "Again",
    }
    selection = "segment { no description template { code } followUpOf { entryNo } lines { nodes { contact { no } template { code } } } }"
    failed = api.done("createFollowUpSegment", variables, selection)["segment"]
    everyone = api.done("createFollowUpSegment", {"loggedSegmentEntryNo": entry_no}, selection)["segment"]

    assert (failed["description"], failed["template"], failed["followUpOf"]) == (
        "Again",
        {"code": "CALLIN"},
        {"entryNo": entry_no},
    )
    assert failed["lines"]["nodes"] == [{"contact": {"no": "C2"}, "template": {"code": "CALLIN"}}]
    assert [line["contact"]["no"] for line in everyone["lines"]["nodes"]] == ["C1", "C2", "P1"]
    later = api.done("logSegment", {"segmentNo": failed["no"]}, LOGGED)["loggedSegment"]["entryNo"]
    chain = "query($no: Int!) { loggedSegment(entryNo: $no) { followUpOf { entryNo } followUps { entryNo } followUpSegments { no } } }"
    assert api.ask(chain, no=entry_no)["loggedSegment"] == {
        "followUpOf": None,
        "followUps": [{"entryNo": later}],
        "followUpSegments": [{"no": everyone["no"]}],
    }
    assert api.ask(chain, no=later)["loggedSegment"]["followUpOf"] == {"entryNo": entry_no}
    no_one = {"loggedSegmentEntryNo": entry_no, "filter": {"canceled": True}}
    assert api.refused("createFollowUpSegment", no_one) == ["SEGMENT_EMPTY"]
    assert api.refused("createFollowUpSegment", {"loggedSegmentEntryNo": 999}) == ["NOT_FOUND"]


UNDONE = "linesRestored entriesCanceled touchedEntries { entryNo } segment { id no noOfLines cost } loggedSegment { canceled }"


@pytest.mark.parametrize("on_blocked", ["SKIP", "LEAVE_IN_SEGMENT"])
def test_k18_a_logged_segment_is_undone_and_logged_again(api: Api, on_blocked: str) -> None:
    no = a_mixed_segment(api)
    whole = "query($no: String!) { segment(no: $no) { noOfLines cost lines { nodes { lineNo contact { no } cost customizedFields } } } }"
    before = api.ask(whole, no=no)
    variables = {"segmentNo": no, "onBlocked": on_blocked, "createFollowUp": True}
    logged = api.done("logSegment", variables, LOGGED)
    entry_no, follow_up = logged["loggedSegment"]["entryNo"], logged["followUpSegment"]["no"]
    restored = 5 if on_blocked == "SKIP" else 3

    preview = api.done("undoLoggedSegment", {"entryNo": entry_no, "dryRun": True}, UNDONE)
    assert (preview["linesRestored"], preview["entriesCanceled"], preview["loggedSegment"]) == (
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
    variables = """query($no: String!, $out: [LineWarningCode!]) { logSegmentPreview(segmentNo: $no, leaveOut: $out) { ready skipped warned
        verdicts { totalCount nodes { status warnings { code french: message(language: FR) } } } skips: verdicts(status: SKIPPED)
        { totalCount nodes { line { lineNo } } } planToken } }"""

    shown, without = (
        api.ask(variables, no=no, out=out)["logSegmentPreview"]
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
