"""Single statements of a rule, past the session where they need no transaction around them.

On PostgreSQL a small change costs mostly what is around its statements. What only looks before anything is written, and
a change that is one statement, are transactions of their own; everything else goes through the session.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy.orm import Session

AUTOCOMMIT = "carnet_at_once"
"""Under this name a session carries the short cut, where its database has one."""

DONE = "carnet_done"

INSERTED_ROW = "carnet_inserted_row"
"""Under this name a session carries what shall be shown of the row that its last statement inserts."""


class WantsInsertedRow(Protocol):
    """Wants to see a new row."""

    def combined(self, insertion: Any) -> tuple[Any, Mapping[str, Any]] | None:
        """A statement that inserts and answers the row's key and what is shown, with the values it takes beside."""

    def inserted(self, key: Any, text: str) -> None:
        """What that statement answered."""


def first_row(session: Session, statement: Any, values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first row that a look-up finds, by column name. It must lock nothing. Hand over the same statement each
    time.
    """
    autocommit = _short_cut(session)
    if autocommit is not None:
        found: Mapping[str, Any] | None = autocommit.row(statement, values, again=True)
        return found
    row: Any = session.connection().execute(statement, values).mappings().first()
    return dict(row) if row else None


def last_value(session: Session, statement: Any, values: Mapping[str, Any]) -> Any:
    """The value that the last statement of a change answers: the change does nothing with its session afterwards."""
    autocommit = _short_cut(session)
    if autocommit is None:
        return session.connection().execute(statement, values).scalar_one()
    session.info[DONE] = True
    inserted_row: WantsInsertedRow | None = session.info.get(INSERTED_ROW)
    combined = inserted_row.combined(statement) if inserted_row is not None else None
    if inserted_row is None or combined is None:
        return _only_row(autocommit, statement, values)[0]
    both, more = combined
    key, text = _only_row(autocommit, both, {**values, **more})
    inserted_row.inserted(key, text)
    return key


def _only_row(autocommit: Any, statement: Any, values: Mapping[str, Any]) -> Any:
    row = autocommit.row(statement, values, again=False)
    assert row is not None
    return row


def _short_cut(session: Session) -> Any:
    """None once the transaction has begun: what it has written so far must be seen, and kept or lost together."""
    assert DONE not in session.info, "a change went on after its last statement"
    return None if session.in_transaction() else session.info.get(AUTOCOMMIT)
