"""Everything in which the databases differ stands in `persistence/dialects`, so that a new database is one package."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from persistence.dialects import ALL, dialect_of_url
from persistence.dialects.entry_numbers import EntryNumbers
from persistence.dialects.interface import DatabaseDialect, DatabaseTypes
from persistence.dialects.sql_writer import SqlWriter

ROOT = Path(__file__).parents[3]
DIALECT = re.compile("sqlite|postgres|asyncpg|psycopg", re.IGNORECASE)
NAMED = re.compile(r"[\w.+-]*(sqlite|postgres|asyncpg|psycopg)[\w.+-]*", re.IGNORECASE)
"""A string that is a name. Sentences and URLs may mention a database."""

ALLOWED = {
    "persistence.texts.texts_v1.postgresql_functions": "a migration uses this module, so neither may change",
    "persistence.texts.words_v1.postgresql_functions": "a migration uses this module, so neither may change",
    "persistence.sqlalchemy_internals._asyncpg_error_translate": "a name of SQLAlchemy",
}


def modules() -> list[Path]:
    """All modules but the dialects, and the migrations, which keep what they were when they were released."""
    exempt = [ROOT / "persistence" / "dialects", ROOT / "persistence" / "migrations"]
    found = [path for layer in ("persistence", "resolvers", "schema") for path in (ROOT / layer).rglob("*.py")]
    return [path for path in found if not any(folder in path.parents for folder in exempt)]


def names_in(path: Path) -> Iterator[str]:
    """The identifiers, keywords, imported names and name-like strings of a module that name a dialect."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAMED.fullmatch(node.value):
            yield node.value
        for field in ("id", "attr", "arg", "name", "module", "asname"):
            name = getattr(node, field, None)
            if isinstance(name, str) and DIALECT.search(name):
                yield name


def test_no_module_outside_the_dialects_names_one() -> None:
    found = {
        f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}.{name}"
        for path in modules()
        for name in names_in(path)
    }

    assert found == set(ALLOWED)


def test_no_module_outside_the_dialects_asks_for_the_name_of_a_dialect() -> None:
    """Neither `dialect.name` of SQLAlchemy nor `DatabaseDialect.name`: a property of the dialect says what matters."""
    asking = [path for path in modules() if re.search(r"dialect(_of\([^)]*\))?\.name\b", path.read_text())]

    assert [str(path.relative_to(ROOT)) for path in asking] == ["persistence/columns.py"], "it names variants of types"


@pytest.mark.parametrize("interface", [DatabaseDialect, DatabaseTypes, EntryNumbers, SqlWriter])
def test_a_dialect_has_no_inherited_behaviour(interface: type) -> None:
    """A new dialect must therefore implement everything itself."""
    abstract: frozenset[str] = getattr(interface, "__abstractmethods__")  # noqa: B009  # of ABC, unknown to mypy
    parts = [part for part in interface.__mro__ if part.__module__.startswith("persistence.")]
    declared = [item for part in parts for item in vars(part).items()]
    public = {name for name, value in declared if callable(value) and not name.startswith("_")}

    assert public == abstract


def test_a_url_selects_the_dialect() -> None:
    assert [dialect_of_url(f"{dialect.name}://") for dialect in ALL] == list(ALL)
    assert dialect_of_url("mysql://user@host/name") is None
