"""Streams on SQLite: a connection and a thread for each."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from itertools import islice
from typing import TypeVar, TypeVarTuple

from sqlalchemy import make_url

from persistence.dialects.closing import close_completely
from persistence.dialects.sqlite.errors import is_outage_of_reads
from persistence.dialects.sqlite.opened_files import OpenedFiles
from persistence.dialects.sqlite.reads import connect
from persistence.dialects.streams import Sink
from persistence.exceptions import Unavailable
from persistence.sql_types import Statement
from persistence.texts.csv_lines import CsvLines

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")

CHUNK_BYTES, ROWS_AT_ONCE = 65_536, 50
"""A chunk has at least so many bytes, unless it is the last one. Rows are read in groups of this number."""


class SqliteStreamer:
    """Opens a connection for each stream."""

    def __init__(self, url: str, patience: float, files: OpenedFiles) -> None:
        self._file, self._patience, self._files = make_url(url).database or "", patience, files

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["SqliteSnapshot"]:
        """A snapshot over a new connection. Raises Unavailable if the file was deleted, replaced or truncated."""
        self._files.check_opened()
        snapshot = SqliteSnapshot(self._file, self._patience)
        try:
            yield snapshot
        except Unavailable as error:
            self._files.note_failure(error.__cause__)
            raise
        finally:
            await close_completely(snapshot.close)


class SqliteSnapshot:
    """A transaction that only reads, and sees the state in which its first statement began.

    Temporary files hold what a statement sorts: in memory, it would grow with the number of rows.
    """

    def __init__(self, file: str, patience: float) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="carnet-stream")
        self._connection = connect(file, patience)
        self._connection.execute("BEGIN")

    async def write(self, statement: Statement, sink: Sink, *, delimiter: str | None = None) -> None:
        """Write the rows of a statement."""
        rows = await self._run(self._connection.execute, *statement)
        next_chunk = _json_lines if delimiter is None else _csv_lines(delimiter)
        while chunk := await self._run(next_chunk, rows):
            await sink(chunk)

    async def value(self, statement: Statement) -> str | None:
        """The value in the only row and column of a statement."""
        row = await self._run(lambda: self._connection.execute(*statement).fetchone())
        return None if row is None else row[0]

    async def close(self) -> None:
        """Stop the statement that runs, and close the connection."""
        self._connection.interrupt()
        await self._run(self._connection.close)
        self._thread.shutdown()

    async def _run(self, work: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
        except sqlite3.DatabaseError as error:
            if is_outage_of_reads(error):
                raise Unavailable from error
            raise


def _json_lines(rows: sqlite3.Cursor) -> bytes:
    """The next chunk of rows with one column; empty at the end."""
    lines: list[str] = []
    size = 0
    while size < CHUNK_BYTES and (group := [text for (text,) in islice(rows, ROWS_AT_ONCE)]):
        lines += group
        size += sum(map(len, group))
    return "".join([f"{line}\n" for line in lines]).encode()


def _csv_lines(delimiter: str) -> Callable[[sqlite3.Cursor], bytes]:
    """Returns a function that returns the next chunk of rows; empty at the end."""
    lines = CsvLines(delimiter)

    def next_chunk(rows: sqlite3.Cursor) -> bytes:
        chunks: list[bytes] = []
        size = 0
        while size < CHUNK_BYTES and (group := list(islice(rows, ROWS_AT_ONCE))):
            chunks.append(lines.encode(group))
            size += len(chunks[-1])
        return b"".join(chunks)

    return next_chunk
