"""Cells of a sheet that are merged over several rows: a workbook has their value in the first row only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from resolvers.errors import Translated
from resolvers.imports.files.tables import is_blank

MERGED = Translated(
    "A cell that is merged over several rows has its value in each of these rows.",
    "Une cellule fusionnée sur plusieurs lignes donne sa valeur à chacune de ces lignes.",
)


class MergedArea(NamedTuple):
    """The first and the last row of an area, counted from 1, and its first column, counted from 0."""

    first: int
    last: int
    column: int


def merged_over_rows(ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> Sequence[MergedArea]:
    """The areas of more than one row, from the first and the last cell of each, counted from 0."""
    return [MergedArea(top + 1, bottom + 1, left) for (top, left), (bottom, _) in ranges if bottom > top]


class MergedCells:
    """Gives the rows of a sheet, in their order, the values of the cells that are merged with cells above."""

    def __init__(self, areas: Iterable[MergedArea]) -> None:
        self._beginning = defaultdict[int, list[MergedArea]](list)
        for area in areas:
            self._beginning[area.first].append(area)
        self._values: dict[int, tuple[int, str]] = {}

    def fill(self, row_no: int, cells: list[str]) -> None:
        """Fill the cells of a row that are merged with one above. A row without any value of its own stays blank, as
        below captions that are two rows high.
        """
        if not is_blank(cells):
            for column, (last, value) in self._values.items():
                if row_no <= last and column < len(cells) and not cells[column]:
                    cells[column] = value
        for area in self._beginning.get(row_no, ()):
            if area.column < len(cells):
                self._values[area.column] = area.last, cells[area.column]
