"""What a dialect must have for reads that must not be older than a change."""

from collections.abc import Callable, Sequence
from typing import Protocol

from persistence.dialects.read_positions import PRIMARY
from persistence.sql_types import FoundValues, Statement


class NewestPrimary(Protocol):
    """Makes sure that no request is answered from an older state than it asks for, by a server that goes on as a
    primary after another one was promoted.

    See `persistence.dialects.read_positions`.
    """

    @property
    def position(self) -> int:
        """A position after all changes of this process that are committed now, without a place in the log."""
        ...

    async def reach(self, wanted: int) -> None:
        """From now on use a primary that has everything up to the position `wanted`. Raises EarlierPrimary if none is
        found.
        """
        ...


class _NoOtherPrimary:
    """The `NewestPrimary` of a file, of which no copy is used."""

    position = PRIMARY

    async def reach(self, wanted: int) -> None:
        """Does nothing: a file has one state, the newest."""


NO_OTHER_PRIMARY = _NoOtherPrimary()


class StandbyReads(Protocol):
    """Runs statements that only read, on a copy of the database that may be older.

    See `persistence.dialects.read_positions`.
    """

    report: Callable[[BaseException | None], None]
    """Called with the error when the standby stops answering reads, and with None when it answers one again."""

    async def run(self, statements: Sequence[Statement], after: int) -> FoundValues | None:
        """One value for each statement, all from one state that has everything up to the position `after`; None if the
        primary must answer.
        """
        ...

    async def position(self) -> int:
        """A position after all changes that are committed now."""
        ...
