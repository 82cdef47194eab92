"""Filters of description and subject find the same entries whether these are looked up by their texts or not."""

import random
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import pytest

from persistence.enums import Role
from persistence.sql.folding import fold, visible
from resolvers.interactions import filtered_texts
from schema.execution.engine import Caller
from tests.schema import searched_company
from tests.schema.searched_company import Company, Stored

company = searched_company.company

LIMITS = {
    "looked up": {"MAX_COMPARED_TEXTS": 100_000, "FEW_ENTRIES": 1},
    "looked up to count": {"MAX_COMPARED_TEXTS": 3, "FEW_ENTRIES": 1},
    "read in order": {"MAX_COMPARED_TEXTS": -1, "MAX_COUNTED_TEXTS": -1},
}
OPERATORS: dict[str, Callable[[str, Any], bool]] = {
    "contains": lambda text, given: fold(given) in fold(text),
    "startsWith": lambda text, given: fold(text).startswith(fold(given)),
    "eq": lambda text, given: visible(text) == visible(given),
    "in": lambda text, given: visible(text) in map(visible, given),
}
DOCUMENT = """query($filter: InteractionLogEntryFilter, $order: [InteractionLogEntryOrder!]) {
    interactionLogEntries(first: 100, filter: $filter, orderBy: $order) { totalCount nodes { entryNo } } }"""
ORDERS = [None, [{"field": "COST", "direction": "DESC"}], [{"field": "CONTACT_NAME", "direction": "ASC"}]]


Found = Callable[..., tuple[int, set[int]]]


@pytest.fixture(params=LIMITS)
def found(company: Company, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Found:
    """The total count of a filter and the numbers of the first 100 entries, with other limits of what is looked up."""
    for name, limit in LIMITS[request.param].items():
        monkeypatch.setattr(filtered_texts, name, limit)

    def found(filter_: dict[str, Any], order: Any, caller: Caller | None = None) -> tuple[int, set[int]]:
        document = f"{DOCUMENT} # {request.param}"  # plans of other limits are not used again
        answer = company.ask(document, caller, filter=filter_, order=order)["data"]["interactionLogEntries"]
        return answer["totalCount"], {node["entryNo"] for node in answer["nodes"]}

    return found


def test_filters_of_texts_find_the_entries_of_the_reference(company: Company, found: Found) -> None:
    for filter_, order in zip(filters(company), cycle(ORDERS), strict=False):
        total, numbers = found(filter_, order)
        expected = {number for number, entry in company.entries.items() if passes(filter_, entry)}
        assert (total, len(numbers)) == (len(expected), min(100, total)), filter_
        assert numbers <= expected, filter_


def test_salespeople_find_only_their_own_entries(company: Company, found: Found) -> None:
    caller = Caller(salesperson_code="JO", roles=frozenset({Role.SALESPERSON}))
    own = (entry for entry in company.entries.values() if entry.salesperson_code == "JO")
    expected = {entry.entry_no for entry in own if OPERATORS["contains"](str(entry.texts[0]), "al")}
    assert found({"description": {"contains": "al"}}, None, caller) == (len(expected), expected) != (0, set())


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("ll, Bà", ("%ll ba%", " ll ba%")),
        ("-call", ("% call%", " call%")),
        ("call. ", ("%call %", " call %")),
        ("…", ("%", " %")),
        ("", ("%", " %")),
    ],
)
def test_the_patterns_of_texts_match_their_words(text: str, patterns: tuple[str, str]) -> None:
    assert (filtered_texts.containing(text), filtered_texts.beginning(text)) == patterns


AWKWARD = [
    "",
    " ",
    "!!!",
    "¶",
    "x" * 100,
    "zz",
    "ﷺ" * 20,
    "ل",
    "%",
    "_",
    "\\",
    "e\u0301",
    "ALL B",
    "x_",
    "fif" * 80,
    "ie",
]


def filters(company: Company) -> Iterator[dict[str, Any]]:
    """Filters with parts of stored texts, words inside words too, alone and combined with others."""
    chance = random.Random(5)
    stored = [text for entry in company.entries.values() for text in entry.texts[:2] if text]
    parts = [text[start : start + chance.randint(1, 8)] for text in chance.sample(stored, 12) for start in (0, 3)]
    for name in ("description", "subject"):
        for part in (*AWKWARD, *parts):
            yield {name: {"contains": part}}
            yield {name: {"startsWith": part}}
        for text in chance.sample(stored, 4):
            yield {name: {"eq": text}}
            yield {name: {"in": [text, "no text"]}}
    one, other = {"description": {"contains": "ll"}}, {"subject": {"startsWith": "c", "contains": "a"}}
    yield from (
        {**one, "salespersonCode": {"eq": "JO"}},
        {"and": [one, other]},
        {"or": [one, other]},
        {"or": [one, {"salespersonCode": {"eq": "PS"}}]},
        {"and": [{"or": [one, {"and": [other, one]}]}], "not": {"subject": {"contains": "b"}}},
        {"not": one},
        {"or": [], **one},
    )


def passes(filter_: dict[str, Any], entry: Stored) -> bool:
    """Whether a filter finds an entry."""
    return all(_holds(name, value, entry) for name, value in filter_.items())


def _holds(name: str, value: Any, entry: Stored) -> bool:
    if name in ("and", "or"):
        return (all if name == "and" else any)(passes(each, entry) for each in value)
    if name == "not":
        return not passes(value, entry)
    if name == "salespersonCode":
        return bool(entry.salesperson_code == value["eq"])
    text = entry.texts[name == "subject"]
    return text is not None and all(OPERATORS[operator](text, given) for operator, given in value.items())
