"""Single statements of a rule that need no transaction around them.

On PostgreSQL a small change spends most of its time around its statements. A read before anything is written, and a
change that is one statement, run as transactions of their own; everything else runs in the session.
"""

from typing import Protocol

from sqlalchemy import Insert
from sqlalchemy.orm import Session

from persistence.sql_types import FoundRow, Parameters, SqlQuery
from persistence.transactions.running_operations import RUNNING_TRANSACTION, RunningTransaction

SingleStatement = SqlQuery | Insert

AUTOCOMMIT = "carnet_autocommit"
"""The key under which `Session.info` has the Autocommit of its database, if there is one."""

DONE = "carnet_done"

INSERTED_ROW = "carnet_inserted_row"
"""The key under which `Session.info` has the InsertedRow, which reads the row that the last statement inserts."""


class Autocommit(Protocol):
    """Runs single statements, each in a transaction of its own."""

    def row(
        self, statement: SingleStatement, values: Parameters, *, retry: bool, running: RunningTransaction | None = None
    ) -> FoundRow | None:
        """The first row. `retry` says that the statement may run again when the connection is lost. Without it, raises
        OutcomeUnknown if the database does not say how the statement ended.
        """
        ...


class InsertedRow(Protocol):
    """Reads a new row in the statement that inserts it."""

    def combined(self, insertion: Insert) -> tuple[SingleStatement, Parameters] | None:
        """A statement that inserts and returns the row's key and its JSON text, with further parameters of its own;
        None if that is not possible.
        """
        ...

    def inserted(self, key: int, text: str) -> None:
        """Receives the key and the JSON text that the statement returned."""
        ...


def first_row(session: Session, statement: SingleStatement, values: Parameters) -> FoundRow | None:
    """The first row of a read that locks nothing, by column name. Pass the same statement object each time."""
    autocommit = _autocommit(session)
    if autocommit is not None:
        return autocommit.row(statement, values, retry=True, running=session.info.get(RUNNING_TRANSACTION))
    row = session.connection().execute(statement, values).first()
    return None if row is None else row._asdict()


def run_last_statement(
    session: Session, insertion: Insert, statement: SingleStatement, values: Parameters
) -> int | None:
    """Execute the last statement of a change, which executes this insertion, and return the key of the row that it
    inserts. The change must not use its session afterwards, unless nothing was inserted: then the result is None.
    """
    autocommit = _autocommit(session)
    if autocommit is None:
        key: int | None = session.connection().execute(statement, values).scalar()
        return key
    running: RunningTransaction | None = session.info.get(RUNNING_TRANSACTION)
    inserted_row: InsertedRow | None = session.info.get(INSERTED_ROW)
    combined = inserted_row.combined(insertion) if inserted_row is not None else None
    if inserted_row is None or combined is None:
        row = autocommit.row(statement, values, retry=False, running=running)
    else:
        both, more = combined
        row = autocommit.row(both, {**values, **more}, retry=False, running=running)
    if row is None:
        return None
    session.info[DONE] = True
    key, *texts = row.values()
    if inserted_row is not None and texts:
        inserted_row.inserted(key, *texts)
    return key


def is_unused(session: Session) -> bool:
    """Whether the change was a single statement in autocommit mode, and its session has no state."""
    return DONE in session.info and not session.identity_map


def _autocommit(session: Session) -> Autocommit | None:
    """The Autocommit of the session. None once the transaction has begun, because its statements must belong to it."""
    assert DONE not in session.info, "a change used its session after its last statement"
    return None if session.in_transaction() else session.info.get(AUTOCOMMIT)
