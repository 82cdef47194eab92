"""Why a database cannot be used, or a change was not made, in sentences."""

from enum import StrEnum

from sqlalchemy.exc import SQLAlchemyError

DatabaseError = SQLAlchemyError
"""Raised where a statement fails for a reason that has no class of its own here."""


class UnreachableReason(StrEnum):
    """Why a database cannot be reached."""

    NO_SERVER = "NO_SERVER"
    NO_DATABASE = "NO_DATABASE"
    ACCESS_DENIED = "ACCESS_DENIED"
    NOT_READY = "NOT_READY"
    OTHER = "OTHER"


BY_SQLSTATE = {
    "3D000": UnreachableReason.NO_DATABASE,
    "28P01": UnreachableReason.ACCESS_DENIED,
    "28000": UnreachableReason.ACCESS_DENIED,
    "42501": UnreachableReason.ACCESS_DENIED,
    "57P03": UnreachableReason.NOT_READY,
    "57P01": UnreachableReason.NOT_READY,
}


class DatabaseTooOld(Exception):
    """The SQLite library of this Python cannot do what Carnet needs."""


class DatabaseUnreachable(Exception):
    """The server or database does not exist or denies access. `reason` is the message of the server or the system."""

    def __init__(self, error: Exception) -> None:
        state = getattr(error, "sqlstate", None)
        nobody = UnreachableReason.NO_SERVER if isinstance(error, OSError) else UnreachableReason.OTHER
        self.why = BY_SQLSTATE.get(state, nobody) if isinstance(state, str) else nobody
        self.reason = str(error) or type(error).__name__
        super().__init__(f"The database cannot be reached: {self.reason}. Check CARNET_DATABASE_URL.")


class InvalidDatabaseUrl(ValueError):
    """The database URL is not supported, or a part of it would have no effect. The sentences say what to write
    instead.
    """

    def __init__(self, *sentences: str, **facts: str) -> None:
        self.sentences, self.facts = sentences, facts
        """Each sentence is a constant of `database_urls`, which the command line translates."""
        super().__init__(" ".join(sentences).format(**facts))


class CommitUncertain(Exception):
    """The connection went away while a change was committed: nobody knows whether it is done."""


class ChangeTooLong(TimeoutError):
    """A change reached its limit of time and was rolled back whole."""


class ChangeCanceled(Exception):
    """Somebody canceled a change that was under way; it was rolled back whole."""


class TooComplex(Exception):
    """A statement is larger than the database takes. Nothing was done."""


class Overloaded(Exception):
    """Others kept the database busy for as long as somebody is made to wait. Nothing was done."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Carnet is busy. Nothing was changed; try again in {retry_after} seconds.")
        self.retry_after = retry_after
