"""Functions that SQL statements call on SQLite. On PostgreSQL migrations create those of text."""

import datetime as dt
import sqlite3
from collections.abc import Callable

from persistence.texts.quick_folding import fold_quickly
from persistence.texts.texts_v1 import visible
from persistence.texts.words_v1 import spaced_words

FOLD, VISIBLE, WORDS = "carnet_fold", "carnet_visible", "carnet_words"
DATE_IN_ZONE = "carnet_date_in_zone"


def register(connection: sqlite3.Connection) -> None:
    """Register the functions on a connection."""
    connection.create_function(FOLD, 1, _or_null(fold_quickly), deterministic=True)
    connection.create_function(VISIBLE, 1, _or_null(visible), deterministic=True)
    connection.create_function(WORDS, 1, _or_null(spaced_words), deterministic=True)
    connection.create_function(DATE_IN_ZONE, 4, date_in_zone, deterministic=True)


def _or_null(function: Callable[[str], str]) -> Callable[[str | None], str | None]:
    def of_text(value: str | None) -> str | None:
        return None if value is None else function(value)

    return of_text


def date_in_zone(zone: str, date: str, ahead: str, behind: str) -> str:
    """`SqlWriter.date_in_zone` for ISO dates. The names of zones are separated by spaces."""
    days = 1 if zone in ahead.split() else -1 if zone in behind.split() else 0
    return (dt.date.fromisoformat(date) + dt.timedelta(days)).isoformat()
