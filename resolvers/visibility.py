"""Who may see which rows. Everything that is read goes through `visible`."""

from typing import NamedTuple

from sqlalchemy import FromClause

from persistence.columns import Table


class Viewer(NamedTuple):
    """Who reads, as far as it decides what is seen. Part of the key of every plan, hence a tuple: each request looks
    plans up, and tuples are compared without calls of Python functions.
    """


EVERYBODY = Viewer()


def visible(table: type[Table], viewer: Viewer) -> FromClause:
    """The rows of a table that the viewer may see. Today: all of them."""
    source: FromClause = table.__table__  # type: ignore[attr-defined]  # made by SQLModel for every table
    return source
