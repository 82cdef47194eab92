"""French texts have the typography of Québec, also after values are inserted."""

import ast
import asyncio
import importlib
import pkgutil
import re
import string
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Integer, Unicode, column, select, values

import resolvers
from persistence import versions
from persistence.columns import table_of as table
from persistence.database import Database
from persistence.setup import NumberSeries
from persistence.sql.folding import fold
from resolvers import french_grammar
from resolvers.demo.names import FIRST_NAMES, LAST_NAMES
from resolvers.errors import NOTHING, QUANTITIES, Refusal, Translated, number
from resolvers.interactions import titles
from resolvers.segments.logging.follow_up import default_description
from tests.api import Api, create_company
from tests.french_typography import faults
from tests.prepared import database_with
from tests.segment_api import create_segment

ROOT = Path(__file__).parent.parent
MATCHED_AGAINST_FILES = ("captions.py", "enum_words.py", "columns.py", "formats.py")
"""Modules of imports with the captions and values of files, which are not messages."""

ELIDED = re.compile(r"(?<![\w'])(?:[cdjlmnst]|qu|jusqu|lorsqu|aujourd)'(?=[\w{])", re.IGNORECASE)
PLACEHOLDERS = re.compile(r"\{[^{}]*\}")


def literals() -> Iterator[tuple[str, str]]:
    """All French literals with their files, and all other literals that elide with a straight apostrophe."""
    for path in sorted([*ROOT.glob("resolvers/**/*.py"), *ROOT.glob("schema/**/*.py")]):
        tree = ast.parse(path.read_text())
        documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        found = [text for node in french_nodes(tree) for text in texts(node)]
        if path.name in ("french.py", "french_grammar.py"):
            found += texts(tree, documentation)
        elif not ("imports" in path.parts and path.name in MATCHED_AGAINST_FILES):
            found += [text for text in texts(tree, documentation) if ELIDED.search(text)]
        for text in found:
            yield str(path.relative_to(ROOT)), text


def french_nodes(tree: ast.AST) -> Iterator[ast.expr]:
    """The French expressions: `french=…`, `french = …`, the French part of a pair, and values of the key "FR"."""
    pairs = {
        "Translated": (2, 1),
        "InvalidCell": (2, 1),
        "one_of": (3, 2),
        "report_rows": (5, 4),
        "report_unknown": (4, 3),
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "french":
            yield node.value
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            count, place = pairs.get(name, (-1, 0))
            if len(node.args) == count:
                yield node.args[place]
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node.targets[0].id == "french" or node.targets[0].id.lower().endswith("in_french"):
                yield node.value
        elif isinstance(node, ast.Dict):
            yield from (
                value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and key.value == "FR"
            )


def texts(node: ast.AST, documentation: Collection[int] = ()) -> list[str]:
    """The texts of a node. In an f-string each value is replaced with `{}`."""
    if isinstance(node, ast.JoinedStr):
        return [
            "".join(
                part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "{}"
                for part in node.values
            )
        ]
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and id(node) not in documentation else []
    return [text for child in ast.iter_child_nodes(node) for text in texts(child, documentation)]


def test_every_french_text_has_the_typography_of_quebec() -> None:
    found = list(literals())

    wrong = {
        (path, text): faults(text)
        for path, text in found
        if re.search("[a-z]", text) and faults(PLACEHOLDERS.sub("X", text))
    }

    assert len(found) > 500
    assert wrong == {}


def test_faults_of_typography_are_detected() -> None:
    for text in (
        "l'un",
        "Attention : non",
        "Voici: x",
        "« x »",
        "Quoi ?",
        "10 000",
        "12345",
        "de le bureau",
        "de elle",
        "la société",
    ):
        assert faults(text), text
    assert faults("L’un des 14\u00a0000\u00a0: «\u00a0x\u00a0»; du bureau à 14:30! Demande le 2026-03-18 les x?") == []


def refusals() -> Iterator[type[Refusal]]:
    """All classes of refusals with a message of their own."""
    for module in pkgutil.walk_packages(resolvers.__path__, "resolvers."):
        importlib.import_module(module.name)
    waiting = [Refusal]
    while waiting:
        for each in waiting.pop().__subclasses__():
            waiting.append(each)
            if "french" in vars(each):
                yield each


def test_every_french_refusal_has_the_typography_of_quebec_and_shows_its_values_unchanged() -> None:
    given = "l'été : « 12345 » !"
    found = list(refusals())
    for refusal in found:
        facts: dict[str, Any] = {
            name: 14000 if name in QUANTITIES else given
            for _, name, _, _ in string.Formatter().parse(refusal.english + refusal.french)
            if name
        }
        english, french_ = (refusal(**facts).message(language) for language in ("EN", "FR"))
        assert faults(french_.replace(given, "X").replace(given[:1].upper() + given[1:], "X")) == [], refusal
        assert given in french_ or given[1:] in french_ or given not in facts.values(), refusal
        if set(facts) & set(QUANTITIES):
            assert "14,000" in english
            assert "14\u00a0000" in french_
    assert len(found) > 40


def test_counted_nouns_agree_in_number() -> None:
    line, lines = Translated("line", "ligne"), Translated("lines", "lignes")

    assert [number(count, line, lines) for count in (0, 1, 2, 14000)] == [
        ("0 lines", "0 ligne"),
        ("1 line", "1 ligne"),
        ("2 lines", "2 lignes"),
        ("14,000 lines", "14\u00a0000 lignes"),
    ]
    assert NOTHING.french == "«\u00a0»"


@pytest.mark.parametrize(
    ("noun", "of"),
    [
        ("le bureau", "du bureau"),
        ("les chaises", "des chaises"),
        ("la table", "de la table"),
        ("l’écran", "de l’écran"),
        ("Héloïse", "d’Héloïse"),
        ("Hugo", "de Hugo"),
        ("Yves", "d’Yves"),
        ("Yannick", "de Yannick"),
        ("Œuvre", "d’Œuvre"),
        ("onze", "de onze"),
        ("3M", "de 3M"),
        ("“Ami”", "d’“Ami”"),
        ("", "de "),
        ("Lebel", "de Lebel"),
        ("Hydro-Québec", "d’Hydro-Québec"),
    ],
)
def test_de_contracts_and_elides(noun: str, of: str) -> None:
    assert french_grammar.de(noun) == of


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1\u00a0000"),
        (-1234567, "-1\u00a0234\u00a0567"),
        ("12.50", "12,50"),
        ("9999999999999999.99", "9\u00a0999\u00a0999\u00a0999\u00a0999\u00a0999,99"),
        ("1E+3", "1E+3"),
    ],
)
def test_numbers_have_one_format(value: object, written: str) -> None:
    assert french_grammar.number(value) == written


