"""Parses the cells of a list of contacts. Every parser raises `InvalidCell` for text that it does not accept."""

from collections.abc import Mapping

from persistence.contacts import Contact
from persistence.folding import fold
from resolvers.contacts.fields import NORMALIZERS
from resolvers.imports.cells import (
    CellParser,
    code,
    formatted,
    line,
    lines,
    max_lengths,
    one_of,
    within_length,
    yes_or_no,
)
from resolvers.imports.contacts.enum_words import COUNTRIES, LANGUAGES, TYPES
from resolvers.imports.enum_words import CORRESPONDENCE
from resolvers.imports.own_files import exact_parsers
from resolvers.master_data import Normalizer, text
from resolvers.work import key

SEVERAL = ":::"
"""Stands between several values of one cell, as Google writes them."""

LABELS = {f"phone_{n}": f"phone_{n}_label" for n in range(1, 5)}
"""The column in which Google writes the kind of a telephone number."""


def parse_own(field: str, cell: str) -> object:
    """The value of a cell of a file of Carnet."""
    return within_length(OWN_PARSERS[field](cell), MAX_LENGTHS.get(field))


def parse(field: str, cell: str) -> object:
    """The value of a cell that is not blank; the first one if the cell has several."""
    if field in LABELS.values():
        return cell
    max_length = MAX_LENGTHS.get("phone_no" if field.startswith("phone_") else field)
    return within_length(PARSERS[field](cell.split(SEVERAL)[0]), max_length)


def email(cell: str) -> str | None:
    """An e-mail address."""
    return formatted("email", cell)


def phone_no(cell: str) -> str | None:
    """A telephone number."""
    return formatted("phone_no", cell)


def country_code(cell: str) -> str | None:
    """The code of a country, given as a code or a name."""
    return COUNTRIES.get(fold(line(cell) or "")) or code(cell)


def language_code(cell: str) -> str | None:
    """The code of a language, given as a code or a name."""
    return LANGUAGES.get(fold(line(cell) or "")) or code(cell)


BY_NORMALIZER: Mapping[Normalizer, CellParser] = {text: line, key: code, bool: yes_or_no}
PARSERS: dict[str, CellParser] = {
    "no": code,
    "type": one_of(TYPES, "Company, Person", "Compagnie, Personne"),
    "name": line,
    "first_name": line,
    "middle_name": line,
    "last_name": line,
    "company_name": line,
    **{name: BY_NORMALIZER[normalizer] for name, normalizer in NORMALIZERS.items()},
    "country_code": country_code,
    "language_code": language_code,
    "phone_no": phone_no,
    "mobile_phone_no": phone_no,
    "email": email,
    "notes": lines,
    "correspondence_type": CORRESPONDENCE,
    **dict.fromkeys(LABELS, phone_no),
}
"""The parser of each field: by default the one that fits how the field is normalized."""

TEXTS = (line, lines, code, country_code, language_code, phone_no, email)
OWN_PARSERS = exact_parsers(PARSERS, *(name for name, parser in PARSERS.items() if parser in TEXTS))

MAX_LENGTHS = max_lengths(Contact)
