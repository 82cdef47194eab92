"""Every list, with filters and orders that hypothesis generates, has the rows that `reference` selects, on both
databases.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, get_named_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resolvers.contacts import queries
from tests.schema.compiler import test_paging
from tests.schema.compiler.test_cursors import refusal
from tests.schema.compiler.test_paging import KINDS, LISTS, Asking, Listed, page
from tests.schema.queries import GRAPH, NUMBERS, members
from tests.schema.reference import Company
from tests.schema.reference_comparisons import camel

ask, company, databases = test_paging.ask, test_paging.company, test_paging.databases


@pytest.fixture(scope="module", autouse=True)
def _few_entries() -> Iterator[None]:
    """So that some filters look up the contacts of few interactions, and others search many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "FEW_ENTRIES", 2)
        yield


def found_keys(ask: Asking, kind: str, listed: Listed, size: int = 100, **variables: Any) -> list[Any]:
    """The keys over all pages."""
    keys: list[Any] = []
    after = None
    while True:
        shown = page(ask, kind, listed, first=size, after=after, **variables)
        keys += [edge["node"]["key"] for edge in shown["edges"]]
        assert shown["totalCount"] >= len(keys)
        if not shown["pageInfo"]["hasNextPage"]:
            assert shown["totalCount"] == len(keys)
            return keys
        after = shown["pageInfo"]["endCursor"]


ODD = ["", " ", "É", "e", "50%", "_", "\\", "o'n", "ß", "SS", "日", "C", "0"]


@st.composite
def filters(draw: st.DrawFn, type_: Any, company: Company, column: str = "", depth: int = 0) -> Any:
    """A value of an input type, most often one that occurs in the column it is compared with."""
    if isinstance(type_, GraphQLNonNull):
        return draw(filters(type_.of_type, company, column, depth))
    if isinstance(type_, GraphQLList):
        return [draw(filters(type_.of_type, company, column, depth)) for _ in range(draw(st.integers(0, 3)))]
    if isinstance(type_, GraphQLEnumType):
        return draw(st.sampled_from(list(type_.values)))
    if isinstance(type_, GraphQLInputObjectType):
        if type_.name == "DateSpan":
            return {
                "count": draw(st.integers(1, 40)),
                "unit": draw(st.sampled_from(["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"])),
            }
        names = [name for name, inside in type_.fields.items() if depth < 3 or not is_deep(inside.type)]
        needed = [name for name, inside in type_.fields.items() if isinstance(inside.type, GraphQLNonNull)]
        chosen = draw(st.lists(st.sampled_from(names), min_size=depth == 0, max_size=2, unique=True)) if names else []
        compares = "eq" in type_.fields
        return {
            name: draw(filters(type_.fields[name].type, company, column if compares else name, depth + (not compares)))
            for name in dict.fromkeys([*needed, *chosen])
        }
    known = texts(company, column)
    choices: dict[str, list[Any]] = {
        "Boolean": [True, False],
        "Int": [*NUMBERS.get(column, [0, 1, 2, 3, 7, 12, 23, 60, 102])],
        "Decimal": ["0", 12.5, "25.005", 45, "-1", "0.05"],
        "Date": ["2026-03-18", "2026-03-01", "2026-02-10", "2025-12-31"],
        "String": [*ODD, *(word.lower() for word in known)],
    }
    return draw(st.sampled_from([*choices[type_.name], *(each for each in known if type_.name == "String")]))


def texts(company: Company, name: str) -> list[str]:
    """The texts that are found under this name of a filter."""
    columns = {"phone": {"phone_no", "mobile_phone_no"}, "segmentNo": {"no", "segment_no"}}
    found = {
        text
        for rows in company.rows.values()
        for row in rows[:20]
        for column, text in row.items()
        if isinstance(text, str) and (column in columns.get(name, ()) or camel(column) == name)
    }
    return sorted(found)


def is_deep(type_: Any) -> bool:
    named = get_named_type(type_)
    return isinstance(named, GraphQLInputObjectType) and "eq" not in named.fields and named.name != "DateSpan"


def orders(listed: Listed) -> st.SearchStrategy[list[dict[str, str]]]:
    """No order, or one or two levels."""
    if not listed.orders:
        return st.just([])
    level = st.fixed_dictionaries(
        {"field": st.sampled_from(list(listed.orders)), "direction": st.sampled_from(["ASC", "DESC"])}
    )
    return st.lists(level, max_size=2)


