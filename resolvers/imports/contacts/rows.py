"""Parses a row of the file into a row of the staging table: combines names, and decides between person and company."""

from persistence.enums import ContactType
from persistence.folding import fold
from resolvers.contacts.fields import folded_columns
from resolvers.imports.cells import InvalidCell
from resolvers.imports.contacts.cells import LABELS, parse, parse_own
from resolvers.imports.contacts.enum_words import FAX, MOBILE
from resolvers.imports.contacts.staging import CONTACT_COLUMNS
from resolvers.imports.reading import ImportFile
from resolvers.imports.report import ImportReport
from resolvers.imports.rows import RowReader, Values

NAMES = ("first_name", "middle_name", "last_name")
BLANK: Values = dict.fromkeys((*CONTACT_COLUMNS, "known", "type_if_new", "without_company"))


class ContactRows:
    """Parses rows one by one and reports errors."""

    def __init__(self, file: ImportFile, report: ImportReport) -> None:
        self._reader = RowReader(file, report, parse_own if file.is_own else parse)

    def parse(self, row_no: int, cells: list[str]) -> Values:
        """The row of the staging table; null where the cell is blank or the column is missing."""
        given = self._reader.read(row_no, cells)
        self._assign_phones(row_no, given)
        parts = [str(given.pop(name)) for name in NAMES if name in given]
        if parts and "name" not in given:
            self._reader.parse_into(given, row_no, "name", " ".join(parts), self._reader.caption("last_name"))
        kind = _type_if_new(given, bool(parts))
        named = "name" in given or (given.get("type", kind) == ContactType.COMPANY and "company_name" in given)
        if not named and "no" not in given:
            self._reader.add_error(
                row_no,
                self._reader.caption("name"),
                InvalidCell("A new contact needs a name.", "Un nouveau contact a besoin d’un nom."),
            )
        return BLANK | given | folded_columns(given) | {"row_no": row_no, "known": False, "type_if_new": kind}

    def _assign_phones(self, row_no: int, given: Values) -> None:
        """Assign the numbered telephones of Google by the kind beside each; faxes are left out."""
        for phone, label in LABELS.items():
            kind = fold(str(given.pop(label, ""))).strip("* ")
            number = given.pop(phone, None)
            field = "mobile_phone_no" if kind in MOBILE else "phone_no"
            if number is not None and kind not in FAX and field not in given:
                self._reader.parse_into(given, row_no, field, str(number), self._reader.caption(phone))


def _type_if_new(given: Values, has_parts: bool) -> ContactType:
    """The type of a new contact: a person if it has a first or last name, or a name and another company; else a
    company.
    """
    company_no, company_name = given.get("company_no"), given.get("company_name")
    under_another = company_no != given.get("no") if company_no else company_name not in (None, given.get("name"))
    return ContactType.PERSON if has_parts or ("name" in given and under_another) else ContactType.COMPANY
