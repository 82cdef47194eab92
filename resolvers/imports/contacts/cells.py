"""From the text of a cell to the value of a field of a contact."""

from collections.abc import Callable

from persistence.contacts import Contact
from persistence.folding import fold
from resolvers.imports.cells import checked, code, fitting, one_of, widths, words, yes_or_no
from resolvers.imports.contacts.enum_words import COUNTRIES, LANGUAGES, TYPES
from resolvers.imports.enum_words import CORRESPONDENCE

Value = str | bool | None
SEVERAL = ":::"
LABELS = {f"phone_{n}": f"phone_{n}_label" for n in range(1, 5)}
"""Google says in a column of its own what a telephone is."""


def value(field: str, cell: str) -> Value:
    """The value of a cell that is not blank. Raises `Unfit`."""
    if field in LABELS.values():
        return cell
    found: Value = fitting(READ[field](cell), WIDTHS.get("phone_no" if field.startswith("phone_") else field))
    return found


def email(cell: str) -> str | None:
    """One address; Google puts several in a cell, the first is taken."""
    return checked("email", cell.split(SEVERAL)[0])


def phone_no(cell: str) -> str | None:
    """A telephone number; the first one if the cell has several."""
    return checked("phone_no", cell.split(SEVERAL)[0])


def country_code(cell: str) -> str | None:
    """A code, or a country by its name."""
    return COUNTRIES.get(fold(words(cell) or "")) or code(cell)


def language_code(cell: str) -> str | None:
    """A code, or a language by its name."""
    return LANGUAGES.get(fold(words(cell) or "")) or code(cell)


READ: dict[str, Callable[[str], Value]] = {
    "no": code,
    "type": one_of(TYPES, "Company, Person", "Compagnie, Personne"),
    "name": words,
    "first_name": words,
    "middle_name": words,
    "last_name": words,
    "company_no": code,
    "company_name": words,
    "job_title": words,
    "address": words,
    "city": words,
    "post_code": code,
    "country_code": country_code,
    "territory_code": code,
    "language_code": language_code,
    "phone_no": phone_no,
    "mobile_phone_no": phone_no,
    "email": email,
    "correspondence_type": CORRESPONDENCE,
    "salesperson_code": code,
    "exclude_from_segment": yes_or_no,
    "privacy_blocked": yes_or_no,
    **dict.fromkeys(LABELS, phone_no),
}
"""How the cells of each field are read."""

WIDTHS = widths(Contact)
