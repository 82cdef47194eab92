"""How telephone numbers are looked for: patterns that fit the columns which `persistence.phones_1` writes.

Two numbers are equal when country code and number agree; where the country of one is not known, when the digits of the shorter
one, seven or more, are the last digits of the other. Extensions and trunk prefixes do not matter.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from persistence.conditions import EVERYTHING, like_pattern
from persistence.folding import fold
from persistence.phones_1 import ABROAD, KNOWN, SHORTEST, SIGNS, UNKNOWN, Number, is_written_as_number, plain, ways
from persistence.phones_1 import number as written_number

MOST_NUMBERS = 3
"""Numbers in one search. What else looks like one is looked for word by word."""

MOST_WORDS = 12
"""Of one number."""

TRUNK = ("", "0", "00")
"""Zeros before an area code."""

ENDS_A_NUMBER = re.compile(r"[(\[]?(?:ext|extension|extn|poste|p|доб|x|#)[.:]*\d*[)\]]?")

LABEL = re.compile(
    r"(?:[:\"'<>«»]|(?:tel|telephone|phone|telefon|telefono|tlf|тел|ph|mob|mobile|cell|cellulaire|cel|portable|gsm|handy|bureau|office|home|work"
    r"|domicile|travail|maison|direct|ligne|appel|call|callto|sip|whatsapp|fax|telecopieur|no|n°|nr|num|numero|number|[tmcphfbwd]"
    r")(?![^\W\d_])|[☎☏✆📞📱📠🕿])[.:\s]*"
)
"""What people write before a telephone number, folded."""

QUOTES = "\"'<>«»:;,"
"""Signs that may stand around a number."""

REWRITTEN = ("AR",)
"""Countries whose numbers have other digits at home than from abroad."""


class Alternative(NamedTuple):
    """Patterns of words that must all be found; or patterns of a number, or what its column holds."""

    words: Sequence[str]
    patterns: Sequence[str]
    equal: Sequence[str]


NOTHING_SOUGHT = Alternative((), EVERYTHING, ())


@dataclass(frozen=True)
class Sought:
    """What a search asks: patterns of words that must all be found, and alternatives each of which must be."""

    words: Sequence[str]
    numbers: Sequence[Alternative]

    def at(self, place: int) -> Alternative:
        """The alternative at this place; where there is none, everything fits."""
        return self.numbers[place] if place < len(self.numbers) else NOTHING_SOUGHT


def unlabelled(text: str) -> str:
    """A number without what stands before and around it: of `Tél. : 514 555-0101` and `<514 555-0101>` the number."""
    bare = fold(text).strip().strip(QUOTES).strip()
    while (label := LABEL.match(bare)) is not None and is_written_as_number(rest := bare[label.end() :]):
        bare = rest
    return bare if is_written_as_number(bare) else text


def number(text: str) -> Number | None:
    """The number that a text asks for, perhaps with a label before it."""
    return written_number(unlabelled(text))


def equal(text: str) -> list[str]:
    """What the column of a number holds that equals this one; only numbers longer than this one, without country, are missing."""
    found = number(text)
    if found is None:
        return []
    digits = found.digits.lstrip("0") or found.digits
    if not found.country_code:
        ends = _ends(digits) if len(digits) >= SHORTEST else [digits]
        return [*(ways(Number(zeros + end)) for end in ends for zeros in TRUNK), *_rewritten(text, digits)]
    abroad = (prefix + found.international for prefix in ABROAD)
    ends = [*_ends(found.international), found.national.lstrip("0"), *abroad]
    return [ways(found), *(ways(Number(zeros + end)) for end in dict.fromkeys(ends) for zeros in TRUNK)]


def ending(text: str) -> list[str]:
    """Patterns of the numbers that equal this one, which has no country: of longer ones, and of shorter ones with country."""
    found = number(text)
    if found is None or found.country_code:
        return []
    digits = found.digits.lstrip("0") or found.digits
    if len(digits) < SHORTEST:
        return [f"% {each} %" for each in dict.fromkeys((digits, found.digits))]
    shorter = () if _has_prefix(text) else _ends(digits)[1:]
    return [f"%{digits} %", *(f"% {each} %" for each in shorter)]


def _rewritten(text: str, digits: str) -> Iterable[str]:
    """What columns hold where the number is one as people dial it in a country that writes it otherwise from abroad."""
    for region in REWRITTEN:
        found = written_number(unlabelled(text), region)
        if found is not None and found.country_code and not digits.endswith(found.digits):
            yield ways(found)


def _has_prefix(text: str) -> bool:
    """Whether it begins as a number with a country code does, known or not."""
    return plain(unlabelled(text)).lstrip("([ ").startswith(("+", "00"))


def containing(text: str) -> list[str]:
    """Patterns of the numbers that have these digits somewhere; none for a text without digits."""
    return _within(text, lambda digits: [f"%{digits}%"])


def starting(text: str) -> list[str]:
    """Patterns of the numbers that begin with these digits, with or without country code and trunk prefix."""
    signs = ("", KNOWN, UNKNOWN)
    return _within(text, lambda digits: [f"% {sign}{digits}%" for sign in (signs if digits[0] not in signs else ("",))])


def equal_if_known(text: str) -> list[str]:
    """The same as `equal` for a number with its country, which is whole; else nothing."""
    found = number(text)
    return equal(text) if found is not None and found.country_code else []


def last_digits(text: str) -> str:
    """The digits in which all numbers that equal this one end; of a short number nothing."""
    found = number(text)
    digits = "" if found is None else found.digits.lstrip("0")
    return digits[-SHORTEST:] if len(digits) >= SHORTEST else ""


@lru_cache(256)
def sought(text: str) -> Sought:
    """The words and numbers of a search. Words that stand side by side and have no letters may be one number."""
    words: list[str] = []
    numbers: list[Alternative] = []
    for run in _runs(fold(text).split()):
        if len(numbers) < MOST_NUMBERS and _may_be_number(run):
            numbers += _alternatives(run, MOST_NUMBERS - len(numbers))
        else:
            words += run
    return Sought(_patterns(words), numbers)


def _alternatives(run: Sequence[str], most: int) -> list[Alternative]:
    """The run is one number; or its first word is a word – `Studio 2 514 555 0101` –, and the rest the number."""
    rest = run[1:]
    if most > 1 and run[0].isdigit() and len(run) > 2 and _length(rest) >= SHORTEST:
        return [_alternative(run[:1], run), _alternative(run, run, rest)]
    return [_alternative(run, run)]


def _alternative(words: Sequence[str], *runs: Sequence[str]) -> Alternative:
    """These words, or one of these runs as a number."""
    texts = [" ".join(run) for run in runs]
    whole = [text for text, run in zip(texts, runs, strict=True) if _length(run) >= SHORTEST]
    parts = [pattern for text in texts for pattern in containing(text)]
    ends = [pattern for text in whole for pattern in ending(text)]
    return Alternative(_patterns(words), parts + ends, [each for text in whole for each in equal(text)])


def _runs(words: Iterable[str]) -> Iterable[list[str]]:
    """Words one by one, but those without letters together; an extension belongs to the number after which it stands.

    What only says that a telephone number follows is left out before one.
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
        if _length(run) < SHORTEST:
            yield from labels
        labels = []
        yield from _ended(run)
    yield from labels


