"""Parses the text of a cell into a value. Every parser raises `InvalidCell` for text that it does not accept."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import inspect

from persistence.columns import Table
from persistence.sql.folding import fold, stored_key, stored_text
from resolvers.amounts import COST_LIMIT, MAX_DAYS, MAX_MINUTES
from resolvers.french_grammar import number
from resolvers.imports.columns import normalized
from resolvers.texts import control_characters, wrong

CellParser = Callable[[str], object]
"""From the text of a cell that is not blank to its value, None if the text stands for no value."""


def vocabulary(**values: str) -> dict[str, str | None]:
    """Maps folded words in English and French to the value they stand for: `vocabulary(US="Us|Nous|1")`."""
    return {fold(word): value for value, words in values.items() for word in words.split("|")}


def folded_words(words: str) -> frozenset[str]:
    """The folded words of a list that is separated by `|`."""
    return frozenset(map(fold, words.split("|")))


YES = folded_words("Yes|Oui|True|Vrai|X|1|Y|O")
NO = folded_words("No|Non|False|Faux|0|N")


class InvalidCell(Exception):
    """A cell has no valid value. The message is in both languages."""

    def __init__(self, english: str, french: str) -> None:
        self.english, self.french = english, french
        super().__init__(english)


def line(cell: str) -> str | None:
    """Text on one line, normalized for storage; None if it has no visible characters."""
    found = stored_text(" ".join(cell.split()))
    problem = control_characters(found or "")
    if problem is not None:
        raise InvalidCell(*problem)
    return found


def lines(cell: str) -> str | None:
    """Text in several lines, each without blanks at its end; None if it has no visible characters."""
    found = stored_text("\n".join(part.rstrip() for part in cell.splitlines()))
    problem = control_characters(found or "", several_lines=True)
    if problem is not None:
        raise InvalidCell(*problem)
    return found


@lru_cache(4_096)
def code(cell: str) -> str | None:
    """A number or code, normalized for storage."""
    return stored_key(line(cell))


def formatted(field: str, cell: str) -> str | None:
    """Text of a field that has a format of its own, such as an e-mail address."""
    found = line(cell)
    problem = wrong(field, found) if found else None
    if problem is not None:
        raise InvalidCell(*problem)
    return found


def yes_or_no(cell: str) -> bool:
    """A Boolean, written as a word or as 1 or 0."""
    found = fold(line(cell) or "")
    if found not in YES | NO:
        raise InvalidCell(f"{line(cell)} is neither yes nor no.", f"{line(cell)} n’est ni oui ni non.")
    return found in YES


def is_comment_flag(caption: str, cell: str) -> bool:
    """Whether a cell only says whether there are comments: NAV has Yes or No in the column Comment."""
    return normalized(caption) in ("comment", "commentaire") and fold(cell.strip()) in YES | NO


def one_of(vocabulary: Mapping[str, str | None], english: str, french: str) -> Callable[[str], str | None]:
    """A parser for the words of a vocabulary. `english` and `french` list them for the message."""

    def parse(cell: str) -> str | None:
        found = line(cell) or ""
        if fold(found) not in vocabulary:
            raise InvalidCell(
                f"{found} is not one of: {english}.", f"{found} n’est pas l’une des valeurs admises\u00a0: {french}."
            )
        return vocabulary[fold(found)]

    return parse


def minutes(amount: Callable[[str], Decimal], cell: str) -> int:
    """A duration in whole minutes, at most a year."""
    found = amount(cell)
    if found != found.to_integral_value() or not 0 <= found <= MAX_MINUTES:
        raise InvalidCell(
            f"A duration must be a whole number of minutes from 0 to {MAX_MINUTES:,}.",
            f"Une durée est un nombre entier de minutes, de 0 à {number(MAX_MINUTES)}.",
        )
    return int(found)


def number_of_days(cell: str) -> int:
    """A number of days from 1 to ten years."""
    found = line(cell) or ""
    if not found.isascii() or not found.isdigit() or not 1 <= int(found[:10]) <= MAX_DAYS:
        raise InvalidCell(
            f"A number of days is a whole number from 1 to {MAX_DAYS:,}.",
            f"Un nombre de jours est un nombre entier de 1 à {number(MAX_DAYS)}.",
        )
    return int(found)


def cost(amount: Callable[[str], Decimal], cell: str) -> Decimal:
    """An amount of money with at most two decimals, 0 or more."""
    found = amount(cell)
    if not 0 <= found < COST_LIMIT or found != round(found, 2):
        raise InvalidCell(
            "A cost must be 0 or more, with at most two decimals.",
            "Un coût est de 0 ou plus et a au plus deux décimales.",
        )
    return found


def max_lengths(model: type[Table]) -> dict[str, int]:
    """The maximum length of each text column of a table."""
    lengths = {column.name: getattr(column.type, "length", None) for column in inspect(model).local_table.columns}
    return {name: length for name, length in lengths.items() if length}


def cell_parser(parsers: Mapping[str, CellParser], lengths: Mapping[str, int]) -> Callable[[str, str], object]:
    """A function that parses the cell of a field and refuses text that is too long for its column."""
    return lambda field, cell: within_length(parsers[field](cell), lengths.get(field))


def within_length(value: object, max_length: int | None) -> object:
    """The value. Raises InvalidCell for a text that is too long."""
    if isinstance(value, str) and max_length and len(value) > max_length:
        raise InvalidCell(
            f"The text has {len(value):,} characters; at most {max_length:,} are allowed. Shorten it.",
            f"Ce champ admet au plus {number(max_length)} caractères, et le texte en a {number(len(value))}. "
            "Raccourcissez le texte.",
        )
    return value
