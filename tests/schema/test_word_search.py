"""`search` of entries and segments finds the rows that a plain reference in Python finds, on both databases."""

import asyncio
import datetime as dt
import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import pytest
from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from persistence import search
from persistence.columns import table_of
from persistence.database import Database
from persistence.enums import Role
from persistence.interactions import InteractionComment, InteractionLogEntry
from persistence.salespeople import Salesperson
from persistence.segments import Segment
from resolvers.interactions.unused_texts import ANY_UNUSED_TEXT, delete_some
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.root import schema
from tests.conftest import NOW
from tests.reference_search import finds, terms

ENTRIES, COMMENTS = table_of(InteractionLogEntry), table_of(InteractionComment)
WORDS = (
    *("call", "Callback", "back", "réunion", "Reunion", "ÉTÉ", "ete", "Straße", "strasse", "œuvre", "l’été", "O'Neil"),
    *("東京", "東京都", "жук", "ЖУК", "Γιώργος", "क", "कि", "e\u0301te", "ﬁn", "fin", "12", "1,000.50", "120", "x_y"),
    *("jean.dupont@example.com", "rendez-vous", "😀", "😀call", "a", "b", "¶", "%", "½", "İzmir", "\U000e0100back"),
)
SIGNS = (
    '"',
    "-",
    "«",
    "»",
    "“",
    "*",
    "(",
    ")",
    "'",
    "\\",
    "&",
    "|",
    "!",
    ":",
    "<->",
    "–",
    "NOT",
    "OR",
    "NEAR",
    "+",
    "^",
)
AWKWARD: Sequence[tuple[str, str | None, tuple[str, ...]]] = (
    ("a b", "c d", ("e f", "a c")),
    ("!!!", None, ()),
    ("😀", "😀 smile", ("😀",)),
    ("x" * 100, "y" * 97 + " z", ("z" * 2000, "é" * 1999)),
    ("¶ pilcrow ¶", "a ¶ b", ()),
    ("100% sure_thing", "back\\slash", ("a " * 900 + "last",)),
    ("ﷺ" * 20, None, ("ﷺ" * 400,)),
    ("Call back", None, ("call, back!", "Not-called")),
)
FIXED = (
    *(
        "a b",
        '"a b"',
        '"b c"',
        '"b ¶ c"',
        "-a b",
        '"d e"',
        "a f",
        '"a c"',
        "f c -pilcrow",
        "a -b",
        'b -"a b"',
        "x_y",
        "_",
    ),
    *("", "   ", "!!!", '"', '""', '"call', 'call"', '"call back" -not', "😀", "😀 call", "% back", "'call'", "call:*"),
    *(
        "x" * 100,
        "z" * 200,
        "z" * 250,
        "z" * 2000,
        '"' + "z" * 2000 + '"',
        "é" * 150,
        "ﷺ",
        '"a last"',
        "last a",
        "not or near",
    ),
    *(
        '"a a a a"',
        "10%",
        "100% sure",
        "–call back",
        "call -",
        "--call back",
        "東",
        "京",
        "क",
        "1 000 50",
        "dupont jean",
    ),
    *(
        "call " * 49,
        "\ue000",
        "\U0001fae9",
        "ß",
        "ss",
        "œ",
        "oeu",
        "fi",
        "1⁄2",
        "STRASSE",
        "«call back»",
        "“call back”",
    ),
)


class Stored(NamedTuple):
    """An entry with its texts."""

    entry_no: int
    salesperson_code: str | None
    texts: list[str | None]


class Company(NamedTuple):
    """A database, and how to search in it."""

    database: Database
    entries: dict[int, Stored]
    ask: Callable[..., Any]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def company(request: pytest.FixtureRequest, empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Company]:
    opening = Database.at(empty_copy(request.param))
    database = loop.run_until_complete(opening.__aenter__())
    entries = {stored.entry_no: stored for stored in loop.run_until_complete(database.writing(fill))}
    engines: dict[int, Engine] = {}

    def ask(text: str, caller: Caller | None = None, **variables: Any) -> Any:
        engine = engines.setdefault(search.MAX_TEXTS, Engine(schema._schema, database, clock=lambda: NOW))
        request = GraphQLRequest(text, variables)
        return json.loads(loop.run_until_complete(engine.answer(request, caller or Caller())).body)

    yield Company(database, entries, ask)
    loop.run_until_complete(opening.__aexit__(None, None, None))


def fill(session: Session) -> list[Stored]:
    """Entries with random texts, some of them equal, and comments."""
    chance = random.Random(14)

    def text(most: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, most)))

    def comments() -> tuple[str, ...]:
        return tuple(text(6) for _ in range(chance.choice((0, 0, 0, 1, 3))))

    shared = [(text(4), chance.choice((None, text(3)))) for _ in range(8)]
    given = [(*chance.choice(shared), comments()) for _ in range(40)]
    given += [(text(4)[:100], chance.choice((None, text(3)[:100])), comments()) for _ in range(60)]
    session.add_all([Salesperson(code=code, name=code, search_name=code.lower()) for code in ("JO", "PS")])
    session.flush()
    stored = [
        Stored(number, chance.choice((None, "JO", "PS")), [description, subject, *written])
        for number, (description, subject, written) in enumerate([*AWKWARD, *given], 1)
    ]
    session.execute(insert(ENTRIES), [_entry(each, chance) for each in stored])
    session.execute(insert(COMMENTS), [row for each in stored for row in _comments(each)])
    return stored


