"""Copies of SQLite files: backups while others write, and files that replace others."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from persistence.dialects.database_file import CopyProgress
from persistence.dialects.interface import SETUP_TABLE
from persistence.dialects.sqlite.errors import is_busy, is_damage, problem_of
from persistence.dialects.sqlite.opening import connect_existing
from persistence.exceptions import CopyFailed, DatabaseProblem, FileInUse, SourceUnusable

VERSION_TABLE = "alembic_version"

PAGES_AT_ONCE = 2_000
"""Pages that are copied between two calls of the progress function."""

FIRST_LOCKED, LOCKED_BYTES = 0x40000002, 510
"""The bytes of a file that SQLite locks while a connection reads; with a write-ahead log as long as it is open."""


def unfinished(target: Path) -> Path:
    """The name of a copy until it is complete. Raises FileExistsError for one that another process is making, or that
    was left by a process that was killed.
    """
    path = target.with_name(f".{target.name}.part")
    if path.exists():
        raise FileExistsError(path)
    return path


def beside(path: Path) -> tuple[Path, Path]:
    """The -wal and the -shm file of a database."""
    return Path(f"{path}-wal"), Path(f"{path}-shm")


def version_of(path: Path, patience: float) -> str | None:
    """See `DatabaseFile.version`. Other programs have a table of this name too, but not the setup."""
    try:
        with closing(_read_only(connect_existing(path, timeout=patience))) as opened:
            names = {name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not {VERSION_TABLE, SETUP_TABLE} <= names:
                return None
            rows = opened.execute(f"SELECT * FROM {VERSION_TABLE}").fetchall()
    except sqlite3.Error as error:
        if is_damage(error):
            return None
        raise _unusable(error) from error
    return str(rows[0][0]) if len(rows) == 1 and len(rows[0]) == 1 else None


def copy(source: Path, target: Path, progress: CopyProgress) -> None:
    """Copy one state of a database to an empty file, check the copy, and write it to the disk.

    The source stays in a transaction that reads: otherwise each change by another process would start the copying
    anew. Others can write meanwhile.
    """
    try:
        with closing(_reading(source)) as opened, closing(connect_existing(target)) as copied:
            opened.backup(copied, pages=PAGES_AT_ONCE, progress=lambda _, left, total: progress(total - left, total))
            copied.execute("PRAGMA journal_mode = DELETE")  # else the copy would have a second file
            (damage,) = copied.execute("PRAGMA quick_check(1)").fetchone()
        if damage != "ok":
            raise SourceUnusable(" ".join(str(damage).split()), DatabaseProblem.NOT_A_DATABASE)
        _write_to_disk(target)
    except (sqlite3.Error, OSError) as error:
        if is_damage(error) or is_busy(error):  # nobody else has the copy open, and it was empty
            raise _unusable(error) from error
        raise CopyFailed(getattr(error, "strerror", None) or str(error)) from error


def publish(unfinished: Path, target: Path) -> None:
    """Give a complete copy its name. Raises FileExistsError if there is a file with this name, and CopyFailed."""
    try:
        try:
            os.link(unfinished, target)  # unlike renaming, it never overwrites
        except FileExistsError:
            raise FileExistsError(target) from None
        except OSError:  # a file system without links
            if target.exists():
                raise FileExistsError(target) from None
            unfinished.rename(target)
        _write_to_disk(target.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise CopyFailed(error.strerror) from error


def replace(path: Path, copy: Path, kept: Path) -> None:
    """Replace a database that nobody uses by a copy, and call the old one `kept`. Raises FileInUse and CopyFailed."""
    try:
        with _unused(path):
            for part in beside(path):  # only a file that was not closed, or is damaged, still has them
                if part.exists():
                    part.rename(f"{kept}{part.name.removeprefix(path.name)}")
            try:
                os.link(path, kept)
                copy.replace(path)
            except OSError:  # a file system without links
                path.rename(kept)
                copy.rename(path)
            _write_to_disk(path.parent)
    except OSError as error:
        raise CopyFailed(error.strerror) from error


@contextmanager
def _unused(path: Path) -> Iterator[None]:
    """Raises FileInUse if a process has the database open. While the block runs, no process can begin to use it."""
    with suppress(sqlite3.DatabaseError), closing(connect_existing(path, timeout=0)) as opened:
        try:
            opened.execute("PRAGMA journal_mode = DELETE")  # also copies its write-ahead log into the file
        except sqlite3.OperationalError:
            raise FileInUse(path) from None
    try:
        import fcntl
    except ImportError:  # Windows, where a file that is open cannot be renamed
        yield
        return
    with path.open("r+b") as locked:
        try:
            fcntl.lockf(locked, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCKED_BYTES, FIRST_LOCKED)
        except OSError:
            raise FileInUse(path) from None
        yield


def _read_only(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The connection, which only reads from now on. If it were opened read-only, it would leave the -wal and -shm files
    behind.
    """
    connection.execute("PRAGMA query_only = ON")
    return connection


def _reading(path: Path) -> sqlite3.Connection:
    """A connection in a transaction that reads. Raises SourceUnusable."""
    try:
        opened = _read_only(connect_existing(path))
        try:
            opened.execute("BEGIN")
            opened.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error:
            opened.close()
            raise
    except sqlite3.Error as error:
        raise _unusable(error) from error
    return opened


def _unusable(error: BaseException) -> SourceUnusable:
    return SourceUnusable(str(error), problem_of(error))


def _write_to_disk(path: Path) -> None:
    """Have the operating system write a file, or the names in a folder, to the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
