"""Connections to files that exist."""

import sqlite3
from pathlib import Path


def connect_existing(path: Path | str, *, timeout: float = 5, cached_statements: int = 128) -> sqlite3.Connection:
    """A new connection that begins no transactions by itself. Raises OperationalError if there is no file: SQLite would
    otherwise create an empty one, so that a database that was moved away would seem to have lost its tables.
    """
    return sqlite3.connect(
        f"{Path(path).absolute().as_uri()}?mode=rw",
        uri=True,
        isolation_level=None,
        timeout=timeout,
        check_same_thread=False,
        cached_statements=cached_statements,
    )
