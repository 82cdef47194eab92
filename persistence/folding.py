"""Folding text for search and sorting: case and accents removed, the same on both databases.

SQLite calls `fold` itself; PostgreSQL has `carnet_fold`, written by `postgresql_function`. A test holds them equal.
"""

import re
import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, Unicode
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

_MARKS = re.compile("[\u0300-\u036f]")
_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss"}
_STROKES = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ð": "d"}


def _pairs() -> dict[str, str]:
    """Every capital of Latin, Greek, Cyrillic and Armenian that survives decomposition, and letters with a stroke."""
    pairs = {}
    for char in map(chr, range(0x41, 0x590)):
        small = char.lower()
        if small != char and len(small) == 1 and unicodedata.normalize("NFKD", char) == char:
            pairs[char] = _STROKES.get(small, small)
    return pairs | _STROKES


_TABLE = str.maketrans(_pairs())


def fold(value: str) -> str:
    """`Éric Bœuf` becomes `eric boeuf`. Compatibility forms are decomposed, combining accents dropped."""
    if value.isascii():
        return value.lower()
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", value)).translate(_TABLE)
    for ligature, letters in _LIGATURES.items():
        plain = plain.replace(ligature, letters)
    return plain


class Folded(ColumnElement[str]):
    """`fold` inside the database, compared byte by byte."""

    inherit_cache = False
    type = Unicode()

    def __init__(self, value: ColumnElement[Any]) -> None:
        self.value = value


@compiles(Folded, "postgresql")
def _(element: Folded, compiler: SQLCompiler, **kw: Any) -> str:
    return f'carnet_fold({compiler.process(element.value, **kw)}) COLLATE "C"'


@compiles(Folded, "sqlite")
def _(element: Folded, compiler: SQLCompiler, **kw: Any) -> str:
    return f"carnet_fold({compiler.process(element.value, **kw)})"


def postgresql_function() -> str:
    """The statement that makes `carnet_fold` on PostgreSQL. Plain text takes the short way."""
    capitals, smalls = (letters.replace("'", "''") for letters in ("".join(_pairs()), "".join(_pairs().values())))
    body = f"translate(regexp_replace(normalize(value, NFKD), '[\\u0300-\\u036f]', '', 'g'), '{capitals}', '{smalls}')"
    for ligature, letters in _LIGATURES.items():
        body = f"replace({body}, '{ligature}', '{letters}')"
    return (
        "CREATE OR REPLACE FUNCTION carnet_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ "
        f"SELECT CASE WHEN octet_length(value) = char_length(value) THEN lower(value COLLATE \"C\") ELSE {body} END $$"
    )
