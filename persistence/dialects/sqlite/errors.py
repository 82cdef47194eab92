"""Classifies errors of SQLite."""

import re
import sqlite3
from collections.abc import Mapping

from persistence.exceptions import DatabaseProblem, FailureKind

SQLITE_BUSY, SQLITE_INTERRUPT = 5, 9
READONLY = 8
UNAVAILABLE = {READONLY, 10, 11, 13, 14, 26}
"""The result codes READONLY, IOERR, CORRUPT, FULL, CANTOPEN and NOTADB: the file cannot be used as it is. A missing
table has no code of its own.
"""

DAMAGED, SHORT_READ = {11, 26}, 522
"""The result codes CORRUPT and NOTADB, and the extended code IOERR_SHORT_READ, of a file that was truncated. Others,
such as that of an interruption, say nothing about the file.
"""

UNSYNCED = {1034, 1290}
"""The extended codes IOERR_FSYNC and IOERR_DIR_FSYNC. All of a transaction is written then, so that SQLite may find it
in the write-ahead log after a power failure.
"""

LIMIT_WORDS = ("overflow", "too large", "too many", "at most")
"""Words in the messages about limits of SQLite itself."""

CONSTRAINT = re.compile(r"(?:UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed: ([\w.]+(?:, [\w.]+)*|index '\w+')")
MISSING_TABLE = re.compile(r"no such table: (?:main\.)?(\w+)")
RAISED_BY_TRIGGER = "SQLITE_CONSTRAINT_TRIGGER"
"""The message of such an error is written in the trigger."""

PROBLEM_WORDS = (
    (("not a database", "malformed", "encrypted", "file is not"), DatabaseProblem.NOT_A_DATABASE),
    (("readonly", "read-only", "unable to open", "permission"), DatabaseProblem.NO_ACCESS),
    (("is full", "disk i/o"), DatabaseProblem.DISK_FULL),
    (("is locked", "is busy"), DatabaseProblem.BUSY),
)
"""Words in the messages about files that cannot be used."""


def is_busy(error: BaseException | None) -> bool:
    """Whether another process kept the file locked."""
    return error_code(error) & 0xFF == SQLITE_BUSY


def is_interrupted(error: BaseException | None) -> bool:
    """Whether the progress handler ended the statement. SQLite may have rolled back the transaction."""
    return error_code(error) == SQLITE_INTERRUPT


def is_damage(error: BaseException | None) -> bool:
    """Whether the file has content that SQLite cannot read."""
    return error_code(error) & 0xFF in DAMAGED or error_code(error) == SHORT_READ


def exceeds_limit(error: BaseException | None) -> bool:
    """Whether a statement exceeds a limit of SQLite."""
    return isinstance(error, sqlite3.OperationalError) and any(word in str(error) for word in LIMIT_WORDS)


def leaves_commit_open(error: BaseException | None) -> bool:
    """See `DatabaseDialect.leaves_commit_open`."""
    return error_code(error) in UNSYNCED


def failure_kind(error: BaseException | None) -> FailureKind | None:
    """See `DatabaseDialect.failure_kind`."""
    if is_busy(error):
        return FailureKind.BUSY
    if error_code(error) & 0xFF in UNAVAILABLE or MISSING_TABLE.fullmatch(str(error)):
        return FailureKind.UNAVAILABLE
    return FailureKind.TOO_COMPLEX if exceeds_limit(error) else None


def is_outage_of_reads(error: BaseException) -> bool:
    """Whether a read failed because the file cannot be used. A read that writes is a defect of Carnet instead."""
    return failure_kind(error) == FailureKind.UNAVAILABLE and error_code(error) & 0xFF != READONLY


def error_code(error: BaseException | None) -> int:
    """The extended result code of SQLite; 0 if the error has none."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code


def facts(error: BaseException) -> Mapping[str, str]:
    """See `DatabaseDialect.error_facts`. SQLite gives the names of tables and constraints only in its message."""
    name = getattr(error, "sqlite_errorname", None)
    if not isinstance(error, sqlite3.Error) or name is None:
        return {}
    found = {"sqlite": name}
    if name != RAISED_BY_TRIGGER and (constraint := CONSTRAINT.fullmatch(str(error))):
        found["constraint"] = constraint[1]
    if missing := MISSING_TABLE.fullmatch(str(error)):
        found["table"] = missing[1]
    return found


def problem_of(error: BaseException) -> DatabaseProblem | None:
    """See `DatabaseDialect.problem_of`."""
    if is_damage(error):
        return DatabaseProblem.NOT_A_DATABASE
    if MISSING_TABLE.fullmatch(str(error)):
        return DatabaseProblem.NO_TABLE
    lower = str(error).lower()
    return next((problem for words, problem in PROBLEM_WORDS if any(word in lower for word in words)), None)
