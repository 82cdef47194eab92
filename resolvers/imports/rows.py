"""Reads the cells of a row into the values of its fields. Errors go into the report, so that all of them are listed."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from resolvers.imports.columns import Column
from resolvers.imports.files.tables import column_letter
from resolvers.imports.reading import ImportFile
from resolvers.imports.report import ImportReport
from resolvers.imports.row_messages import RowMessage
from resolvers.imports.values.cells import InvalidCell
from resolvers.imports.values.escapes import without_escapes

MAX_CACHED_LENGTH, MAX_CACHED_CELLS = 40, 8_192
"""The values of so many cells are kept, if they have at most so many characters: dates and codes occur many times."""

Values = dict[str, object]
"""The values of a row by field, without blank cells."""


class RowReader:
    """Reads the rows of a file one by one; `parse` parses the cell of a field."""

    def __init__(
        self,
        file: ImportFile,
        report: ImportReport,
        parse: Callable[[str, str], object],
        is_same: Callable[[str, object, str], bool] | None = None,
    ) -> None:
        """`is_same` says whether a further cell of a field has the same value; by default, if it is parsed alike."""
        self._is_same = is_same or (lambda field, value, cell: parse(field, cell) in (value, None))
        self._columns, self._width, self._report, self._parse = file.recognized, len(file.captions), report, parse
        self._parse_cached = lru_cache(MAX_CACHED_CELLS)(self._parse_cell)
        self._repeated = file.repeated
        self._is_own = file.is_own
        self._captions = {column.field: column.caption for column in reversed(file.recognized)}
        self._invalid: tuple[int, set[str | None]] = 0, set()

    def read(self, row_no: int, cells: list[str]) -> Values:
        """The values of the cells that are neither blank nor invalid."""
        if any(cells[self._width :]):
            self.add_error(
                row_no,
                None,
                InvalidCell(
                    f"The row has {len(cells)} cells, but there are {self._width} captions. Put quotation marks "
                    "around texts that contain the delimiter.",
                    f"Cellules de la ligne\u00a0: {len(cells)}; titres de colonne\u00a0: {self._width}. "
                    "Mettez entre guillemets tout texte qui contient le séparateur.",
                ),
            )
        for columns in self._repeated:
            self._check_repeated(row_no, cells, columns)
        values: Values = {}
        for column in self._columns:
            cell = cells[column.index] if column.index < len(cells) else ""
            if not cell:
                continue
            if column.field in values:
                text = self._without_escapes(cell)
                if text and not text.isspace():
                    self._note_second_value(values, row_no, column, text)
                continue
            try:
                value = (self._parse_cached if len(cell) <= MAX_CACHED_LENGTH else self._parse_cell)(column.field, cell)
            except InvalidCell as invalid:
                self.add_error(row_no, column.caption, invalid)
            else:
                if value is not None:
                    values[column.field] = value
        return values

    def _parse_cell(self, field: str, cell: str) -> object:
        """The value of a cell of a field; None if it is blank."""
        text = self._without_escapes(cell)
        return self._parse(field, text) if text and not text.isspace() else None

    def _without_escapes(self, cell: str) -> str:
        return cell if self._is_own else without_escapes(cell)

    def _check_repeated(self, row_no: int, cells: list[str], columns: Sequence[Column]) -> None:
        """Report different values in columns with the same caption."""
        texts = {" ".join(cells[column.index].split()) for column in columns if column.index < len(cells)} - {""}
        if len(texts) > 1:
            letters = ", ".join(column_letter(column.index) for column in columns)
            self.add_error(
                row_no,
                columns[0].caption,
                InvalidCell(
                    f"The columns {letters} have the same caption and different values: {', '.join(sorted(texts))}. "
                    "Empty all but one, or give one column another caption.",
                    f"Les colonnes {letters} ont le même titre et des valeurs différentes\u00a0: "
                    f"{', '.join(sorted(texts))}. Gardez une seule valeur, ou donnez un autre titre à l’une des "
                    "colonnes.",
                ),
            )

    def _note_second_value(self, values: Values, row_no: int, column: Column, cell: str) -> None:
        """Note the value of a second column of a field, unless it is equal."""
        try:
            equal = self._is_same(column.field, values[column.field], cell)
        except InvalidCell:
            equal = False
        if not equal:
            first = self.caption(column.field)
            self.add_note(
                row_no,
                column.caption,
                f"Not imported: {cell}. The value of the column {first} was taken.",
                f"Valeur non importée\u00a0: {cell}. Celle de la colonne {first} a été retenue.",
            )

    def has_text(self, cells: list[str], field: str) -> bool:
        """Whether the row has text for a field, valid or not."""
        return any(
            column.field == field and "".join(cells[column.index : column.index + 1]).strip()
            for column in self._columns
        )

    def fill_invalid(self, values: Values, field: str, cells: list[str]) -> None:
        """Give a field a value if its text was invalid, so that it is not reported as missing too."""
        if self.has_text(cells, field):
            values.setdefault(field, "…")

    def parse_into(self, values: Values, row_no: int, field: str, cell: str, caption: str | None) -> None:
        """Parse a cell into `values`, or add an error to the report."""
        try:
            value = self._parse(field, cell)
            if value is not None:
                values[field] = value
        except InvalidCell as invalid:
            self.add_error(row_no, caption, invalid)

    def add_error(self, row_no: int, caption: str | None, invalid: InvalidCell) -> None:
        """Report an invalid cell, or an invalid row if `caption` is None."""
        if self._invalid[0] != row_no:
            self._invalid = row_no, set()
        self._invalid[1].add(caption)
        self._report.add_error(RowMessage(row_no, caption, invalid.english, invalid.french))

    def is_invalid(self, row_no: int, caption: str | None) -> bool:
        """Whether an error was reported for this cell of the row that is read."""
        return caption is not None and self._invalid[0] == row_no and caption in self._invalid[1]

    def add_note(self, row_no: int, caption: str | None, english: str, french: str) -> None:
        """Note what became of a cell, or of the row if `caption` is None."""
        self._report.add_row_note(RowMessage(row_no, caption, english, french))

    def caption(self, field: str) -> str | None:
        """The caption of the column of a field."""
        return self._captions.get(field)
