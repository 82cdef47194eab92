"""Reads CSV files. What is wrong with a quotation mark is reported where it begins."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain, islice
from pathlib import Path

from resolvers.errors import Translated
from resolvers.imports.files.encoding_names import read_as_note
from resolvers.imports.files.refusals import CellTooLong, RowsInQuotation, TextAfterQuotation, UnclosedQuotation
from resolvers.imports.files.tables import BrokenCell

DELIMITERS = (",", ";", "\t", "|")
MARK = "\ufdd1"
"""Stands for bytes that are not in the encoding, if a file is read with `errors=MARKING`. No text has it."""

MARKING = "carnet_mark"
codecs.register_error(
    MARKING, lambda error: (MARK, error.end) if isinstance(error, UnicodeDecodeError) else (MARK, error.args[3])
)
SEPARATOR = re.compile(r"sep=(.?)", re.IGNORECASE)


@dataclass(frozen=True)
class CsvTable:
    """A CSV file in an encoding and with a delimiter that are known."""

    path: Path
    codec: str
    delimiter: str
    line_count: int
    errors: str = "strict"
    misread: str | None = None

    @property
    def notes(self) -> Sequence[Translated]:
        """The encoding, if it is not UTF-8, and whether it reads some of the text wrongly."""
        return read_as_note(self.codec, self.misread)

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """All rows, blank ones too. The first line `sep=;` that Excel writes is not a row."""
        row_no = lines_read = 0
        with self.path.open(encoding=self.codec, errors=self.errors, newline="") as file:
            records = csv.reader(file, delimiter=self.delimiter, strict=True)
            try:
                for cells in records:
                    if row_no == 0 and lines_read == 0 and cells and SEPARATOR.match(cells[0]):
                        lines_read = records.line_num
                        continue
                    lines_read = records.line_num
                    row_no += 1
                    yield row_no, cells
            except csv.Error as error:
                raise self._broken_cell(row_no + 1, lines_read) from error

    def check_short_row(self, row_no: int, cells: Sequence[str], width: int) -> None:
        """Raise `BrokenCell` if a cell seems to enclose whole rows: a line inside it has as many cells as a row."""
        for index, cell in enumerate(cells):
            if any(line.count(self.delimiter) >= width - 1 for line in cell.splitlines()[1:-1]):
                raise BrokenCell(RowsInQuotation, row_no, index)

    def _broken_cell(self, row_no: int, lines_read: int) -> BrokenCell:
        """The cell at which the row that begins after so many lines cannot be read."""
        with self.path.open(encoding=self.codec, errors=self.errors, newline="") as file:
            return _broken_cell(row_no, islice(file, lines_read, None), self.delimiter)


def separator(path: Path, codec: str) -> str | None:
    """The delimiter that the first line names, as Excel writes it: `sep=;`."""
    with path.open(encoding=codec, errors="replace", newline="") as file:
        found = SEPARATOR.fullmatch(file.readline(10).strip("\r\n"))
    return found[1] if found and found[1] not in ("", '"') else None


class _State(Enum):
    START = auto()
    PLAIN = auto()
    QUOTED = auto()
    CLOSED = auto()


@dataclass
class _Cell:
    """A cell that is read character by character."""

    index: int
    state: _State = _State.START
    length: int = 0
    has_lines: bool = False

    def take(self, char: str) -> bool:
        """Read a character. False if it is text after the closing quotation mark."""
        self.length += 1
        if self.state is _State.QUOTED:
            self.has_lines = self.has_lines or char in "\r\n"
            self.state = _State.CLOSED if char == '"' else _State.QUOTED
        elif char == '"' and self.state in (_State.START, _State.CLOSED):
            self.state = _State.QUOTED
        elif self.state is _State.CLOSED:
            return False
        else:
            self.state = _State.PLAIN
        return True


def _broken_cell(row_no: int, lines: Iterable[str], delimiter: str) -> BrokenCell:
    """The first cell of a row that has text after its closing quotation mark, is not closed or too long."""
    cell, limit = _Cell(0), csv.field_size_limit()
    for char in chain.from_iterable(lines):
        is_quoted = cell.state is _State.QUOTED
        if not is_quoted and char == delimiter:
            cell = _Cell(cell.index + 1)
            continue
        if not is_quoted and char in "\r\n":
            break
        if not cell.take(char):
            return BrokenCell(TextAfterQuotation, row_no, cell.index)
        if cell.length > limit:
            break
    if cell.length > limit and not cell.has_lines:
        return BrokenCell(CellTooLong, row_no, cell.index, length=limit)
    return BrokenCell(UnclosedQuotation, row_no, cell.index)
