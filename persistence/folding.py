"""Text comparison inside the databases: `fold` for search and sorting, `visible` for exact comparison without invisible
characters.

SQLite calls the functions of `persistence.texts_v1`; on PostgreSQL a migration created equal ones. A test compares
them.
"""

import sqlite3
from typing import Any

from sqlalchemy import ColumnElement, Unicode
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from persistence.texts_v1 import comparable_email, composed, fold, stored_key, stored_text, visible

__all__ = [
    "Folded",
    "Visible",
    "comparable_email",
    "composed",
    "fold",
    "register",
    "stored_key",
    "stored_text",
    "visible",
]


class Folded(ColumnElement[str]):
    """`fold` inside the database, compared byte by byte."""

    inherit_cache = False
    type = Unicode()
    function = "carnet_fold"

    def __init__(self, value: ColumnElement[Any]) -> None:
        self.value = value


class Visible(Folded):
    """`visible` inside the database, in binary collation."""

    inherit_cache = False
    function = "carnet_visible"


@compiles(Folded, "postgresql")
@compiles(Visible, "postgresql")
def _(element: Folded, compiler: SQLCompiler, **kw: Any) -> str:
    return f'{element.function}({compiler.process(element.value, **kw)}) COLLATE "C"'


@compiles(Folded, "sqlite")
@compiles(Visible, "sqlite")
def _(element: Folded, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{element.function}({compiler.process(element.value, **kw)})"


def register(connection: sqlite3.Connection) -> None:
    """Register these functions on an SQLite connection."""
    for element, function in ((Folded, fold), (Visible, visible)):

        def of_text(value: str | None, function: Any = function) -> str | None:
            return None if value is None else function(value)

        connection.create_function(element.function, 1, of_text, deterministic=True)
