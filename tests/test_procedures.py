"""The procedure of NAV, from a draft to a logged segment, through HTTP: both databases give the same responses."""

import json
from typing import Any

from tests.api import ENTRY, Api, create_company
from tests.prepared import database_with

RESPONSES: dict[str, str] = {}
"""The responses on the first database, with which those on the second are compared."""


@database_with(create_company)
def test_the_procedure_of_nav_gives_equal_responses_on_both_databases(api: Api) -> None:
    responses: list[Any] = []

    draft = api.execute("""{ interactionDraft(input: {interaction: {contactNo: "P1", templateCode: "VISIT"}}) {
        contact { no } company { no } salesperson { code } description cost duration missingFields userErrors { code } } }""")
    responses.append(draft)
    assert draft["interactionDraft"]["salesperson"] == {"code": "JO"}
    assert draft["interactionDraft"]["missingFields"] == []

    for_contact = api.mutate("createInteraction", {"interaction": {"contactNo": "P1", "templateCode": "VISIT"}}, ENTRY)
    for_salesperson = api.mutate(
        "createInteraction",
        {"interaction": {"salespersonCode": "PS", "contactNo": "P1", "templateCode": "CALLIN"}},
        ENTRY,
    )
    first = for_contact["interactionLogEntry"]["entryNo"]
    from_entry = api.mutate(
        "createInteraction",
        {"fromInteractionLogEntryNo": first, "interaction": {"templateCode": "CALLIN", "cost": 2.5}},
        ENTRY,
    )
    responses += [for_contact, for_salesperson, from_entry]
    assert for_salesperson["interactionLogEntry"]["salesperson"] == {"code": "PS"}
    assert from_entry["interactionLogEntry"]["contact"] == {"no": "P1"}
    assert from_entry["interactionLogEntry"]["cost"] == "2.50"

    postponed = [
        api.mutate(
            "postponeInteraction",
            {"interaction": {"contactNo": "C1", "comments": ["busy"]}, "reason": reason},
            "postponedInteraction { entryNo missingFields reason comments { comment } }",
        )["postponedInteraction"]
        for reason in ("later", "never")
    ]
    responses += postponed
    assert postponed[0]["missingFields"] == ["templateCode", "description"]
    listed = api.execute("{ postponedInteractions { totalCount nodes { entryNo contact { no } state } } }")
    responses.append(listed)
    assert listed["postponedInteractions"]["totalCount"] == 2

    waiting, unwanted = (each["entryNo"] for each in postponed)
    assert api.refusal_codes("resumeInteraction", {"entryNo": waiting}) == ["TEMPLATE_REQUIRED", "DESCRIPTION_REQUIRED"]
    resumed = api.mutate("resumeInteraction", {"entryNo": waiting, "interaction": {"templateCode": "VISIT"}}, ENTRY)
    responses.append(resumed)
    assert resumed["interactionLogEntry"]["entryNo"] == waiting
    assert api.refusal_codes("resumeInteraction", {"entryNo": waiting}) == ["NOT_POSTPONED"]
    api.mutate("deletePostponedInteractions", {"entryNos": [unwanted]}, "deletedEntryNos deletedIds")
    assert api.execute("{ postponedInteractions { totalCount } }") == {"postponedInteractions": {"totalCount": 0}}

    created = api.mutate(
        "createSegment",
        {"segment": {"description": "Spring", "templateCode": "VISIT"}, "contactNos": ["C1", "P1", "P2", "C2"]},
        "segment { no noOfLines cost template { code } lines { nodes { lineNo contact { no } salesperson { code } cost } } }",
    )
    responses.append(created)
    no = created["segment"]["no"]
    customised = api.mutate(
        "updateSegmentLines",
        {
            "segmentNo": no,
            "changes": [
                {"lines": {"lineNos": [2]}, "set": {"templateCode": "CALLIN"}},
                {"lines": {"filter": {"contactNo": {"eq": "P2"}}}, "set": {"cost": "99", "evaluation": "POSITIVE"}},
            ],
        },
        "matched changed lines { lineNo template { code } cost customizedFields }",
    )
    responses.append(customised)
    logged = api.mutate(
        "logSegment",
        {"segmentNo": no, "createFollowUp": True},
        """logged skipped blocked loggedSegment { segmentNo description noOfInteractions cost followUpSegments { no } }
        followUpSegment { no description template { code } lines { nodes { contact { no } } } } segment { no }""",
    )
    responses.append(logged)
    assert logged["logged"] == 4
    assert logged["loggedSegment"]["noOfInteractions"] == 4
    assert logged["segment"] is None
    assert [line["contact"]["no"] for line in logged["followUpSegment"]["lines"]["nodes"]] == ["C1", "P1", "P2", "C2"]
    assert logged["followUpSegment"]["no"] == f"{no[:-1]}{int(no[-1]) + 1}"

    history = api.execute(
        """query($no: String!) {
          segment(no: $no) { no }
          segments { nodes { no } }
          loggedSegments { nodes { segmentNo } }
          interactionLogEntries(filter: {segmentNo: {eq: $no}}, orderBy: [{field: ENTRY_NO}]) {
            nodes { contact { no } template { code } cost evaluation duration description } } }""",
        no=no,
    )
    responses.append(history)
    entries = history["interactionLogEntries"]["nodes"]
    assert [entry["contact"]["no"] for entry in entries] == ["C1", "P1", "P2", "C2"]
    assert [entry["template"]["code"] for entry in entries] == ["VISIT", "CALLIN", "VISIT", "VISIT"]
    assert [(entry["cost"], entry["evaluation"]) for entry in entries][2] == ("99.00", "POSITIVE")
    assert history["segment"] is None
    assert no not in [segment["no"] for segment in history["segments"]["nodes"]]
    assert history["loggedSegments"]["nodes"] == [{"segmentNo": no}]

    text = json.dumps(responses)
    assert RESPONSES.setdefault("responses", text) == text, "the two databases respond differently"


