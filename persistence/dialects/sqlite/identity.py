"""Notices that the file of a database was deleted or replaced while it is open.

SQLite itself does not: it would go on writing to a file that has no name any more, and all changes would be lost.
"""

import math
import time
from pathlib import Path

from persistence.exceptions import Unavailable

CHECK_SECONDS = 1
"""Seconds between two checks before reads."""

Identity = tuple[int, int]
"""The device and the inode number of a file."""


class DatabaseFileReplaced(Exception):
    """The file, or the one of its write-ahead log, was deleted or replaced. Stop Carnet, put the right files in their
    place, and start it again.
    """


class FileIdentity:
    """The identity of the files of an open database."""

    def __init__(self, path: Path) -> None:
        self._path, self._log_path = path, path.with_name(f"{path.name}-wal")
        self._file = _identity(path)
        self._log: Identity | None = None
        self._checked_at = -math.inf

    def check_regularly(self) -> None:
        """As `check`, but if the files were the right ones less than a second ago, they are not looked at again."""
        now = time.monotonic()
        if now - self._checked_at > CHECK_SECONDS:
            self.check()
            self._checked_at = now

    def check(self) -> None:
        """Raises Unavailable if the files are no longer those that were opened."""
        if not self.is_same():
            raise Unavailable from DatabaseFileReplaced()

    def is_same(self) -> bool:
        """Whether the files are those that were opened. The write-ahead log is there while a connection is open; its
        identity is noted when it is first seen.
        """
        if _identity(self._path) != self._file:
            return False
        log = _identity(self._log_path)
        if self._log is None:
            self._log = log
        return log == self._log


def _identity(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
