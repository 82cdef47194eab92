"""Merging two cards of one contact through GraphQL (K28)."""

from typing import Any

from persistence.enums import Role
from tests.api import Api
from tests.prepared import database_with
from tests.scenarios.fixtures import (
    create_fixtures,
    create_interaction,
    draft,
    log_entries,
    log_segment,
    postpone,
    postponed_interaction,
)

RESULT = """contact { id no version name phoneNo company { no } excludeFromSegment privacyBlocked salesperson { code } } mergedId
    entriesMoved postponedMoved linesMoved differences { field value mergedValue }"""


def merge(api: Api, no: str, merged_no: str, **more: Any) -> Any:
    return api.mutate("mergeContacts", {"no": no, "mergedNo": merged_no, **more}, RESULT)


def id_of(api: Api, no: str) -> str:
    found: str = api.execute("query($no: String!) { contact(no: $no) { id } }", no=no)["contact"]["id"]
    return found


@database_with(create_fixtures)
def test_everything_that_names_the_merged_contact_names_the_one_that_stays_k28(api: Api) -> None:
    create_interaction(api, "VISIT", "P1", comments=["Kept"])
    waits = postpone(api, "VISIT", "P2", comments=["Later"])
    log_segment(api, "P2", "P1")
    opened = api.mutate("createSegment", {"segment": {}, "contactNos": ["P1", "P2"]}, "segment { no version }")[
        "segment"
    ]
    criteria = {"segmentNo": opened["no"], "code": "K", "description": "Both"}
    api.mutate("saveSegmentCriteria", criteria, "__typename")
    merged_id = id_of(api, "P2")

    result = merge(api, "P1", "P2")

    assert {name: result[name] for name in ("mergedId", "entriesMoved", "postponedMoved", "linesMoved")} == {
        "mergedId": merged_id,
        "entriesMoved": 1,
        "postponedMoved": 1,
        "linesMoved": 2,
    }
    assert [entry["contact"]["no"] for entry in log_entries(api)] == ["P1"] * 3
    state = api.execute(
        """query($no: String!) { segment(no: $no) { version lines { nodes { lineNo contact { no } companyNo } } steps { criteria } }
        savedSegmentCriteria { nodes { steps { filter } } } contact(no: "P2") { no } contacts { totalCount }
        postponedInteractions { nodes { entryNo version contactNo companyNo comments { comment } } } }""",
        no=opened["no"],
    )
    assert state["segment"]["lines"]["nodes"] == [
        {"lineNo": number, "contact": {"no": "P1"}, "companyNo": "C1"} for number in (1, 2)
    ]
    assert state["segment"]["version"] > opened["version"]
    assert state["savedSegmentCriteria"]["nodes"] == [{"steps": [{"filter": {"no": {"in": ["P1", "P1"]}}}]}]
    assert (state["contact"], state["contacts"]) == (None, {"totalCount": 4})
    assert state["postponedInteractions"]["nodes"] == [
        {"entryNo": waits, "version": 2, "contactNo": "P1", "companyNo": "C1", "comments": [{"comment": "Later"}]}
    ]
    assert api.execute("query($id: ID!) { node(id: $id) { id } }", id=merged_id) == {"node": None}