@database_with(create_company)
def test_bad_input_is_refused_with_a_code_and_changes_nothing(api: Api) -> None:
    everything = "{ interactionLogEntries { totalCount } postponedInteractions { totalCount } segments { nodes { no version } } loggedSegments { totalCount } }"
    entry = api.mutate("createInteraction", {"interaction": {"contactNo": "P1", "templateCode": "VISIT"}}, ENTRY)[
        "interactionLogEntry"
    ]
    empty = api.mutate("createSegment", {"segment": {"description": "Empty"}}, "segment { no }")["segment"]["no"]
    before = api.execute(everything)

    assert api.refusal_codes("createInteraction", {"interaction": {"contactNo": "P1", "templateCode": "NOPE"}}) == [
        "TEMPLATE_NOT_FOUND"
    ]
    assert api.refusal_codes("createInteraction", {"interaction": {"templateCode": "VISIT"}})[0] == "CONTACT_REQUIRED"
    assert api.refusal_codes("resumeInteraction", {"entryNo": entry["entryNo"]}) == ["NOT_POSTPONED"]
    assert api.refusal_codes("deletePostponedInteractions", {"entryNos": [entry["entryNo"]]}) == ["NOT_POSTPONED"]
    assert api.refusal_codes("logSegment", {"segmentNo": empty}) == ["SEGMENT_EMPTY"]
    assert api.refusal_codes("logSegment", {"segmentNo": "SM99999"}) == ["SEGMENT_NOT_FOUND"]
    assert api.refusal_codes(
        "createInteraction", {"interaction": {"contactNo": "P1", "templateCode": "VISIT", "cost": "-1"}}
    ) == ["INVALID"]
    for bad in ("NaN", "1e5", "1_000", "٣"):
        answer = api.post(
            "mutation($c: Decimal) { createInteraction(input: {interaction: {cost: $c}}) { userErrors { code } } }",
            {"c": bad},
        )
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    for question in (
        "{ interactionLogEntries(first: -1) { totalCount } }",
        "{ interactionLogEntries(first: 101) { totalCount } }",
        '{ interactionLogEntries(after: "5b5d") { nodes { entryNo } } }',
        '{ interactionLogEntries(filter: {date: {eq: "2026-02-30"}}) { totalCount } }',
    ):
        answer = api.post(question).json()
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", answer
        assert "data" not in answer
    api.mutate(
        "updateMarketingSetup", {"marketingSetup": {"segmentNos": None}}, "marketingSetup { segmentNos { code } }"
    )
    assert api.refusal_codes("createSegment", {"segment": {"description": "No number"}}) == ["NUMBER_SERIES_MISSING"]

    assert api.execute(everything) == before


@database_with(create_company)
def test_a_segment_is_logged_once(api: Api) -> None:
    input = {"segment": {"description": "Once", "templateCode": "VISIT"}, "contactNos": ["C1"]}
    no = api.mutate("createSegment", input, "segment { no }")["segment"]["no"]
    api.mutate("logSegment", {"segmentNo": no}, "logged")

    assert api.refusal_codes("logSegment", {"segmentNo": no}) == ["LOGGED_SEGMENT_EXISTS"]


@database_with(create_company)
def test_a_request_repeated_with_its_key_has_no_further_effect(api: Api) -> None:
    """K22: the same key and input give the same outcome."""
    input = {"interaction": {"contactNo": "P1", "templateCode": "VISIT"}, "idempotencyKey": "once"}

    first, second = (api.mutate("createInteraction", input, ENTRY) for _ in range(2))

    assert first == second
    assert api.execute("{ interactionLogEntries { totalCount } }") == {"interactionLogEntries": {"totalCount": 1}}
    assert api.refusal_codes(
        "createInteraction", {**input, "interaction": {"contactNo": "C1", "templateCode": "VISIT"}}
    ) == ["IDEMPOTENCY_CONFLICT"]
