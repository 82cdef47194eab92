"""Classifies errors of PostgreSQL and its driver."""

import re
from collections.abc import Mapping

import asyncpg

from persistence.exceptions import DatabaseProblem, FailureKind

LOST_CONNECTION_STATES = {"57P01", "57P02", "57P03", "57P05"}
"""SQLSTATEs of a server that stops, starts or ends an idle session. Class 08 means a lost connection, too."""

CONNECTION_ERRORS = (asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresError, ConnectionError)
"""Errors of a connection that may be lost. InternalClientError is raised instead of sending when the server has
announced that it closes the connection, but has not closed it yet.
"""

BUSY = "55P03"
"""Another transaction kept a lock for too long."""

UNAVAILABLE_CLASSES, READ_ONLY = ("53", "58"), "25006"
"""The classes of errors about resources of the server, such as a full disk or too many connections, and about its
system; and a change on a server that has become a standby.
"""

NO_TABLES = {"42P01", "42501", "3F000"}
"""A table or schema is missing, or the role may not use it: somebody has renamed or dropped it, is just restoring it,
or has taken a right away.
"""

INTERNAL_ERROR = "XX000"
LOST_WORKER = (
    "ReportResultError",
    "MarkRemoteTransactionFailed",
    "CheckRemoteTransactionsHealth",
    "ErrorIfPostCommitFailedShardPlacements",
)
"""The functions of Citus that report an internal error when the connection from the coordinator to a worker is lost:
during a statement, before a COMMIT and during it. The messages may be translated.
"""

CANCELED = "57014"
LIMIT_EXCEEDED = "54"
"""The class of errors about limits of PostgreSQL itself."""

CAUSED_BY_OTHERS = {"40001", "40P01", "23503"}
"""Serialization failure, deadlock, and a reference to a row that was deleted at the same moment."""

FACTS = {"table": "table_name", "column": "column_name", "constraint": "constraint_name"}
"""The facts of an error, and the attributes of the driver's exception that have them."""

RAISED_BY_TRIGGER = "exec_stmt_raise"
"""The function of the server that raises the errors of PL/pgSQL code, which may put any value into them."""

MISSING_TABLE = re.compile(r'relation "(\w+)" does not exist')
NO_ACCESS_WORDS = ("read-only", "permission")


def is_lost(error: BaseException | None) -> bool:
    """Whether a connection must not be used again, even if it is still open."""
    if isinstance(error, (asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError)):
        return not isinstance(error, ValueError)  # else the driver cannot send a value
    state = sqlstate(error)
    if state == INTERNAL_ERROR:
        reported = error if isinstance(error, asyncpg.PostgresError) else getattr(error, "__cause__", None)
        return getattr(reported, "server_source_function", None) in LOST_WORKER
    return state.startswith("08") or state in LOST_CONNECTION_STATES


def is_unsent(error: BaseException) -> bool:
    """Whether the driver noticed before it sent anything that the connection is closed."""
    return isinstance(error, asyncpg.InternalClientError)


def failure_kind(error: BaseException | None) -> FailureKind | None:
    """See `DatabaseDialect.failure_kind`."""
    state = sqlstate(error)
    if state == CANCELED:
        return FailureKind.CANCELED
    if state == BUSY:
        return FailureKind.BUSY
    if is_lost(error):
        return FailureKind.LOST
    if state.startswith(UNAVAILABLE_CLASSES) or state == READ_ONLY or state in NO_TABLES:
        return FailureKind.UNAVAILABLE
    return FailureKind.TOO_COMPLEX if state.startswith(LIMIT_EXCEEDED) else None


def leaves_commit_open(error: BaseException | None) -> bool:
    """See `DatabaseDialect.leaves_commit_open`. The server reports the failure of a COMMIT before it commits; without
    such a report, nothing is known.
    """
    return is_lost(error)


def may_succeed_later(error: BaseException | None) -> bool:
    """See `DatabaseDialect.may_succeed_later`."""
    return sqlstate(error) in CAUSED_BY_OTHERS


def facts(error: BaseException) -> Mapping[str, str]:
    """See `DatabaseDialect.error_facts`. The message and its details are left out: they quote rows."""
    if not isinstance(error, asyncpg.PostgresError):
        return {}
    found = {"sqlstate": sqlstate(error)}
    if getattr(error, "server_source_function", None) == RAISED_BY_TRIGGER:
        return found
    if isinstance(error, asyncpg.UndefinedTableError) and (missing := MISSING_TABLE.search(str(error))):
        found["table"] = missing[1]
    return found | {name: value for name, attribute in FACTS.items() if (value := getattr(error, attribute, None))}


def problem_of(error: BaseException) -> DatabaseProblem | None:
    """See `DatabaseDialect.problem_of`."""
    if sqlstate(error) == asyncpg.UndefinedTableError.sqlstate:
        return DatabaseProblem.NO_TABLE
    return DatabaseProblem.NO_ACCESS if any(word in str(error).lower() for word in NO_ACCESS_WORDS) else None


def sqlstate(error: BaseException | None) -> str:
    """The five characters of an SQLSTATE; empty if the error has none."""
    return getattr(error, "sqlstate", None) or ""
