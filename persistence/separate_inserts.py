"""Whether an INSERT … SELECT must not use what another step of its statement finds."""

from sqlalchemy.orm import Session

SEPARATELY = "carnet_inserts_separately"
"""A key of `Session.info`. The value is true if a database has several servers, and would send that to all of them."""


def inserts_separately(session: Session) -> bool:
    """Whether what one statement finds must be sent with the next one as a list."""
    return bool(session.info.get(SEPARATELY))
