"""Lists that screens need: the changes of a contact, the postponed interactions beside a logged one."""

from typing import Any

from persistence.enums import Role
from tests.api import Api
from tests.prepared import database_with
from tests.scenarios.fixtures import create_fixtures, create_interaction, postpone

POSTPONED = "postponedInteractions(orderBy: [{field: ENTRY_NO}]) { totalCount nodes { entryNo } }"


@database_with(create_fixtures)
def test_only_administrators_read_the_changes_of_a_contact(api: Api) -> None:
    for city in ("Laval", "Nantes"):
        api.mutate("updateContact", {"no": "P3", "contact": {"city": city}}, "contact { no }")
    text = '{ contact(no: "P3") { id changes { totalCount nodes { version action fields { field newValue } } } } }'

    contact = api.execute(text)["contact"]

    same = "query($of: ID!) { changes(of: $of) { totalCount nodes { version action fields { field newValue } } } }"
    assert contact["changes"] == api.execute(same, of=contact["id"])["changes"]
    assert contact["changes"]["nodes"][0] == {
        "version": 3,
        "action": "UPDATED",
        "fields": [{"field": "city", "newValue": "Nantes"}],
    }
    page = '{ contact(no: "P3") { changes(first: 1, after: "") { nodes { version } pageInfo { hasNextPage } } } }'
    assert api.execute(page)["contact"]["changes"] == {"nodes": [{"version": 3}], "pageInfo": {"hasNextPage": True}}
    for role in (Role.READER, Role.SALESPERSON, Role.MARKETER):
        answer = api.as_role(role, salesperson="JO").post(text).json()
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@database_with(create_fixtures)
def test_an_entry_lists_the_postponed_interactions_of_its_contact_r_con_4(api: Api) -> None:
    postponed = {no: postpone(api, "VISIT", no) for no in ("C1", "P1", "P2", "C2", "P3")}
    entries = {no: create_interaction(api, "VISIT", no)["entryNo"] for no in postponed}
    text = f"{{ interactionLogEntries(orderBy: [{{field: ENTRY_NO}}]) {{ nodes {{ entryNo {POSTPONED} contact {{ {POSTPONED} }} }} }} }}"

    def listed(reader: Api) -> dict[int, Any]:
        nodes = reader.execute(text)["interactionLogEntries"]["nodes"]
        for node in nodes:
            assert node["postponedInteractions"] == node["contact"]["postponedInteractions"]
        return {node["entryNo"]: [each["entryNo"] for each in node["postponedInteractions"]["nodes"]] for node in nodes}

    of_company = [postponed[no] for no in ("C1", "P1", "P2")]
    assert listed(api) == {entries[no]: of_company if no == "C1" else [postponed[no]] for no in entries}
    owner = api.as_role(Role.SALESPERSON, salesperson="PS")
    assert listed(owner) == {entries["P2"]: [postponed["P2"]], entries["C2"]: [postponed["C2"]]}
