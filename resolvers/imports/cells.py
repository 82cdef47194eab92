"""From the text of a cell to a value, or to what is wrong with it: what every kind of file has."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from persistence.columns import Table
from persistence.folding import fold, stored_key, stored_text
from resolvers.amounts import MOST_MINUTES, TOO_MUCH
from resolvers.french import number
from resolvers.texts import control_characters, wrong


def vocabulary(**values: str) -> dict[str, str | None]:
    """Words that stand for a value, in English and French, folded: `vocabulary(US="Us|Nous|1")`."""
    return {fold(word): value for value, words in values.items() for word in words.split("|")}


def any_of(words: str) -> frozenset[str]:
    """Folded words, any of which will do."""
    return frozenset(map(fold, words.split("|")))


YES = any_of("Yes|Oui|True|Vrai|X|1|Y|O")
NO = any_of("No|Non|False|Faux|0|N")


class Unfit(Exception):
    """The cell does not fit, said in both languages."""

    def __init__(self, english: str, french: str) -> None:
        self.english, self.french = english, french
        super().__init__(english)


def words(cell: str) -> str | None:
    """Text on one line, normalized for storage; None if it has no visible characters. Raises `Unfit`."""
    found = stored_text(" ".join(cell.split()))
    problem = control_characters(found or "")
    if problem is not None:
        raise Unfit(*problem)
    return found


def code(cell: str) -> str | None:
    """A number or code, normalized for storage."""
    return stored_key(words(cell))


def checked(field: str, cell: str) -> str | None:
    """Text of a field with its own format, such as an e-mail address. Raises `Unfit`."""
    found = words(cell)
    problem = wrong(field, found) if found else None
    if problem is not None:
        raise Unfit(*problem)
    return found


def yes_or_no(cell: str) -> bool:
    """Yes or no, in words or as 1 and 0."""
    found = fold(words(cell) or "")
    if found not in YES | NO:
        raise Unfit(f"{words(cell)} is neither yes nor no.", f"{words(cell)} n’est ni oui ni non.")
    return found in YES


def one_of(vocabulary: Mapping[str, str | None], english: str, french: str) -> Callable[[str], str | None]:
    """A word of a vocabulary, some of which may mean that there is nothing."""

    def read(cell: str) -> str | None:
        found = words(cell) or ""
        if fold(found) not in vocabulary:
            raise Unfit(
                f"{found} is not one of: {english}.", f"{found} n’est pas l’une des valeurs admises\u00a0: {french}."
            )
        return vocabulary[fold(found)]

    return read


def minutes(amount: Callable[[str], Decimal], cell: str) -> int:
    """A duration: whole minutes, up to a year. Raises `Unfit`."""
    found = amount(cell)
    if found != found.to_integral_value() or not 0 <= found <= MOST_MINUTES:
        raise Unfit(
            f"A duration is 0 to {MOST_MINUTES:,} whole minutes.",
            f"Une durée est un nombre entier de minutes, de 0 à {number(MOST_MINUTES)}.",
        )
    return int(found)


def cost(amount: Callable[[str], Decimal], cell: str) -> Decimal:
    """An amount of money with two decimals, never negative. Raises `Unfit`."""
    found = amount(cell)
    if not 0 <= found < TOO_MUCH or found != round(found, 2):
        raise Unfit(
            "A cost is 0 or more, with at most two decimals.", "Un coût est de 0 ou plus et a au plus deux décimales."
        )
    return found


def widths(table: type[Table]) -> dict[str, int]:
    """How many characters the columns of a table have room for."""
    columns: Iterable[Any] = table.__table__.columns  # type: ignore[attr-defined]  # made by SQLModel
    return {column.name: column.type.length for column in columns if getattr(column.type, "length", None)}


def reading(readers: Mapping[str, Callable[[str], Any]], most: Mapping[str, int]) -> Callable[[str, str], Any]:
    """Reads a cell of a field, and holds the value to the room there is. What it makes raises `Unfit`."""
    return lambda field, cell: fitting(readers[field](cell), most.get(field))


def fitting(value: Any, most: int | None) -> Any:
    """A value for which there is room. Raises `Unfit`."""
    if isinstance(value, str) and most and len(value) > most:
        raise Unfit(
            f"At most {most:,} characters fit here, and you gave {len(value):,}. Shorten the text.",
            f"Ce champ admet au plus {number(most)} caractères, et vous en donnez {number(len(value))}. "
            "Raccourcissez le texte.",
        )
    return value
