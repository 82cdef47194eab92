"""From a row of the file to a row of the staging table: cells read, names put together, person or company."""

from typing import Any

from persistence.enums import ContactType
from persistence.folding import fold
from resolvers.contacts.fields import folded_columns
from resolvers.imports.cells import Unfit
from resolvers.imports.contacts.cells import LABELS, Value, value
from resolvers.imports.contacts.enum_words import FAX, MOBILE
from resolvers.imports.contacts.staging import KEPT
from resolvers.imports.reading import CsvFile
from resolvers.imports.report import ImportReport
from resolvers.imports.rows import RowReader

NAMES = ("first_name", "middle_name", "last_name")
BLANK: dict[str, Any] = dict.fromkeys((*KEPT, "known", "type_if_new"))


class Rows:
    """Reads rows one by one and reports what does not fit."""

    def __init__(self, file: CsvFile, report: ImportReport) -> None:
        self._reader = RowReader(file, report, value)

    def staged(self, row_no: int, cells: list[str]) -> dict[str, Any]:
        """The values of a row; null where the cell is blank or the column is not there."""
        given = self._reader.read(row_no, cells)
        self._sort_phones(row_no, given)
        parts = [str(given.pop(name)) for name in NAMES if name in given]
        if parts and "name" not in given:
            self._reader.set(row_no, given, "name", " ".join(parts), self._reader.caption("last_name"))
        kind = _type_if_new(given, bool(parts))
        named = "name" in given or (given.get("type", kind) == ContactType.COMPANY and "company_name" in given)
        if not named and "no" not in given:
            self._reader.wrong(
                row_no,
                self._reader.caption("name"),
                Unfit("A new contact needs a name.", "Un nouveau contact a besoin d’un nom."),
            )
        return BLANK | given | folded_columns(given) | {"row_no": row_no, "known": False, "type_if_new": kind}

    def _sort_phones(self, row_no: int, given: dict[str, Value]) -> None:
        """Google numbers its telephones and says beside each what it is: mobile, fax or another one."""
        for phone, label in LABELS.items():
            kind = fold(str(given.pop(label, ""))).strip("* ")
            number = given.pop(phone, None)
            field = "mobile_phone_no" if kind in MOBILE else "phone_no"
            if number is not None and kind not in FAX and field not in given:
                self._reader.set(row_no, given, field, str(number), self._reader.caption(phone))


def _type_if_new(given: dict[str, Value], has_parts: bool) -> ContactType:
    """A person if it has a first or last name, or a name and another company; else a company."""
    company_no, company_name = given.get("company_no"), given.get("company_name")
    under_another = company_no != given.get("no") if company_no else company_name not in (None, given.get("name"))
    return ContactType.PERSON if has_parts or ("name" in given and under_another) else ContactType.COMPANY
