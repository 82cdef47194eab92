"""Streams: the rows of a connection, written as they are read."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from persistence.dialects.streams import Sink, Snapshot
from persistence.sql.csv_cells import FORMULA_SIGNS
from persistence.texts.csv_lines import CsvLines
from schema.compiler import message_fields
from schema.compiler.stream_pages import PLACE_NAME
from schema.compiler.streams import CsvColumn, StreamPlan
from schema.compiler.values import GraphQLValues
from schema.execution.reads import Reads

COMMA, SEMICOLON = ",", ";"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Convert = Callable[[bytes], bytes]
"""Converts a chunk of whole rows."""


@dataclass(frozen=True)
class Stream:
    """A stream whose request is checked. `delimiter` is that of CSV; `marked` CSV begins with a byte order mark, by
    which spreadsheets recognize UTF-8. With `is_continued` there are no captions, because other rows come before, and
    without `has_end` no last line of NDJSON.
    """

    plan: StreamPlan
    reads: Reads
    variables: GraphQLValues
    parameters: tuple[object, ...]
    delimiter: str = COMMA
    marked: bool = False
    is_continued: bool = False
    has_end: bool = True

    @property
    def name(self) -> str:
        """The field of Query whose rows it has."""
        return self.plan.field.name

    async def write(self, sink: Sink) -> int:
        """Write all rows from one state of the database, and return their number. In CSV the captions are before them,
        in NDJSON a line with the cursor of the last one and their number is behind them.

        Nothing is written before the first row is read. Raises Overloaded if too many other streams run.
        """
        async with self.reads.database.streaming() as snapshot:
            return await self.write_from(snapshot, sink)

    async def write_from(self, snapshot: Snapshot, sink: Sink) -> int:
        """Write all rows from a snapshot, as `write` does."""
        convert, head, lines, begun = self._convert(), self._head(), 0, False

        async def put(chunk: bytes) -> None:
            nonlocal lines, begun
            lines += chunk.count(b"\n")
            converted = chunk if convert is None else convert(chunk)
            await sink(converted if begun else head + converted)
            begun = True

        in_sql = self.plan.format.csv and not self.plan.rows_are_json
        statement = (self.plan.rows.sql, self.parameters)
        await snapshot.write(statement, put, delimiter=self.delimiter if in_sql else None)
        if self.has_end and not self.plan.format.csv:
            last = orjson.dumps({"cursor": await self._last_cursor(snapshot, lines), "rows": lines})
            await sink(last + b"\n")
        elif head and not begun:
            await sink(head)
        return lines

    async def _last_cursor(self, snapshot: Snapshot, rows: int) -> str | None:
        """The cursor of the last row; without rows the one that the stream began after."""
        last = self.plan.last_cursor
        if not rows:
            return self.plan.cursor_before(self.variables)
        (parameters,) = await self.reads.parameters([last], {**self.variables, PLACE_NAME: rows - 1})
        return await snapshot.value((last.sql, parameters))

    def _head(self) -> bytes:
        """What comes before the rows."""
        if not self.plan.format.csv or self.is_continued:
            return b""
        captions = CsvLines(self.delimiter).encode([[column.name for column in self.plan.columns]])
        return BYTE_ORDER_MARK + captions if self.marked else captions

    def _convert(self) -> Convert | None:
        """What Python does with the rows; None if they are complete."""
        if self.plan.format.csv and self.plan.rows_are_json:
            return self._to_csv()
        return self._with_messages if self.plan.rows.has_messages else None

    def _with_messages(self, chunk: bytes) -> bytes:
        language = self.reads.caller.language
        lines = (message_fields.with_messages(line, language) for line in chunk.decode().split("\n")[:-1])
        return "".join([f"{line}\n" for line in lines]).encode()

    def _to_csv(self) -> Convert:
        lines, columns, guard = CsvLines(self.delimiter), self.plan.columns, self.plan.format.guard

        def convert(chunk: bytes) -> bytes:
            rows = self._with_messages(chunk) if self.plan.rows.has_messages else chunk
            return lines.encode(_cells(orjson.loads(row), columns, guard=guard) for row in rows.split(b"\n")[:-1])

        return convert


def _cells(row: dict[str, object], columns: Sequence[CsvColumn], *, guard: bool) -> list[object]:
    """The cells of a row, of which at least one is not None."""
    cells = [_cell(_at(row, column.path), guard=guard and column.is_text) for column in columns]
    return cells if len(cells) > 1 else [cells[0] or ""]


def _at(row: object, path: Sequence[str]) -> object:
    for step in path:
        if not isinstance(row, dict):
            return None
        row = row[step]
    return row


def _cell(value: object, *, guard: bool) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if guard and isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return value
