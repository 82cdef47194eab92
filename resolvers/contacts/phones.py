"""Searching for telephone numbers: patterns that match the search columns of `persistence.texts.phones_v1`.

Two numbers are equal if country code and number are equal; if the country of one is not known, they are equal if the
digits of the shorter one, seven or more, are the last digits of the other. Extensions and trunk prefixes are ignored.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from persistence.sql.conditions import EVERYTHING, like_pattern
from persistence.sql.folding import fold
from persistence.texts.phones_v1 import (
    ABROAD,
    COUNTRY_KNOWN,
    COUNTRY_UNKNOWN,
    LEAST_DIGITS,
    SIGNS,
    Number,
    all_forms,
    is_written_as_number,
    plain,
)
from persistence.texts.phones_v1 import number as written_number

MAX_NUMBERS = 3
"""Maximum number of telephone numbers in one search. Others are searched for word by word."""

MAX_WORDS = 12
"""Maximum number of words of one telephone number."""

TRUNK = ("", "0", "00")
"""Trunk prefixes: zeros before an area code."""

ENDS_A_NUMBER = re.compile(r"[(\[]?(?:ext|extension|extn|poste|p|доб|x|#)[.:]*\d*[)\]]?")

LABEL = re.compile(
    r"(?:[:\"'<>«»]|(?:tel|telephone|phone|telefon|telefono|tlf|тел|ph|mob|mobile|cell|cellulaire|cel|portable|gsm|handy|bureau|office|home|work"
    r"|domicile|travail|maison|direct|ligne|appel|call|callto|sip|whatsapp|fax|telecopieur|no|n°|nr|num|numero|number|[tmcphfbwd]"
    r")(?![^\W\d_])|[☎☏✆📞📱📠🕿])[.:\s]*"
)
"""Labels before a telephone number, in lower case and without accents."""

QUOTES = "\"'<>«»:;,"
"""Characters that may surround a number."""

REGIONS_WITH_OTHER_DIGITS = ("AR",)
"""Countries whose numbers have other digits at home than from abroad."""


class Alternative(NamedTuple):
    """Matches if all word patterns match, or one pattern of a number, or if a search column equals one of the forms in
    `equal`.

    It also matches if a search column ends in one of `last_digits` and matches one pattern of `endings`.
    """

    words: Sequence[str]
    patterns: Sequence[str]
    equal: Sequence[str]
    last_digits: Sequence[str]
    endings: Sequence[str]


MATCHES_EVERYTHING = Alternative((), EVERYTHING, (), (), ())


@dataclass(frozen=True)
class Search:
    """A parsed search: the word patterns and each of the alternatives must match."""

    words: Sequence[str]
    numbers: Sequence[Alternative]

    def at(self, place: int) -> Alternative:
        """The alternative at this index; if there is none, one that matches everything."""
        return self.numbers[place] if place < len(self.numbers) else MATCHES_EVERYTHING


def unlabelled(text: str) -> str:
    """A number without label and surrounding characters: `514 555-0101` for `Tél. : 514 555-0101`."""
    bare = fold(text).strip().strip(QUOTES).strip()
    while (label := LABEL.match(bare)) is not None and is_written_as_number(rest := bare[label.end() :]):
        bare = rest
    return bare if is_written_as_number(bare) else text


def number(text: str) -> Number | None:
    """The number in a text, which may have a label before it; None if the text is no number."""
    return written_number(unlabelled(text))


def equal(text: str) -> list[str]:
    """The values of search columns for numbers equal to this one, except for longer numbers without a country, which
    `ending` finds.
    """
    found = number(text)
    if found is None:
        return []
    digits = found.digits.lstrip("0") or found.digits
    if not found.country_code:
        ends = _endings_of(digits) if len(digits) >= LEAST_DIGITS else [digits]
        return [*(all_forms(Number(zeros + end)) for end in ends for zeros in TRUNK), *_forms_from_abroad(text, digits)]
    abroad = (prefix + found.international for prefix in ABROAD)
    ends = [*_endings_of(found.international), found.national.lstrip("0"), *abroad]
    return [all_forms(found), *(all_forms(Number(zeros + end)) for end in dict.fromkeys(ends) for zeros in TRUNK)]


def ending(text: str) -> list[str]:
    """Patterns of numbers equal to this one if it has no country: longer numbers, and shorter numbers with a
    country.
    """
    found = number(text)
    if found is None or found.country_code:
        return []
    digits = found.digits.lstrip("0") or found.digits
    if len(digits) < LEAST_DIGITS:
        return [f"% {each} %" for each in dict.fromkeys((digits, found.digits))]
    shorter = () if _is_international(text) else _endings_of(digits)[1:]
    return [f"%{digits} %", *(f"% {each} %" for each in shorter)]


def _forms_from_abroad(text: str, digits: str) -> Iterable[str]:
    """The values of search columns if the number is in the national format of a country where that differs from the
    international format.
    """
    for region in REGIONS_WITH_OTHER_DIGITS:
        found = written_number(unlabelled(text), region)
        if found is not None and found.country_code and not digits.endswith(found.digits):
            yield all_forms(found)


def _is_international(text: str) -> bool:
    """Whether the text starts like a number with a country code, known or not."""
    return plain(unlabelled(text)).lstrip("([ ").startswith(("+", "00"))


def containing(text: str) -> list[str]:
    """Patterns of numbers that contain these digits; none for a text without digits."""
    return _patterns_of_part(text, lambda digits: [f"%{digits}%"])


def starting(text: str) -> list[str]:
    """Patterns of numbers that begin with these digits, with or without country code and trunk prefix."""
    signs = ("", COUNTRY_KNOWN, COUNTRY_UNKNOWN)
    return _patterns_of_part(
        text, lambda digits: [f"% {sign}{digits}%" for sign in (signs if digits[0] not in signs else ("",))]
    )


def equal_if_known(text: str) -> list[str]:
    """The same as `equal` for a complete number with a country, otherwise empty."""
    found = number(text)
    return equal(text) if found is not None and found.country_code else []


def last_digits(text: str) -> str:
    """The last digits that all numbers equal to this one share; empty for a short number."""
    found = number(text)
    digits = "" if found is None else found.digits.lstrip("0")
    return digits[-LEAST_DIGITS:] if len(digits) >= LEAST_DIGITS else ""


@lru_cache(256)
def search(text: str) -> Search:
    """Parses a search into words and numbers. Adjacent words without letters may be one number."""
    words: list[str] = []
    numbers: list[Alternative] = []
    for run in _runs_of_words(fold(text).split()):
        if len(numbers) < MAX_NUMBERS and _may_be_number(run):
            numbers += _alternatives(run, MAX_NUMBERS - len(numbers))
        else:
            words += run
    return Search(_patterns(words), numbers)


def _alternatives(run: Sequence[str], most: int) -> list[Alternative]:
    """The possible meanings of words without letters: all are one number, or the first is a plain word and the others
    are the number, as in `Studio 2 514 555 0101`.
    """
    rest = run[1:]
    if most > 1 and run[0].isdigit() and len(run) > 2 and _length(rest) >= LEAST_DIGITS:
        return [_alternative(run[:1], run), _alternative(run, run, rest)]
    return [_alternative(run, run)]


def _alternative(words: Sequence[str], *runs: Sequence[str]) -> Alternative:
    """An alternative that matches these words, or one of these runs of words as a number."""
    texts = [" ".join(run) for run in runs]
    whole = [text for text, run in zip(texts, runs, strict=True) if _length(run) >= LEAST_DIGITS]
    parts = [pattern for text in texts for pattern in containing(text)]
    return Alternative(
        _patterns(words),
        parts,
        [each for text in whole for each in equal(text)],
        [*filter(None, map(last_digits, whole))],
        [pattern for text in whole for pattern in ending(text)],
    )


def _runs_of_words(words: Iterable[str]) -> Iterable[list[str]]:
    """Splits words into runs: each word with letters is one run, adjacent words without letters are one run together
    with an extension that follows them.

    A label before a telephone number is left out.
    """
    runs: list[list[str]] = [[]]
    for word in map(_word, words):
        if SIGNS.fullmatch(word) or word.startswith("tel:") or (runs[-1] and ENDS_A_NUMBER.fullmatch(word)):
            runs[-1].append(word)
            continue
        if runs[-1] and not word.strip(QUOTES):
            continue
        runs += [[word], []]
    labels: list[list[str]] = []
    for run in filter(None, runs):
        if len(run) == 1 and LABEL.fullmatch(run[0]):
            labels.append(run)
            continue
        if _length(run) < LEAST_DIGITS:
            yield from labels
        labels = []
        yield from _split_open_extension(run)
    yield from labels


def _word(word: str) -> str:
    """A word of a search. A number is returned without surrounding characters and without an attached label."""
    bare = word.rstrip(",;:") or word
    inside = unlabelled(word)
    return inside if inside != word and SIGNS.fullmatch(inside) else bare


def _split_open_extension(run: list[str]) -> Iterable[list[str]]:
    """The run, split before a last word that could start an extension but has no digits."""
    last = run[-1]
    if len(run) > 1 and ENDS_A_NUMBER.fullmatch(last) and not any(map(str.isdigit, last)):
        return [run[:-1], [last]]
    return [run]


def _may_be_number(run: Sequence[str]) -> bool:
    """Whether the words have seven digits, or punctuation as in telephone numbers. A few digits are a plain word."""
    digits = _length(run)
    if len(run) > MAX_WORDS:
        return False
    return number(" ".join(run)) is not None and (
        digits >= LEAST_DIGITS or (digits > 0 and not all(map(str.isdigit, run)))
    )


def _length(run: Sequence[str]) -> int:
    return sum(map(str.isdigit, plain(" ".join(run))))


def _patterns(words: Iterable[str]) -> list[str]:
    return [like_pattern(word, anywhere=True) for word in words]


def _patterns_of_part(text: str, patterns: Callable[[str], list[str]]) -> list[str]:
    """Patterns for the digits in the forms of stored numbers."""
    found = number(text)
    if found is None:
        return []
    begun = re.sub(r"\D", "", plain(unlabelled(text)))
    return list(dict.fromkeys(each for digits in _partial_forms(text, found, begun) for each in patterns(digits)))


def _partial_forms(text: str, found: Number, begun: str) -> Iterable[str]:
    """The digits of a possibly incomplete number in the forms of stored numbers; after + or 00 only with country
    code.
    """
    if found.country_code:
        yield COUNTRY_KNOWN + found.international
    elif plain(unlabelled(text)).lstrip("([ ").startswith("+"):
        yield COUNTRY_KNOWN + begun
    elif begun.startswith("00"):
        yield from (COUNTRY_KNOWN + begun.lstrip("0"), begun)
    else:
        yield begun


def _endings_of(digits: str) -> list[str]:
    return [digits[at:] for at in range(len(digits) - LEAST_DIGITS + 1)]
