"""Whether an INSERT … SELECT must not read the rows of a WITH in the same statement."""

from sqlalchemy.orm import Session

SEPARATELY = "carnet_inserts_separately"
"""A key of `Session.info`. The value is true if the database has several servers, and would send these rows to all."""


def inserts_separately(session: Session) -> bool:
    """Whether the rows that one statement finds must be sent with the next one as a list."""
    return bool(session.info.get(SEPARATELY))
