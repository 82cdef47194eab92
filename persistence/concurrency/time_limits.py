"""How long changes may run and wait, and the errors of those that could not be made."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from persistence.exceptions import FailureKind, Overloaded, TooComplex, Unavailable
from persistence.transactions.running_operations import RunningTransaction

OUTAGES = (FailureKind.LOST, FailureKind.UNAVAILABLE)
"""Failures because the database is not available."""

MIN_SECONDS, MAX_SECONDS = 0.001, 1_000_000
"""The minimum and maximum of settings in seconds. Databases use whole milliseconds and have a maximum."""


@dataclass(frozen=True)
class TimeLimits:
    """Time limits in seconds, None for no limit: of a change, of a bulk change of any number of rows, and of waiting
    for other requests (`patience`).
    """

    change: float | None = None
    bulk: float | None = None
    patience: float = 15

    @property
    def longest(self) -> float | None:
        """The time that no change exceeds."""
        return None if self.change is None or self.bulk is None else max(self.change, self.bulk)

    def of_change(self, *, bulk: bool) -> float | None:
        """The time limit of a change."""
        return self.bulk if bulk else self.change


def overloaded(patience: float) -> Overloaded:
    """The error after waiting `patience` seconds in vain. It advises to try again after the same time."""
    return Overloaded(max(1, math.ceil(patience)))


class Places(asyncio.Semaphore):
    """A semaphore that says how many of its places are taken."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most

    def take_free(self) -> bool:
        """Take a place if one is free and nobody waits for one; else False."""
        if not self._value or self._waiters:
            return False
        self._value -= 1
        return True

    @property
    def taken(self) -> int:
        """How many places are taken."""
        return self.most - self._value


@dataclass(frozen=True)
class Usage:
    """The connections or threads of a pool: how many there may be, and how many are in use."""

    most: int
    in_use: int

    @classmethod
    def of(cls, places: Places) -> "Usage":
        """The usage of a pool with these places."""
        return cls(places.most, places.taken)


async def acquire(places: Places, patience: float) -> None:
    """Take a place. Raises Overloaded when that takes longer than `patience` seconds."""
    if places.take_free():
        return
    try:
        async with asyncio.timeout(patience):
            await places.acquire()
    except TimeoutError:
        raise overloaded(patience) from None


@dataclass
class TranslatedErrors:
    """Raises errors of the driver in a block as ChangeCanceled, ChangeTooLong, TimeoutError, Overloaded, Unavailable or
    TooComplex where they are no defects. `failure_kind` is that of the dialect.
    """

    transaction: RunningTransaction
    limits: TimeLimits
    failure_kind: Callable[[BaseException | None], FailureKind | None]

    def __enter__(self) -> None:
        """Nothing happens before the block."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        match error:
            case None:
                return
            case NoConnection():
                raise overloaded(self.limits.patience) from None
            case TimeoutError():
                raise self.transaction.reason_to_end() or error from None
            case DBAPIError():
                failure = FailureKind.LOST if error.connection_invalidated else self.failure_kind(error.orig)
                translated = self.transaction.reason_to_end() or _translated(failure, self.transaction, self.limits)
                if translated is not None:
                    raise translated from error


def _translated(kind: FailureKind | None, transaction: RunningTransaction, limits: TimeLimits) -> Exception | None:
    if kind == FailureKind.CANCELED:
        transaction.stopped = True
        return transaction.reason_to_end()
    if kind == FailureKind.BUSY:
        return overloaded(limits.patience)
    if kind in OUTAGES:
        return Unavailable(lost=kind == FailureKind.LOST)
    if kind == FailureKind.TOO_COMPLEX:
        return TooComplex(
            "The query is too large for the database. Select fewer fields or objects at once, or use a shorter filter."
        )
    return None
