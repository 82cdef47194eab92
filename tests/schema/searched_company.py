"""A log with awkward texts and comments, searches in it, and how to ask for what they find."""

import asyncio
import datetime as dt
import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import pytest
from sqlalchemy import insert
from sqlmodel import Session

from persistence.columns import table_of
from persistence.database import Database
from persistence.interactions import InteractionComment, InteractionLogEntry
from persistence.precomputed import search
from persistence.salespeople import Salesperson
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.root import schema
from tests.conftest import NOW
from tests.reference_search import terms

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
LONG_WORDS: tuple[str, str | None, tuple[str, ...]] = ("ﬃ" * 100, "ﬃ" * 99 + "é", ())
"""Their words, of 300 letters when folded, are stored without their ends."""

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
    engine = Engine(schema._schema, database, clock=lambda: NOW)

    def ask(text: str, caller: Caller | None = None, **variables: Any) -> Any:
        """The comment at the end keeps plans of other limits from being used again."""
        request = GraphQLRequest(f"{text} # {search.MAX_TEXTS}", variables)
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
        for number, (description, subject, written) in enumerate([*AWKWARD, *given, LONG_WORDS], 1)
    ]
    session.execute(insert(ENTRIES), [entry_row(each, chance) for each in stored])
    session.execute(insert(COMMENTS), [row for each in stored for row in comment_rows(each)])
    return stored


def entry_row(stored: Stored, chance: random.Random) -> dict[str, object]:
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


def comment_rows(stored: Stored) -> list[dict[str, object]]:
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