@pytest.mark.parametrize("name", list(LISTS))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(data=st.data())
def test_a_list_has_the_rows_that_the_reference_finds(
    name: str, ask: Asking, company: Company, data: st.DataObject
) -> None:
    listed = LISTS[name]
    asked = data.draw(filters(GRAPH.type_map[f"{listed.type}Filter"], company))
    order = data.draw(orders(listed))
    size = data.draw(st.sampled_from([9, 100]))
    given_ = {"filter": asked, "orderBy": order} if listed.orders else {"filter": asked}
    expected = listed.keys(company, asked, order)

    for kind in ("sqlite", "postgresql"):
        assert found_keys(ask, kind, listed, size, **given_) == expected, kind


def test_the_reference_knows_each_filter_and_order(company: Company) -> None:
    """So that a new one is compared, too."""
    for filter_, tests in company.tests.items():
        assert (filter_, set(tests)) == (filter_, members(filter_) - {"and", "or", "not"})
    for listed in LISTS.values():
        if listed.orders:
            assert (listed.type, set(listed.orders)) == (listed.type, members(f"{listed.type}OrderField"))


EVERY_CONTACT = ["C1", "C2", "C3", *(f"P{n:02d}" for n in range(1, 11))]
CASES: list[tuple[str, Any, list[Any]]] = [
    ("contacts", {}, EVERY_CONTACT),
    ("contacts", None, EVERY_CONTACT),
    ("contacts", {"or": []}, []),
    ("contacts", {"and": []}, EVERY_CONTACT),
    ("contacts", {"not": {"or": []}}, EVERY_CONTACT),
    ("contacts", {"not": {}}, []),
    ("contacts", {"no": {"in": []}}, []),
    ("contacts", {"no": None, "name": {"eq": None}}, EVERY_CONTACT),
    ("contacts", {"no": {"in": [" c1 ", "p02"]}}, ["C1", "P02"]),
    ("contacts", {"no": {"gte": "p09"}}, ["P09", "P10"]),
    ("contacts", {"name": {"contains": "BŒUF"}}, ["P01"]),
    ("contacts", {"name": {"contains": "boeuf"}}, ["P01"]),
    ("contacts", {"name": {"startsWith": "BORE"}}, ["C1", "C3"]),
    ("contacts", {"name": {"eq": "boreal"}}, []),
    ("contacts", {"name": {"contains": "%"}}, ["P07"]),
    ("contacts", {"name": {"contains": "_\\"}}, ["P07"]),
    ("contacts", {"name": {"contains": "STRASSE"}}, ["P05"]),
    ("contacts", {"city": {"ne": "Nantes"}}, [no for no in EVERY_CONTACT if no != "C3"]),
    ("contacts", {"not": {"city": {"eq": "Nantes"}}}, [no for no in EVERY_CONTACT if no != "C3"]),
    ("contacts", {"not": {"city": {"contains": "a"}}}, [no for no in EVERY_CONTACT if no not in ("C1", "C3")]),
    ("contacts", {"city": {"isNull": False}}, ["C1", "C3"]),
    ("contacts", {"homePage": {"eq": "https://Www.Épicerie.example/1"}}, ["P01"]),
    ("contacts", {"homePage": {"eq": "https://www.epicerie.example/1"}}, []),
    ("contacts", {"homePage": {"contains": "WWW.EPICERIE"}}, ["P01", "P04", "P07", "P10"]),
    ("contacts", {"homePage": {"isNull": True}, "no": {"gte": "P08"}}, ["P08", "P09"]),
    ("contacts", {"companyNo": {"eq": "c1"}}, ["C1", "P01", "P04", "P07", "P10"]),
    ("contacts", {"phone": {"contains": "06-12"}}, ["P02"]),
    ("contacts", {"phone": {"startsWith": "+1 (514)"}}, ["C1", "C2", "C3"]),
    ("contacts", {"phone": {"isNull": False}}, ["C1", "C2", "C3", "P02"]),
    ("contacts", {"phone": {"ne": "0612 34"}}, [no for no in EVERY_CONTACT if no != "P02"]),
    ("contacts", {"segmentNo": {"eq": "sm1"}}, ["P01", "P02", "P03", "P04", "P06", "P07"]),
    ("contacts", {"segmentNo": {"eq": "SM0"}}, []),
    ("contacts", {"segmentNo": {"ne": "SM1"}, "type": {"eq": "PERSON"}}, ["P05", "P08", "P09", "P10"]),
    ("contacts", {"segmentNo": {"isNull": True}, "type": {"eq": "PERSON"}}, ["P05", "P08", "P09", "P10"]),
    ("contacts", {"interactions": {"count": {"eq": 0}, "where": {"entryNo": {"eq": 9}}}}, EVERY_CONTACT),
    (
        "contacts",
        {"interactions": {"count": {"gt": 0}, "where": {"entryNo": {"eq": 9}, "canceled": True}}},
        ["C1", "P10"],
    ),
    ("interactionLogEntries", {"hasComments": True}, [5]),
    ("interactionLogEntries", {"segmentNo": {"startsWith": "s"}, "entryNo": {"gte": 55, "lte": 57}}, [56, 57]),
    (
        "interactionLogEntries",
        {"segmentNo": {"contains": "m0", "startsWith": "SM"}, "entryNo": {"gte": 57, "lte": 58}},
        [58, 57],
    ),
    ("interactionLogEntries", {"segmentNo": {"startsWith": "t"}}, []),
    ("interactionLogEntries", {"not": {"segmentNo": {"startsWith": "t"}}, "entryNo": {"lte": 2}}, [1, 2]),
    ("interactionLogEntries", {"dayOfWeek": []}, []),
    ("interactionLogEntries", {"entryNo": {"lte": 3}, "hourOfDay": [9, 11]}, [1, 3]),
    ("interactionLogEntries", {"cost": {"eq": "12.005"}}, []),
    ("interactionLogEntries", {"cost": {"lt": "0.005"}}, []),
    ("interactionLogEntries", {"date": {"current": "DAY"}}, []),
    ("interactionLogEntries", {"date": {"previous": "DAY"}}, [45]),
    ("postponedInteractions", {"state": []}, []),
    ("postponedInteractions", {"state": ["OVERDUE"]}, [101, 102, 104]),
    ("postponedInteractions", {"state": ["TODAY", "LATER"]}, [105, 107]),
    ("postponedInteractions", {"state": ["UNDATED"]}, [100, 103, 106]),
    ("postponedInteractions", {"complete": True}, []),
    ("postponedInteractions", {"resumeOn": {"ne": "2026-03-19"}}, [101, 102, 104, 107, 100, 103, 106]),
    ("postponedInteractions", {"resumeOn": {"last": {"count": 1, "unit": "WEEK"}}}, [101, 102, 104, 105]),
    ("postponedInteractions", {"resumeOn": {"previous": "WEEK"}}, []),
    ("segments", {"description": {"contains": "ETE"}}, ["SM1", "SM3"]),
    ("lines", {"contact": {}}, [1, 2, 3, 4, 6, 7]),
    ("lines", {"not": {"contact": {"name": {"contains": "e"}}}}, [3, 5, 7]),
    ("lines", {"customized": False}, [3, 6]),
    ("campaigns", {"activeOn": "2026-03-31"}, ["CP1", "CP2"]),
    ("campaigns", {"activeOn": "2026-04-01"}, ["CP2"]),
]


