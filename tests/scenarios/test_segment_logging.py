"""Logging segments (D1-096 to D1-100, D1-102 to D1-104, D1-107, K8, K14, K18, K22) through GraphQL."""

from typing import Any

from tests.api import Api, create_company
from tests.prepared import database_with

LOGGED = """logged skipped blocked closedSegmentId segment { id no version noOfLines lines { nodes { lineNo contact { no } cost } } }
blockedLines { status line { lineNo segment { no } contact { no } } reasons { code message(language: FR) } }
loggedSegment { entryNo segmentNo canceled noOfInteractions noOfCampaignEntries cost duration }
followUpSegment { no description template { code } campaign { no } noOfLines lines { nodes { contact { no } campaign { no } } } }"""


def create_segment(api: Api, *contacts: str, **fields: Any) -> str:
    """The number of a segment with VISIT and these contacts."""
    segment = {"templateCode": "VISIT", "description": "Spring"} | fields
    made = api.mutate("createSegment", {"segment": segment, "contactNos": list(contacts)}, "segment { no noOfLines }")[
        "segment"
    ]
    assert made["noOfLines"] == len(contacts)
    return str(made["no"])


def customize_lines(api: Api, no: str, *changes: tuple[int, dict[str, Any]]) -> None:
    api.mutate(
        "updateSegmentLines",
        {"segmentNo": no, "changes": [{"lines": {"lineNos": [line_no]}, "set": values} for line_no, values in changes]},
        "changed",
    )


def create_campaign(api: Api, no: str) -> None:
    api.mutate("createCampaign", {"no": no, "campaign": {"description": no}}, "campaign { no }")


def state_of_log(api: Api) -> Any:
    """The state that a refusal must not change."""
    return api.execute("""{ interactionLogEntries { totalCount } loggedSegments { totalCount } campaignEntries { totalCount }
        segments { nodes { no version noOfLines cost lines { nodes { lineNo } } } } }""")


def entries_of(api: Api, entry_no: int, selection: str) -> list[Any]:
    """The entries of a logged segment in line order."""
    variables = f"""query($no: Int!) {{ loggedSegment(entryNo: $no) {{ interactionLogEntries(orderBy: [{{field: ENTRY_NO}}])
        {{ nodes {{ {selection} }} }} }} }}"""
    return list(api.execute(variables, no=entry_no)["loggedSegment"]["interactionLogEntries"]["nodes"])


@database_with(create_company)
def test_d1_096_a_segment_with_a_campaign_is_logged_with_a_follow_up(api: Api) -> None:
    create_campaign(api, "CP1")
    no = create_segment(api, "C1", "C2", campaignNo="CP1")

    logged = api.mutate("logSegment", {"segmentNo": no, "createFollowUp": True}, LOGGED)

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
    assert api.execute("query($no: String!) { segment(no: $no) { no } }", no=no)["segment"] is None
    follow_up = logged["followUpSegment"]
    assert (follow_up["description"], follow_up["campaign"], follow_up["template"]) == (
        f"Follow-up on segment {no}",
        {"no": "CP1"},
        None,
    )
    assert [line["contact"]["no"] for line in follow_up["lines"]["nodes"]] == ["C1", "C2"]


@database_with(create_company)
def test_d1_097_a_segment_of_one_line_adds_one_interaction_to_its_group(api: Api) -> None:
    """Only the logged segment and its entry; the figures of the group have tests of their own."""
    register = api.mutate("logSegment", {"segmentNo": create_segment(api, "C1")}, LOGGED)["loggedSegment"]

    assert (register["noOfInteractions"], register["cost"], register["duration"]) == (1, "45.00", 180)
    assert entries_of(api, register["entryNo"], "group { code }") == [{"group": {"code": "MEET"}}]


@database_with(create_company)
def test_d1_098_a_segment_without_contacts_is_refused_and_stays_open(api: Api) -> None:
    empty, without = create_segment(api), create_segment(api)
    api.mutate("addSegmentLines", {"segmentNo": without, "lines": [{}]}, "lines { lineNo }")
    before = state_of_log(api)

    assert api.refusal_codes("logSegment", {"segmentNo": empty}) == ["SEGMENT_EMPTY"]
    assert api.refusal_codes("logSegment", {"segmentNo": without}) == ["SEGMENT_EMPTY"]
    assert state_of_log(api) == before


@database_with(create_company)
def test_d1_099_a_segment_without_description_is_refused_and_stays_open(api: Api) -> None:
    no = create_segment(api, "C1", description=None)
    before = state_of_log(api)

    assert api.refusal_codes("logSegment", {"segmentNo": no}) == ["SEGMENT_DESCRIPTION_REQUIRED"]
    assert state_of_log(api) == before


@database_with(create_company)
def test_d1_100_one_line_without_template_prevents_logging_and_is_named(api: Api) -> None:
    """K8: all reasons are listed, not only the first error."""
    create_campaign(api, "CP1")
    no = create_segment(api, "C1", "C2", "P1", campaignNo="CP1")
    customize_lines(api, no, (3, {"templateCode": None}))
    before = state_of_log(api)

    refused = api.send_mutation("logSegment", {"segmentNo": no}, LOGGED)

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
    assert state_of_log(api) == before


