"""Imports of files, and the rows that each of them created."""

import datetime as dt

from sqlalchemy import Integer
from sqlmodel import Field

from persistence.columns import EnumCheck, Instant, Table, free_text, key, table_options
from persistence.enums import ImportKind


class Import(Table, table=True):
    """One import of a file, with the numbers of its rows. `undone_at` is null unless it was undone."""

    __tablename__ = "import"
    __table_args__ = (EnumCheck("kind", ImportKind), table_options(never_reuse_keys=True))

    entry_no: int | None = Field(default=None, primary_key=True, sa_type=Integer)
    kind: str = Field(sa_type=key(20))
    file_name: str = Field(sa_type=free_text(255))
    created_at: dt.datetime = Field(sa_type=Instant)
    user_id: str = Field(sa_type=free_text(50))
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    undone_at: dt.datetime | None = Field(default=None, sa_type=Instant)
    undone_by: str | None = Field(default=None, sa_type=free_text(50))


class ImportedRows(Table, table=True):
    """Rows that an import created: those of the table `source` whose keys are from `first_key` to `last_key`. No other
    row ever has one of these keys, also after the import was undone, except entry numbers of interactions: another
    import may use them then.

    `canceled` says whether these interactions were canceled in the file; false for all other rows.
    """

    __tablename__ = "imported_rows"
    __table_args__ = (table_options(rows_in_key_order=True),)

    import_entry_no: int = Field(
        primary_key=True, foreign_key="import.entry_no", sa_column_kwargs={"autoincrement": False}
    )
    source: str = Field(sa_type=key(40), primary_key=True)
    first_key: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last_key: int
    canceled: bool = False
