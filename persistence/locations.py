"""The file or server of a database URL, and how messages name it without its password."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import URL, make_url

SQLITE = b"SQLite format 3\0"
"""The first bytes of every SQLite file that is not empty."""


def file_of(url: str) -> Path | None:
    """The absolute path of an SQLite file; None for PostgreSQL."""
    address = make_url(url)
    return Path(address.database or "").absolute() if address.get_backend_name() == "sqlite" else None


def display_name(url: str) -> str:
    """How messages name a database: the absolute path of a file; or user, host, port and name, without the password."""
    address = make_url(url)
    file = file_of(url)
    if file is not None:
        return str(file)
    return URL.create(
        "postgresql", address.username, None, address.host, address.port, address.database
    ).render_as_string()


def is_sqlite_file(file: Path) -> bool:
    """Whether a file is an SQLite database or empty. Raises OSError."""
    with file.open("rb") as opened:
        start = opened.read(len(SQLITE))
    return start in (b"", SQLITE)


def remove_if_empty(file: Path) -> None:
    """Remove an SQLite file without tables, with its -wal and -shm files."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as opened:
            (tables,) = opened.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        return
    if not tables:
        for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
            with suppress(OSError):
                each.unlink()