@KINDS
@pytest.mark.parametrize(("name", "asked", "expected"), CASES, ids=str)
def test_a_filter_selects_the_documented_rows(
    name: str, asked: Any, expected: list[Any], kind: str, ask: Asking, company: Company
) -> None:
    assert LISTS[name].keys(company, asked) == expected, "the reference"
    assert found_keys(ask, kind, LISTS[name], filter=asked) == expected


@KINDS
def test_a_company_has_the_interactions_of_its_people(kind: str, ask: Asking, company: Company) -> None:
    """Rules R-CON-1, R-CON-2, R-CON-4, K5."""
    shown = (
        "no dateOfLastInteraction lastDateAttempted interactionLogEntries(first: 100) { totalCount nodes { entryNo } }"
    )

    contacts = ask(kind, f"{{ contacts(first: 100) {{ nodes {{ {shown} }} }} }}", {})["data"]["contacts"]["nodes"]

    for contact in contacts:
        row = company.contact(contact["no"])
        assert row is not None
        entries = {entry["entry_no"] for entry in company.entries_of(row)}
        assert {entry["entryNo"] for entry in contact["interactionLogEntries"]["nodes"]} == entries
        assert contact["interactionLogEntries"]["totalCount"] == len(entries)
        for name, day in (
            ("dateOfLastInteraction", company.last_interaction(row)),
            ("lastDateAttempted", company.last_attempt(row)),
        ):
            assert contact[name] == (day and day.isoformat())


