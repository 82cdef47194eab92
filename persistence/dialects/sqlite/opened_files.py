"""Notices that the file of a database was deleted, replaced, truncated or damaged while it is open.

SQLite itself does not notice all of it: it would go on writing to a file that has no name any more, or to the
write-ahead log of a file that can no longer be read, and all changes would be lost.
"""

import math
import os
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

from persistence.dialects.interface import SETUP_TABLE
from persistence.dialects.sqlite.errors import failure_kind, is_damage
from persistence.dialects.sqlite.opening import connect_existing
from persistence.exceptions import FailureKind, Unavailable

CHECK_SECONDS = 1
"""Seconds between two checks before reads."""

LOG_HEADER, PAGE_HEADER = 32, 24
"""The bytes of the header of a write-ahead log, and of that of each page in it."""

Identity = tuple[int, int]
"""The device and the inode number of a file."""


class DatabaseFileReplaced(Exception):
    """The file, or the one of its write-ahead log, was deleted or replaced. Stop Carnet, put the right files in their
    place, and start it again.
    """


class DatabaseFileDamaged(Exception):
    """The file, or the one of its write-ahead log, was truncated, or has content that SQLite cannot read. Stop Carnet
    and restore a backup.
    """


class OpenedFiles:
    """The files of an open database: which they are, and whether they are as SQLite left them."""

    def __init__(self, path: Path) -> None:
        self._path, self._log_path = path, path.with_name(f"{path.name}-wal")
        found = _status(path)
        self._file = _identity(found)
        self._log: Identity | None = None
        self._size, self._log_size = _size(found), 0
        self._written_at: int | None = None
        self._is_truncated = False
        self._damage: BaseException | None = None
        self._checked_at = -math.inf
        self._lock = threading.Lock()
        """Held while sizes are compared. A thread that compared older sizes with those that another one has noted since
        would take a file that grew for a truncated one.
        """

    def check_regularly(self) -> None:
        """As `check_opened`, but if the files were the right ones less than a second ago, they are not looked at
        again.
        """
        if time.monotonic() - self._checked_at > CHECK_SECONDS:
            self.check_opened()

    def check(self) -> None:
        """Raises Unavailable if a change could be lost: as `check_opened`, or because something in the files cannot be
        read. Reads of the rest go on then.
        """
        file = self.check_opened()
        if self._damage is None and file.st_mtime_ns != self._written_at:
            error = _read_error(self._path)
            self.note_failure(error)
            self._written_at = file.st_mtime_ns if error is None else None
        if self._damage is not None:
            raise Unavailable from self._damage

    def check_opened(self) -> os.stat_result:
        """The status of the file. Raises Unavailable if the files are no longer those that were opened, or were
        truncated.
        """
        with self._lock:
            self._checked_at = -math.inf  # unless the files are the right ones
            file, log = _status(self._path), _status(self._log_path)
            if file is None or not self._are_opened(file, log):
                raise Unavailable from DatabaseFileReplaced()
            size, log_size = file.st_size, _size(log)
            if size < self._size or log_size < self._log_size:
                self._is_truncated = self._is_truncated or not _is_complete(self._path, self._log_path, self._size)
            if self._is_truncated:
                raise Unavailable from DatabaseFileDamaged()
            self._size, self._log_size = size, log_size
            self._checked_at = time.monotonic()
            return file

    def check_connecting(self) -> None:
        """Call it before each new connection. It raises what `check_opened` raises, so that no connection opens another
        file than the connections before. SQLite itself reports a file that was never there.
        """
        if self._file is not None:
            self.check_opened()

    def is_same(self) -> bool:
        """Whether the files are those that were opened."""
        return self._are_opened(_status(self._path), _status(self._log_path))

    def note_failure(self, error: BaseException | None) -> None:
        """Note an error of SQLite. If it is about damage, no change is made until Carnet starts again: perhaps nobody
        could read it. If the file cannot be used, the files are looked at before the next read: they may be gone.
        """
        if failure_kind(error) == FailureKind.UNAVAILABLE:
            self._checked_at = -math.inf
        if self._damage is None and is_damage(error):
            self._damage = error

    def _are_opened(self, file: os.stat_result | None, log: os.stat_result | None) -> bool:
        """The write-ahead log is there while a connection is open; its identity is noted when it is first seen."""
        if _identity(file) != self._file:
            return False
        found = _identity(log)
        if self._log is None:
            self._log = found
        return found == self._log


def _is_complete(path: Path, log_path: Path, size_before: int) -> bool:
    """Whether files that became smaller have all bytes that SQLite needs: another process may have executed VACUUM, or
    have moved the content of the write-ahead log to the file. Raises Unavailable if SQLite cannot tell, for instance
    because the process has too many open files.

    Each size is read after the number of pages with which it is compared, because other connections may add pages
    meanwhile. That of the file is read before the checkpoint, which can make a truncated file longer.
    """
    try:
        with closing(connect_existing(path)) as connection:
            (page_size,) = connection.execute("PRAGMA page_size").fetchone()
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            size = _size(_status(path))
            # SQLite has no other statement that tells how many pages are in the log
            _, in_log, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            log_size = _size(_status(log_path))
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return False
        raise Unavailable from error
    has_log = in_log <= 0 or log_size >= LOG_HEADER + in_log * (PAGE_HEADER + page_size)
    is_vacuumed = size >= size_before or (pages - in_log) * page_size <= size < pages * page_size < size_before
    return has_log and (is_vacuumed or pages * page_size <= size)


def _read_error(path: Path) -> sqlite3.DatabaseError | None:
    """The error of a new connection, which has no page in its cache, when it reads; None if it can read."""
    try:
        with closing(connect_existing(path)) as connection:
            connection.execute(f"SELECT 1 FROM {SETUP_TABLE} LIMIT 1").fetchone()
    except sqlite3.DatabaseError as error:
        return error
    return None


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _size(status: os.stat_result | None) -> int:
    return 0 if status is None else status.st_size


def _identity(status: os.stat_result | None) -> Identity | None:
    return None if status is None else (status.st_dev, status.st_ino)
