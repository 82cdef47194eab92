"""Parses the cells of a list of contacts. Every parser raises `InvalidCell` for text that it does not accept."""

import re
from collections.abc import Mapping
from functools import lru_cache

from persistence.contacts import Contact
from persistence.sql.folding import fold
from resolvers.amounts import days
from resolvers.contacts.fields import NORMALIZERS
from resolvers.imports.contacts.enum_words import COUNTRIES, LANGUAGES, TYPES
from resolvers.imports.own_files import exact_parsers
from resolvers.imports.values.cells import (
    CellParser,
    InvalidCell,
    code,
    formatted,
    line,
    lines,
    max_lengths,
    number_of_days,
    one_of,
    within_length,
    yes_or_no,
)
from resolvers.imports.values.enum_words import CORRESPONDENCE
from resolvers.imports.values.iso_codes import country_code_of
from resolvers.master_data import Normalizer, text
from resolvers.work import key

WITH_DECIMALS = re.compile(r"(\d{3,})\.0+")


def parse_own(field: str, cell: str) -> object:
    """The value of a cell of a file of Carnet."""
    return within_length(OWN_PARSERS[field](cell), MAX_LENGTHS.get(field))


def parse(field: str, cell: str) -> object:
    """The value of a cell that is not blank."""
    return within_length(PARSERS[field](cell), MAX_LENGTHS.get(field))


def read(field: str, cell: str) -> object:
    """The value of a cell of another program. Fields of which a row may have several, such as telephone numbers, remain
    texts, from which `rows` chooses.
    """
    name = field.rpartition(".")[2]
    if name in CHOSEN:
        return cell
    return parse(name, cell)


def is_same(field: str, value: object, cell: str) -> bool:
    """Whether a further cell of a field has the value that was read already: `Canada` and `CA` are the same."""
    if field.rpartition(".")[2] == "country_code":
        return country_code(str(value)) == country_code(cell)
    return read(field, cell) in (value, None)


def email(cell: str) -> str | None:
    """An e-mail address."""
    return formatted("email", cell)


def phone_no(cell: str) -> str | None:
    """A telephone number."""
    return formatted("phone_no", cell)


def post_code(cell: str) -> str | None:
    """A post code, without the apostrophe that keeps a spreadsheet from removing zeros, and without the decimals of a
    number: `'01234`, `75009.0`.
    """
    text = (line(cell) or "").lstrip("'’")
    number = WITH_DECIMALS.fullmatch(text)
    return code(number[1] if number else text)


@lru_cache(1_024)
def country_code(cell: str) -> str | None:
    """The code of a country, given as a code or a name."""
    name = fold(line(cell) or "")
    found = COUNTRIES.get(name) or (country_code_of(name) if len(name) > 3 else None) or code(cell)
    if found is not None and len(found) > MAX_LENGTHS["country_code"]:
        raise InvalidCell(
            f"{line(cell)} is not the name of a country. Write its code, such as CA.",
            f"{line(cell)} n’est pas le nom d’un pays. Écrivez son code, comme CA.",
        )
    return found


@lru_cache(1_024)
def language_code(cell: str) -> str | None:
    """The code of a language, given as a code or a name."""
    name = fold(line(cell) or "").replace("_", "-")
    return LANGUAGES.get(name) or code(cell)


BY_NORMALIZER: Mapping[Normalizer, CellParser] = {text: line, key: code, bool: yes_or_no, days: number_of_days}
PARSERS: dict[str, CellParser] = {
    "no": code,
    "type": one_of(TYPES, "Company, Person", "Compagnie, Personne"),
    "name": line,
    "first_name": line,
    "middle_name": line,
    "last_name": line,
    "suffix": line,
    "salesperson_name": line,
    "company_name": line,
    **{name: BY_NORMALIZER[normalizer] for name, normalizer in NORMALIZERS.items()},
    "post_code": post_code,
    "country_code": country_code,
    "language_code": language_code,
    "phone_no": phone_no,
    "mobile_phone_no": phone_no,
    "email": email,
    "notes": lines,
    "correspondence_type": CORRESPONDENCE,
}
"""The parser of each field: by default the one that fits how the field is normalized."""

TEXTS = (line, lines, code, post_code, country_code, language_code, phone_no, email)
OWN_PARSERS = exact_parsers(PARSERS, *(name for name, parser in PARSERS.items() if parser in TEXTS))

MAX_LENGTHS = max_lengths(Contact)

CHOSEN = frozenset(
    {
        *("phone_no", "mobile_phone_no", "phone_label", "extension", "email", "email_label", "home_page"),
        *("company_name", "job_title", "notes"),
        *("address", "address_2", "address_3", "po_box", "whole", "label", "city", "post_code", "country_code"),
    }
)
"""The fields of which a row may have several, or that are put together."""
