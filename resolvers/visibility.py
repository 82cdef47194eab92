"""Which rows a viewer may see. Every read selects from `visible`."""

from typing import NamedTuple

from sqlalchemy import FromClause

from persistence.columns import Table, table_of


class Viewer(NamedTuple):
    """The properties of a caller that decide which rows they see. Part of the key of every plan, and a tuple because
    plans are looked up for each request: tuples are compared without calling Python functions.
    """


EVERYBODY = Viewer()


def visible(table: type[Table], viewer: Viewer) -> FromClause:
    """The rows of a table that the viewer may see. Currently all rows."""
    return table_of(table)
