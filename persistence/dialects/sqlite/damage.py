"""Looks for damage in the file of a database."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from persistence.dialects.sqlite.errors import is_damage
from persistence.dialects.sqlite.opening import connect_existing


def find_damage(file: Path, seconds: float) -> str | None:
    """The first damage that SQLite finds; None if it finds none within so many seconds, or cannot open the file. The
    file is not changed.
    """
    try:
        opened = connect_existing(file)
    except sqlite3.OperationalError:
        return None  # opening the database says why
    with closing(opened) as connection:
        connection.execute("PRAGMA query_only = ON")
        stop = threading.Timer(seconds, connection.interrupt)
        stop.start()
        try:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            found = str(error) if is_damage(error) else "ok"
        finally:
            stop.cancel()
            stop.join()
    return None if found == "ok" else " ".join(str(found).split())
