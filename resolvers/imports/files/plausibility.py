"""Judges whether words that were decoded with some encoding are words that people write.

A wrong encoding shows in single words: `MontrŽal` has a capital after a small letter, `M³ller` a sign inside a word,
`Дvořák` letters of two scripts.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

LETTERS = "aAlLgGcCx"
SIGNS = {
    **dict.fromkeys("“„«‹‚", "Q"),
    **dict.fromkeys("”»›", "q"),
    **dict.fromkeys("’‘", "'"),
    **dict.fromkeys("–—", "-"),
    **dict.fromkeys("€£¥¢", "$"),
    **dict.fromkeys("®™©", "r"),
    **dict.fromkeys("²³¹½¼¾", "s"),
    **dict.fromkeys("¿¡", "i"),
    **dict.fromkeys("•·§±×µ†‡‰¶÷", "b"),
    **dict.fromkeys("°ºª", "o"),
    **dict.fromkeys("\u00a0\u202f\u2009", " "),
    "…": "e",
    "ß": "a",
    "ƒ": "#",
    "\u00ad": "",
}
SCRIPTS = {"LATIN": "lL", "GREEK": "gG", "CYRILLIC": "cC"}

IMPLAUSIBLE = re.compile(
    "#"
    "|[al]L|gG|cC"
    "|lA|[AL]{2}l|l[AL]{2}|dld"
    "|[lL]{3}"
    "|[aAlL][gGcCx]|[gG][aAlLcCx]|[cC][aAlLgGx]|x[aAlLgGcC]"
    rf"|[{LETTERS}][Q$ib]|[q$rsb][{LETTERS}]"
    rf"|[{LETTERS}][eo][{LETTERS}]|[{LETTERS}]{{3}}o"
)
"""Over the classes of the characters of a word: see `_class_of`."""

DOUBTFUL = re.compile(
    rf"[{LETTERS}]s|[{LETTERS}]-[{LETTERS}]|[{LETTERS}] [alcg]|[{LETTERS}]-$|^-[{LETTERS}]|^e[al]|[AL]L[al]|LA[al]"
)
DOUBTFUL_LETTER = re.compile(
    r"õ(?!e)|ñ(?![aeiouáéíóú])|ì(?=\w)|ç(?=[b-df-hj-np-tv-xz])|\bà(?=\w)|œ[bfghjkpqrtvwxyz]|‚|[¿¡]", re.IGNORECASE
)
"""Letters that their languages do not write in this place, and signs that are rare beside them."""

PART_OF_WORDS = re.compile(rf"[Qqe' -]?[{LETTERS}]+")
APOSTROPHE = re.compile(r"(?<=\w)[’‘](?=\w)")
ELISION = re.compile(
    r"(\b(c|d|j|l|m|n|s|t|qu|jusqu|lorsqu|puisqu|quoiqu|aujourd|presqu|entr|o|dell|all|nell|un|sant)[’‘]\w)"
    r"|[’‘](s|t|re|ve|ll|d|m)\b|[’‘](?-i:[A-ZÀ-Þ])",
    re.IGNORECASE,
)
NEVER_FIRST = frozenset("ÏËÛÙÐÝÞŸŠŽÕÃÌÒ")

WESTERN = tuple(
    map(
        frozenset,
        ("àâæçéèêëîïôœùûüÿ", "äöüß", "áéíñóúü", "áâãàçéêíóôõúü", "àèéìíîòóù", "àçèéíïòóúü", "éëïóöüèê", "åæøéöä"),
    )
)
"""The letters beside a to z of French, German, Spanish, Portuguese, Italian, Catalan, Dutch and Nordic languages."""

CENTRAL = tuple(
    map(frozenset, ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "äöüß", "çë"))
)
"""The same of Polish, Czech, Slovak, Hungarian, Romanian, Croatian, German and Albanian."""

TURKISH = (frozenset("çğıöşüâîûi\u0307"),)
BALTIC = tuple(map(frozenset, ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž")))
CYRILLIC = tuple(
    map(
        frozenset,
        (
            "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
            "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
            "абвгдђежзијклљмнњопрстћуфхцчџш",
            "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
        ),
    )
)
GREEK = (frozenset("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"),)


@dataclass(frozen=True)
class Judgement:
    """What an encoding makes of the words of a file. `implausible` and `doubtful` count words; `fit` is the share of
    the words that one language, the one that fits best, can write.
    """

    codec: str
    text: str
    implausible: int
    doubtful: int
    fit: float


def judge(words: Sequence[bytes], codec: str, languages: Sequence[frozenset[str]]) -> Judgement | None:
    """The judgement about an encoding, None if the words are not in this encoding."""
    try:
        texts = b"\n".join(words).decode(codec).split("\n")
    except UnicodeDecodeError:
        return None
    letters = [_foreign_letters(text) for text in texts]
    fitting = [sum(each <= language for each in letters) for language in languages]
    doubtful = sum(
        _is_doubtful(text) or not any(each <= language for language in languages)
        for text, each in zip(texts, letters, strict=True)
    )
    implausible = sum(IMPLAUSIBLE.search(_classes(text)) is not None for text in texts)
    return Judgement(codec, "\n".join(texts), implausible, doubtful, max(fitting) / max(1, len(texts)))


def may_be_in_words(text: str) -> bool:
    """Whether two or three characters may follow each other in what people write: letters, also after a sign."""
    return PART_OF_WORDS.fullmatch(_classes(text)) is not None


def _is_doubtful(text: str) -> bool:
    apostrophes = len(APOSTROPHE.findall(text))
    return (
        DOUBTFUL.search(_classes(text)) is not None
        or DOUBTFUL_LETTER.search(text) is not None
        or text[0] in NEVER_FIRST
        or apostrophes > len(ELISION.findall(text))
    )


def _foreign_letters(text: str) -> frozenset[str]:
    """The letters beside a to z, in lower case."""
    return frozenset(char for char in text.lower() if char > "\x7f" and char.isalpha() and char not in "ºªµ")


def _classes(text: str) -> str:
    """The class of each character of a word."""
    return "".join(map(_class_of, text))


@cache
def _class_of(char: str) -> str:
    """`a` and `A` stand for the letters of ASCII, `l` and `L` for other Latin letters, `g` Greek, `c` Cyrillic, `x`
    other letters, `d` digits, `.` other characters of ASCII, `#` signs that no word has; see `SIGNS` for the others.
    """
    if char < "\x80":
        return "a" if char.islower() else "A" if char.isupper() else "d" if char.isdigit() else "."
    if char in SIGNS:
        return SIGNS[char]
    kind = unicodedata.category(char)
    if kind.startswith("M"):
        return ""
    if not kind.startswith("L") or kind == "Lm":
        return "#"
    classes = SCRIPTS.get(unicodedata.name(char, "").split(" ")[0], "xx")
    return classes[char.isupper()]
