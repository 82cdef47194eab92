"""Cursors of another list or order, invalid and forged ones, and the size of a page."""

import json
from typing import Any

import pytest

from tests.schema.compiler import test_paging
from tests.schema.compiler.test_paging import BOTH, KINDS, LISTS, Asking, all_orders, page

ask, databases = test_paging.ask, test_paging.databases


def refusal(answer: Any) -> Any:
    """The code of the only error; the response has no data."""
    assert not any((answer.get("data") or {}).values()), answer
    (error,) = answer["errors"]
    return error.get("extensions", {}).get("code")


@KINDS
@pytest.mark.parametrize("side", ["after", "before"])
def test_a_cursor_of_another_list_or_order_is_refused(kind: str, side: str, ask: Asking) -> None:
    cursors: dict[str, str] = {}
    for name, listed in LISTS.items():
        for order in all_orders(listed):
            if not any(level["field"] == "ENTRY_NO" for level in order[:-1]):  # levels after the key are ignored
                choices = {"orderBy": order} if listed.orders else {}
                cursors[f"{name} {order}"] = page(ask, kind, listed, first=1, **choices)["edges"][0]["cursor"]
    ways: list[Any] = [
        [],
        *([{"field": "ENTRY_NO", "direction": way}] for way in BOTH),
        [{"field": "CONTACT_NO", "direction": "ASC"}],
    ]
    for name in ("interactionLogEntries", "postponedInteractions"):
        for order in ways:
            for where, cursor in cursors.items():
                answer = ask(kind, LISTS[name].document, {"first": 2, side: cursor, "orderBy": order})
                accepted = "errors" not in answer or refusal(answer) != "BAD_USER_INPUT"
                assert accepted == (where == f"{name} {order}"), (name, order, where)


NO_CURSORS = [
    "x",
    "abc",
    "f",
    "00",
    "5b5d",
    "22",
    "é",
    "[]",
    "ff" * 5000,
    "5b" * 20000,
    "37",
    "7b7d",
    "6e756c6c",
    "5b6e756c6c5d",
    " ",
]


FORGED_VALUES: list[Any] = [
    None,
    "x",
    "",
    1.5,
    2**31,
    -(2**31) - 1,
    10**30,
    True,
    [],
    {},
    [1],
    float("nan"),
    float("inf"),
    "2026-01-01",
    "2026-02-30",
    "2026-W10-1",
    "25:00:00",
    "10:00:00+02:00",
    "10:00:00.123456",
    "\x00",
    "\ud800",
    "1e999",
    "1E-30000",
    "12.3456",
    "9" * 15,
    "NaN",
]


@KINDS
def test_an_invalid_cursor_is_refused(kind: str, ask: Asking) -> None:
    for listed in (LISTS["contacts"], LISTS["interactionLogEntries"], LISTS["loggedSegments"]):
        for cursor in NO_CURSORS:
            assert refusal(ask(kind, listed.document, {"after": cursor})) == "BAD_USER_INPUT", cursor


@KINDS
@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("interactionLogEntries", None),
        ("interactionLogEntries", "COST"),
        ("interactionLogEntries", "DURATION"),
        ("interactionLogEntries", "CONTACT_NO"),
        ("postponedInteractions", "RESUME_ON"),
        ("contacts", "DATE_OF_LAST_INTERACTION"),
        ("contacts", "NAME"),
        ("lines", "COMPANY_NAME"),
    ],
)
def test_a_cursor_with_forged_values_is_refused_or_answered_without_an_internal_error(
    name: str, order: str | None, kind: str, ask: Asking
) -> None:
    listed = LISTS[name]
    choices = {"orderBy": [{"field": order, "direction": "ASC"}] if order else []}
    true = json.loads(bytes.fromhex(page(ask, kind, listed, first=1, **choices)["edges"][0]["cursor"]))
    for place in range(1, len(true)):
        for forged in FORGED_VALUES:
            made = json.dumps([*true[:place], forged, *true[place + 1 :]]).encode().hex()
            answer = ask(kind, listed.document, {"first": 2, "after": made, **choices})
            other_kind = type(forged) is not type(true[place]) and (forged is not None or place == len(true) - 1)
            if "errors" in answer or other_kind or type(forged) is int:
                assert refusal(answer) == "BAD_USER_INPUT", (place, forged)
    short = json.dumps(true[:-1]).encode().hex()
    assert refusal(ask(kind, listed.document, {"after": short, **choices})) == "BAD_USER_INPUT"


@KINDS
@pytest.mark.parametrize("variables", [True, False], ids=["variables", "literals"])
def test_a_page_has_0_to_100_rows_from_one_side(variables: bool, kind: str, ask: Asking) -> None:
    def asked(**paging: Any) -> Any:
        if variables:
            return ask(kind, LISTS["interactionLogEntries"].document, paging)
        written = ", ".join(f"{name}: {json.dumps(value)}" for name, value in paging.items())
        return ask(kind, f"{{ list: interactionLogEntries({written}) {{ edges {{ cursor }} }} }}", {})

    for refused in (
        {"first": 101},
        {"first": -1},
        {"last": 101},
        {"last": -1},
        {"first": 2, "last": 2},
        {"first": 2**31 - 1},
        {"first": -(2**31)},
    ):
        assert refusal(asked(**refused)) == "BAD_USER_INPUT", refused
    for taken, size in (
        ({"first": None}, 20),
        ({"first": None, "last": None}, 20),
        ({"first": None, "last": 5}, 5),
        ({"first": 1, "last": None}, 1),
        ({"first": 0}, 0),
        ({"last": 0}, 0),
        ({"first": 100}, 60),
        ({"last": 100, "before": None}, 60),
    ):
        assert len(asked(**taken)["data"]["list"]["edges"]) == size, taken


@KINDS
@pytest.mark.parametrize("name", list(LISTS))
def test_a_page_of_no_rows_has_the_total_and_whether_there_are_rows(name: str, kind: str, ask: Asking) -> None:
    listed = LISTS[name]
    whole = page(ask, kind, listed, first=100)
    for side, more, other in (("first", "hasNextPage", "hasPreviousPage"), ("last", "hasPreviousPage", "hasNextPage")):
        empty = page(ask, kind, listed, **{side: 0})

        assert (empty["edges"], empty["totalCount"]) == ([], whole["totalCount"])
        assert empty["pageInfo"] == {more: True, other: False, "startCursor": None, "endCursor": None}
    behind_all = page(ask, kind, listed, first=0, after=whole["pageInfo"]["endCursor"])["pageInfo"]
    assert behind_all == {"hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": None}


@KINDS
@pytest.mark.parametrize("name", list(LISTS))
def test_an_empty_cursor_is_the_start_or_the_end_of_a_list(name: str, kind: str, ask: Asking) -> None:
    listed = LISTS[name]
    for size, blank in (
        ({"first": 2}, {"after": ""}),
        ({"last": 2}, {"before": ""}),
        ({}, {"after": "", "before": ""}),
    ):
        assert page(ask, kind, listed, **size, **blank) == page(ask, kind, listed, **size)
    inside = f'list: {name}(last: 2, before: "", after: "") {{ totalCount edges {{ cursor }} }}'
    written = ask(kind, f"{{ {listed.around.replace('{}', inside)} }}", {})["data"]
    last_two = page(ask, kind, listed, last=2)["edges"]
    found = written["list"] if "list" in written else next(iter(written.values()))["list"]
    assert [edge["cursor"] for edge in found["edges"]] == [edge["cursor"] for edge in last_two]
