"""Where a database is: the file or the server that an address means, and how it is shown without its secrets."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import URL, make_url

SQLITE = b"SQLite format 3\0"
"""How every SQLite file begins that has something in it."""


def file_of(url: str) -> Path | None:
    """The file of a SQLite database, from the root; nothing for PostgreSQL."""
    address = make_url(url)
    return Path(address.database or "").absolute() if address.get_backend_name() == "sqlite" else None


def shown(url: str) -> str:
    """What people may read of an address: the whole path of a file; a server's name, port, user and database, no password."""
    address = make_url(url)
    file = file_of(url)
    if file is not None:
        return str(file)
    return URL.create("postgresql", address.username, None, address.host, address.port, address.database).render_as_string()


def is_sqlite_file(file: Path) -> bool:
    """Whether a file is one of SQLite's, or still empty. Raises OSError."""
    with file.open("rb") as opened:
        start = opened.read(len(SQLITE))
    return start in (b"", SQLITE)


def remove_if_empty(file: Path) -> None:
    """Remove a SQLite file in which there are no tables, with what stands beside it."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as opened:
            (tables,) = opened.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        return
    if not tables:
        for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
            with suppress(OSError):
                each.unlink()
