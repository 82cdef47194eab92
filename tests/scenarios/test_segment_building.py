"""Adding, removing and undoing steps, saving criteria (D1-084, D1-086 to D1-092, D1-094, D1-095) through GraphQL."""

from typing import Any

from tests.api import Api
from tests.prepared import database_with
from tests.segment_api import (
    add_contacts,
    contacts_of,
    create_fixtures,
    create_segment,
    lines_of,
    remove_contacts,
    steps_of,
    undo_step,
)

OF_JO: dict[str, Any] = {"salespersonCode": {"eq": "JO"}}
COUNTS = "matched added skippedExcluded skippedPrivacyBlocked skippedExisting"


@database_with(create_fixtures)
def test_d1_084_a_filter_on_the_number_finds_one_contact(api: Api) -> None:
    no = create_segment(api)

    added = add_contacts(api, no, f"{COUNTS} segment {{ noOfLines }}", source={"filter": {"no": {"eq": " c1 "}}})

    assert (added["matched"], added["added"], added["segment"]["noOfLines"]) == (1, 1, 1)
    assert contacts_of(api, no) == ["C1"]
    assert steps_of(api, no) == [
        {
            "stepNo": 1,
            "action": "ADD",
            "criteria": "Contacts whose number is c1",
            "filter": {"no": {"eq": " c1 "}},
            "noOfContacts": 1,
            "userId": "local",
        }
    ]


@database_with(create_fixtures)
def test_d1_085_with_related_companies_the_company_of_each_contact_is_added_once_r_add_4(api: Api) -> None:
    """There are no mailing groups (K25): the persons are found by their numbers."""
    people = {"filter": {"no": {"in": ["P1", "P3"]}}}
    alone, related, expanded = (create_segment(api) for _ in range(3))

    add_contacts(api, alone, source=people)
    add_contacts(api, related, source=people, allowRelatedCompanies=True)
    add_contacts(api, expanded, source={"contactNos": ["P3", "P1"]}, expandCompanies=True)

    assert sorted(map(str, contacts_of(api, alone))) == ["P1", "P3"]
    assert contacts_of(api, related) == ["C1", "P1", "P3"]
    assert contacts_of(api, expanded) == ["P3", "P1", "C1", "P2"]


@database_with(create_fixtures)
def test_d1_086_reducing_removes_matching_contacts(api: Api) -> None:
    no = create_segment(api, "C1", "C2")

    assert remove_contacts(api, no, "REMOVE_MATCHING", OF_JO, dryRun=True) == 1
    assert contacts_of(api, no) == ["C1", "C2"]
    assert remove_contacts(api, no, "REMOVE_MATCHING", OF_JO) == 1

    assert contacts_of(api, no) == ["C2"]


@database_with(create_fixtures)
def test_d1_087_refining_keeps_matching_contacts(api: Api) -> None:
    no = create_segment(api, "C1", "C2")

    assert remove_contacts(api, no, "KEEP_MATCHING", OF_JO) == 1

    assert contacts_of(api, no) == ["C1"]


@database_with(create_fixtures)
def test_d1_088_removing_all_contacts_removes_all_lines(api: Api) -> None:
    no = create_segment(api, "C1", "C2")
    api.mutate("addSegmentLines", {"segmentNo": no, "lines": [{}]}, "lines { lineNo }")

    assert api.mutate("removeSegmentLines", {"segmentNo": no, "lines": {"all": True}}, "removed")["removed"] == 3

    assert contacts_of(api, no) == []


@database_with(create_fixtures)
def test_d1_089_adding_a_line_by_hand_is_recorded_as_a_step(api: Api) -> None:
    no = create_segment(api)

    api.mutate("addSegmentLines", {"segmentNo": no, "lines": [{"contactNo": "c1"}]}, "lines { lineNo }")

    assert [(step["action"], step["filter"], step["noOfContacts"]) for step in steps_of(api, no)] == [
        ("ADD", {"no": {"in": ["C1"]}}, 1)
    ]


