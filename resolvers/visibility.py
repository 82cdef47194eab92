"""Who may see which rows. Everything that is read goes through `visible`."""

from dataclasses import dataclass

from sqlalchemy import FromClause

from persistence.columns import Table


@dataclass(frozen=True)
class Viewer:
    """Who reads, as far as it decides what is seen. Part of the key of every plan."""


EVERYBODY = Viewer()


def visible(table: type[Table], viewer: Viewer) -> FromClause:
    """The rows of a table that the viewer may see. Today: all of them."""
    source: FromClause = table.__table__  # type: ignore[attr-defined]  # made by SQLModel for every table
    return source