def test_the_database_elides_like_python(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    parts = [*french_grammar.MUTE, *french_grammar.ASPIRATED, *french_grammar.NO_ELISION]
    words = [word for part in parts for word in (part, part[:-1], f"« {part}e")]
    words += [name for each in (*FIRST_NAMES.values(), *LAST_NAMES.values()) for name in each]
    words += [
        *string.ascii_letters,
        *(first + second for first in "hyHY" for second in string.ascii_lowercase),
        "",
        "3M",
        "œuf",
        "Ångström",
    ]

    names = values(column("place", Integer), column("folded", Unicode)).data(
        [(place, fold(word)) for place, word in enumerate(words)]
    )
    listed = names.cte("names")
    statement = select(listed.c.place, titles._elides(listed.c.folded).label("elides"))
    rows = loop.run_until_complete(database.select(statement))
    assert {words[row["place"]]: bool(row["elides"]) for row in rows} == {
        word: french_grammar.elides(word) for word in words
    }


@database_with(create_company)
@pytest.mark.parametrize(
    ("accept", "described", "anonymized"),
    [
        ("fr-CA", "Suivi du segment SM00001", "Contact anonymisé P1"),
        ("de", "Follow-up on segment SM00001", "Anonymized P1"),
    ],
)
def test_stored_texts_are_in_the_language_of_the_request(
    api: Api, accept: str, described: str, anonymized: str
) -> None:
    reader, other = (
        Api(api._client, api._loop, **{"accept-language": language})
        for language in (accept, "fr" if accept == "de" else "en")
    )
    create_segment(api, "P1", description="Calls", templateCode="VISIT", salespersonCode="JO")
    input = {"segmentNo": "SM00001", "createFollowUp": True, "idempotencyKey": "once"}
    selection = "loggedSegment { entryNo } followUpSegment { no description }"

    logged = reader.mutate("logSegment", input, selection)
    again = other.mutate("logSegment", input, selection)
    later = reader.mutate(
        "createFollowUpSegment", {"loggedSegmentEntryNo": logged["loggedSegment"]["entryNo"]}, "segment { description }"
    )
    names = [
        each.mutate("anonymizeContact", {"no": "P1"}, "contact { name }")["contact"]["name"] for each in (reader, other)
    ]

    assert logged["followUpSegment"]["description"] == described
    assert again == logged
    assert later["segment"]["description"] == described
    assert names == [anonymized, anonymized]


def test_the_description_of_a_follow_up_fits_its_column() -> None:
    """A number has at most 20 characters, a description 50."""
    assert all(len(words) <= 50 for words in default_description("X" * 20))


@pytest.mark.parametrize(("language", "described"), [("EN", "Campaigns"), ("FR", "Campagnes")])
def test_a_new_company_describes_its_number_series_in_its_language(
    new_url: str, language: str, described: str, loop: asyncio.AbstractEventLoop
) -> None:
    async def description() -> str:
        async with Database.at(new_url) as database:
            await versions.migrate(database, language=language)
            await versions.migrate(database, language="FR")
            rows = await database.select(
                select(table(NumberSeries).c.description).where(table(NumberSeries).c.code == "CAMP")
            )
            return str(rows[0]["description"])

    assert loop.run_until_complete(description()) == described
