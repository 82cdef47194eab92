"""Imports of files, as `carnet import` made them."""

import datetime as dt
from functools import partial

import strawberry

from persistence import imports as tables
from resolvers.roles import MARKETING
from schema.compiler.declarations import by_column
from schema.compiler.entity_types import entity
from schema.compiler.fields import by_key, column, to_many
from schema.connections import connection_of
from schema.enums import ImportKind
from schema.nodes import Node

_column = partial(column, access=MARKETING)


@entity(
    tables.Import,
    "imp",
    key_columns=("entry_no",),
    default=[by_column("entry_no", descending=True)],
    key_order=[by_column("entry_no")],
)
class Import(Node):
    """One import of a file. Dry runs and files that were refused leave none."""

    entry_no: int = _column("The number of the import, unique among imports.")
    kind: ImportKind = _column("The kind of records in the file.")
    file_name: str = _column("The name of the file, without its folder; of a longer name the last 255 characters.")
    created_at: dt.datetime = _column("The time of the import.")
    user_id: str = _column("The user who imported the file. On the command line this is `local`.")
    rows: int = _column("Number of rows of the file, rejected ones included.")
    created: int = _column(
        "Number of records that were created. There may be more than rows: people name companies that did not exist."
    )
    updated: int = _column("Number of records that were changed.")
    unchanged: int = _column("Number of rows whose record was there already and was not changed.")
    rejected: int = _column("Number of rows with errors, which were left out because the import was asked to.")
    undone_at: dt.datetime | None = _column("The time at which the import was undone. Null if it was not.")
    undone_by: str | None = _column("The user who undid the import. Null if it was not undone.")


ImportConnection, ImportEdge = connection_of("imports.Import")


@strawberry.type
class ImportQueries:
    """The fields of Query about imports."""

    import_ = by_key(
        "imports.Import",
        "The import with this number; null if there is none.",
        "entry_no",
        "entry_no",
        "The number of the import.",
        access=MARKETING,
        alias="import",
    )
    imports = to_many(
        "imports.Import", "Imports of files, newest first.", filtered=False, ordered=False, access=MARKETING
    )
