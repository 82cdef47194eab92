"""The file of an SQLite database."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from persistence.dialects.database_file import CopyProgress, DatabaseFile
from persistence.dialects.sqlite import copies

HEADER = b"SQLite format 3\0"
"""The first bytes of every database that is not empty."""

OWNER_ONLY = 0o600
"""The mode of a new database."""


class SqliteFile:
    """See `DatabaseFile`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create_privately(self) -> None:
        """Create the file, if it is missing, so that only its owner can read and write it, whatever the umask.

        SQLite gives -wal and -shm files the mode of the database. An existing file keeps its mode. Errors are ignored:
        opening the database then reports them.
        """
        with suppress(OSError, RuntimeError):  # RuntimeError for a loop of symbolic links
            made = os.open(self.path.resolve(), os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY)
            try:
                if hasattr(os, "fchmod"):  # not on Windows, which knows no such modes
                    os.fchmod(made, OWNER_ONLY)
            finally:
                os.close(made)

    def is_valid(self) -> bool:
        """Whether the file is empty or a database. Raises OSError."""
        with self.path.open("rb") as opened:
            start = opened.read(len(HEADER))
        return start in (b"", HEADER)

    def version(self, patience: float) -> str | None:
        return copies.version_of(self.path, patience)

    def copy_to(self, target: Path, progress: CopyProgress) -> None:
        if target.exists():
            raise FileExistsError(target)
        unfinished = copies.unfinished(target)
        try:
            SqliteFile(unfinished).create_privately()
            copies.copy(self.path, unfinished, progress)
            copies.publish(unfinished, target)
        finally:
            unfinished.unlink(missing_ok=True)

    def replace_with(self, source: DatabaseFile, kept: Path, progress: CopyProgress) -> bool:
        unfinished = copies.unfinished(self.path)
        try:
            SqliteFile(unfinished).create_privately()
            copies.copy(source.path, unfinished, progress)
            if not self.path.exists():
                copies.publish(unfinished, self.path)
                return False
            copies.replace(self.path, unfinished, kept)
            return True
        finally:
            unfinished.unlink(missing_ok=True)

    def remove_if_empty(self) -> None:
        """Remove the file with its -wal and -shm files if it has no tables."""
        try:
            with closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)) as opened:
                (tables,) = opened.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error:
            return
        if not tables:
            with suppress(OSError):
                self.remove()

    def remove(self) -> None:
        """Remove the file with its -wal and -shm files. Raises OSError."""
        for each in (self.path, *copies.beside(self.path)):
            each.unlink(missing_ok=True)
