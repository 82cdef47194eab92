"""Which language the environment asks for: French where it is French, else English.

Asked each time something is said, in the order of gettext. Loads nothing, so that the first moments of a command know it too.
"""

import os

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is not empty names the locale."""

NEITHER = ("c", "posix")
"""Locales without a language; where one of them is set, LANGUAGE counts for nothing."""


def language() -> str:
    """`FR` or `EN`, the languages of Carnet's own words."""
    locale = next((value for name in LOCALE if (value := os.environ.get(name))), "")
    if _word(locale) in NEITHER:
        return "EN"
    wanted = [*(os.environ.get("LANGUAGE") or "").split(":"), locale]
    return next((word[:2].upper() for each in wanted if (word := _word(each)) in ("fr", "french", "en", "english")), "EN")


def _word(locale: str) -> str:
    """The language of a locale: `fr` of `fr_CA.UTF-8`."""
    word = locale.strip().lower()
    for sign in "_.@-":
        word = word.partition(sign)[0]
    return word
