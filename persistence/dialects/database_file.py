"""The file of a database, for commands that create, copy or replace it."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

CopyProgress = Callable[[int, int], None]
"""Called with how many pages are copied, and how many there are. May raise to stop the copying."""


class DatabaseFile(Protocol):
    """The file of a database that has no server."""

    path: Path

    def version(self, patience: float) -> str | None:
        """The version of Carnet's tables in the file; None if it has none, is no database, or is damaged. Raises
        SourceUnusable, for instance if another process has it locked for more than `patience` seconds.
        """
        ...

    def copy_to(self, target: Path, progress: CopyProgress) -> None:
        """Copy one state of the database to a new file, also while others write to it. The copy is checked, and appears
        only when it is complete. Raises FileExistsError if there is a file, SourceUnusable if this database cannot be
        read, and CopyFailed.
        """
        ...

    def replace_with(self, source: "DatabaseFile", kept: Path, progress: CopyProgress) -> bool:
        """Replace the database by a copy of another one, and rename the old file to `kept`; returns whether there was
        one. Raises FileInUse while a process has the database open, SourceUnusable and CopyFailed.
        """
        ...

    def is_valid(self) -> bool:
        """Whether the file is empty or a database. Raises OSError."""
        ...

    def remove_if_empty(self) -> None:
        """Remove the file, and those that belong to it, if it has no tables."""
        ...
