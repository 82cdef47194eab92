"""Whether other transactions can commit between two statements of a transaction."""

from sqlalchemy.orm import Session

from persistence.dialects import dialect_of


def writes_serially(session: Session) -> bool:
    """Whether no other transaction can commit while this one writes.

    Where they can (READ COMMITTED), reads and writes that must see the same state are combined in one statement, with
    `WITH`.
    """
    return dialect_of(session).writes_serially
