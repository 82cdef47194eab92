"""A mutation reads back each field of its payload with one statement, for few and many rows."""

import pytest

from tests.conftest import is_on_citus
from tests.schema.compiler import test_statement_counts
from tests.schema.compiler.test_statement_counts import ENTRY, PERSON, Asking

ask = test_statement_counts.ask

INTERACTION = 'interaction: {contactNo: "P01", templateCode: "VISIT", salespersonCode: "JO"}'


MUTATIONS = {
    "createContact": (
        f'createContact(input: {{contact: {{name: "New", type: COMPANY}}}}) {{ contact {{ {PERSON} }} userErrors {{ code }} }}',
        1,
    ),
    "updateContact": (
        'updateContact(input: {no: "C1", contact: {name: "Renamed", city: "Laval"}}) '
        f"{{ contact {{ {PERSON} }} userErrors {{ code }} }}",
        1,
    ),
    "anonymizeContact": (
        f'anonymizeContact(input: {{no: "C1"}}) {{ contact {{ {PERSON} }} userErrors {{ code }} }}',
        1,
    ),
    "deleteCampaign": (
        'createCampaign(input: {no: "GONE", campaign: {description: "Gone"}}) { userErrors { code } } '
        'gone: deleteCampaign(input: {no: "GONE"}) { deletedId userErrors { code } }',
        0,
    ),
    "createInteraction": (
        f"createInteraction(input: {{{INTERACTION}}}) {{ interactionLogEntry {{ {ENTRY} }} userErrors {{ code }} }}",
        1,
    ),
    "createInteraction shown as nothing": (
        f"createInteraction(input: {{{INTERACTION}}}) {{ userErrors {{ code }} }}",
        0,
    ),
    "postponeInteraction": (
        f"postponeInteraction(input: {{{INTERACTION}}}) {{ postponedInteraction {{ missingFields contact {{ {PERSON} }} }} "
        "userErrors { code } }",
        1,
    ),
    "updateSegmentLines": (
        'updateSegmentLines(input: {segmentNo: "SM1", changes: [{lines: {all: true}, set: {cost: 3}}]}) '
        f"{{ matched segment {{ noOfLines cost }} lines {{ lineNo cost contact {{ {PERSON} }} }} userErrors {{ code }} }}",
        2,
    ),
    "removeSegmentLines": (
        'removeSegmentLines(input: {segmentNo: "SM2", lines: {all: true}}) { removed segment { noOfLines } userErrors { code } }',
        1,
    ),
    "updateSegment": (
        'updateSegment(input: {no: "SM1", segment: {description: "Now", templateCode: "VISIT", unitCost: 7}}) '
        "{ linesChanged segment { noOfLines cost } userErrors { code } }",
        1,
    ),
    "addSegmentContacts": (
        'addSegmentContacts(input: {segmentNo: "SM2", from: {filter: {type: {eq: PERSON}}}}) '
        "{ added segment { noOfLines } userErrors { code } }",
        1,
    ),
    "logSegment": (
        'removeSegmentLines(input: {segmentNo: "SM1", lines: {lineNos: [7]}}) { userErrors { code } } '
        'logged: logSegment(input: {segmentNo: "SM1", createFollowUp: true}) { logged userErrors { code } '
        f"loggedSegment {{ cost interactionLogEntries {{ nodes {{ {ENTRY} }} }} }} followUpSegment {{ noOfLines }} segment {{ no }} }}",
        2,
    ),
    "createFollowUpSegment": (
        'createFollowUpSegment(input: {loggedSegmentEntryNo: 1, templateCode: "VISIT"}) '
        "{ segment { noOfLines lines { nodes { contact { name } } } } userErrors { code } }",
        1,
    ),
    "removeSegmentContacts": (
        'removeSegmentContacts(input: {segmentNo: "SM2", mode: KEEP_MATCHING, filter: {type: {eq: PERSON}, interactions: {count: {gte: 1}}}, entireCompanies: true}) '
        "{ removed segment { noOfLines steps { criteria filter } } userErrors { code } }",
        1,
    ),
    "undoSegmentStep": (
        'removeSegmentContacts(input: {segmentNo: "SM2", mode: REMOVE_MATCHING, filter: {no: {isNull: false}}}) { userErrors { code } } '
        'undone: undoSegmentStep(input: {segmentNo: "SM2"}) { undone { stepNo criteria filter } segment { noOfLines } '
        "userErrors { code } }",
        1,
    ),
    "reuseSegmentCriteria": (
        'saveSegmentCriteria(input: {segmentNo: "SM2", code: "AGAIN", description: "Again"}) { userErrors { code } '
        "savedSegmentCriteria { steps { criteria } } } "
        'reused: reuseSegmentCriteria(input: {segmentNo: "SM2", code: "again"}) { added removed segment { noOfLines } '
        "userErrors { code } }",
        2,
    ),
    "deleteSegment": ('deleteSegment(input: {no: "SM2"}) { deletedId userErrors { code } }', 0),
}


@pytest.mark.parametrize("name", list(MUTATIONS))
def test_a_mutation_reads_back_each_field_of_its_payload_with_one_statement(name: str, ask: Asking) -> None:
    text, statements = MUTATIONS[name]
    written = []
    for many in (False, True):
        data, sent = ask(f"mutation {{ done: {text} }}", many=many)
        assert [refused for payload in data.values() for refused in payload["userErrors"]] == []
        assert sum(sent.planned) + sent.shown == statements
        written.append(len(sent.unplanned))
    assert written[0] == written[1], "the rule itself: as many statements for many rows as for few"


def test_a_segment_is_logged_by_few_statements(ask: Asking, request: pytest.FixtureRequest) -> None:
    """Most of the CPU time of the server is that of sending statements, however many lines the segment has. On Citus,
    statements of several steps concern all workers. So one limits how long others wait, one finds the lines that are not
    logged, one announces the change, and two insert what a step of another inserts elsewhere.
    """
    segment = 'segment: {description: "Few", campaignNo: "CP2", templateCode: "VISIT", salespersonCode: "JO"}, contactNos: ["P01", "P02"]'
    created, _ = ask(
        f"mutation {{ done: createSegment(input: {{{segment}}}) {{ segment {{ no }} userErrors {{ code }} }} }}"
    )

    assert created["done"]["userErrors"] == []
    log = f'logSegment(input: {{segmentNo: "{created["done"]["segment"]["no"]}"}}) {{ logged userErrors {{ code }} }}'
    data, sent = ask(f"mutation {{ done: {log} }}")

    assert data == {"done": {"logged": 2, "userErrors": []}}
    assert len(sent.unplanned) == (14 if is_on_citus(request.node.callspec.params["ask"]) else 9)
