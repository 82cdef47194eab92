"""What reads on a standby need from a dialect."""

from collections.abc import Callable, Sequence
from typing import Protocol

from persistence.sql_types import FoundValues, Statement


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
