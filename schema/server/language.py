"""The language of the command line: French if the locale of the environment is French, else English.

The variables are read for each message, in the order of gettext.
"""

import os
import re
from dataclasses import dataclass

from resolvers import french
from resolvers.errors import Refused

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first of these variables that is not empty is the locale."""

NEITHER = ("c", "posix")
"""Locales without a language. If one of them is set, LANGUAGE is ignored."""

HARD_SPACE = "\u00a0"


def language() -> str:
    """`FR` or `EN`."""
    locale = next((value for name in LOCALE if (value := os.environ.get(name))), "")
    if _word(locale) in NEITHER:
        return "EN"
    wanted = [*(os.environ.get("LANGUAGE") or "").split(":"), locale]
    return next((word[:2].upper() for each in wanted if (word := _word(each)) in ("fr", "french", "en", "english")), "EN")


def in_french() -> bool:
    """Whether messages are French."""
    return language() == "FR"


def _word(locale: str) -> str:
    return re.split(r"[_.@-]", locale.strip(), maxsplit=1)[0].lower()


def number(count: int) -> str:
    """A count with thousands separators: 60,000, or in French with no-break spaces."""
    return french.number(count) if in_french() else f"{count:,}"


@dataclass(frozen=True)
class Sentence:
    """A sentence with `{facts}` in both languages. Integers are formatted as counts; pass identifiers as text."""

    english: str
    french: str

    def __call__(self, **facts: object) -> str:
        shown = {name: number(fact) if type(fact) is int else fact for name, fact in facts.items()}
        return (self.french if in_french() else self.english).format(**shown)


@dataclass(frozen=True)
class Counted:
    """A counted noun, singular and plural, in both languages; `{}` is the count. In French 0 takes the singular."""

    english: tuple[str, str]
    french: tuple[str, str]

    def __call__(self, count: int) -> str:
        one, several = self.french if in_french() else self.english
        return (several if count > 1 or (count == 0 and not in_french()) else one).format(number(count))


def said(refused: Refused) -> str:
    """The messages of all refusals of a rule."""
    return " ".join(refusal.message(language()) for refusal in refused.refusals)
