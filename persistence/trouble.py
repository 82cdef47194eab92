"""Why a database cannot be used, or a change was not made, in sentences."""


class DatabaseTooOld(Exception):
    """The SQLite library of this Python cannot do what Carnet needs."""


class DatabaseUnreachable(Exception):
    """There is no server, no such database, or no way in."""


class WrongAddress(ValueError):
    """The address of the database asks for what would not be obeyed. The sentence says what works."""


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
