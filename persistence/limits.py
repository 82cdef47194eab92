"""How long changes may take and wait, and what is said of one that could not be made."""

import math
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from persistence.trouble import Overloaded
from persistence.under_way import Change

BUSY = {"53300", "55P03"}
"""PostgreSQL: too many connections; another transaction kept a lock for too long."""

CANCELED = "57014"

SQLITE_BUSY = 5


@dataclass(frozen=True)
class Limits:
    """In seconds: of a change, of one that may be of any number of rows, and of waiting for others. None is no limit."""

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


def trouble(error: DBAPIError, change: Change | None, limits: Limits) -> Exception | None:
    """What an error of the database means to who asked, if it is about time: it took too long, was canceled, or waited."""
    ending = None if change is None else change.ending()
    if ending is not None:
        return ending
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate == CANCELED and change is not None:
        change.stopped = True  # by another process
        return change.ending()
    if sqlstate in BUSY or getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == SQLITE_BUSY:
        return overloaded(limits.patience)
    return None
