"""The home page of a contact: stored as given, found without regard to case, cleared when the contact is anonymized."""

from typing import Any

import pytest

from tests.api import Api, create_company
from tests.prepared import database_with
from tests.scenarios.test_equal_texts import create_contact, names_of_found, refusals

PAGE = "https://Www.Boréal.example.com/Accueil"
ORDERED = """query($direction: OrderDirection!, $first: Int, $after: String, $last: Int, $before: String) {
contacts(orderBy: [{field: HOME_PAGE, direction: $direction}], first: $first, after: $after, last: $last, before: $before) {
nodes { name } pageInfo { startCursor endCursor } } }"""


def changes_of(api: Api, no: str) -> list[tuple[Any, Any]]:
    """The recorded changes of the home page of a contact, newest first."""
    id_ = api.execute("query($no: String!) { contact(no: $no) { id } }", no=no)["contact"]["id"]
    nodes = api.execute("query($of: ID!) { changes(of: $of) { nodes { fields { field oldValue newValue } } } }", of=id_)
    return [
        (field["oldValue"], field["newValue"])
        for node in nodes["changes"]["nodes"]
        for field in node["fields"]
        if field["field"] == "homePage"
    ]


def update(api: Api, no: str, page: str | None) -> str | None:
    """The home page of a contact after it was changed."""
    made = api.mutate("updateContact", {"no": no, "contact": {"homePage": page}}, "contact { homePage }")
    stored: str | None = made["contact"]["homePage"]
    return stored


@pytest.mark.parametrize("page", [PAGE, "boreal.example", "see our sign", "http://[::1]:80/?a=b&c=%20#d", "é" * 80])
def test_a_home_page_is_any_text_and_is_stored_as_given(api: Api, page: str) -> None:
    made = api.mutate("createContact", {"contact": {"name": "x", "homePage": f" {page} "}}, "contact { homePage }")

    assert made["contact"]["homePage"] == page


@pytest.mark.parametrize(("page", "code"), [("a" * 81, "TOO_LONG"), ("a\nb", "INVALID"), ("a\x07b", "INVALID")])
def test_a_home_page_that_is_too_long_or_has_control_characters_is_refused(api: Api, page: str, code: str) -> None:
    asked = {"contact": {"name": "x", "homePage": page}}

    assert refusals(api, "createContact", asked) == [(code, ["contact", "homePage"])]


@database_with(create_company)
def test_a_changed_home_page_is_in_the_change_log(api: Api) -> None:
    assert [update(api, "P1", page) for page in (PAGE, PAGE, "boreal.example", " ")] == [
        PAGE,
        PAGE,
        "boreal.example",
        None,
    ]
    assert changes_of(api, "P1") == [("boreal.example", None), (PAGE, "boreal.example"), (None, PAGE)]


@database_with(create_company)
def test_people_do_not_inherit_the_home_page_of_their_company(api: Api) -> None:
    update(api, "C1", PAGE)
    no = create_contact(api, "New", companyNo="C1")

    pages = [
        api.execute("query($no: String!) { contact(no: $no) { homePage } }", no=each)["contact"]["homePage"]
        for each in ("C1", "P1", no)
    ]
    assert pages == [PAGE, None, None]


def test_contacts_are_found_by_their_home_page(api: Api) -> None:
    for name, page in (("Lower", "https://cafe.example"), ("Upper", "HTTPS://CAFÉ.example"), ("None", None)):
        create_contact(api, name, homePage=page)

    assert names_of_found(api, where={"homePage": {"contains": "Cafe.Ex"}}) == ["Lower", "Upper"]
    assert names_of_found(api, where={"homePage": {"startsWith": "https://café"}}) == ["Lower", "Upper"]
    assert names_of_found(api, where={"homePage": {"eq": "HTTPS://CAFÉ.example"}}) == ["Upper"]
    assert names_of_found(api, where={"homePage": {"in": ["https://cafe.example", "x"]}}) == ["Lower"]
    assert names_of_found(api, where={"homePage": {"ne": "https://cafe.example"}}) == ["None", "Upper"]
    assert names_of_found(api, where={"homePage": {"isNull": True}}) == ["None"]


def test_contacts_are_ordered_by_home_page_with_missing_ones_last(api: Api) -> None:
    for name, page in (("1", "B.example"), ("2", None), ("3", "a.example"), ("4", "É.example"), ("5", None)):
        create_contact(api, name, homePage=page)

    for direction, expected in (("ASC", ["3", "1", "4", "2", "5"]), ("DESC", ["4", "1", "3", "5", "2"])):
        assert walked(api, direction, size="first", start="after", end="endCursor") == expected
        backward = walked(api, direction, size="last", start="before", end="startCursor")
        assert [backward[4], *backward[2:4], *backward[:2]] == expected


def walked(api: Api, direction: str, *, size: str, start: str, end: str) -> list[str]:
    """The names on all pages of two contacts, in the order in which the pages are read."""
    names: list[str] = []
    cursor = None
    while len(names) < 5:
        page = api.execute(ORDERED, **{"direction": direction, size: 2, start: cursor})["contacts"]
        names += [node["name"] for node in page["nodes"]]
        cursor = page["pageInfo"][end]
    return names


@database_with(create_company)
def test_anonymizing_removes_the_home_page_also_from_the_change_log(api: Api) -> None:
    update(api, "P1", PAGE)

    made = api.mutate("anonymizeContact", {"no": "P1"}, "contact { homePage }")

    assert made["contact"]["homePage"] is None
    assert names_of_found(api, where={"homePage": {"contains": "boreal"}}) == []
    assert changes_of(api, "P1") == [(None, None), (None, None)]
