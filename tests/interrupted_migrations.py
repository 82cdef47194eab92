"""Migrations of filled databases that are interrupted after their first batch."""

from collections.abc import Awaitable, Callable

import pytest

from persistence import versions
from persistence.database import Database


class Killed(Exception):
    """The migration ends here."""


async def migrate_with_interruption(
    database: Database, table: str, meanwhile: Callable[[], Awaitable[object]]
) -> list[tuple[int, int]]:
    """Migrate until the first batch of a table is committed, do something else, then migrate to the end. Returns what
    was reported about the table: how many of its rows were done, and how many there are.
    """
    reported: list[tuple[int, int]] = []

    def note(phase: str, done: int, total: int) -> None:
        if phase == table:
            reported.append((done, total))
            if len(reported) == 1:
                raise Killed

    with pytest.raises(Killed):
        await versions.migrate(database, progress=note)
    await meanwhile()
    await versions.migrate(database, progress=note)
    return reported