def _word(word: str) -> str:
    """A word of a search; a number without the signs around it, and without the label that sticks to it."""
    bare = word.rstrip(",;:") or word
    inside = unlabelled(word)
    return inside if inside != word and SIGNS.fullmatch(inside) else bare


def _ended(run: list[str]) -> Iterable[list[str]]:
    """The run, and what would begin an extension but has no digits behind it by itself."""
    last = run[-1]
    if len(run) > 1 and ENDS_A_NUMBER.fullmatch(last) and not any(map(str.isdigit, last)):
        return [run[:-1], [last]]
    return [run]


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
    """Patterns for the digits as stored numbers have them."""
    found = number(text)
    if found is None:
        return []
    begun = re.sub(r"\D", "", plain(unlabelled(text)))
    return list(dict.fromkeys(each for digits in _begun(text, found, begun) for each in patterns(digits)))


def _begun(text: str, found: Number, begun: str) -> Iterable[str]:
    """The digits, perhaps not all yet, as stored numbers have them: after + or 00 only with their country code."""
    if found.country_code:
        yield KNOWN + found.international
    elif plain(unlabelled(text)).lstrip("([ ").startswith("+"):
        yield KNOWN + begun
    elif begun.startswith("00"):
        yield from (KNOWN + begun.lstrip("0"), begun)
    else:
        yield begun


def _ends(digits: str) -> list[str]:
    return [digits[at:] for at in range(len(digits) - SHORTEST + 1)]
