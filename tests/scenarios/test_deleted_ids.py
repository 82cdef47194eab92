"""Payloads of deletions name the objects that a client must drop from its store."""

from tests.api import Api, create_company
from tests.prepared import database_with


@database_with(create_company)
def test_deleted_interactions_are_named_but_not_in_a_dry_run(api: Api) -> None:
    created = api.mutate(
        "createInteraction",
        {"interaction": {"contactNo": "P1", "templateCode": "VISIT"}},
        "interactionLogEntry { id entryNo }",
    )["interactionLogEntry"]
    chosen = {"entryNos": [created["entryNo"]]}
    api.mutate("setInteractionsCanceled", {"interactions": chosen, "canceled": True}, "__typename")
    all_rows = {"all": True}
    dry = api.mutate("deleteCanceledInteractions", {**all_rows, "dryRun": True}, "deleted deletedIds")
    done = api.mutate("deleteCanceledInteractions", all_rows, "deleted deletedIds")

    assert dry == {"deleted": 1, "deletedIds": [], "userErrors": []}
    assert done == {"deleted": 1, "deletedIds": [created["id"]], "userErrors": []}


@database_with(create_company)
def test_removed_lines_are_named_but_not_in_a_dry_run(api: Api) -> None:
    api.mutate("createSegment", {"no": "SM1", "segment": {"description": "Spring"}}, "segment { no }")
    source = {"contactNos": ["P1", "P2", "C2"]}
    api.mutate("addSegmentContacts", {"segmentNo": "SM1", "from": source}, "added")
    lines = api.execute('{ segment(no: "SM1") { lines { nodes { id contact { no } } } } }')["segment"]["lines"]["nodes"]
    removal = {"segmentNo": "SM1", "mode": "REMOVE_MATCHING", "filter": {"no": {"in": ["P1", "C2"]}}}
    dry = api.mutate("removeSegmentContacts", {**removal, "dryRun": True}, "removed deletedIds")
    done = api.mutate("removeSegmentContacts", removal, "removed deletedIds")

    assert (dry["removed"], dry["deletedIds"]) == (2, [])
    assert done["deletedIds"] == [line["id"] for line in lines if line["contact"]["no"] in ("P1", "C2")]
    assert done["removed"] == 2
