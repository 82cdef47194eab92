"""Deletes the words of texts that no entry has any more, after entries were deleted."""

from sqlmodel import Session

from persistence.dialects import dialect_of
from persistence.sql_types import Statement

TEXTS_AT_ONCE = 1_000
"""How many texts a transaction deletes. Nobody else can write to the log meanwhile."""

ANY_UNUSED_TEXT: Statement = ("SELECT 1 FROM unused_text LIMIT 1", ())
"""Finds null if there is no text to delete."""


def delete_some(session: Session) -> bool:
    """Delete some texts that are unused. Returns whether to go on: false if none is left, or if other transactions
    write to the log just now.
    """
    deleted = dialect_of(session).delete_unused_texts(session, TEXTS_AT_ONCE)
    return deleted and session.connection().exec_driver_sql(ANY_UNUSED_TEXT[0]).first() is not None