@database_with(create_fixtures)
def test_d1_090_steps_are_deleted_on_request_if_no_line_is_left(api: Api) -> None:
    """Rule R-SEG-3."""
    stored, cleared = create_segment(api), create_segment(api)
    for no in (stored, cleared):
        api.mutate("addSegmentLines", {"segmentNo": no, "lines": [{"contactNo": "C1"}]}, "lines { lineNo }")

    everyone = {"no": {"isNull": False}}
    assert remove_contacts(api, stored, "REMOVE_MATCHING", everyone) == 1
    assert remove_contacts(api, cleared, "REMOVE_MATCHING", everyone, clearStepsWhenEmpty=True) == 1

    assert [step["action"] for step in steps_of(api, stored)] == ["ADD", "REMOVE_MATCHING"]
    assert steps_of(api, cleared) == []
    assert contacts_of(api, stored) == contacts_of(api, cleared) == []


@database_with(create_fixtures)
def test_d1_091_saved_criteria_give_the_same_contacts_and_lines_on_another_segment(api: Api) -> None:
    header = {"templateCode": "VISIT", "date": "2026-03-01"}
    first, second = create_segment(api, **header), create_segment(api, **header)
    add_contacts(api, first, source={"filter": {"type": {"eq": "PERSON"}}}, allowRelatedCompanies=True)
    add_contacts(api, first, source={"contactNos": ["C2", "C1"]}, allowExistingContacts=True)
    remove_contacts(api, first, "REMOVE_MATCHING", {"no": {"eq": "P2"}})
    variables = {"segmentNo": first, "code": " k ", "description": "People"}

    saved = api.mutate(
        "saveSegmentCriteria",
        variables,
        "savedSegmentCriteria { id code description userId steps { action criteria filter } }",
    )
    reused = api.mutate(
        "reuseSegmentCriteria", {"segmentNo": second, "code": "K"}, "added removed segment { noOfLines }"
    )

    criteria = saved["savedSegmentCriteria"]
    assert (criteria["code"], criteria["description"], criteria["userId"]) == ("K", "People", "local")
    result = [{name: step[name] for name in ("action", "criteria", "filter")} for step in steps_of(api, first)]
    assert criteria["steps"] == result
    assert api.execute("{ savedSegmentCriteria { totalCount nodes { id } } }")["savedSegmentCriteria"] == {
        "totalCount": 1,
        "nodes": [{"id": criteria["id"]}],
    }
    assert api.execute("query($id: ID!) { node(id: $id) { ... on SavedSegmentCriteria { code } } }", id=criteria["id"])[
        "node"
    ] == {"code": "K"}
    assert (reused["added"], reused["removed"], reused["segment"]["noOfLines"]) == (6, 1, 5)
    assert lines_of(api, second) == lines_of(api, first)
    assert steps_of(api, second) == steps_of(api, first)


@database_with(create_fixtures)
def test_d1_092_undoing_one_step_restores_contacts_and_undoing_two_leaves_none(api: Api) -> None:
    """Rule R-BACK."""
    no = create_segment(api)
    add_contacts(api, no, source={"all": True})
    remove_contacts(api, no, "REMOVE_MATCHING", OF_JO)
    steps = steps_of(api, no)

    assert undo_step(api, no) == steps[1]
    assert sorted(map(str, contacts_of(api, no))) == ["C1", "C2", "P1", "P2", "P3"]
    assert undo_step(api, no) == steps[0]
    assert (contacts_of(api, no), steps_of(api, no)) == ([], [])
    version = api.execute("query($no: String!) { segment(no: $no) { version } }", no=no)
    assert undo_step(api, no) is None
    assert api.execute("query($no: String!) { segment(no: $no) { version } }", no=no) == version


