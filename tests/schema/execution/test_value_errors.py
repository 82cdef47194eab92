"""Errors about values: which argument they name, and which root fields they make null."""

import json
from typing import Any

import pytest

from schema.compiler import cursors
from tests.api import Api

BAD: list[tuple[str, dict[str, Any]]] = [
    ("salespeople(first: 101) { nodes { code } }", {}),
    ("salespeople(first: $number) { nodes { code } }", {"number": -1}),
    ('salespeople(after: "nonsense") { nodes { code } }', {}),
    ("salespeople(after: $text) { nodes { code } }", {"text": "nonsense"}),
    ("interactionLogEntries(filter: {date: {last: {count: 0, unit: DAY}}}) { totalCount }", {}),
    ("interactionLogEntries(filter: {date: {last: {count: $number, unit: DAY}}}) { totalCount }", {"number": 0}),
    ("interactionLogEntries(filter: {dayOfWeek: [1, 0]}) { totalCount }", {}),
    ("interactionStatistics(filter: {dayOfWeek: [$number]}) { noOfRows }", {"number": 8}),
    ("interactionStatistics(filter: {not: {or: [{hourOfDay: [-1]}]}}) { totals { interactions } }", {}),
    (
        "contacts(filter: {interactions: {count: {gt: 0}, where: {hourOfDay: [$number]}}}) { totalCount }",
        {"number": 24},
    ),
    ("contacts(filter: {no: {in: [" + '"x" ' * 1001 + "]}}) { totalCount }", {}),
    ("contacts(filter: {no: {in: $codes}}) { totalCount }", {"codes": ["x"] * 1001}),
    ("contacts { nodes { interactionLogEntries(first: 101) { totalCount } } }", {}),
    ("nodes(ids: [" + '"x" ' * 101 + "]) { id }", {}),
    ("interactionStatistics(compareTo: PREVIOUS_YEAR) { noOfRows }", {}),
    ("interactionStatistics(first: 0) { rows { key } }", {}),
]
FOREIGN_CURSOR = cursors.encode(cursors.tag("Campaign", ["default"]), "X")
NAMES = ("first", "after", "count", "in", "ids", "compareTo", "dayOfWeek", "hourOfDay")


@pytest.mark.parametrize("more", ["b: viewer { userId }", 'b: node(id: "x") { id } c: salespeople { totalCount }'])
def test_a_bad_value_of_one_root_field_makes_only_this_field_null(api: Api, more: str) -> None:
    for field, variables in BAD:
        answer = api.post(
            f"query({_declared(field)}) {{ a: {field} {more} }}".replace("query()", "query"), variables
        ).json()
        (error,) = answer["errors"]

        assert answer["data"].pop("a") is None, field
        assert answer["data"] == api.execute("{ " + more + " }")
        assert (error["path"], error["extensions"]["code"]) == (["a"], "BAD_USER_INPUT"), field
        assert error["locations"]
        assert any(f"`{name}`" in error["message"] for name in NAMES), error


CURSOR_LISTS = [
    "contacts",
    "nextContacts",
    "salespeople",
    "interactionLogEntries(orderBy: [{field: CONTACT_NO, direction: ASC}])",
]


@pytest.mark.parametrize("field", CURSOR_LISTS)
def test_an_error_about_a_cursor_or_a_size_names_the_argument_that_has_it(field: str, api: Api) -> None:
    name, _, given = field.partition("(")
    start = f"{name}({given[:-1]}, " if given else f"{name}("
    further = "nodes { __typename } pageInfo { hasNextPage hasPreviousPage }"
    for cursor, size in [("after", "first"), ("before", "last")][: 1 if field == "nextContacts" else 2]:
        for value, message in (
            ("x", f"Invalid cursor in `{cursor}`. "),
            (FOREIGN_CURSOR, f"The cursor in `{cursor}` belongs to"),
        ):
            for error in (
                message_of(api, f'{{ {start}{cursor}: "{value}") {{ {further} }} }}'),
                message_of(api, f"query($c: String) {{ {start}{cursor}: $c, {size}: 5) {{ {further} }} }}", c=value),
            ):
                assert error.startswith(message)
        for error in (
            message_of(api, f"{{ {start}{size}: 101) {{ {further} }} }}"),
            message_of(api, f"query($n: Int) {{ {start}{size}: $n) {{ {further} }} }}", n=101),
        ):
            assert error == f"`{size}` is 0 to 100 rows; 101 were requested. Read further pages with `{cursor}`."


def message_of(api: Api, text: str, **variables: object) -> str:
    """The message of the only error of a request."""
    (error,) = api.post(text, variables).json()["errors"]
    return str(error["message"])