@database_with(create_company)
def test_d1_102_an_e_mail_to_a_contact_without_address_is_logged_without_correspondence_type(api: Api) -> None:
    """The contact is C2 without an address, because P2 inherited that of its company (R-CON-7)."""
    mail = {"description": "Letter", "correspondenceTypeDefault": "EMAIL", "ignoreContactCorrespondenceType": True}
    api.mutate(
        "createInteractionTemplate", {"code": "MAIL", "interactionTemplate": mail}, "interactionTemplate { code }"
    )

    logged = api.mutate("logSegment", {"segmentNo": create_segment(api, "C2", templateCode="MAIL")}, LOGGED)

    assert entries_of(api, logged["loggedSegment"]["entryNo"], "correspondenceType") == [{"correspondenceType": None}]


@database_with(create_company)
def test_d1_103_without_the_segment_series_a_follow_up_is_refused_and_nothing_is_logged(api: Api) -> None:
    no = create_segment(api, "C1")
    api.mutate("updateMarketingSetup", {"marketingSetup": {"segmentNos": None}}, "marketingSetup { id }")
    before = state_of_log(api)

    refused = api.send_mutation("logSegment", {"segmentNo": no, "createFollowUp": True}, LOGGED)

    assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [
        ("NUMBER_SERIES_MISSING", ["createFollowUp"])
    ]
    assert state_of_log(api) == before
    assert api.mutate("logSegment", {"segmentNo": no}, LOGGED)["logged"] == 1


@database_with(create_company)
def test_d1_104_entries_have_the_customized_fields_of_their_lines_and_otherwise_the_header_values(api: Api) -> None:
    no = create_segment(api, "C1", "C2", "P1")
    customize_lines(api, no, (2, {"templateCode": "CALLIN", "cost": "99", "evaluation": "POSITIVE"}))

    logged = api.mutate("logSegment", {"segmentNo": no}, LOGGED)

    of_header = {"template": {"code": "VISIT"}, "cost": "45.00", "duration": 180, "evaluation": None}
    assert entries_of(api, logged["loggedSegment"]["entryNo"], "template { code } cost duration evaluation") == [
        of_header,
        {"template": {"code": "CALLIN"}, "cost": "99.00", "duration": 15, "evaluation": "POSITIVE"},
        of_header,
    ]


@database_with(create_company)
def test_d1_107_a_line_without_contact_is_skipped(api: Api) -> None:
    no = create_segment(api)
    api.mutate(
        "addSegmentLines",
        {"segmentNo": no, "lines": [{"contactNo": "C1"}, {}, {"contactNo": "C2"}]},
        "lines { lineNo }",
    )

    logged = api.mutate("logSegment", {"segmentNo": no}, LOGGED)

    assert (logged["logged"], logged["skipped"]) == (2, 1)
    assert [
        entry["contact"]["no"] for entry in entries_of(api, logged["loggedSegment"]["entryNo"], "contact { no }")
    ] == ["C1", "C2"]


def create_mixed_segment(api: Api) -> str:
    """A segment whose lines are ready, blocked, without contact, ready, blocked."""
    create_company(api)
    create_campaign(api, "CP1")
    no = create_segment(api, "C1", "C2", campaignNo="CP1")
    api.mutate(
        "addSegmentLines",
        {"segmentNo": no, "lines": [{}, {"contactNo": "P1"}, {"contactNo": "P2"}]},
        "lines { lineNo }",
    )
    customize_lines(
        api, no, (2, {"templateCode": None}), (5, {"templateCode": None, "salespersonCode": None, "cost": "1"})
    )
    return no


def test_k8_blocked_lines_are_left_in_the_segment_and_logged_later(api: Api) -> None:
    no = create_mixed_segment(api)
    variables = {"segmentNo": no, "onBlocked": "LEAVE_IN_SEGMENT", "createFollowUp": True, "idempotencyKey": "once"}

    logged = api.mutate("logSegment", variables, LOGGED)

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
    assert api.mutate("logSegment", variables, LOGGED) == logged

    api.mutate("removeSegmentLines", {"segmentNo": no, "lines": {"lineNos": [5]}}, "removed")
    assert [each["line"]["lineNo"] for each in api.mutate("logSegment", variables, LOGGED)["blockedLines"]] == [2]
    customize_lines(api, no, (2, {"templateCode": "CALLIN"}))
    assert api.mutate("logSegment", {"segmentNo": no}, LOGGED)["logged"] == 1
    assert api.refusal_codes("logSegment", {"segmentNo": no}) == ["LOGGED_SEGMENT_EXISTS"]


def test_k8_skipped_blocked_lines_stay_in_the_closed_segment(api: Api) -> None:
    no = create_mixed_segment(api)

    logged = api.mutate("logSegment", {"segmentNo": no, "onBlocked": "SKIP"}, LOGGED)

    assert (logged["logged"], logged["skipped"], logged["blocked"], logged["segment"]) == (2, 1, 2, None)
    assert logged["closedSegmentId"]
    assert [each["line"]["lineNo"] for each in logged["blockedLines"]] == [2, 5]
