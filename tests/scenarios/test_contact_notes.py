"""The notes of a contact: any text in several lines, stored as given, kept in the change log until it is anonymized."""

from typing import Any

import pytest

from tests.api import Api, create_company
from tests.prepared import database_with
from tests.scenarios.test_equal_texts import refusals

NOTES = "Prefers mornings.\r\n\r\n  =1+1\t« oui »\nÀ rappeler"


def old_and_new_notes(api: Api, no: str) -> list[tuple[Any, Any]]:
    """The recorded changes of the notes of a contact, newest first."""
    id_ = api.execute("query($no: String!) { contact(no: $no) { id } }", no=no)["contact"]["id"]
    found = api.execute("query($of: ID!) { changes(of: $of) { nodes { fields { field oldValue newValue } } } }", of=id_)
    fields = [field for node in found["changes"]["nodes"] for field in node["fields"]]
    return [(field["oldValue"], field["newValue"]) for field in fields if field["field"] == "notes"]


@pytest.mark.parametrize("notes", [NOTES, "NULL", "-", "é" * 32_000, "'+1 514", "👩‍👩‍👧\n\n\n."])
def test_notes_are_stored_as_given(api: Api, notes: str) -> None:
    made = api.mutate("createContact", {"contact": {"name": "x", "notes": f" {notes}\n"}}, "contact { notes }")

    assert made["contact"]["notes"] == notes


@pytest.mark.parametrize(("notes", "code"), [("a" * 32_001, "TOO_LONG"), ("a\x07b", "INVALID")])
def test_notes_that_are_too_long_or_have_control_characters_are_refused(api: Api, notes: str, code: str) -> None:
    assert refusals(api, "createContact", {"contact": {"name": "x", "notes": notes}}) == [(code, ["contact", "notes"])]


@database_with(create_company)
def test_notes_are_in_the_change_log_until_the_contact_is_anonymized(api: Api) -> None:
    for notes in (NOTES, NOTES, "Short", " \n "):
        api.mutate("updateContact", {"no": "P1", "contact": {"notes": notes}}, "contact { no }")

    assert old_and_new_notes(api, "P1") == [("Short", None), (NOTES, "Short"), (None, NOTES)]

    api.mutate("updateContact", {"no": "P1", "contact": {"notes": NOTES}}, "contact { no }")
    made = api.mutate("anonymizeContact", {"no": "P1"}, "contact { notes }")

    assert made["contact"]["notes"] is None
    assert {value for pair in old_and_new_notes(api, "P1") for value in pair} == {None}


@database_with(create_company)
def test_people_do_not_inherit_notes(api: Api) -> None:
    api.mutate("updateContact", {"no": "C1", "contact": {"notes": NOTES}}, "contact { no }")
    made = api.mutate(
        "createContact", {"contact": {"type": "PERSON", "name": "x", "companyNo": "C1"}}, "contact { notes }"
    )

    assert made["contact"]["notes"] is None
