"""The table in which the rows of a file wait until all of them are known to fit."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Column, Index, Integer, MetaData, insert, inspect
from sqlalchemy import Table as SqlTable
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable
from sqlmodel import Session

from persistence.columns import Table


class Staging:
    """A temporary table with one row for each of the file. It goes with the transaction if that is rolled back."""

    def __init__(self, name: str, *columns: Column[Any], indexed: Sequence[str]) -> None:
        row_no = Column("row_no", Integer, primary_key=True, autoincrement=False)
        self.table = SqlTable(name, MetaData(), row_no, *columns, prefixes=["TEMPORARY"])
        self._indexes = [Index(f"ix_{name}_{column}", self.table.c[column]) for column in indexed]

    def create(self, session: Session) -> None:
        """Make the table; it belongs to this connection."""
        session.execute(CreateTable(self.table))

    def fill(self, session: Session, rows: Iterable[dict[str, Any]]) -> None:
        """Add rows, many with one statement."""
        session.execute(insert(self.table).returning(self.table.c.row_no), list(rows))

    def finish(self, session: Session) -> None:
        """All rows are there: make them easy to find."""
        for index in self._indexes:
            session.execute(CreateIndex(index))

    def drop(self, session: Session) -> None:
        """The table has served."""
        session.execute(DropTable(self.table))


def table_of(model: type[Table]) -> SqlTable:
    """The table of a model, as SQL sees it."""
    return cast(SqlTable, inspect(model).local_table)
