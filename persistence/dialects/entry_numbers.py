"""What drawing entry numbers needs from a database."""

from abc import ABC, abstractmethod
from typing import Protocol

from sqlalchemy import Insert, Table
from sqlalchemy.orm import Session as AnySession

from persistence.sql_types import Parameters, SqlQuery


class CreatedItem(Protocol):
    """Inserts the item of the change feed for an interaction that is inserted: by the same statement, or after it."""

    def combined(self, session: AnySession, insertion: Insert) -> SqlQuery:
        """A statement that inserts the interaction and its item, and returns the entry number. The same insertion gives
        the same object, so that it is compiled once.
        """
        ...

    def insert(self, session: AnySession, table: Table, entry_no: int) -> None: ...

    def insert_later(self, session: AnySession, table: Table, entry_no: int, row: Parameters) -> None:
        """Insert the item of this row when the transaction is about to commit."""
        ...


class EntryNumbers(ABC):
    """Draws the entry numbers of interactions."""

    last_number: str
    """A query for the last number given."""

    @abstractmethod
    def advance(self, session: AnySession, count: int) -> None:
        """Note that `SqlWriter.entry_no_of_row` has given `count` numbers in the statement before."""

    @abstractmethod
    def draw_several(self, session: AnySession, count: int) -> list[int]:
        """`count` numbers, in ascending order."""

    @abstractmethod
    def lock(self, session: AnySession) -> int:
        """Lock the entry numbers, so that no other transaction draws one until this one ends. Returns the last number
        given.
        """

    @abstractmethod
    def continue_after(self, session: AnySession, entry_no: int) -> None:
        """Give only higher numbers from now on. `lock` comes first."""

    @abstractmethod
    def insert(self, session: AnySession, table: Table, values: Parameters, item: CreatedItem, *, last: bool) -> int:
        """Insert one row under the next number, its `entry_no`, with its item of the change feed, and return the
        number. With `last` it is the last statement of the transaction.
        """

    @abstractmethod
    def insert_selected(
        self, session: AnySession, table: Table, row: SqlQuery, values: Parameters, item: CreatedItem, *, last: bool
    ) -> int | None:
        """Insert the row that a query returns, with the next number as its `entry_no` and with its item of the change
        feed. Returns this number, or None if the query returns no row. With `last` it is the last statement of the
        transaction, if a row is inserted.
        """
