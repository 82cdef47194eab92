"""Which rows a viewer may see. Every read selects from `visible`."""

from dataclasses import dataclass

from sqlalchemy import FromClause

from persistence.columns import Table, table_of


@dataclass(frozen=True)
class Viewer:
    """The properties of a caller that decide which rows they see. Part of the key of every plan."""


EVERYBODY = Viewer()


def visible(table: type[Table], viewer: Viewer) -> FromClause:
    """The rows of a table that the viewer may see. Currently all rows."""
    return table_of(table)
