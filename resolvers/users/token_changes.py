"""Which changes of tokens this process has made: who remembers tokens must then look them up again.

The count is shared by the whole process, because a command may change tokens over another connection to the database
than the one that a server of the same process looks them up with.
"""

from sqlmodel import Session

from persistence.transactions.observing_commits import observe_commit

_changes = 0


def count() -> int:
    """How many transactions that changed tokens this process has committed."""
    return _changes


def count_when_committed(session: Session) -> None:
    """Count the transaction of the session, as soon as it is committed."""
    observe_commit(session, begun=lambda: None, done=_add)


def _add() -> None:
    global _changes
    _changes += 1
