"""Why a database cannot be used, or a change was not made, in sentences."""

from enum import StrEnum


class Why(StrEnum):
    """Why there is no way into a database."""

    NO_SERVER = "NO_SERVER"
    NO_DATABASE = "NO_DATABASE"
    NOT_LET_IN = "NOT_LET_IN"
    NOT_READY = "NOT_READY"
    OTHER = "OTHER"


BY_SQLSTATE = {
    "3D000": Why.NO_DATABASE, "28P01": Why.NOT_LET_IN, "28000": Why.NOT_LET_IN, "42501": Why.NOT_LET_IN,
    "57P03": Why.NOT_READY, "57P01": Why.NOT_READY,
}


class DatabaseTooOld(Exception):
    """The SQLite library of this Python cannot do what Carnet needs."""


class DatabaseUnreachable(Exception):
    """There is no server, no such database, or no way in. `reason` is what the server or the system says."""

    def __init__(self, error: Exception) -> None:
        state = getattr(error, "sqlstate", None)
        nobody = Why.NO_SERVER if isinstance(error, OSError) else Why.OTHER
        self.why = BY_SQLSTATE.get(state, nobody) if isinstance(state, str) else nobody
        self.reason = str(error) or type(error).__name__
        super().__init__(f"The database cannot be reached: {self.reason}. Check CARNET_DATABASE_URL.")


class WrongAddress(ValueError):
    """The address of the database asks for what would not be obeyed. The sentences say what works."""

    def __init__(self, *sentences: str, **facts: str) -> None:
        self.sentences, self.facts = sentences, facts
        """Each sentence is one of those in `addresses`; others may say it in another language."""
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
