"""Values that rules have read from the database and that rarely change, remembered between transactions.

A remembered value may be out of date. A statement that uses one must compare it with the stored value.
"""

from sqlalchemy.orm import Session

REMEMBERED = "carnet_remembered"
"""The key under which `Session.info` has the remembered values: one dictionary for all sessions of a database."""


def remember(session: Session, name: str, value: str) -> None:
    """Remember a value that was read now."""
    session.info.setdefault(REMEMBERED, {})[name] = value


def remembered(session: Session, name: str) -> str | None:
    """The value that was read last; None if none was."""
    value: str | None = session.info.get(REMEMBERED, {}).get(name)
    return value
