"""The table that holds the rows of a file until all of them are checked."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, Index, Integer, MetaData, insert
from sqlalchemy import Table as SqlTable
from sqlmodel import Session

from persistence import staging

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
        """Insert rows, many with one statement. It has only the columns in which some row has a value: most files have
        few of them.
        """
        used = {name for row in rows for name, value in row.items() if value is not None}
        given = [{name: row.get(name) for name in used} for row in rows]
        session.execute(insert(self.table).returning(self.table.c.row_no), given)

    def create_indexes(self, session: Session) -> None:
        """Create the indexes, once all rows are inserted."""
        staging.create_indexes(session, self.table)

    def drop(self, session: Session) -> None:
        """Drop the table."""
        staging.drop_staging_table(session, self.table)