LONG_LISTS: list[tuple[str, str, list[object], str]] = [
    ("interactionLogEntries(filter: {dayOfWeek: $v}) { totalCount }", "Int!", [1], "`dayOfWeek`"),
    ("interactionLogEntries(filter: {or: [{hourOfDay: $v}]}) { totalCount }", "Int!", [1], "`hourOfDay`"),
    ("postponedInteractions(filter: {state: $v}) { totalCount }", "PostponedState!", ["OVERDUE"], "`state`"),
    ("contacts(filter: {not: {city: {in: $v}}}) { totalCount }", "String!", ["x"], "`in` of `city`"),
    ("contacts(filter: {type: {in: $v}}) { totalCount }", "ContactType!", ["PERSON"], "`in` of `type`"),
    (
        "interactionLogEntries(filter: {description: {in: $v}}) { totalCount }",
        "String!",
        ["x"],
        "`in` of `description`",
    ),
    (
        "interactionStatistics(groupBy: [{by: CAMPAIGN}], having: {contacts: {in: $v}}) { noOfRows }",
        "Int!",
        [1],
        "`in` of `contacts`",
    ),
]


@pytest.mark.parametrize(("field", "type_", "value", "name"), LONG_LISTS)
def test_an_error_about_a_long_list_names_the_field_that_has_it(
    field: str, type_: str, value: list[object], name: str, api: Api
) -> None:
    literal = json.dumps(value * 1001) if type_ in ("Int!", "String!") else f"[{' '.join(map(str, value * 1001))}]"
    for text, variables in (
        (f"query($v: [{type_}]) {{ {field} }}", {"v": value * 1001}),
        (f"{{ {field.replace('$v', literal)} }}", {}),
    ):
        (error,) = api.post(text, variables).json()["errors"]
        assert error["message"].startswith(f"The list {name} has at most 1,000 values; 1,001 were given."), error


FILTER = "query($value: InteractionLogEntryFilter) { interactionLogEntries(filter: $value) { totalCount } }"
NUMBER = "query($value: Int!) { interactionLogEntry(entryNo: $value) { date } }"
SHOWN_AS_JSON: list[tuple[str, object, str]] = [
    (FILTER, {"and": [None]}, "Expected value of non-null type 'InteractionLogEntryFilter!' not to be null."),
    (FILTER, {"cost": {"eq": True}}, "Decimal cannot represent true. Write an amount"),
    (FILTER, {"date": {"eq": {"day": None}}}, 'Date cannot represent {"day": null}. Write a date as YYYY-MM-DD.'),
    (FILTER, {"duration": {"eq": False}}, "Int cannot represent non-integer value: false"),
    (FILTER, {"not": {"nope": None}}, 'Found: {"nope": null}.'),
    (FILTER, {"canceled": {"eq": "é"}}, 'Boolean cannot represent a non boolean value: {"eq": "é"}'),
    (NUMBER, None, "Expected value of non-null type 'Int!' not to be null."),
    (NUMBER, 10**12, "Int cannot represent non 32-bit signed integer value: 1000000000000"),
    (NUMBER, "x", "Int cannot represent non-integer value: 'x'"),
]


def test_messages_show_values_as_json(api: Api) -> None:
    """As the client has sent them, without `None` and `True` of Python."""
    for query, value, shown in SHOWN_AS_JSON:
        (error,) = api.post(query, {"value": value}).json()["errors"]

        assert shown in error["message"]


def test_the_error_about_too_many_errors_has_a_location(api: Api) -> None:
    filter_ = "and: [" + "3 " * 50 + "]"
    for query, variables in (
        (f"{{ contacts(filter: {{{filter_}}}) {{ totalCount }} }}", {}),
        ("query($f: ContactFilter) { contacts(filter: $f) { totalCount } }", {"f": {"and": [3] * 50}}),
    ):
        *_, last = api.post(query, variables).json()["errors"]
        assert last["message"].startswith("Too many")
        assert last["path"] == ["contacts"]
        assert last["locations"]
        assert last["extensions"]["path"][0] == "filter"


def test_the_plan_with_a_bad_value_is_cached_like_others(api: Api) -> None:
    query = "query($size: Int!) { a: salespeople(first: $size) { totalCount nodes { code } } b: salespeople { totalCount } }"
    for size, is_null in ((-1, True), (0, False), (5, False), (101, True), (100, False), (500, True), (-1, True)):
        answer = api.post(query, {"size": size}).json()
        assert (answer["data"]["a"] is None) == is_null
        assert answer["data"]["b"] == {"totalCount": 0}


