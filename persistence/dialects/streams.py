"""Streams: all rows of one statement, however many, as text in chunks of whole rows.

A stream reads one state of the database over a connection of its own, so that it takes none from other reads. The
database produces a chunk only when the one before was taken.
"""

from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

from persistence.sql_types import Statement

Sink: TypeAlias = Callable[[bytes], Coroutine[object, None, None]]
"""Takes a chunk of text in UTF-8: whole rows, each with a line feed at its end."""

MAX_STREAMS = 4
"""Streams at the same time, by default."""

PLACE_SECONDS = 2
"""Seconds for which a stream waits until another one ends. A client that was cut off and comes back finds the stream
before it still being stopped.
"""


class Snapshot(Protocol):
    """One state of the database. Statements over it run one after the other."""

    async def write(self, statement: Statement, sink: Sink, *, delimiter: str | None = None) -> None:
        """Write the rows of a statement: as CSV with this delimiter, or without it the JSON text in the only column.

        In CSV a null is an empty field. Raises ChangeCanceled if somebody else stopped the statement.
        """

    async def value(self, statement: Statement) -> str | None:
        """The value in the only row and column of a statement; None without a row."""


class Streamer(Protocol):
    """Opens snapshots for streams."""

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """A snapshot over a new connection. At the end of the block, or when its task is canceled, the statement that
        runs is stopped and the connection closed.
        """
