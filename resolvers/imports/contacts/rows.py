"""Parses a row of the file into a row of the staging table: combines names, and decides between person and company."""

from persistence.enums import ContactType
from persistence.sql.folding import fold
from resolvers.contacts.fields import folded_columns, phone_columns
from resolvers.imports.columns import normalized
from resolvers.imports.contacts.cells import is_same, parse_own, read
from resolvers.imports.contacts.choosing import Choosing
from resolvers.imports.contacts.staging import CONTACT_COLUMNS
from resolvers.imports.reading import ImportFile
from resolvers.imports.report import ImportReport
from resolvers.imports.rows import RowReader, Values
from resolvers.imports.values.cells import InvalidCell

NAMES = ("first_name", "middle_name", "last_name")
INSTEAD_OF_NAME = ("email", "phone_no", "mobile_phone_no")
"""The fields that give a contact a name if its row has none."""

FULL_NAMES = frozenset(
    map(normalized, ("Full Name", "Nom complet", "Contact Full Name", "Contact Name", "Nom du contact", "Display Name"))
)
"""Captions of names that only lists of people have."""

BLANK: Values = dict.fromkeys((*CONTACT_COLUMNS, "known", "type_if_new", "without_company", "salesperson_name"))


class ContactRows:
    """Parses rows one by one and reports errors."""

    def __init__(self, file: ImportFile, report: ImportReport) -> None:
        self._reader = RowReader(file, report, parse_own if file.is_own else read, is_same)
        self._choosing = None if file.is_own else Choosing(file.recognized, self._reader)
        self._has_full_names = normalized(self._reader.caption("name") or "") in FULL_NAMES
        self._lists_people = self._has_full_names or any(self._reader.caption(name) for name in NAMES)

    def parse(self, row_no: int, cells: list[str]) -> Values:
        """The row of the staging table; null where the cell is blank or the column is missing."""
        given = self._reader.read(row_no, cells)
        if self._choosing is not None:
            self._choosing.choose(row_no, given)
        parts = self._join_names(row_no, given)
        kind = _type_if_new(given, bool(parts), has_full_name=self._has_full_names)
        named = "name" in given or (given.get("type", kind) == ContactType.COMPANY and "company_name" in given)
        if not named and "no" not in given:
            self._name_otherwise(row_no, given)
            kind = ContactType.PERSON if self._lists_people else kind
        searched = folded_columns(given) | phone_columns(given)
        return BLANK | given | searched | {"row_no": row_no, "known": False, "type_if_new": kind}

    def _join_names(self, row_no: int, given: Values) -> list[str]:
        """Join the parts of a name, which are returned, unless the row has the full name."""
        parts = [str(given.pop(name)) for name in NAMES if name in given]
        suffix = given.pop("suffix", None)
        whole = given.get("name")
        if whole is not None:
            for part in parts if suffix is None else [*parts, str(suffix)]:
                if fold(part) not in fold(str(whole)):
                    self._reader.add_note(
                        row_no,
                        self._reader.caption("last_name"),
                        f"Not imported: {part}. The contact has the full name {whole}.",
                        f"Valeur non importée\u00a0: {part}. Le contact a le nom complet {whole}.",
                    )
        elif parts:
            name = " ".join(parts if suffix is None else [*parts, str(suffix)])
            self._reader.parse_into(given, row_no, "name", name, self._reader.caption("last_name"))
        return parts

    def _name_otherwise(self, row_no: int, given: Values) -> None:
        """Name a new contact by its e-mail address or telephone number, or report that it has no name, unless an
        invalid name was reported.
        """
        if any(self._reader.is_invalid(row_no, self._reader.caption(name)) for name in ("name", *NAMES)):
            return
        instead = next((given[field] for field in INSTEAD_OF_NAME if field in given), None)
        if instead is None:
            self._reader.add_error(
                row_no,
                self._reader.caption("name"),
                InvalidCell(
                    "A new contact needs a name, an e-mail address or a telephone number. Fill in one of them.",
                    "Un nouveau contact a besoin d’un nom, d’une adresse courriel ou d’un numéro de téléphone. "
                    "Indiquez l’un d’eux.",
                ),
            )
        else:
            given["name"] = instead
            self._reader.add_note(
                row_no,
                self._reader.caption("name"),
                f"The row has no name. The name of the contact is now {instead}.",
                f"La ligne n’a pas de nom. Le contact s’appelle maintenant {instead}.",
            )


def _type_if_new(given: Values, has_parts: bool, *, has_full_name: bool) -> ContactType:
    """The type of a new contact: a person if it has a first or last name, or a name and another company, or a name in a
    column that only people have; else a company.
    """
    company_no, company_name, name = given.get("company_no"), given.get("company_name"), given.get("name")
    under_another = company_no != given.get("no") if company_no else company_name not in (None, name)
    is_company = company_no == given.get("no") if company_no else company_name == name
    of_person = under_another or (has_full_name and not is_company)
    return ContactType.PERSON if has_parts or (name is not None and of_person) else ContactType.COMPANY