@database_with(create_fixtures)
def test_d1_094_refining_again_is_one_more_step(api: Api) -> None:
    no = create_segment(api, "C1", "C2")

    assert [remove_contacts(api, no, "KEEP_MATCHING", OF_JO) for _ in range(2)] == [1, 0]

    assert [(step["action"], step["noOfContacts"]) for step in steps_of(api, no)] == [
        ("ADD", 2),
        ("KEEP_MATCHING", 1),
        ("KEEP_MATCHING", 0),
    ]


@database_with(create_fixtures)
def test_d1_095_criteria_need_a_step_and_an_unused_code(api: Api) -> None:
    """Rules R-SAV, K4."""
    empty, no = create_segment(api), create_segment(api, "C1")
    api.mutate(
        "saveSegmentCriteria", {"segmentNo": no, "code": "K", "description": "One"}, "savedSegmentCriteria { code }"
    )

    assert api.refusal_codes("saveSegmentCriteria", {"segmentNo": empty, "code": "E", "description": "None"}) == [
        "NO_CRITERIA"
    ]
    assert api.refusal_codes("saveSegmentCriteria", {"segmentNo": no, "code": "k", "description": "Again"}) == [
        "DUPLICATE"
    ]
    assert api.refusal_codes("saveSegmentCriteria", {"segmentNo": empty, "code": " ", "description": "x" * 101}) == [
        "INVALID",
        "TOO_LONG",
        "NO_CRITERIA",
    ]
    assert api.refusal_codes("reuseSegmentCriteria", {"segmentNo": no, "code": "NONE"}) == ["NOT_FOUND"]
    assert api.refusal_codes("reuseSegmentCriteria", {"segmentNo": "NONE", "code": "K"}) == ["SEGMENT_NOT_FOUND"]


@database_with(create_fixtures)
def test_criteria_without_steps_are_not_saved_r_sav(api: Api) -> None:
    begun, undone, without_contact, cleared = (create_segment(api) for _ in range(4))
    for no in (undone, cleared):
        add_contacts(api, no, source={"contactNos": ["C1"]})
        remove_contacts(api, no, "REMOVE_MATCHING", OF_JO)
    while undo_step(api, undone):
        pass
    api.mutate("addSegmentLines", {"segmentNo": without_contact, "lines": [{}]}, "lines { lineNo }")
    add_contacts(api, cleared, source={"contactNos": ["C2"]})
    remove_contacts(api, cleared, "REMOVE_MATCHING", {"no": {"isNull": False}}, clearStepsWhenEmpty=True)

    for no in (begun, undone, without_contact, cleared):
        assert steps_of(api, no) == []
        variables = {"segmentNo": no, "code": "K", "description": "Nothing"}
        assert api.refusal_codes("saveSegmentCriteria", variables) == ["NO_CRITERIA"]
        add_contacts(api, no, source={"filter": {"no": {"eq": "NOBODY"}}})
        api.mutate("saveSegmentCriteria", variables | {"code": f"K{no[-4:]}"}, "savedSegmentCriteria { code }")


@database_with(create_fixtures)
def test_steps_are_described_in_the_requested_language(api: Api) -> None:
    """The filter of a step can be given again: enums are names, relative date ranges stay relative."""
    no = create_segment(api)
    silent = {
        "city": {"eq": "Nantes"},
        "interactions": {
            "count": {"eq": 0},
            "where": {"informationFlow": {"eq": "OUTBOUND"}, "date": {"last": {"count": 90, "unit": "DAY"}}},
        },
    }
    literal = """mutation($no: String!) { addSegmentContacts(input: {segmentNo: $no, from: {filter: {city: {eq: "Nantes"}, interactions: {
        count: {eq: 0}, where: {informationFlow: {eq: OUTBOUND}, date: {last: {count: 90, unit: DAY}}}}}}}) { userErrors { code } } }"""

    assert api.execute(literal, no=no) == {"addSegmentContacts": {"userErrors": []}}
    add_contacts(api, no, source={"filter": silent})

    text = "query($no: String!) { segment(no: $no) { steps { criteria filter french: criteria(language: FR) } } }"
    english = "Contacts whose city is Nantes and that had no outbound interaction in the last 90 days"
    french = (
        "Contacts dont la ville est Nantes et qui n’ont eu aucune interaction sortante au cours des 90 derniers jours"
    )
    result = {"criteria": english, "filter": silent, "french": french}
    assert api.execute(text, no=no)["segment"]["steps"] == [result, result]
    in_french = api.post(text, {"no": no}, **{"accept-language": "fr-CA"}).json()["data"]["segment"]["steps"]
    assert in_french == [result | {"criteria": french}] * 2
    handed_back = api.execute(
        "query($filter: ContactFilter) { contacts(filter: $filter) { totalCount } }", filter=result["filter"]
    )
    assert handed_back["contacts"]["totalCount"] == 0


