"""From the text of a cell to the value of a field, or to what is wrong with it."""

import re
from collections.abc import Callable, Mapping

from persistence.contacts import Contact
from persistence.folding import fold
from resolvers.contact_import.vocabularies import CORRESPONDENCE_TYPES, COUNTRIES, LANGUAGES, NO, TYPES, YES

Value = str | bool
CONTROLS = re.compile("[\x00-\x1f\x7f]")
SEVERAL = ":::"
EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")


class Unfit(Exception):
    """The cell does not fit, said in both languages."""

    def __init__(self, english: str, french: str) -> None:
        self.english, self.french = english, french
        super().__init__(english)


def words(cell: str) -> str:
    """Text on one line, without blanks around it."""
    found = " ".join(cell.split())
    if CONTROLS.search(found):
        raise Unfit("There is a character that cannot be shown. Delete it.", "Il y a un caractère non affichable. Supprimez-le.")
    return found


def code(cell: str) -> str:
    """A number or code: trimmed, upper-cased."""
    return words(cell).upper()


def email(cell: str) -> str:
    """One address; Google puts several in a cell, the first is taken."""
    found = words(cell.split(SEVERAL)[0])
    if not EMAIL.fullmatch(found):
        raise Unfit(
            f"{found} is no e-mail address. It looks like name@example.com.",
            f"{found} n'est pas une adresse de courriel. Elle a la forme nom@example.com.",
        )
    return found


def phone_no(cell: str) -> str:
    """A telephone number: no letters, at least a digit."""
    found = words(cell.split(SEVERAL)[0])
    if any(char.isalpha() for char in found):
        raise Unfit(
            "A phone number has no letters. Give digits, blanks and signs only.",
            "Un numéro de téléphone n'a pas de lettres. Donnez seulement chiffres, espaces et signes.",
        )
    if not any(char in "0123456789" for char in found):
        raise Unfit("A phone number has digits.", "Un numéro de téléphone a des chiffres.")
    return found


def country_code(cell: str) -> str:
    """A code, or a country by its name."""
    return COUNTRIES.get(fold(words(cell)), code(cell))


def language_code(cell: str) -> str:
    """A code, or a language by its name."""
    return LANGUAGES.get(fold(words(cell)), code(cell))


def yes_or_no(cell: str) -> bool:
    """Yes or no, in words or as 1 and 0."""
    found = fold(words(cell))
    if found not in YES | NO:
        raise Unfit(f"{words(cell)} is neither yes nor no.", f"{words(cell)} n'est ni oui ni non.")
    return found in YES


def one_of(vocabulary: Mapping[str, str], english: str, french: str) -> Callable[[str], str]:
    """A word of a vocabulary."""

    def read(cell: str) -> str:
        found = words(cell)
        if fold(found) not in vocabulary:
            raise Unfit(f"{found} is not one of: {english}.", f"{found} ne fait pas partie de : {french}.")
        return vocabulary[fold(found)]

    return read


READ: dict[str, Callable[[str], Value]] = {
    "no": code, "type": one_of(TYPES, "Company, Person", "Société, Personne"), "name": words, "first_name": words,
    "middle_name": words, "last_name": words, "company_no": code, "company_name": words, "job_title": words, "address": words,
    "city": words, "post_code": code, "country_code": country_code, "territory_code": code, "language_code": language_code,
    "phone_no": phone_no, "mobile_phone_no": phone_no, "email": email,
    "correspondence_type": one_of(CORRESPONDENCE_TYPES, "Hard Copy, E-Mail, Fax", "Papier, Courriel, Télécopie"),
    "salesperson_code": code, "exclude_from_segment": yes_or_no, "privacy_blocked": yes_or_no,
    **{f"phone_{n}": phone_no for n in range(1, 5)}, **{f"phone_{n}_label": words for n in range(1, 5)},
}
"""How the cells of each field are read."""

WIDTHS: dict[str, int] = {
    column.name: column.type.length
    for column in Contact.__table__.columns  # type: ignore[attr-defined]  # made by SQLModel
    if getattr(column.type, "length", None)
}


def value(field: str, cell: str) -> Value:
    """The value of a cell that is not blank. Raises `Unfit`."""
    found = READ[field](cell)
    most = WIDTHS.get("phone_no" if field.startswith("phone_") else field)
    if isinstance(found, str) and most and len(found) > most:
        raise Unfit(
            f"At most {most} characters fit here, {len(found)} were given. Shorten it.",
            f"Au plus {most} caractères sont possibles ici, {len(found)} ont été donnés. Raccourcissez.",
        )
    return found
