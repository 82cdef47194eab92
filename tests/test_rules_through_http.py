"""Rules that need several mutations and queries to be seen."""

from tests.api import ENTRY, Api, create_company
from tests.prepared import database_with

CONTACT_COUNT = (
    "query($filter: ContactFilter, $search: String) { contacts(filter: $filter, search: $search) { totalCount } }"
)
INTERACTIONS = '{ postponedInteractions { nodes { entryNo } } interactionLogEntries { totalCount } contact(no: "C1") { dateOfLastInteraction } }'


@database_with(create_company)
def test_an_incomplete_draft_is_postponed_if_it_has_a_contact_or_a_salesperson_r_post_2_k3(api: Api) -> None:
    assert api.refusal_codes("postponeInteraction", {"interaction": {"templateCode": "VISIT"}}) == ["CONTACT_REQUIRED"]
    assert api.mutate(
        "postponeInteraction", {"interaction": {"salespersonCode": "JO"}}, "postponedInteraction { missingFields }"
    )


@database_with(create_company)
def test_a_template_can_be_chosen_before_the_contact_but_does_not_replace_it_r_tmpl_1_k3(api: Api) -> None:
    draft = api.execute(
        '{ interactionDraft(input: {interaction: {templateCode: "VISIT"}}) { cost userErrors { code } } }'
    )["interactionDraft"]

    assert draft["cost"] == "45.00"
    assert [error["code"] for error in draft["userErrors"]] == ["CONTACT_REQUIRED", "SALESPERSON_REQUIRED"]


@database_with(create_company)
def test_a_draft_is_not_stored_and_a_postponed_interaction_is_not_in_the_log_r_post_1_r_post_4(api: Api) -> None:
    api.execute('{ interactionDraft(input: {interaction: {contactNo: "C1", templateCode: "VISIT"}}) { cost } }')
    api.mutate(
        "postponeInteraction",
        {"interaction": {"contactNo": "C1", "templateCode": "VISIT"}},
        "postponedInteraction { entryNo }",
    )
    board = api.execute(INTERACTIONS)

    assert len(board["postponedInteractions"]["nodes"]) == 1
    assert board["interactionLogEntries"]["totalCount"] == 0
    assert board["contact"]["dateOfLastInteraction"] is None


@database_with(create_company)
def test_the_requested_interaction_is_resumed_even_if_newer_ones_exist_r_res_5(api: Api) -> None:
    older, newer = (
        api.mutate(
            "postponeInteraction",
            {"interaction": {"contactNo": "C1", "templateCode": "VISIT", "description": text}},
            "postponedInteraction { entryNo }",
        )["postponedInteraction"]["entryNo"]
        for text in ("older", "newer")
    )
    api.mutate("createInteraction", {"interaction": {"contactNo": "P1", "templateCode": "VISIT"}}, ENTRY)

    resumed = api.mutate("resumeInteraction", {"entryNo": older}, ENTRY)["interactionLogEntry"]

    assert (resumed["entryNo"], resumed["description"]) == (older, "older")
    assert api.execute(INTERACTIONS)["postponedInteractions"]["nodes"] == [{"entryNo": newer}]


@database_with(create_company)
def test_a_new_segment_has_a_number_and_a_date_r_seg_1(api: Api) -> None:
    today = api.execute("{ marketingSetup { today } }")["marketingSetup"]["today"]
    segment = api.mutate("createSegment", {"segment": {}}, "segment { no date description noOfLines }")["segment"]

    assert segment == {"no": "SM00001", "date": today, "description": None, "noOfLines": 0}
    given = api.mutate("createSegment", {"segment": {"date": "2026-01-02"}}, "segment { no date }")["segment"]
    assert given == {"no": "SM00002", "date": "2026-01-02"}


@database_with(create_company)
def test_logging_registers_the_segment_and_each_campaign_on_it_r_log_3_r_log_4_r_log_10(api: Api) -> None:
    for no in ("CP1", "CP2"):
        api.mutate("createCampaign", {"no": no, "campaign": {"description": no}}, "campaign { no }")
    segment = {"description": "Spring", "templateCode": "VISIT", "campaignNo": "CP1"}
    no = api.mutate("createSegment", {"segment": segment, "contactNos": ["C1", "P1", "C2"]}, "segment { no }")[
        "segment"
    ]["no"]
    api.mutate(
        "updateSegmentLines",
        {"segmentNo": no, "changes": [{"lines": {"lineNos": [3]}, "set": {"campaignNo": "CP2"}}]},
        "changed",
    )

    logged = api.mutate(
        "logSegment",
        {"segmentNo": no},
        """closedSegmentId loggedSegment { segmentNo description canceled
        noOfCampaignEntries campaignEntries { nodes { campaign { no } description noOfInteractions segmentNo } } }""",
    )

    register = logged["loggedSegment"]
    assert (register["segmentNo"], register["description"], register["noOfCampaignEntries"]) == (no, "Spring", 2)
    entries = sorted(register["campaignEntries"]["nodes"], key=lambda entry: entry["campaign"]["no"])
    assert [(entry["campaign"]["no"], entry["noOfInteractions"]) for entry in entries] == [("CP1", 2), ("CP2", 1)]
    assert {entry["description"] for entry in entries} == {"Spring"}
    assert logged["closedSegmentId"]
    assert api.execute("{ segments { totalCount } }") == {"segments": {"totalCount": 0}}


@database_with(create_company)
def test_a_search_text_longer_than_any_stored_text_finds_nothing(api: Api) -> None:
    endless = "é_" * 40_000

    for input in (
        {"filter": {"name": {"contains": endless}}},
        {"filter": {"no": {"startsWith": endless}}},
        {"search": endless},
    ):
        found = api.execute(CONTACT_COUNT, **input)
        assert found["contacts"]["totalCount"] == 0
