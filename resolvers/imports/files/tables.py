"""What every format is read into: rows of text cells."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from resolvers.errors import Refusal, Translated


class Table(Protocol):
    """The rows of a file, or of one sheet of it. They can be read several times."""

    @property
    def line_count(self) -> int:
        """An estimate of the number of rows, captions included, for progress."""

    @property
    def notes(self) -> Sequence[Translated]:
        """What users should know about how the file was read."""

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with its number in a spreadsheet. Raises `BrokenCell`."""

    def check_short_row(self, row_no: int, cells: Sequence[str], width: int) -> None:
        """Raise `BrokenCell` if a row with fewer cells than captions shows that the file is broken."""


class BrokenCell(Exception):
    """A cell cannot be read. `refusal` says why; `index` is the column, counted from 0."""

    def __init__(self, refusal: type[Refusal], row_no: int, index: int, **facts: object) -> None:
        self.refusal, self.row_no, self.index, self.facts = refusal, row_no, index, facts
        super().__init__(refusal.__name__)


def column_letter(index: int) -> str:
    """The letter of a column in a spreadsheet: A, B, … Z, AA."""
    letters = ""
    while index >= 0:
        letters = chr(65 + index % 26) + letters
        index = index // 26 - 1
    return letters


def is_blank(cells: Sequence[str]) -> bool:
    """Whether no cell has visible text."""
    return not any(cell and not cell.isspace() for cell in cells)
