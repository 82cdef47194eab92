"""Classifies errors of SQLite."""

import sqlite3

from persistence.exceptions import DatabaseProblem, FailureKind

SQLITE_BUSY = 5
LIMIT_WORDS = ("overflow", "too large", "too many", "at most")
"""Words in the messages about limits of SQLite itself."""

PROBLEM_WORDS = (
    (("not a database", "malformed", "encrypted", "file is not"), DatabaseProblem.NOT_A_DATABASE),
    (("readonly", "read-only", "unable to open", "permission"), DatabaseProblem.NO_ACCESS),
    (("is full", "disk i/o"), DatabaseProblem.DISK_FULL),
    (("is locked", "is busy"), DatabaseProblem.BUSY),
)
"""Words in the messages about files that cannot be used."""


def is_busy(error: BaseException | None) -> bool:
    """Whether another process kept the file locked."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == SQLITE_BUSY


def exceeds_limit(error: BaseException | None) -> bool:
    """Whether a statement exceeds a limit of SQLite."""
    return isinstance(error, sqlite3.OperationalError) and any(word in str(error) for word in LIMIT_WORDS)


def failure_kind(error: BaseException | None) -> FailureKind | None:
    """See `DatabaseDialect.failure_kind`."""
    if is_busy(error):
        return FailureKind.BUSY
    return FailureKind.TOO_COMPLEX if exceeds_limit(error) else None


def problem_of(message: str) -> DatabaseProblem | None:
    """See `DatabaseDialect.problem_of`."""
    lower = message.lower()
    return next((problem for words, problem in PROBLEM_WORDS if any(word in lower for word in words)), None)