def _entry(stored: Stored, chance: random.Random) -> dict[str, object]:
    row = InteractionLogEntry(
        entry_no=stored.entry_no,
        date=dt.date(2026, 1, chance.randint(1, 5)),
        time_of_interaction=dt.time(9),
        description=stored.texts[0] or "",
        subject=stored.texts[1],
        salesperson_code=stored.salesperson_code,
        canceled=chance.random() < 0.1,
        user_id="ann",
        logged_at=NOW,
    )
    return row.model_dump()


def _comments(stored: Stored) -> list[dict[str, object]]:
    return [
        {"entry_no": stored.entry_no, "line_no": line, "date": dt.date(2026, 1, 5), "comment": text, "user_id": "ann"}
        for line, text in enumerate(stored.texts[2:], 1)
    ]


def searches() -> list[str]:
    """Fixed and random searches that are not refused."""
    chance = random.Random(15)
    made = [*FIXED]
    for _ in range(120):
        parts = [
            chance.choice(("", "", "", "-", '"'))
            + chance.choice((*WORDS, *WORDS, *SIGNS))
            + chance.choice(("", "", '"'))
            for _ in range(chance.randint(1, 4))
        ]
        made.append(chance.choice((" ", " ", "")).join(parts))
    return [each for each in made if all(unwanted for *_, unwanted in terms(each)) is False or not [*terms(each)]]


PAGE = "(first: 100, search: $s{0}) {{ totalCount nodes {{ entryNo }} }}"


def numbers_found(company: Company, texts: Sequence[str], caller: Caller | None = None) -> list[tuple[int, list[int]]]:
    """How many entries each search finds, and the numbers of those on the first page."""
    found: list[tuple[int, list[int]]] = []
    for start in range(0, len(texts), 10):
        some = texts[start : start + 10]
        variables = {f"s{place}": text for place, text in enumerate(some)}
        fields = " ".join(f"e{place}: interactionLogEntries{PAGE.format(place)}" for place in range(len(some)))
        document = f"query({' '.join(f'${name}: String' for name in variables)}) {{ {fields} }}"
        answer = company.ask(document, caller, **variables)
        assert "errors" not in answer, answer
        for place in range(len(some)):
            page = answer["data"][f"e{place}"]
            found.append((page["totalCount"], sorted(node["entryNo"] for node in page["nodes"])))
    return found


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
            "`search` has at most 50 words; 1000 were given. Give fewer.",
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


def test_changes_of_texts_and_comments_change_what_is_found(company: Company, loop: asyncio.AbstractEventLoop) -> None:
    def found(text: str) -> list[int]:
        return numbers_found(company, [text])[0][1]

    def change(*statements: Any) -> None:
        def run(session: Session) -> None:
            for statement in statements:
                session.execute(statement)

        loop.run_until_complete(company.database.writing(run))

    new = Stored(900, None, ["Zebra crossing", None, "striped animal"])
    change(insert(ENTRIES).values(_entry(new, random.Random(1))))
    assert found("zebra") == [900]
    change(insert(COMMENTS).values(_comments(new)))
    assert (found("zebra animal"), found('"crossing striped"')) == ([900], [])
    change(update(COMMENTS).where(COMMENTS.c.entry_no == 900).values(comment=""))
    assert (found("striped"), found("zebra")) == ([], [900])
    change(update(ENTRIES).where(ENTRIES.c.entry_no == 900).values(description="Giraffe", subject="Neck"))
    assert (found("zebra"), found("giraffe neck")) == ([], [900])
    change(delete(COMMENTS).where(COMMENTS.c.entry_no == 900), delete(ENTRIES).where(ENTRIES.c.entry_no == 900))
    assert found("giraffe") == []


def test_the_words_of_deleted_texts_are_deleted(company: Company, loop: asyncio.AbstractEventLoop) -> None:
    """A text that another entry has stays."""

    def delete_entries(session: Session) -> None:
        for number, text in ((901, "Secret plan"), (902, "Call again"), (903, "Call again")):
            session.execute(insert(ENTRIES).values(_entry(Stored(number, None, [text, None]), random.Random(1))))
        session.execute(delete(ENTRIES).where(ENTRIES.c.entry_no.in_([901, 902])))

    def stored(session: Session) -> list[str]:
        kept = select(search.TEXTS.c.words).where(search.TEXTS.c.words.in_([" secret plan ", " call again "]))
        return list(session.scalars(kept))

    loop.run_until_complete(company.database.writing(delete_entries))
    assert sorted(loop.run_until_complete(company.database.querying(stored))) == [" call again ", " secret plan "]
    assert loop.run_until_complete(company.database.writing(delete_some)) is False
    assert loop.run_until_complete(company.database.querying(stored)) == [" call again "]
    assert loop.run_until_complete(company.database.reading([ANY_UNUSED_TEXT])) == [None]


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
