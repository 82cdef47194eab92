"""Opens CSV files: finds the encoding and offers the file with each delimiter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from resolvers.imports.files import encodings
from resolvers.imports.files.csv_files import DELIMITERS, MARK, MARKING, CsvTable, separator
from resolvers.imports.files.encoding_names import name_in_messages, name_in_option
from resolvers.imports.files.encodings import Detected
from resolvers.imports.files.refusals import BrokenEncoding, UnclearEncoding, WrongEncoding
from resolvers.imports.files.tables import BrokenCell

MAX_SHOWN = 60
"""How many characters of a cell a message shows."""


@dataclass(frozen=True)
class OpenedCsv:
    """A file, read with each delimiter. `is_given`: users gave the encoding."""

    tables: Sequence[CsvTable]
    detected: Detected
    is_given: bool

    def check_encoding(self, table: CsvTable) -> None:
        """Raise `BrokenCell` if the encoding does not fit, or if several fit and give different texts."""
        codec = self.detected.codec
        if self.detected.broken:
            row_no, index = _first_marked(table)
            if self.is_given:
                raise BrokenCell(WrongEncoding, row_no, index, encoding=name_in_messages(table.codec))
            text = _cell(replace(table, codec=codec, errors="replace"), row_no, index)
            raise BrokenCell(
                BrokenEncoding,
                row_no,
                index,
                encoding=name_in_messages(table.codec),
                other=name_in_option(codec),
                text=_shortened(text),
            )
        if self.detected.others:
            raise _unclear([replace(table, codec=each) for each in (codec, *self.detected.others)])


def open_csv(path: Path, encoding: str | None) -> OpenedCsv:
    """The file in this encoding, by default the detected one. Raises `Refused` if it is not a text file."""
    found = encodings.detect(path) if encoding is None else encodings.check(path, encoding)
    codec = "utf-8" if found.broken and encoding is None else found.codec
    named = separator(path, codec)
    tables = [
        CsvTable(path, codec, delimiter, found.line_count, MARKING if found.broken else "strict", found.misread)
        for delimiter in ([named] if named else DELIMITERS)
    ]
    return OpenedCsv(tables, found, encoding is not None)


def _first_marked(table: CsvTable) -> tuple[int, int]:
    """The row and the column of the first cell with bytes that are not in the encoding."""
    for row_no, cells in table.records():
        for index, cell in enumerate(cells):
            if MARK in cell:
                return row_no, index
    return 1, 0


def _cell(table: CsvTable, row_no: int, index: int) -> str:
    cells = next((cells for found, cells in table.records() if found == row_no), [])
    return cells[index] if index < len(cells) else ""


def _unclear(tables: Sequence[CsvTable]) -> BrokenCell:
    """The first cell of which encodings give different texts, with all of these texts."""
    for rows in zip(*(table.records() for table in tables), strict=True):
        for index, texts in enumerate(zip(*(cells for _, cells in rows), strict=False)):
            if len({*texts}) == len(texts):
                readings = ", ".join(
                    f"{_shortened(text)} (--encoding {name_in_option(table.codec)})"
                    for table, text in zip(tables, texts, strict=True)
                )
                return BrokenCell(UnclearEncoding, rows[0][0], index, readings=readings)
    return BrokenCell(
        UnclearEncoding, 1, 0, readings=", ".join(f"--encoding {name_in_option(each.codec)}" for each in tables)
    )


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
