"""Contacts that may be the same are found with their reasons, and merged."""

from typing import Any

import pytest

from tests.api import Api, create_company
from tests.prepared import database_with
from tests.scenarios.fixtures import create_fixtures

FOUND = """query($filter: ContactFilter!) { contacts(filter: $filter) { totalCount nodes { no duplicateReasons
    possibleDuplicates { totalCount nodes { no } } } } }"""


def create(api: Api, no: str, **fields: Any) -> None:
    api.mutate(
        "createContact", {"no": no, "contact": {"type": "PERSON", "correspondenceType": "FAX", **fields}}, "__typename"
    )


def found(api: Api, **filter: Any) -> list[str]:
    return [node["no"] for node in api.execute(FOUND, filter=filter)["contacts"]["nodes"]]


def reasons(api: Api, no: str, of: str | None = None) -> list[str]:
    text = "query($no: String!, $of: String) { contact(no: $no) { duplicateReasons(of: $of) } }"
    listed: list[str] = api.execute(text, no=no, of=of)["contact"]["duplicateReasons"]
    return listed


def create_similar_contacts(api: Api) -> None:
    create_fixtures(api)
    create(api, "D1", name="Zoë Dubois", email="zoe@example.com", phoneNo="+1 514 555 0101")
    create(api, "D2", name="ZOE DUBOIS", mobilePhoneNo="+1 514 555 0101")
    create(api, "D3", name="Other", email="ZOE@example.com")
    create(api, "D4", name="Zoé Dubois", type="COMPANY")
    create(api, "S1", name="Anna Shared", companyNo="C1")
    create(api, "S2", name="Bert Shared", companyNo="C1")


@database_with(create_similar_contacts)
def test_contacts_of_one_type_with_the_same_name_or_an_own_address_are_possible_duplicates_r_dup_1(api: Api) -> None:
    assert found(api, hasPossibleDuplicate=True) == ["D1", "D2", "D3"]
    assert found(api, possibleDuplicateOf=" d1 ") == ["D2", "D3"]
    assert found(api, possibleDuplicateOf="D2") == ["D1"]
    for no in ("D4", "S1", "C1", "NONE", ""):
        assert found(api, possibleDuplicateOf=no) == []
    everybody = api.execute("{ contacts { totalCount } }")["contacts"]["totalCount"]
    assert len(found(api, hasPossibleDuplicate=False)) == everybody - 3


@database_with(create_similar_contacts)
def test_an_address_shared_with_the_company_is_no_reason(api: Api) -> None:
    emails = api.execute('{ contacts(filter: {no: {in: ["S1", "S2", "C1"]}}) { nodes { email } } }')["contacts"][
        "nodes"
    ]
    assert {each["email"] for each in emails} == {"c1@example.com"}
    assert reasons(api, "S1") == reasons(api, "S1", "S2") == []


@database_with(create_similar_contacts)
def test_reasons_say_in_what_two_contacts_agree(api: Api) -> None:
    assert reasons(api, "D1", "D2") == ["SAME_NAME", "SAME_PHONE"]
    assert reasons(api, "D1", "d3") == ["SAME_EMAIL"]
    assert reasons(api, "D1") == ["SAME_EMAIL", "SAME_NAME", "SAME_PHONE"]
    assert reasons(api, "D2", "D3") == reasons(api, "D1", "D1") == reasons(api, "D1", "NONE") == []
    page = api.execute(FOUND, filter={"hasPossibleDuplicate": True})["contacts"]
    assert [[each["no"] for each in node["possibleDuplicates"]["nodes"]] for node in page["nodes"]] == [
        ["D2", "D3"],
        ["D1"],
        ["D1"],
    ]


@database_with(create_similar_contacts)
def test_merged_duplicates_are_no_longer_found(api: Api) -> None:
    for merged_no in ("D2", "D3"):
        api.mutate("mergeContacts", {"no": "D1", "mergedNo": merged_no}, "__typename")

    assert found(api, hasPossibleDuplicate=True) == []
    assert reasons(api, "D1") == []


@database_with(create_company)
@pytest.mark.parametrize(
    ("filter", "found"),
    [({"hasPossibleDuplicate": True}, 0), ({"hasPossibleDuplicate": False}, 2), ({"possibleDuplicateOf": "C1"}, 0)],
)
def test_possible_duplicates_are_found_on_segments(filter: dict[str, object], found: int, api: Api) -> None:
    made = api.mutate("createSegment", {"segment": {}, "contactNos": ["C1", "P1"]}, "segment { no }")
    of_segment = {"segmentNo": made["segment"]["no"], "dryRun": True}

    api.mutate("addSegmentContacts", of_segment | {"from": {"filter": filter}}, "added")
    removed = api.mutate("removeSegmentContacts", of_segment | {"filter": filter, "mode": "REMOVE_MATCHING"}, "removed")

    assert removed["removed"] == found
