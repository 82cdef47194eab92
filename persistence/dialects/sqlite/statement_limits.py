"""Whether SQLite's parser accepts a statement."""

import sqlite3
import threading
from functools import cache

from sqlalchemy import MetaData
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.schema import CreateTable

from persistence.dialects.sqlite.errors import exceeds_limit
from persistence.dialects.sqlite.functions import register

_LOCK = threading.Lock()
"""Held while a statement is parsed, because several threads plan at the same time."""


def accepts(sql: str, metadata: MetaData) -> bool:
    """Whether the statement is within SQLite's limits: open brackets of the parser, depth of an expression, joins."""
    try:
        with _LOCK:
            _empty_database(metadata).execute(sql)
    except sqlite3.Error as error:
        return not exceeds_limit(error)  # missing parameters, for example, do not exceed a limit
    return True


@cache
def _empty_database(metadata: MetaData) -> sqlite3.Connection:
    """All tables, in memory, without rows."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    register(connection)
    for table in metadata.sorted_tables:
        connection.execute(str(CreateTable(table).compile(dialect=dialect())))
    return connection
