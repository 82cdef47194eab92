"""The file of an SQLite database."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

HEADER = b"SQLite format 3\0"
"""The first bytes of every database that is not empty."""


class SqliteFile:
    """See `DatabaseFile`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def is_valid(self) -> bool:
        """Whether the file is empty or a database. Raises OSError."""
        with self.path.open("rb") as opened:
            start = opened.read(len(HEADER))
        return start in (b"", HEADER)

    def remove_if_empty(self) -> None:
        """Remove the file with its -wal and -shm files if it has no tables."""
        try:
            with closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)) as opened:
                (tables,) = opened.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error:
            return
        if not tables:
            for each in (self.path, Path(f"{self.path}-wal"), Path(f"{self.path}-shm")):
                with suppress(OSError):
                    each.unlink()
