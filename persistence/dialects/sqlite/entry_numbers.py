"""Entry numbers on SQLite, which has no sequences: the last number stands in a table of one row."""

from functools import cache

from sqlalchemy import Integer, Table, column, insert, select, table, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from persistence.dialects.entry_numbers import CreatedItem, EntryNumbers
from persistence.sql_types import Parameters, SqlQuery

COUNTER = table("interaction_entry_counter", column("last_no", Integer))


class CountedEntryNumbers(EntryNumbers):
    """One transaction writes at a time, so no other one can draw a number before it ends."""

    last_number = "SELECT last_no FROM interaction_entry_counter"

    def advance(self, session: Session, count: int) -> None:
        session.execute(update(COUNTER).values(last_no=COUNTER.c.last_no + count))

    def draw_several(self, session: Session, count: int) -> list[int]:
        self.advance(session, count)
        last = self.lock(session)
        return list(range(last - count + 1, last + 1))

    def lock(self, session: Session) -> int:
        return int(session.scalars(select(COUNTER.c.last_no)).one())

    def continue_after(self, session: Session, entry_no: int) -> None:
        session.execute(update(COUNTER).where(COUNTER.c.last_no < entry_no).values(last_no=entry_no))

    def insert(self, session: Session, table: Table, values: Parameters, item: CreatedItem, *, last: bool) -> int:
        drawn = update(COUNTER).values(last_no=COUNTER.c.last_no + 1).returning(COUNTER.c.last_no)
        entry_no = int(session.execute(drawn).scalar_one())
        session.execute(insert(table), {**values, "entry_no": entry_no})
        item.insert(session, table, entry_no)
        return entry_no

    def insert_selected(
        self, session: Session, table: Table, row: SqlQuery, values: Parameters, item: CreatedItem, *, last: bool
    ) -> int | None:
        """The number is drawn after the row is inserted, because there may be none."""
        connection = session.connection()
        entry_no = connection.scalar(_insertion_of_selected(table, row), values)
        if entry_no is not None:
            connection.execute(update(COUNTER).values(last_no=entry_no))
            item.insert(session, table, entry_no)
        return entry_no


@cache
def _insertion_of_selected(table: Table, row: SqlQuery) -> ReturningInsert[int]:
    """The statement that inserts the selected row with the next number. It is cached, so it is compiled once."""
    next_no = select(COUNTER.c.last_no + 1).scalar_subquery()
    names = [column.name for column in row.selected_columns]
    return insert(table).from_select([*names, "entry_no"], row.add_columns(next_no)).returning(table.c.entry_no)
