"""From the cells of a row to the values of its fields. What is wrong is reported and left out, so that other errors
show too.
"""

from collections.abc import Callable
from typing import Any

from resolvers.imports.cells import Unfit
from resolvers.imports.reading import CsvFile
from resolvers.imports.report import ImportReport, RowError

Values = dict[str, Any]


class RowReader:
    """Reads the rows of a file one by one; `value` reads one cell of a field."""

    def __init__(self, file: CsvFile, report: ImportReport, value: Callable[[str, str], Any]) -> None:
        self._columns, self._width, self._report, self._value = file.recognized, len(file.captions), report, value
        self._caption = {column.field: column.caption for column in reversed(file.recognized)}

    def read(self, row_no: int, cells: list[str]) -> Values:
        """The values of a row; only of cells that are not blank."""
        if any(cells[self._width :]):
            self.wrong(
                row_no,
                None,
                Unfit(
                    f"Cells of the row: {len(cells)}; captions: {self._width}. Put a text that has the "
                    "delimiter in quotation marks.",
                    f"Cellules de la ligne\u00a0: {len(cells)}; titres de colonne\u00a0: {self._width}. "
                    "Mettez entre guillemets tout texte qui contient le séparateur.",
                ),
            )
        given: Values = {}
        for column in self._columns:
            cell = cells[column.place] if column.place < len(cells) else ""
            if cell and column.field not in given and not cell.isspace():
                self.set(row_no, given, column.field, cell, column.caption)
        return given

    def has(self, cells: list[str], field: str) -> bool:
        """Whether the row has something for this field, be it right or wrong."""
        return any(
            column.field == field and "".join(cells[column.place : column.place + 1]).strip()
            for column in self._columns
        )

    def stand_in(self, given: Values, field: str, cells: list[str]) -> None:
        """Let something stand for a text that was reported already, so that it is not reported as missing too."""
        if self.has(cells, field):
            given.setdefault(field, "…")

    def set(self, row_no: int, given: Values, field: str, cell: str, caption: str | None) -> None:
        """Add the value of a cell, if there is one, or what is wrong with it to the report."""
        try:
            value = self._value(field, cell)
            if value is not None:
                given[field] = value
        except Unfit as unfit:
            self.wrong(row_no, caption, unfit)

    def wrong(self, row_no: int, caption: str | None, unfit: Unfit) -> None:
        """Report what does not fit."""
        self._report.add(RowError(row_no, caption, unfit.english, unfit.french))

    def caption(self, field: str) -> str | None:
        """The caption of the column of a field."""
        return self._caption.get(field)
