"""Interactions and lines have the numbers and codes of the objects that they belong to, beside the edges."""

from typing import Any

from tests.api import Api
from tests.prepared import database_with
from tests.scenarios.fixtures import create_fixtures, create_interaction, log_segment, postpone

EDGES_OF_LINE = {
    "contactNo": "contact { key: no }",
    "templateCode": "template { key: code }",
    "groupCode": "group { key: code }",
    "salespersonCode": "salesperson { key: code }",
    "campaignNo": "campaign { key: no }",
}
EDGES_OF_POSTPONED = EDGES_OF_LINE | {"companyNo": "company { key: no }"}
EDGES_OF_ENTRY = EDGES_OF_POSTPONED | {"loggedSegmentEntryNo": "loggedSegment { key: entryNo }"}


@database_with(create_fixtures)
def test_a_key_field_is_the_key_of_the_object_beside_it(api: Api) -> None:
    create_interaction(api, "CALLIN", "P3", salespersonCode="PS")
    logged = log_segment(api, "P1", "C2")
    postpone(api, "VISIT", "P2", campaignNo="CP1")
    segment = {"description": "Open", "templateCode": "MAIL", "salespersonCode": "PS", "campaignNo": "CP2"}
    made = api.mutate("createSegment", {"segment": segment, "contactNos": ["P1", "C2", "P3"]}, "segment { no }")

    entries = rows(api, "interactionLogEntries(first: 9) { nodes { %s } }", EDGES_OF_ENTRY)
    postponed = rows(api, "postponedInteractions { nodes { %s } }", EDGES_OF_POSTPONED)
    lines = rows(api, f'segment(no: "{made["segment"]["no"]}") {{ lines {{ nodes {{ %s }} }} }}', EDGES_OF_LINE)

    assert sorted(keys(entries, EDGES_OF_ENTRY)) == [
        ("C2", "VISIT", "MEET", "JO", "CP1", "C2", logged["entryNo"]),
        ("P1", "VISIT", "MEET", "JO", "CP1", "C1", logged["entryNo"]),
        ("P3", "CALLIN", "PHONE", "PS", None, None, None),
    ]
    assert keys(postponed, EDGES_OF_POSTPONED) == [("P2", "VISIT", "MEET", "JO", "CP1", "C1")]
    assert keys(lines, EDGES_OF_LINE) == [(no, "MAIL", "LETTER", "PS", "CP2") for no in ("P1", "C2", "P3")]
    assert keys(
        rows(api, f'segment(no: "{made["segment"]["no"]}") {{ lines {{ nodes {{ companyNo %s }} }} }}', {}),
        ["companyNo"],
    ) == [("C1",), ("C2",), (None,)]


def keys(found: list[Any], names: Any) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in found]


def rows(api: Api, document: str, edges: dict[str, str]) -> list[Any]:
    """The rows of a list. Each key field is equal to the key of the object at the edge beside it."""
    selected = " ".join(f"{name} of_{name}: {edge}" for name, edge in edges.items())
    (found,) = api.execute("{ " + document % selected + " }").values()
    nodes: list[Any] = found.get("lines", found)["nodes"]
    for node in nodes:
        for name in edges:
            assert node[name] == (node[f"of_{name}"] or {"key": None})["key"], name
    return nodes
