"""Whether other transactions can commit between two statements of a transaction."""

from sqlalchemy.orm import Session


def has_one_writer(session: Session) -> bool:
    """Whether no other transaction can commit while this one writes: SQLite has one writer at a time.

    On PostgreSQL (READ COMMITTED) others commit between two statements. There, reads and writes that must see the same
    state are combined in one statement, with `WITH`.
    """
    return session.get_bind().dialect.name == "sqlite"
