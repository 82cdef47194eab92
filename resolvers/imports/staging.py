"""The table that holds the rows of a file until all of them are checked."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Column, Index, Integer, MetaData
from sqlalchemy import Table as SqlTable
from sqlmodel import Session

from persistence.sql import staging

StagedRow = Mapping[str, object]
"""A row of a staging table by column name."""


class StagingTable:
    """A table with one row for each row of the file. A rollback of the transaction removes it."""

    def __init__(self, name: str, *columns: Column[object], indexed: Sequence[str]) -> None:
        row_no = Column("row_no", Integer, primary_key=True, autoincrement=False)
        self.table = SqlTable(name, MetaData(), row_no, *columns)
        for column in indexed:
            Index(f"ix_{name}_{column}", self.table.c[column])

    def create(self, session: Session) -> None:
        """Create the table. Only this transaction sees it."""
        staging.create_staging_table(session, self.table)

    def insert(self, session: Session, rows: Sequence[StagedRow]) -> None:
        """Insert rows, many with one statement."""
        staging.insert_rows(session, self.table, rows)

    def updating(self, session: Session, *columns: str) -> AbstractContextManager[None]:
        """Update many rows: see `persistence.sql.staging.updating`."""
        return staging.updating(session, self.table, *columns)

    def create_indexes(self, session: Session) -> None:
        """Create the indexes, once all rows are inserted."""
        staging.create_indexes(session, self.table)

    def drop(self, session: Session) -> None:
        """Drop the table."""
        staging.drop_staging_table(session, self.table)
