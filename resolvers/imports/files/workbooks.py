"""Reads the sheets of Excel workbooks (.xlsx, .xlsm)."""

import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from resolvers.errors import Refused, Translated
from resolvers.imports.files.merged_cells import MERGED, MergedArea, MergedCells, merged_over_rows
from resolvers.imports.files.refusals import (
    BrokenWorkbook,
    Compressed,
    FormulaWithoutValue,
    OldWorkbook,
    PasswordProtected,
    UnknownSheet,
    WorkbookTooLarge,
)
from resolvers.imports.files.sheet_xml import MAX_CELLS, Parts, SheetFacts
from resolvers.imports.files.tables import BrokenCell

OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""In a workbook with a password, which is a file of the old format that contains an encrypted one."""

MAX_BYTES = 1 << 30
"""The largest size of all parts of a workbook, unpacked."""

LONGEST_EXACT = 10**15
"""Excel keeps 15 digits of a number."""

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook."""

    path: Path
    name: str
    cells: CalamineSheet
    facts: SheetFacts
    merged: Sequence[MergedArea] = ()
    """The cells that are merged over several rows."""

    @property
    def notes(self) -> Sequence[Translated]:
        """What the report says of the sheet: that cells are merged over several rows, if there are any."""
        return [MERGED] if self.merged else []

    @property
    def line_count(self) -> int:
        """The number of rows."""
        return self.cells.total_height

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """All rows. Numbers and dates are written so that they mean the same in every country."""
        formula = self.facts.formula
        start = self.cells.start
        before = [""] * start[1] if start else []
        merged = MergedCells(self.merged) if self.merged else None
        for row_no, values in enumerate(self.cells.iter_rows(), 1):
            if formula is not None and row_no == formula[0]:
                raise BrokenCell(FormulaWithoutValue, *formula)
            cells = before + [value if type(value) is str else _text(value) for value in values]
            if row_no in self.facts.shown:
                _show_as_in_excel(cells, self.facts.shown[row_no])
            if merged:
                merged.fill(row_no, cells)
            yield row_no, cells

    def check_short_row(self, row_no: int, cells: Sequence[str], width: int) -> None:
        """Nothing: cells of sheets cannot enclose rows."""


def is_workbook(start: bytes) -> bool:
    """Whether a file that begins so is a workbook, or an archive."""
    return start.startswith((OLE, ZIP))


def sheets(path: Path, name: str | None) -> list[Sheet]:
    """The sheets of a workbook that are not blank, or the one of this name. Raises `Refused` if it cannot be read."""
    with _refusing(path):
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise Refused(WorkbookTooLarge(file=path.name))
        if content.startswith(OLE):
            raise Refused((PasswordProtected if ENCRYPTED in content else OldWorkbook)(file=path.name))
        parts = _parts(path, content)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        metadata = sorted(workbook.sheets_metadata, key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)
        names = [sheet.name for sheet in metadata if sheet.name in parts.paths]
        chosen = [each for each in names if name is None or each.casefold() == name.strip().casefold()]
        if not chosen:
            raise Refused(UnknownSheet(file=path.name, sheet=name or "", names=", ".join(names)))
        found, area = [], 0
        for each in chosen:
            facts = parts.facts(each)
            area += facts.area
            if area > MAX_CELLS:
                raise Refused(WorkbookTooLarge(file=path.name))
            cells = workbook.get_sheet_by_name(each)
            found.append(Sheet(path, each, cells, facts, merged_over_rows(cells.merged_cell_ranges or ())))
        return [sheet for sheet in found if sheet.cells.start] or found[:1]


def sheet_notes(read: Sheet, others: Sequence[str]) -> list[Translated]:
    """What was read of a workbook with several sheets."""
    if not others:
        return []
    listed = ", ".join(others)
    return [
        Translated(
            f"Read the sheet {read.name}. Not read: {listed}.",
            f"Feuille lue\u00a0: {read.name}. Non lues\u00a0: {listed}.",
        )
    ]


def _parts(path: Path, content: bytes) -> Parts:
    """The XML of the workbook, once it is known not to be too large."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    members = {*archive.namelist()}
    if "xl/workbook.xml" not in members:
        is_other = members & {"xl/workbook.bin", "content.xml"}
        raise Refused(OldWorkbook(file=path.name) if is_other else Compressed(file=path.name))
    if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
        raise Refused(WorkbookTooLarge(file=path.name))
    return Parts(archive)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Refuse a workbook that the libraries cannot read."""
    try:
        yield
    except (
        CalamineError,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        SyntaxError,
        KeyError,
        ValueError,
        EOFError,
        zlib.error,
    ) as error:
        raise Refused(BrokenWorkbook(file=path.name)) from error


def _text(value: Value) -> str:
    """A value as text that every parser of cells understands, whatever the formats of other cells are."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dt.datetime):
        rounded = (value + dt.timedelta(milliseconds=500)).replace(microsecond=0)
        return rounded.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return value.isoformat("seconds") if isinstance(value, dt.time) else value.isoformat()


def _number(value: float) -> str:
    """A number as Excel shows it, without exponent. Three decimals get a fourth one: 1.234 could be a thousand."""
    if not isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < LONGEST_EXACT:
        return str(int(value))
    text = format(Decimal(format(value, ".15g")), "f")
    return text + "0" if len(text.partition(".")[2]) == 3 else text


def _show_as_in_excel(cells: list[str], shown: dict[int, str | int]) -> None:
    """Put errors into the cells that have them, and zeros before numbers that are shown with them."""
    for index, what in shown.items():
        if index < len(cells):
            cells[index] = cells[index].zfill(what) if isinstance(what, int) else what