@database_with(create_fixtures)
def test_the_counting_filter_finds_contacts_without_interactions_and_ignores_canceled_ones_k14(api: Api) -> None:
    no = create_segment(api)
    for contact in ("P1", "C2"):
        interaction = {"contactNo": contact, "templateCode": "VISIT", "salespersonCode": "JO"}
        api.mutate("createInteraction", {"interaction": interaction}, "interactionLogEntry { entryNo }")
    reached: dict[str, Any] = {"interactions": {"count": {"gte": 1}, "where": {"informationFlow": {"eq": "OUTBOUND"}}}}

    counted = add_contacts(api, no, COUNTS, source={"filter": reached}, dryRun=True)
    assert (counted["matched"], counted["added"], contacts_of(api, no), steps_of(api, no)) == (3, 3, [], [])
    add_contacts(api, no, source={"all": True})
    assert remove_contacts(api, no, "KEEP_MATCHING", reached) == 2

    assert sorted(map(str, contacts_of(api, no))) == ["C1", "C2", "P1"]


@database_with(create_fixtures)
def test_the_contacts_of_a_logged_segment_are_added_once_for_each_entry_r_log_11(api: Api) -> None:
    logged = create_segment(api, "P2", "C2", description="First", templateCode="VISIT")
    add_contacts(api, logged, source={"contactNos": ["P2"]}, allowExistingContacts=True)
    entry_no = api.mutate("logSegment", {"segmentNo": logged}, "loggedSegment { entryNo }")["loggedSegment"]["entryNo"]
    once, again = create_segment(api), create_segment(api)

    counted = add_contacts(api, once, COUNTS, source={"loggedSegmentEntryNo": entry_no})
    add_contacts(api, again, source={"loggedSegmentEntryNo": entry_no}, allowExistingContacts=True)

    assert [counted[name] for name in COUNTS.split()] == [3, 2, 0, 0, 1]
    assert contacts_of(api, once) == ["P2", "C2"]
    assert contacts_of(api, again) == ["P2", "C2", "P2"]
    assert steps_of(api, once)[0]["criteria"] == f"Contacts of logged segment {entry_no}"
    assert api.refusal_codes("addSegmentContacts", {"segmentNo": once, "from": {"loggedSegmentEntryNo": 999}}) == [
        "NOT_FOUND"
    ]


@database_with(create_fixtures)
def test_a_step_sent_twice_with_one_key_is_executed_once_k22(api: Api) -> None:
    no = create_segment(api, "C1", "C2")
    variables = {"segmentNo": no, "mode": "REMOVE_MATCHING", "filter": OF_JO, "idempotencyKey": "off"}
    back = {"segmentNo": no, "idempotencyKey": "back"}
    result = "undone { stepNo action criteria filter at noOfContacts }"

    first = api.mutate("removeSegmentContacts", variables, "removed")
    assert api.mutate("removeSegmentContacts", variables, "removed") == first
    undone = api.mutate("undoSegmentStep", back, result)
    assert api.mutate("undoSegmentStep", back, result) == undone

    assert undone["undone"]["action"] == "REMOVE_MATCHING"
    assert [step["action"] for step in steps_of(api, no)] == ["ADD"]
