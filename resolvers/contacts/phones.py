"""How telephone numbers are looked for: patterns that fit the columns which `persistence.phones_1` writes.

Two numbers are equal when country code and number agree; where the country of one is not known, when the digits of the shorter
one, seven or more, are the last digits of the other. Extensions and trunk prefixes do not matter.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from persistence.conditions import EVERYTHING, like_pattern
from persistence.folding import fold
from persistence.phones_1 import ABROAD, KNOWN, SHORTEST, SIGNS, UNKNOWN, Number, number, plain

MOST_NUMBERS = 3
"""Numbers in one search. What else looks like one is looked for word by word."""

MOST_WORDS = 12
"""Of one number."""

ENDS_A_NUMBER = re.compile(r"(?:ext|extension|extn|poste|x|#)[.:]?\d*")


@dataclass(frozen=True)
class Sought:
    """What a search asks, as patterns: words that must all be found, and numbers, or all words of each in texts."""

    words: Sequence[str]
    numbers: Sequence[tuple[Sequence[str], Sequence[str]]]

    def number(self, place: int) -> Sequence[str]:
        """Any of these fits the number at this place; where there is none, all do."""
        return self.numbers[place][1] if place < len(self.numbers) else EVERYTHING

    def as_words(self, place: int) -> Sequence[str]:
        """All of these fit instead of the number at this place."""
        return self.numbers[place][0] if place < len(self.numbers) else ()


def equal(text: str) -> list[str]:
    """Patterns of the numbers that equal this one; none for a text that is no number."""
    found = number(text)
    if found is None:
        return []
    if found.country_code:
        ends = (*_ends(found.international), found.national.lstrip("0"), *(prefix + found.international for prefix in ABROAD))
        return [f"% {KNOWN}{found.international} %", *(f"%{UNKNOWN}{end} %" for end in dict.fromkeys(ends))]
    digits = found.digits.lstrip("0") or found.digits
    if len(digits) < SHORTEST:
        return [f"% {UNKNOWN}{digits} %", f"% {KNOWN}{digits} %", f"% {found.digits} %"]
    return [f"%{digits} %", *(f"%{UNKNOWN}{end} %" for end in _ends(digits))]


def containing(text: str) -> list[str]:
    """Patterns of the numbers that have these digits somewhere; none for a text without digits."""
    return _within(text, lambda digits: [f"%{digits}%"])


def starting(text: str) -> list[str]:
    """Patterns of the numbers that begin with these digits, with or without country code and trunk prefix."""
    signs = ("", KNOWN, UNKNOWN)
    return _within(text, lambda digits: [f"% {sign}{digits}%" for sign in (signs if digits[0] not in signs else ("",))])


def last_digits(text: str) -> str:
    """The digits in which all numbers that equal this one end; of a short number nothing."""
    found = number(text)
    digits = "" if found is None else found.digits.lstrip("0")
    return digits[-SHORTEST:] if len(digits) >= SHORTEST else ""


@lru_cache(256)
def sought(text: str) -> Sought:
    """The words and numbers of a search. Words that stand side by side and have no letters may be one number."""
    words: list[str] = []
    numbers: list[tuple[Sequence[str], Sequence[str]]] = []
    for run in _runs(fold(text).split()):
        if len(numbers) < MOST_NUMBERS and _may_be_number(run):
            numbers += _alternatives(run, MOST_NUMBERS - len(numbers))
        else:
            words += run
    return Sought(_patterns(words), numbers)


def _alternatives(run: Sequence[str], most: int) -> list[tuple[Sequence[str], Sequence[str]]]:
    """The run is one number; or its first word is a word – `Studio 2 514 555 0101` –, and the rest the number."""
    whole, rest = _equal_or_containing(run), run[1:]
    if most > 1 and run[0].isdigit() and len(run) > 2 and _length(rest) >= SHORTEST:
        return [(_patterns(run[:1]), whole), (_patterns(run), [*whole, *_equal_or_containing(rest)])]
    return [(_patterns(run), whole)]


def _equal_or_containing(run: Sequence[str]) -> list[str]:
    text = " ".join(run)
    return list(dict.fromkeys([*containing(text), *(equal(text) if _length(run) >= SHORTEST else ())]))


def _runs(words: Iterable[str]) -> Iterable[list[str]]:
    """Words one by one, but those without letters together; an extension belongs to the number before it."""
    run: list[str] = []
    for word in words:
        if SIGNS.fullmatch(word) or word.startswith("tel:") or (run and ENDS_A_NUMBER.fullmatch(word)):
            run.append(word)
            continue
        if run:
            yield run
            run = []
        yield [word]
    if run:
        yield run


def _may_be_number(run: Sequence[str]) -> bool:
    """Seven digits, or a sign as between digits. A few digits alone may stand anywhere."""
    digits = _length(run)
    if len(run) > MOST_WORDS:
        return False
    return number(" ".join(run)) is not None and (digits >= SHORTEST or (digits > 0 and not all(map(str.isdigit, run))))


def _length(run: Sequence[str]) -> int:
    return sum(map(str.isdigit, plain(" ".join(run))))


def _patterns(words: Iterable[str]) -> list[str]:
    return [like_pattern(word, anywhere=True) for word in words]


def _within(text: str, patterns: Callable[[str], list[str]]) -> list[str]:
    """Patterns for the digits as stored numbers have them; a number with its country also fits those that equal it."""
    found = number(text)
    if found is None:
        return []
    begun = re.sub(r"\D", "", plain(text))
    whole = equal(text) if found.country_code else []
    return list(dict.fromkeys([*(each for digits in _begun(text, found, begun) for each in patterns(digits)), *whole]))


def _begun(text: str, found: Number, begun: str) -> Iterable[str]:
    """The digits, perhaps not all yet, as stored numbers have them: after + or 00 only with their country code."""
    if found.country_code:
        yield KNOWN + found.international
    elif plain(text).lstrip("( ").startswith("+"):
        yield KNOWN + begun
    elif begun.startswith("00"):
        yield from (KNOWN + begun.lstrip("0"), begun)
    else:
        yield begun


def _ends(digits: str) -> list[str]:
    return [digits[at:] for at in range(len(digits) - SHORTEST + 1)]