@database_with(create_fixtures)
def test_own_values_win_except_named_ones_and_opt_outs_of_either_contact_k28(api: Api) -> None:
    update = {"phoneNo": "1", "excludeFromSegment": True, "privacyBlocked": True, "city": "Laval"}
    api.mutate("updateContact", {"no": "P2", "contact": update}, "__typename")
    before = api.execute('{ contact(no: "P1") { name phoneNo } }')["contact"]

    given = {"keepFromMerged": ["phoneNo", "salespersonCode", "email", "excludeFromSegment"]}
    seen = merge(api, "P1", "P2", dryRun=True, **given)
    result = merge(api, "P1", "P2", **given)

    stays = result["contact"]
    assert (stays["name"], stays["phoneNo"], stays["salesperson"]) == (before["name"], "1", {"code": "PS"})
    assert (stays["excludeFromSegment"], stays["privacyBlocked"]) == (True, True)
    assert api.execute('{ contact(no: "P1") { email city } }')["contact"] == {"email": "c1@example.com", "city": None}
    assert result["differences"] == [
        {"field": "name", "value": "Pamela One", "mergedValue": "Peter Two"},
        {"field": "salespersonCode", "value": "JO", "mergedValue": "PS"},
        {"field": "city", "value": None, "mergedValue": "Laval"},
        {"field": "phoneNo", "value": before["phoneNo"], "mergedValue": "1"},
        {"field": "email", "value": "p1@example.com", "mergedValue": "c1@example.com"},
        {"field": "excludeFromSegment", "value": "false", "mergedValue": "true"},
        {"field": "privacyBlocked", "value": "false", "mergedValue": "true"},
    ]
    assert seen == {**result, "mergedId": None, "contact": seen["contact"]}
    assert seen["contact"]["salesperson"] == {"code": "JO"}


@database_with(create_fixtures)
def test_notes_of_both_contacts_are_kept_k28(api: Api) -> None:
    for no, notes in (("P1", "Likes tea"), ("P2", "Plays chess\nSundays"), ("P3", "x" * 31_990)):
        api.mutate("updateContact", {"no": no, "contact": {"notes": notes}}, "__typename")
    api.mutate("createContact", {"no": "P4", "contact": {"name": "Paul", "type": "PERSON"}}, "__typename")

    for merged_no, keep, expected in (
        ("P2", [], "Likes tea\n\nPlays chess\nSundays"),
        ("P4", [], "Likes tea\n\nPlays chess\nSundays"),
        ("P3", ["notes"], "x" * 31_990),
    ):
        if not keep:
            merge(api, "P1", merged_no)
        else:
            assert api.refusal_codes("mergeContacts", {"no": "P1", "mergedNo": merged_no}) == ["INVALID"]
            merge(api, "P1", merged_no, keepFromMerged=keep)
        assert api.execute('{ contact(no: "P1") { notes } }')["contact"]["notes"] == expected


@database_with(create_fixtures)
def test_people_of_a_merged_company_move_to_the_company_that_stays_k28(api: Api) -> None:
    for contact in ("C1", "P1", "P2", "C2"):
        create_interaction(api, "VISIT", contact)
    postpone(api, "VISIT", "P1")
    log_segment(api, "P1", "C1")
    text = "query($no: String!) { contact(no: $no) { statistics { interactions cost } } }"
    expected = api.execute(text, no="C1")["contact"]["statistics"]

    result = merge(api, "C2", "C1", keepFromMerged=["name", "companyNo", "type"])

    assert [result[name] for name in ("entriesMoved", "postponedMoved", "linesMoved")] == [5, 1, 2]
    people = api.execute("query($no: String!) { contact(no: $no) { people { nodes { no companyName } } } }", no="C2")
    assert people["contact"]["people"]["nodes"] == [{"no": no, "companyName": "Cannon Group"} for no in ("P1", "P2")]
    assert api.execute(text, no="C2")["contact"]["statistics"] == {
        "interactions": expected["interactions"] + 1,
        "cost": f"{float(expected['cost']) + 45:.2f}",
    }
    assert {entry["company"]["no"] for entry in log_entries(api)} == {"C2"}


@database_with(create_fixtures)
def test_refused_merges_change_nothing_and_name_all_reasons_k4(api: Api) -> None:
    for (no, merged_no), expected in (
        (("P1", "P1"), ["INVALID"]),
        (("p1 ", "P1"), ["INVALID"]),
        (("NONE", "P1"), ["NOT_FOUND"]),
        (("P1", "NONE"), ["NOT_FOUND"]),
        (("NO", "NONE"), ["NOT_FOUND", "NOT_FOUND"]),
        (("C1", "P1"), ["INVALID"]),
        (("P1", "C1"), ["INVALID"]),
    ):
        assert api.refusal_codes("mergeContacts", {"no": no, "mergedNo": merged_no}) == expected
    given = {"no": "P1", "mergedNo": "NONE", "keepFromMerged": ["phoneNo", "phone_no", "no"]}
    errors = api.send_mutation("mergeContacts", given, "contact { no }")["userErrors"]
    assert [(error["code"], error["field"]) for error in errors] == [
        ("INVALID", ["keepFromMerged", "1"]),
        ("INVALID", ["keepFromMerged", "2"]),
        ("NOT_FOUND", ["mergedNo"]),
    ]
    assert "phoneNo" in errors[0]["message"]
    version = {"no": "P1", "mergedNo": "P2", "expectedVersion": 7}
    for dry_run in (True, False):
        assert api.refusal_codes("mergeContacts", {**version, "dryRun": dry_run}) == ["STALE_VERSION"]
    assert api.execute("{ contacts { totalCount } }")["contacts"]["totalCount"] == 5


