"""Entry numbers on PostgreSQL: a sequence."""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Insert,
    Select,
    Sequence,
    Table,
    bindparam,
    func,
    insert,
    literal,
    select,
    text,
    true,
)
from sqlalchemy import table as table_named
from sqlalchemy.orm import Session

from persistence.dialects.entry_numbers import CreatedItem, EntryNumbers
from persistence.dialects.postgresql.citus import is_on_citus
from persistence.sql_types import Parameters, SqlQuery
from persistence.transactions.autocommit import run_last_statement

SEQUENCE = Sequence("interaction_entry_no")
DRAWN = (
    select(SEQUENCE.next_value().label("entry_no")).select_from(table_named("interaction_entry_no")).subquery("drawn")
)
"""The next number, for a statement of several steps. It reads the sequence as a table, because Citus then draws the
number on the coordinator; no other server has the sequence.
"""

CONTACT_SALESPERSON = "contact_salesperson_code"


class SequenceEntryNumbers(EntryNumbers):
    """A number is drawn at once, so that numbers of transactions that are rolled back are missing."""

    last_number = "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM interaction_entry_no"

    def advance(self, session: Session, count: int) -> None:
        """Does nothing: the sequence has advanced already."""

    def draw_several(self, session: Session, count: int) -> list[int]:
        rows = func.generate_series(1, count).table_valued("row")
        return sorted(session.scalars(select(SEQUENCE.next_value()).select_from(rows)))

    def lock(self, session: Session) -> int:
        """Lock the tables of interactions: a number is drawn by an INSERT into one of them."""
        session.execute(text("LOCK TABLE interaction_log_entry, postponed_interaction IN SHARE ROW EXCLUSIVE MODE"))
        return int(session.scalars(text("SELECT last_value FROM interaction_entry_no")).one())

    def continue_after(self, session: Session, entry_no: int) -> None:
        higher = "SELECT setval('interaction_entry_no', greatest(last_value, :entry_no)) FROM interaction_entry_no"
        session.execute(text(higher), {"entry_no": entry_no})

    def insert(self, session: Session, table: Table, values: Parameters, item: CreatedItem, *, last: bool) -> int:
        """One round trip; with `last` also one transaction of its own. On Citus in several."""
        if is_on_citus(session):
            return _insert_on_citus(session, table, values, item)
        statement = _insertion(table, tuple(values))
        values = {name: value for name, value in values.items() if name != CONTACT_SALESPERSON}
        entry_no = _run(session, statement, values, item, last=last)
        assert entry_no is not None
        return entry_no

    def insert_selected(
        self, session: Session, table: Table, row: SqlQuery, values: Parameters, item: CreatedItem, *, last: bool
    ) -> int | None:
        if is_on_citus(session):
            selected = session.connection().execute(row, values).mappings().first()
            return None if selected is None else _insert_on_citus(session, table, {**values, **selected}, item)
        return _run(session, _insertion_of_selected(table, row), values, item, last=last)


def _run(session: Session, insertion: Insert, values: Parameters, item: CreatedItem, *, last: bool) -> int | None:
    if last:
        return run_last_statement(session, insertion, item.combined(session, insertion), values)
    entry_no: int | None = session.connection().execute(item.combined(session, insertion), values).scalar()
    return entry_no


def _insert_on_citus(session: Session, table: Table, values: Parameters, item: CreatedItem) -> int:
    """Insert a row by statements that concern the server of the company only. The INSERT draws the number, as `lock`
    expects.
    """
    row = {name: value for name, value in values.items() if name in table.c}
    if CONTACT_SALESPERSON in row:
        (reference,) = table.c.contact_no.foreign_keys
        found = _salesperson_of_contact(literal(row["contact_no"]), reference)
        row[CONTACT_SALESPERSON] = session.scalar(found)
    statement = insert(table).values(entry_no=SEQUENCE.next_value()).returning(table.c.entry_no)
    entry_no: int = session.connection().execute(statement, row).scalar_one()
    item.insert_later(session, table, entry_no, row)
    return entry_no


@cache
def _insertion(table: Table, names: tuple[str, ...]) -> Insert:
    """The statement that inserts these columns under the next number; one object, so that it is compiled once."""
    given: dict[str, ColumnElement[Any]] = {name: bindparam(name, type_=table.c[name].type) for name in names}
    if CONTACT_SALESPERSON in names:
        given[CONTACT_SALESPERSON] = _salesperson_of_contact(
            given["contact_no"], *table.c.contact_no.foreign_keys
        ).scalar_subquery()
    row = select(*(value.label(name) for name, value in given.items()), DRAWN.c.entry_no)
    return insert(table).from_select([*given, "entry_no"], row)


@cache
def _insertion_of_selected(table: Table, row: SqlQuery) -> Insert:
    """The statement that inserts the selected row with the next number. It is cached, so it is compiled once."""
    selected = row.subquery("selected")
    numbered = select(*selected.columns, DRAWN.c.entry_no).select_from(selected.join(DRAWN, true()))
    names = [column.name for column in row.selected_columns]
    return insert(table).from_select([*names, "entry_no"], numbered)


def _salesperson_of_contact(contact_no: ColumnElement[str], reference: ForeignKey) -> Select[tuple[str]]:
    """The salesperson of a contact; if another transaction is changing the contact, the one that it has afterwards. The
    foreign key would lock the contact in the same way.
    """
    contacts = reference.column.table
    found = select(contacts.c.salesperson_code).where(contacts.c.no == contact_no)
    return found.with_for_update(read=True, key_share=True)
