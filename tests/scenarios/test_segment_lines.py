"""Segments and their lines (D1-072 to D1-077, D1-079) through GraphQL."""

from typing import Any

from tests.api import Api
from tests.prepared import database_with
from tests.segment_api import add_contacts, contacts_of, create_fixtures, create_segment, lines_of


def customize(api: Api, no: str, line_no: int, **fields: Any) -> None:
    change = {"lines": {"lineNos": [line_no]}, "set": fields}
    assert api.mutate("updateSegmentLines", {"segmentNo": no, "changes": [change]}, "changed")["changed"] == 1


@database_with(create_fixtures)
def test_d1_072_each_line_has_the_values_of_the_segments_template(api: Api) -> None:
    no = create_segment(api, templateCode="VISIT")

    add_contacts(api, no, source={"all": True})

    names = ("template", "group", "cost", "duration", "informationFlow", "initiatedBy")
    assert [tuple(line[name] for name in names) for line in lines_of(api, no)] == [
        ("VISIT", "MEET", "45.00", 180, "OUTBOUND", "US")
    ] * 5


@database_with(create_fixtures)
def test_d1_073_a_new_description_of_the_segment_is_set_on_its_line(api: Api) -> None:
    no = create_segment(api, "C1", description="Spring")

    updated = api.mutate(
        "updateSegment",
        {"no": no, "segment": {"description": "Autumn"}},
        "linesChanged linesKept segment { description }",
    )

    assert updated == {"linesChanged": 1, "linesKept": 0, "segment": {"description": "Autumn"}, "userErrors": []}
    assert [line["description"] for line in lines_of(api, no)] == ["Autumn"]


@database_with(create_fixtures)
def test_d1_074_a_line_with_a_template_of_its_own_does_not_follow_the_header(api: Api) -> None:
    """R-HDR-1. A dry run counts the same and changes nothing."""
    no = create_segment(api, "C1", "C2", templateCode="VISIT", description="Spring", date="2026-03-01")
    customize(api, no, 2, templateCode="CALLIN")
    before = lines_of(api, no)
    change = {
        "no": no,
        "segment": {"description": "Autumn", "unitCost": "7", "date": "2026-04-01", "campaignNo": "CP1"},
    }

    dry = api.mutate("updateSegment", change | {"dryRun": True}, "linesChanged linesKept segment { description }")
    assert lines_of(api, no) == before
    done = api.mutate("updateSegment", change, "linesChanged linesKept segment { description }")

    assert (dry["linesChanged"], dry["linesKept"], dry["segment"]) == (1, 1, {"description": "Spring"})
    assert (done["linesChanged"], done["linesKept"], done["segment"]) == (1, 1, {"description": "Autumn"})
    first, second = lines_of(api, no)
    assert [first[name] for name in ("description", "cost", "date", "campaign")] == [
        "Autumn",
        "7.00",
        "2026-04-01",
        "CP1",
    ]
    assert second == before[1]


@database_with(create_fixtures)
def test_d1_075_lines_take_salesperson_and_campaign_from_the_header_or_the_contact(api: Api) -> None:
    of_paul, of_nobody = create_segment(api, "C1", salespersonCode="PS", campaignNo="CP1"), create_segment(api, "C1")

    assert [(line["salesperson"], line["campaign"]) for line in lines_of(api, of_paul)] == [("PS", "CP1")]
    assert [(line["salesperson"], line["campaign"]) for line in lines_of(api, of_nobody)] == [("JO", None)]


@database_with(create_fixtures)
def test_d1_076_a_new_template_sets_its_description_on_the_line(api: Api) -> None:
    no = create_segment(api, "C1")
    customize(api, no, 1, templateCode="VISIT")
    assert [line["description"] for line in lines_of(api, no)] == ["Visit"]

    customize(api, no, 1, templateCode="CALLIN")

    assert [line["description"] for line in lines_of(api, no)] == ["Call"]


@database_with(create_fixtures)
def test_d1_077_a_template_set_on_one_line_changes_no_other_line(api: Api) -> None:
    """Rule R-LIN-4."""
    no = create_segment(api, "C1", "C2", templateCode="VISIT")
    before = lines_of(api, no)

    customize(api, no, 1, templateCode="CALLIN")

    first, second = lines_of(api, no)
    assert [first[name] for name in ("cost", "duration", "informationFlow", "initiatedBy", "group")] == [
        "0.00",
        15,
        "INBOUND",
        "THEM",
        "PHONE",
    ]
    assert first["customizedFields"] == ["templateCode"]
    assert second == before[1]
    header = api.execute("query($no: String!) { segment(no: $no) { template { code } unitCost } }", no=no)["segment"]
    assert header == {"template": {"code": "VISIT"}, "unitCost": "45.00"}


@database_with(create_fixtures)
def test_d1_079_a_line_shows_phone_mobile_phone_and_e_mail_of_its_person(api: Api) -> None:
    person = {
        "type": "PERSON",
        "name": "Rose",
        "phoneNo": "514 555-0101",
        "mobilePhoneNo": "438 555-0102",
        "email": "rose@example.com",
    }
    api.mutate("createContact", {"no": "P9", "contact": person}, "contact { no }")
    no = create_segment(api, "P9")

    shown = api.execute(
        "query($no: String!) { segment(no: $no) { lines { nodes { contact { phoneNo mobilePhoneNo email } } } } }",
        no=no,
    )

    assert shown["segment"]["lines"]["nodes"] == [
        {"contact": {"phoneNo": "514 555-0101", "mobilePhoneNo": "438 555-0102", "email": "rose@example.com"}}
    ]


@database_with(create_fixtures)
def test_deleting_a_segment_keeps_only_its_number_r_seg_2_k7_k24(api: Api) -> None:
    variables = {"segment": {}, "contactNos": ["C1"], "idempotencyKey": "made once"}
    created = api.mutate("createSegment", variables, "segment { id no }")["segment"]

    deleted = api.mutate("deleteSegment", {"no": created["no"].lower(), "idempotencyKey": "gone once"}, "deletedId")

    assert deleted["deletedId"] == created["id"]
    assert (
        api.mutate("deleteSegment", {"no": created["no"].lower(), "idempotencyKey": "gone once"}, "deletedId")
        == deleted
    )
    assert api.refusal_codes("deleteSegment", {"no": created["no"]}) == ["SEGMENT_NOT_FOUND"]
    found = "query($no: String!, $id: ID!) { segment(no: $no) { no } node(id: $id) { id } }"
    assert api.execute(found, no=created["no"], id=created["id"]) == {"segment": None, "node": None}
    assert api.execute('{ contact(no: "C1") { segments { totalCount } } }')["contact"]["segments"]["totalCount"] == 0
    assert api.refusal_codes("createSegment", {"no": created["no"], "segment": {}}) == ["DUPLICATE"]
    assert (created["no"], create_segment(api)) == ("SM00001", "SM00002")
    assert contacts_of(api, "SM00002") == []