def test_without_a_good_root_field_there_is_no_data(api: Api) -> None:
    answer = api.post("{ a: salespeople(first: -1) { totalCount } b: contacts(first: 101) { totalCount } }").json()

    assert "data" not in answer
    assert [error["path"] for error in answer["errors"]] == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("query", "data"),
    [
        ("{ contacts @skip(if: true) { totalCount } }", {}),
        ("query($no: Boolean!) { contacts @include(if: $no) { totalCount } }", {}),
        (
            "query($no: Boolean!) { ...F @include(if: $no) } fragment F on Query { contacts(first: 101) { totalCount } }",
            {},
        ),
        ("query($no: Boolean!) { contacts @include(if: $no) { totalCount } __typename }", {"__typename": "Query"}),
        ("{ __typename @skip(if: true) }", {}),
        ("{ __schema @skip(if: true) { description } }", {}),
        ("query A { contacts @skip(if: true) { totalCount } } query B { viewer { userId } }", {}),
        ('mutation { deleteContact(input: {no: "C"}) @skip(if: true) { deletedId } }', {}),
        (
            'mutation { deleteContact(input: {no: "C"}) @skip(if: true) { deletedId } __typename }',
            {"__typename": "Mutation"},
        ),
    ],
)
def test_a_document_whose_root_fields_are_skipped_has_data_without_them(
    query: str, data: dict[str, str], api: Api
) -> None:
    request = {"query": query, "operationName": "A" * ("query A" in query), "variables": {"no": False}}
    for media in ("application/json", "application/graphql-response+json") * 2:
        response = api._loop.run_until_complete(api._client.post("/graphql", json=request, headers={"accept": media}))

        assert (response.status_code, response.json()["data"], "errors" in response.json()) == (200, data, False)


@pytest.mark.parametrize(
    ("query", "variables", "path"),
    [
        (
            '{ x: interactionLogEntries(filter: {date: {eq: "2026-02-30"}}) { totalCount } }',
            {},
            ["filter", "date", "eq"],
        ),
        (
            "query($d: Date) { x: interactionLogEntries(filter: {or: [{date: {eq: $d}}]}) { totalCount } }",
            {"d": "x"},
            ["filter", "or", 0, "date", "eq"],
        ),
        (
            "query($f: InteractionLogEntryFilter) { ...F } fragment F on Query { x: interactionLogEntries(filter: $f) { totalCount } }",
            {"f": {"and": [{"date": {"eq": 3}}]}},
            ["filter", "and", 0, "date", "eq"],
        ),
        ("query($n: Int!) { x: contacts(first: $n) { totalCount } }", {}, ["first"]),
        ('{ x: contacts(first: "1") { totalCount } }', {}, ["first"]),
        (r'{ x: interactionLogEntries(search: "a\u0000b") { totalCount } }', {}, ["search"]),
        (
            r'{ x: contacts(filter: {or: [{name: {eq: "\u{0}"}}]}) { totalCount } }',
            {},
            ["filter", "or", 0, "name", "eq"],
        ),
        ("query($t: String) { x: segments(search: $t) { totalCount } }", {"t": "a\0"}, ["search"]),
        (
            "query($f: ContactFilter!) { x: contacts(filter: {and: [$f]}) { totalCount } y: viewer { userId } }",
            {"f": {"or": [{"name": {"in": ["a", "\0"]}}]}},
            ["filter", "and", 0, "or", 0, "name", "in", 1],
        ),
        ('{ x: interactionLogEntries(filter: {cost: {gt: "1e5"}}) { totalCount } }', {}, ["filter", "cost", "gt"]),
        (
            'mutation { x: createInteraction(input: {interaction: {contactNo: "C", templateCode: "T", date: "x"}}) { userErrors { code } } }',
            {},
            ["input", "interaction", "date"],
        ),
    ],
)
def test_errors_about_types_name_the_root_field_the_location_and_the_argument(
    query: str, variables: dict[str, Any], path: list[str | int], api: Api
) -> None:
    (error,) = api.post(query, variables).json()["errors"]

    assert (error["path"], error["extensions"]["path"]) == (["x"], path)
    assert error["locations"]


def test_a_document_may_have_the_digits_of_nul_that_are_no_escape(api: Api) -> None:
    for text in (
        r'{ contacts(filter: {name: {eq: "\\u0000"}}) { totalCount } }',
        "{ contacts { totalCount } } # \\u0000",
    ):
        assert api.execute(text) == {"contacts": {"totalCount": 0}}


def test_errors_that_are_found_in_a_thread_have_the_id_of_the_request(api: Api) -> None:
    request = api._client.get("/graphql", params={"query": "mutation { __typename }"}, headers={"x-request-id": "mine"})
    answer = api._loop.run_until_complete(request)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["requestId"]) == (405, "mine")


def test_a_bad_value_in_the_payload_of_a_mutation_refuses_it_with_its_place(api: Api) -> None:
    query = """mutation { x: createSalesperson(input: {code: "JO", salesperson: {name: "Jo"}}) { salesperson {
    interactionLogEntries(first: 101) { totalCount } } } }"""
    (error,) = api.post(query).json()["errors"]

    assert (error["path"], error["locations"][0]["line"]) == (["x"], 2)
    assert api.execute("{ salespeople { totalCount } }") == {"salespeople": {"totalCount": 0}}


def _declared(field: str) -> str:
    """The declarations of the variables that a field uses."""
    types = {"number": "Int!", "text": "String!", "codes": "[String!]!"}
    return " ".join(f"${name}: {type_}" for name, type_ in types.items() if f"${name}" in field)
