"""From a row of the file to a row of the staging table: cells read, names put together, person or company."""

from typing import Any

from persistence.folding import fold
from persistence.vocabulary import ContactType
from resolvers.contact_import.cells import Unfit, Value, value
from resolvers.contact_import.columns import Column
from resolvers.contact_import.reading import ContactFile
from resolvers.contact_import.report import ImportReport, RowError
from resolvers.contact_import.staging import KEPT
from resolvers.contact_import.vocabularies import FAX, MOBILE
from resolvers.contacts import folded_columns

NAMES = ("first_name", "middle_name", "last_name")
LABELS = {f"phone_{n}": f"phone_{n}_label" for n in range(1, 5)}
BLANK: dict[str, Any] = dict.fromkeys((*KEPT, "known", "type_if_new"))


class Rows:
    """Reads rows one by one and reports what does not fit. What is wrong is left out, so that other errors show too."""

    def __init__(self, file: ContactFile, report: ImportReport) -> None:
        self._columns = file.recognized
        self._width = len(file.captions)
        self._report = report
        self._caption = {column.field: column.caption for column in reversed(file.recognized)}

    def staged(self, row_no: int, cells: list[str]) -> dict[str, Any]:
        """The values of a row; null where the cell is blank or the column is not there."""
        if any(cells[self._width :]):
            self._wrong(row_no, None, Unfit(
                f"The row has {len(cells)} cells for {self._width} captions. Put a text that has the delimiter in quotation marks.",
                f"La ligne a {len(cells)} cellules pour {self._width} titres. Mettez un texte avec séparateur entre guillemets.",
            ))
        given = self._read(row_no, cells)
        self._sort_phones(row_no, given)
        parts = [str(given.pop(name)) for name in NAMES if name in given]
        if parts and "name" not in given:
            self._set(row_no, given, "name", " ".join(parts), self._caption.get("last_name"))
        kind = _type_if_new(given, bool(parts))
        named = "name" in given or (given.get("type", kind) == ContactType.COMPANY and "company_name" in given)
        if not named and "no" not in given:
            self._wrong(row_no, self._caption.get("name"), Unfit(
                "A new contact needs a name.", "Un nouveau contact a besoin d'un nom."
            ))
        return BLANK | given | folded_columns(given) | {"row_no": row_no, "known": False, "type_if_new": kind}

    def _read(self, row_no: int, cells: list[str]) -> dict[str, Value]:
        given: dict[str, Value] = {}
        for column in self._columns:
            cell = cells[column.place] if column.place < len(cells) else ""
            if cell and column.field not in given and not cell.isspace():
                self._read_cell(row_no, given, column, cell)
        return given

    def _read_cell(self, row_no: int, given: dict[str, Value], column: Column, cell: str) -> None:
        if column.field in LABELS:
            given[column.field] = cell
        else:
            self._set(row_no, given, column.field, cell, column.caption)

    def _set(self, row_no: int, given: dict[str, Value], field: str, cell: str, caption: str | None) -> None:
        try:
            given[field] = value(field, cell)
        except Unfit as unfit:
            self._wrong(row_no, caption, unfit)

    def _sort_phones(self, row_no: int, given: dict[str, Value]) -> None:
        """Google numbers its telephones and says beside each what it is: mobile, fax or another one."""
        for phone, label in LABELS.items():
            kind = fold(str(given.pop(label, ""))).strip("* ")
            number = given.pop(phone, None)
            field = "mobile_phone_no" if kind in MOBILE else "phone_no"
            if number is not None and kind not in FAX and field not in given:
                self._set(row_no, given, field, str(number), self._caption[phone])

    def _wrong(self, row_no: int, caption: str | None, unfit: Unfit) -> None:
        self._report.add(RowError(row_no, caption, unfit.english, unfit.french))


def _type_if_new(given: dict[str, Value], has_parts: bool) -> ContactType:
    """A person if it has a first or last name, or a name and another company; else a company."""
    company_no, company_name = given.get("company_no"), given.get("company_name")
    under_another = company_no != given.get("no") if company_no else company_name not in (None, given.get("name"))
    return ContactType.PERSON if has_parts or ("name" in given and under_another) else ContactType.COMPANY
