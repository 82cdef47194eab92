"""Text as it is compared inside the databases: `fold` for search and sorting, `visible` for what must be equal letter by letter.

SQLite calls the functions of `persistence.texts_1` itself; on PostgreSQL a migration made the same ones. A test holds them equal.
"""

import sqlite3
from typing import Any

from sqlalchemy import ColumnElement, Unicode
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from persistence.texts_1 import composed, fold, kept_email, kept_key, kept_text, visible

__all__ = ["Folded", "Visible", "composed", "fold", "kept_email", "kept_key", "kept_text", "register", "visible"]


class Folded(ColumnElement[str]):
    """`fold` inside the database, compared byte by byte."""

    inherit_cache = False
    type = Unicode()
    function = "carnet_fold"

    def __init__(self, value: ColumnElement[Any]) -> None:
        self.value = value


class Visible(Folded):
    """`visible` inside the database, compared byte by byte."""

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
    """Give a connection to SQLite these functions."""
    for element, function in ((Folded, fold), (Visible, visible)):
        def of_text(value: str | None, function: Any = function) -> str | None:
            return None if value is None else function(value)

        connection.create_function(element.function, 1, of_text, deterministic=True)
