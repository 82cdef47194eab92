"""Whether other transactions can commit between two statements of a transaction."""

from enum import Enum, auto

from sqlalchemy.orm import Session

from persistence.dialects import dialect_of
from persistence.transactions.separate_inserts import inserts_separately


class Inserts(Enum):
    """How a transaction inserts rows for other rows that it reads."""

    AFTER_READING = auto()
    """It reads first and then inserts: no other transaction can commit in between."""
    WHILE_READING = auto()
    """One statement reads and inserts, with `WITH`."""
    FROM_A_LIST = auto()
    """It reads first, and sends the rows that it has read with the INSERT, as a list."""


def writes_serially(session: Session) -> bool:
    """Whether no other transaction can commit while this one writes.

    Where they can (READ COMMITTED), reads and writes that must see the same state are combined in one statement, with
    `WITH`.
    """
    return dialect_of(session).writes_serially


def how_to_insert(session: Session) -> Inserts:
    """How this transaction inserts rows for other rows that it reads."""
    if writes_serially(session):
        return Inserts.AFTER_READING
    return Inserts.FROM_A_LIST if inserts_separately(session) else Inserts.WHILE_READING
