"""How long changes may take and wait, and what is said of one that could not be made."""

import asyncio
import math
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from persistence.exceptions import Overloaded, TooComplex
from persistence.running_operations import RunningTransaction

BUSY = {"53300", "55P03"}
"""PostgreSQL: too many connections; another transaction kept a lock for too long."""

CANCELED = "57014"

TOO_COMPLEX = "54"
"""PostgreSQL: the class of its own limits."""

SQLITE_BUSY = 5
TOO_MUCH = ("overflow", "too large", "too many", "at most")
"""In what SQLite says of its own limits."""


@dataclass(frozen=True)
class Limits:
    """In seconds: of a change, of one that may be of any number of rows, and of waiting for others. None is no
    limit.
    """

    change: float | None = None
    bulk: float | None = None
    patience: float = 15

    @property
    def longest(self) -> float | None:
        """What no change exceeds."""
        return None if self.change is None or self.bulk is None else max(self.change, self.bulk)

    def of(self, *, bulk: bool) -> float | None:
        """How long a change may take."""
        return self.bulk if bulk else self.change


def overloaded(patience: float) -> Overloaded:
    """Said to who has waited that long: waiting as long again is a fair guess."""
    return Overloaded(max(1, math.ceil(patience)))


async def take_place(places: asyncio.Semaphore, patience: float) -> None:
    """One of these places, to be released; raises Overloaded when none is free for too long."""
    if not places.locked():
        await places.acquire()
        return
    try:
        async with asyncio.timeout(patience):
            await places.acquire()
    except TimeoutError:
        raise overloaded(patience) from None


@contextmanager
def said(change: RunningTransaction, limits: Limits) -> Iterator[None]:
    """What takes too long or is too large, while a change is made or something is looked up, is said as such."""
    try:
        yield
    except NoConnection:
        raise overloaded(limits.patience) from None
    except TimeoutError as error:
        raise change.ending() or error from None
    except DBAPIError as error:
        meant = _trouble(error, change, limits)
        if meant is None:
            raise
        raise meant from error


def _trouble(error: DBAPIError, change: RunningTransaction, limits: Limits) -> Exception | None:
    """What an error of the database means to who asked, if it took too long, was canceled, waited or was too large."""
    ending = change.ending()
    if ending is not None:
        return ending
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate == CANCELED:
        change.stopped = True  # by another process
        return change.ending()
    if sqlstate in BUSY or getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == SQLITE_BUSY:
        return overloaded(limits.patience)
    if str(sqlstate).startswith(TOO_COMPLEX) or is_too_much(error.orig):
        return TooComplex(
            "The database has no room for a question this large. Ask for less at once, or with a shorter filter."
        )
    return None


def is_too_much(error: BaseException | None) -> bool:
    """Whether a statement broke a limit of SQLite itself."""
    return isinstance(error, sqlite3.OperationalError) and any(word in str(error) for word in TOO_MUCH)
