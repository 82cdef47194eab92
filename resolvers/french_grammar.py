"""French text with inserted values: contraction of articles, elision, numbers and dates.

`resolvers.interactions.titles` does the same in SQL; a test compares the two.
"""

import datetime as dt

from persistence.sql.folding import fold

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

OPENING = ' \u00a0"«“„‘([{'
"""Characters that may precede the first letter of a name."""

VOWELS = "aeiou"
CONSONANTS = "bcdfghjklmnpqrstvwxz"
NO_ELISION = ("onze", "onzi", "oui", "ouist", "uhlan")
"""Words that begin with a vowel but without elision before them: le onze, le oui."""

H_ELIDES_BEFORE = "eiy"
"""An initial h is by default mute before these letters (Hélène, histoire, Hydro-Québec) and aspirated before others."""

MUTE = (
    "habi",
    "hadrien",
    "haiti",
    "halein",
    "halluc",
    "halter",
    "hamec",
    "harmon",
    "hochelag",
    "homeo",
    "homer",
    "homm",
    "homo",
    "honn",
    "honor",
    "hopit",
    "horac",
    "horai",
    "horiz",
    "horlog",
    "horos",
    "horr",
    "horte",
    "horti",
    "hosp",
    "hosti",
    "hotel",
    "hotes",
    "huber",
    "hugue",
    "huil",
    "huitr",
    "humai",
    "human",
    "humber",
    "humeu",
    "humid",
    "humil",
    "humou",
    "huissi",
)
ASPIRATED = (
    "heath",
    "heid",
    "hein",
    "helm",
    "henders",
    "hendri",
    "heriss",
    "hern",
    "heron",
    "heros",
    "hersh",
    "hertz",
    "hess",
    "hetre",
    "heurt",
    "hew",
    "hibou",
    "hide",
    "hierarch",
    "hi-fi",
    "higg",
    "high",
    "hill",
    "hilt",
    "hip-",
    "hippi",
    "hippy",
    "hiss",
    "hitach",
    "hitch",
    "hyde",
    "hyun",
)
"""Beginnings of words that are exceptions to this default, without accents. The h of English and German names is
aspirated.
"""


def elides(name: str) -> bool:
    """Whether de, que, le… elide before this name: d’Héloïse, d’Yves; but de Hugo, de Yannick, de onze."""
    begins = fold(name).lstrip(OPENING)
    first, second = begins[:1], begins[1:2]
    if first and first in VOWELS:
        return not begins.startswith(NO_ELISION)
    if first == "y":
        return bool(second) and second in CONSONANTS
    if first != "h" or not second:
        return False
    return not begins.startswith(ASPIRATED) if second in H_ELIDES_BEFORE else begins.startswith(MUTE)


def de(noun: str) -> str:
    """`de` before a noun, contracted with its article or elided: du bureau, des chaises, de la table, d’Héloïse."""
    if noun.startswith("le "):
        return f"du {noun[3:]}"
    if noun.startswith("les "):
        return f"des {noun[4:]}"
    return f"d’{noun}" if elides(noun) else f"de {noun}"


def number(value: object) -> str:
    """A number in French format: 1 234 567,50."""
    whole, _, decimals = str(value).partition(".")
    sign = "-" if whole.startswith("-") else ""
    digits = whole.removeprefix("-")
    grouped = f"{int(digits):,}".replace(",", "\u00a0") if digits.isascii() and digits.isdecimal() else digits
    return f"{sign}{grouped},{decimals}" if decimals else f"{sign}{grouped}"


def day(date: dt.date) -> str:
    """A date in French format: 1er mars 2026."""
    return f"{'1er' if date.day == 1 else date.day} {MONTHS[date.month - 1]} {date.year}"
