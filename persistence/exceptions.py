"""Why a database cannot be used, or why a change was not made."""

from enum import StrEnum

from sqlalchemy.exc import SQLAlchemyError

DatabaseError = SQLAlchemyError
"""Raised when a statement fails for a reason that has no class of its own in this module."""


class UnreachableReason(StrEnum):
    """Why a database cannot be reached."""

    NO_SERVER = "NO_SERVER"
    NO_DATABASE = "NO_DATABASE"
    ACCESS_DENIED = "ACCESS_DENIED"
    NOT_READY = "NOT_READY"
    OTHER = "OTHER"


class DatabaseProblem(StrEnum):
    """Why a database that was found cannot be used."""

    NOT_A_DATABASE = "NOT_A_DATABASE"
    NO_ACCESS = "NO_ACCESS"
    NO_TABLE = "NO_TABLE"
    DISK_FULL = "DISK_FULL"
    BUSY = "BUSY"


class FailureKind(StrEnum):
    """Why a statement failed, if it is not a defect of Carnet."""

    CANCELED = "CANCELED"
    """Another process canceled the statement."""
    BUSY = "BUSY"
    """Other transactions kept a lock, or all connections, for too long."""
    LOST = "LOST"
    """The connection to the database was lost."""
    UNAVAILABLE = "UNAVAILABLE"
    """The database cannot execute statements just now, for instance because its disk is full."""
    TOO_COMPLEX = "TOO_COMPLEX"
    """The statement exceeds a limit of the database."""


BY_SQLSTATE = {
    "3D000": UnreachableReason.NO_DATABASE,
    "28P01": UnreachableReason.ACCESS_DENIED,
    "28000": UnreachableReason.ACCESS_DENIED,
    "42501": UnreachableReason.ACCESS_DENIED,
    "57P03": UnreachableReason.NOT_READY,
    "57P01": UnreachableReason.NOT_READY,
}


class DatabaseTooOld(Exception):
    """The version of the database or of its library lacks functions that Carnet needs."""


class DatabaseUnreachable(Exception):
    """The server or database does not exist or denies access. `reason` is the message of the server or the system."""

    def __init__(self, error: Exception) -> None:
        state = getattr(error, "sqlstate", None)
        otherwise = UnreachableReason.NO_SERVER if isinstance(error, OSError) else UnreachableReason.OTHER
        self.why = BY_SQLSTATE.get(state, otherwise) if isinstance(state, str) else otherwise
        self.reason = str(error) or type(error).__name__
        super().__init__(f"The database cannot be reached: {self.reason}. Check CARNET_DATABASE_URL.")


class CompanyProblem(StrEnum):
    """Why the database of a company cannot be created or dropped."""

    EXISTS = "EXISTS"
    """A schema, role or file has its name already."""
    NOT_ALLOWED = "NOT_ALLOWED"
    """The user of the server has no right to do so."""
    NO_USER = "NO_USER"
    """A schema and a role are to be dropped, but the URL that should name the user who may do so is that of a file."""
    IN_USE = "IN_USE"
    """Others use the schema, the role or the file at the moment."""
    OTHER = "OTHER"


class CompanyFailed(Exception):
    """The database of a company cannot be created or dropped. `reason` is the message of the server or the system."""

    def __init__(self, why: CompanyProblem, reason: str) -> None:
        super().__init__(reason)
        self.why, self.reason = why, reason


class InvalidDatabaseUrl(ValueError):
    """The database URL is not supported, or a part of it would have no effect. The sentences say what to write
    instead.
    """

    def __init__(self, *sentences: str, **facts: str) -> None:
        self.sentences, self.facts = sentences, facts
        """Each sentence is a constant of `persistence.dialects.url_errors`, which the command line translates."""
        super().__init__(" ".join(sentences).format(**facts))


class OutcomeUnknown(Exception):
    """The database has not confirmed whether a change was made: it may have been made, or may still be made.

    `has_key` says whether the change has an idempotency key, with which it can safely be sent again.
    """

    def __init__(self, *, has_key: bool = False) -> None:
        super().__init__(OUTCOME_UNKNOWN + (SEND_AGAIN if has_key else LOOK_FIRST))
        self.has_key = has_key


OUTCOME_UNKNOWN = "It is not known whether the change was made: the database has not confirmed it. "
SEND_AGAIN = (
    "Send the same request again with the same idempotencyKey: the change is then made if it was not made before."
)
LOOK_FIRST = (
    "Look whether it was made before you send it again. A request with an idempotencyKey can always be sent again."
)


class Unavailable(Exception):
    """The database is down, restarting or full, or does not answer. Nothing was changed.

    `retry_after` is in seconds. `lost` says that a connection was lost, so that a new one may succeed at once.
    """

    reason = "The database is not available."

    def __init__(self, *, lost: bool = False) -> None:
        super().__init__(f"{self.reason} Nothing was changed; try again in {UNAVAILABLE_SECONDS} seconds.")
        self.lost, self.retry_after = lost, UNAVAILABLE_SECONDS


class EarlierPrimary(Unavailable):
    """The request asks for a state after the promotion of another server, and Carnet cannot reach that server."""

    reason = "The database that Carnet reaches is older than the state that `Carnet-Read-After` stands for."


UNAVAILABLE_SECONDS = 5
"""Seconds after which clients should try again when the database is not available."""


class ChangeTooLong(TimeoutError):
    """A change reached its time limit and was rolled back completely."""


class ChangeCanceled(Exception):
    """A user canceled a running change; it was rolled back completely."""


class TooComplex(Exception):
    """A statement exceeds a limit of the database. Nothing was changed."""


class Overloaded(Exception):
    """The request waited for other requests as long as it may. Nothing was changed. `retry_after` is in seconds."""

    reason = "Carnet is busy. Nothing was changed; try again in {} seconds."

    def __init__(self, retry_after: int) -> None:
        super().__init__(self.reason.format(retry_after))
        self.retry_after = retry_after


class CopyFailed(Exception):
    """A database file cannot be copied, or the copy is not usable. The message says why."""


class SourceUnusable(CopyFailed):
    """The database file to copy cannot be read. `problem` says why, if it is known."""

    def __init__(self, reason: str, problem: DatabaseProblem | None) -> None:
        super().__init__(reason)
        self.problem = problem


class FileInUse(Exception):
    """A database file cannot be replaced, because a process has it open."""


class TooManyStreams(Overloaded):
    """As many streams run as are allowed at the same time."""

    reason = "The server already runs as many streams as CARNET_MAX_STREAMS allows. Try again in {} seconds."