@database_with(create_fixtures)
def test_a_repeated_merge_is_replayed_with_its_key_and_not_found_without_it_k22(api: Api) -> None:
    create_interaction(api, "VISIT", "P2")
    first = merge(api, "P1", "P2", idempotencyKey="once")

    assert merge(api, "P1", "P2", idempotencyKey="once") == first
    assert api.refusal_codes("mergeContacts", {"no": "P1", "mergedNo": "P2"}) == ["NOT_FOUND"]


@database_with(create_fixtures)
def test_the_number_of_a_merged_contact_is_never_given_again_k6(api: Api) -> None:
    merge(api, "P1", "P2")

    assert api.refusal_codes("createContact", {"no": "P2", "contact": {"name": "New"}}) == ["DUPLICATE"]
    assert draft(api, interaction={"contactNo": "P2", "templateCode": "VISIT"})["userErrors"][0]["code"] == (
        "CONTACT_NOT_FOUND"
    )
    given = {"interaction": {"contactNo": "P2", "templateCode": "VISIT", "salespersonCode": "JO"}}
    assert api.refusal_codes("createInteraction", given) == ["CONTACT_NOT_FOUND"]
    assert api.refusal_codes("postponeInteraction", given) == ["CONTACT_NOT_FOUND"]


@database_with(create_fixtures)
def test_the_changes_of_the_merged_contact_belong_to_the_one_that_stays_k28(api: Api) -> None:
    api.mutate("updateContact", {"no": "P2", "contact": {"city": "Laval"}}, "__typename")
    merged_id = id_of(api, "P2")
    version = api.execute('{ contact(no: "P1") { version } }')["contact"]["version"]

    stays = merge(api, "P1", "P2")["contact"]

    text = "query($of: ID!) { changes(of: $of, first: 100) { nodes { version action fields { field oldValue newValue } } } }"
    changes = api.execute(text, of=stays["id"])["changes"]["nodes"]
    assert [(each["version"], each["action"]) for each in changes] == [
        (stays["version"], "UPDATED"),
        (version + 2, "UPDATED"),
        (version + 1, "CREATED"),
        (version, "CREATED"),
    ]
    assert changes[0]["fields"] == [{"field": "mergedNo", "oldValue": None, "newValue": "P2"}]
    assert [field["field"] for field in changes[1]["fields"]] == ["city"]
    deleted = api.execute(text, of=merged_id)["changes"]["nodes"]
    assert [each["action"] for each in deleted] == ["DELETED"]
    api.mutate("anonymizeContact", {"no": "P1"}, "contact { no }")
    for id in (stays["id"], merged_id):
        for change in api.execute(text, of=id)["changes"]["nodes"]:
            values = {value for field in change["fields"] for value in field.values()}
            assert not values & {"Laval", "Peter Two", "Pamela One", "p1@example.com"}


@database_with(create_fixtures)
def test_only_administrators_merge(api: Api) -> None:
    text = "mutation($input: MergeContactsInput!) { mergeContacts(input: $input) { mergedId } }"
    for role in (Role.READER, Role.SALESPERSON, Role.MARKETER):
        answer = api.as_role(role, salesperson="JO").post(text, {"input": {"no": "P1", "mergedNo": "P2"}}).json()
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert postponed_interaction(api, 1) is None
