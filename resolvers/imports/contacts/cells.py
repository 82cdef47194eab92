"""From the text of a cell to the value of a field of a contact."""

import re
from collections.abc import Callable

from persistence.contacts import Contact
from persistence.folding import fold
from resolvers.imports.cells import Unfit, code, fitting, one_of, widths, words, yes_or_no
from resolvers.imports.contacts.vocabularies import COUNTRIES, LANGUAGES, TYPES
from resolvers.imports.vocabularies import CORRESPONDENCE

Value = str | bool | None
SEVERAL = ":::"
EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
LABELS = {f"phone_{n}": f"phone_{n}_label" for n in range(1, 5)}
"""Google says in a column of its own what a telephone is."""


def value(field: str, cell: str) -> Value:
    """The value of a cell that is not blank. Raises `Unfit`."""
    if field in LABELS.values():
        return cell
    found: Value = fitting(READ[field](cell), WIDTHS.get("phone_no" if field.startswith("phone_") else field))
    return found


def email(cell: str) -> str:
    """One address; Google puts several in a cell, the first is taken."""
    found = words(cell.split(SEVERAL)[0])
    if not EMAIL.fullmatch(found):
        raise Unfit(
            f"{found} is no e-mail address. It looks like name@example.com.",
            f"{found} n’est pas une adresse de courriel. Elle a la forme nom@example.com.",
        )
    return found


def phone_no(cell: str) -> str:
    """A telephone number: no letters, at least a digit."""
    found = words(cell.split(SEVERAL)[0])
    if any(char.isalpha() for char in found):
        raise Unfit(
            "A phone number has no letters. Give digits, blanks and signs only.",
            "Un numéro de téléphone n’a pas de lettres. Donnez seulement chiffres, espaces et signes.",
        )
    if not any(char in "0123456789" for char in found):
        raise Unfit("A phone number has digits.", "Un numéro de téléphone a des chiffres.")
    return found


def country_code(cell: str) -> str:
    """A code, or a country by its name."""
    return COUNTRIES.get(fold(words(cell))) or code(cell)


def language_code(cell: str) -> str:
    """A code, or a language by its name."""
    return LANGUAGES.get(fold(words(cell))) or code(cell)


READ: dict[str, Callable[[str], Value]] = {
    "no": code, "type": one_of(TYPES, "Company, Person", "Société, Personne"), "name": words, "first_name": words,
    "middle_name": words, "last_name": words, "company_no": code, "company_name": words, "job_title": words, "address": words,
    "city": words, "post_code": code, "country_code": country_code, "territory_code": code, "language_code": language_code,
    "phone_no": phone_no, "mobile_phone_no": phone_no, "email": email,
    "correspondence_type": CORRESPONDENCE,
    "salesperson_code": code, "exclude_from_segment": yes_or_no, "privacy_blocked": yes_or_no,
    **dict.fromkeys(LABELS, phone_no),
}
"""How the cells of each field are read."""

WIDTHS = widths(Contact)
