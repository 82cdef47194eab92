"""The table in which the rows of the file wait until all of them are known to fit."""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, insert, inspect
from sqlalchemy import Table as SqlTable
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable
from sqlmodel import Session

from persistence.columns import key
from persistence.contacts import Contact

CONTACTS = cast(SqlTable, inspect(Contact).local_table)
KEPT = [column.name for column in CONTACTS.columns if column.name not in ("id", "version")]
"""What a row may say of a contact, and what follows from it."""

STAGING = SqlTable(
    "contact_import", MetaData(),
    Column("row_no", Integer, primary_key=True, autoincrement=False),
    Column("known", Boolean, nullable=False),
    Column("type_if_new", key(10)),
    Column("drawn_no", key(20)),
    *(Column(name, CONTACTS.c[name].type) for name in KEPT),
    prefixes=["TEMPORARY"],
)
"""One row for each of the file. `known`: there is a contact of this number, so the row changes it."""

INDEXES = [Index(f"ix_contact_import_{name}", STAGING.c[name]) for name in ("no", "search_name", "search_company_name")]


def create(session: Session) -> None:
    """Make the table. It belongs to this connection and goes with the transaction if that is rolled back."""
    session.execute(CreateTable(STAGING))


def fill(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Add rows, many with one statement."""
    session.execute(insert(STAGING).returning(STAGING.c.row_no), list(rows))


def finish(session: Session) -> None:
    """All rows are there: make them easy to find."""
    for index in INDEXES:
        session.execute(CreateIndex(index))


def drop(session: Session) -> None:
    """The table has served."""
    session.execute(DropTable(STAGING))