@KINDS
def test_an_invalid_argument_is_refused(kind: str, ask: Asking) -> None:
    entries = "{ interactionLogEntries(%s) { totalCount } }"
    level = "{field: DATE, direction: ASC}"
    many = ", ".join(['"X"'] * 1001)
    for arguments in (
        f"orderBy: [{level}, {level}, {level}]",
        f"filter: {{contactNo: {{in: [{many}]}}}}",
        "filter: {date: {last: {count: 0, unit: DAY}}}",
        "filter: {date: {next: {count: -1, unit: DAY}}}",
        "filter: {date: {next: {count: 2000000000, unit: YEAR}}}",
        "filter: {date: {last: {count: 2000000000, unit: DAY}}}",
    ):
        assert refusal(ask(kind, entries % arguments, {})) == "BAD_USER_INPUT", arguments


def negated(times: int) -> dict[str, Any]:
    """A filter that selects the first contact, negated `times` times."""
    filter_: dict[str, Any] = {"no": {"eq": "C1"}}
    for _ in range(times):
        filter_ = {"not": filter_}
    return filter_


@KINDS
def test_a_filter_has_at_most_500_parts_and_15_levels(kind: str, ask: Asking, company: Company) -> None:
    """A member of `or` or `and` with a comparison is two parts, the list itself none; `where` is 5 levels and counts twice."""
    contacts = "query($filter: ContactFilter) { contacts(filter: $filter) { totalCount } }"
    part, entry = {"no": {"eq": "C1"}}, {"templateCode": {"eq": "VISIT"}}
    busy = {"interactions": {"count": {"gt": 0}, "where": {"or": [entry] * 124}}}
    for largest, found in (
        ({"or": [part] * 250}, 1),
        ({"and": [part] * 250}, 1),
        (negated(13), len(company.rows["Contact"]) - 1),
        (negated(14), 1),
        (busy, len(listed_with(company, entry))),
    ):
        assert ask(kind, contacts, {"filter": largest})["data"] == {"contacts": {"totalCount": found}}
    busier = {"interactions": {"count": {"gt": 0}, "where": {"or": [entry] * 125}}}
    literal = f"{{ contacts(filter: {'{not: ' * 15}{{no: {{isNull: true}}}}{'}' * 15}) {{ totalCount }} }}"
    for too_large in (
        {"or": [part] * 251},
        {"and": [{"or": [part] * 130}, {"or": [part] * 130}]},
        negated(15),
        negated(100),
        busier,
    ):
        assert refusal(ask(kind, contacts, {"filter": too_large})) == "BAD_USER_INPUT"
    assert refusal(ask(kind, literal, {})) == "BAD_USER_INPUT"


def listed_with(company: Company, entry: dict[str, Any]) -> list[Any]:
    """The numbers of the contacts that have such an entry."""
    return LISTS["contacts"].keys(company, {"interactions": {"count": {"gt": 0}, "where": entry}})


@KINDS
def test_a_cursor_still_works_when_its_row_is_filtered_out(kind: str, ask: Asking, company: Company) -> None:
    listed, asked = LISTS["interactionLogEntries"], {"salespersonCode": {"eq": "PS"}}
    every, wanted = listed.keys(company), listed.keys(company, asked)
    edges = page(ask, kind, listed, first=100)["edges"]
    for place in (0, 7, 30, 59):
        before, behind = ([key for key in part if key in wanted] for part in (every[: place + 1], every[place + 1 :]))
        shown = page(ask, kind, listed, first=100, after=edges[place]["cursor"], filter=asked)
        assert [edge["node"]["key"] for edge in shown["edges"]] == behind
        assert shown["pageInfo"]["hasPreviousPage"] == bool(before)
        assert shown["totalCount"] == len(wanted)


@KINDS
def test_an_empty_list_has_no_pages(kind: str, ask: Asking) -> None:
    nothing = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    for listed in list(LISTS.values())[:-2]:  # the last two cannot be filtered by their keys
        for paging in ({"first": 3}, {"last": 3}):
            shown = page(ask, kind, listed, **paging, filter={camel(listed.key): {"in": []}})
            assert shown == {"totalCount": 0, "pageInfo": nothing, "edges": []}
