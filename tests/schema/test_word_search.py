"""`search` of entries and segments finds the rows that a plain reference in Python finds, on both databases."""

import asyncio
import datetime as dt
from typing import Any

import pytest
from sqlmodel import Session

from persistence.enums import Role
from persistence.precomputed import search
from persistence.segments import Segment
from schema.execution.engine import Caller
from tests.reference_search import finds
from tests.schema import searched_company
from tests.schema.searched_company import Company, numbers_found, searches

company = searched_company.company


@pytest.mark.parametrize("max_texts", [search.MAX_TEXTS, 0, 20])
def test_searches_find_the_entries_of_the_reference(
    company: Company, max_texts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether entries are looked up by their words, read in the order of the list, or both, depending on the word."""
    monkeypatch.setattr(search, "MAX_TEXTS", max_texts)
    texts = searches()
    for text, (total, numbers) in zip(texts, numbers_found(company, texts), strict=True):
        expected = [number for number, stored in company.entries.items() if finds(text, stored.texts)]
        assert total == len(expected), text
        assert len(numbers) == min(100, total), text
        assert set(numbers) <= set(expected), text


@pytest.mark.parametrize("max_texts", [search.MAX_TEXTS, 0])
def test_salespeople_find_only_their_own_entries(
    company: Company, max_texts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MAX_TEXTS", max_texts)
    caller = Caller(salesperson_code="JO", roles=frozenset({Role.SALESPERSON}))
    texts = searches()[::3]
    own = {number: stored for number, stored in company.entries.items() if stored.salesperson_code == "JO"}
    for text, (total, numbers) in zip(texts, numbers_found(company, texts, caller), strict=True):
        expected = [number for number, stored in own.items() if finds(text, stored.texts)]
        assert (total, numbers) == (len(expected), expected), text


@pytest.mark.parametrize("max_texts", [search.MAX_TEXTS, 0])
def test_pages_of_a_search_follow_the_order_and_pass_the_filter(
    company: Company, max_texts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MAX_TEXTS", max_texts)
    document = """query($s: String, $after: String, $filter: InteractionLogEntryFilter, $order: [InteractionLogEntryOrder!]) {
        interactionLogEntries(first: 7, search: $s, after: $after, filter: $filter, orderBy: $order) {
            totalCount nodes { entryNo date canceled } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
    for order in (None, [{"field": "ENTRY_NO", "direction": "ASC"}], [{"field": "COST", "direction": "DESC"}]):
        variables: dict[str, Any] = {"s": "call", "filter": {"date": {"gte": "2026-01-03"}}, "order": order}
        nodes: list[Any] = []
        page: Any = {"hasNextPage": True, "endCursor": None}
        while page["hasNextPage"]:
            answer = company.ask(document, **variables, after=page["endCursor"])["data"]["interactionLogEntries"]
            page, total = answer["pageInfo"], answer["totalCount"]
            assert page["hasPreviousPage"] == bool(nodes)
            nodes += answer["nodes"]
        assert len(nodes) == total > 7
        assert all(node["date"] >= "2026-01-03" for node in nodes)
        assert all(finds("call", company.entries[node["entryNo"]].texts) for node in nodes)
        everything = company.ask(document.replace("first: 7", "first: 100"), **{**variables, "s": None}, after=None)
        in_order = [node["entryNo"] for node in everything["data"]["interactionLogEntries"]["nodes"]]
        shown = [node["entryNo"] for node in nodes]
        assert shown == [number for number in in_order if number in shown]
    assert {node["canceled"] for node in nodes} == {True, False}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-call", "`search` only has words that must not occur. Add a word that must occur."),
        ('-"call back" -a', "`search` only has words that must not occur. Add a word that must occur."),
        (
            " ".join(f"w{number}" for number in range(1000)),
            "`search` has at most 50 words; 1,000 were given. Give fewer.",
        ),
        ('"' + "a " * 51 + '"', "`search` has at most 50 words; 51 were given. Give fewer."),
    ],
)
def test_searches_that_cannot_be_answered_are_refused(company: Company, text: str, message: str) -> None:
    for field in ("interactionLogEntries", "segments"):
        answer = company.ask(f"query($s: String) {{ {field}(search: $s) {{ totalCount }} }}", s=text)
        (error,) = answer["errors"]
        assert (error["message"], error["extensions"]["code"]) == (message, "BAD_USER_INPUT")


def test_a_word_that_is_repeated_counts_once(company: Company) -> None:
    assert numbers_found(company, ["a b " * 500]) == numbers_found(company, ["a b"])


def test_segments_are_found_by_number_description_and_subject(
    company: Company, loop: asyncio.AbstractEventLoop
) -> None:
    rows: list[tuple[str, str | None, str | None]] = [
        ("SM1", "Été à Québec", None),
        ("SM2", None, "Call back"),
        ("X-1", "Call", "back"),
        ("ÉTÉ", None, None),
    ]

    def add(session: Session) -> None:
        session.add_all(
            Segment(no=no, description=text, subject_default=subject, date=dt.date(2026, 1, 1))
            for no, text, subject in rows
        )

    loop.run_until_complete(company.database.writing(add))
    for text in ("ete", '"call back"', "call back", "sm", "x 1", "-sm1 ete", "call -x", "", "!", '"sm1 ete"'):
        answer = company.ask("query($s: String) { segments(search: $s) { nodes { no } } }", s=text)
        expected = sorted(row[0] for row in rows if finds(text, row))
        assert sorted(node["no"] for node in answer["data"]["segments"]["nodes"]) == expected, text
