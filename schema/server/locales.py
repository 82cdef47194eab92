"""The language of the environment: French if its locale is French, else English.

The variables are read for each message, in the order of gettext. Imports no other module, so that it is available at
once.
"""

import os

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first of these variables that is not empty is the locale."""

WITHOUT_LANGUAGE = ("c", "posix")
"""Locales without a language. If one of them is set, LANGUAGE is ignored."""


def language() -> str:
    """The language of the environment: `FR` or `EN`."""
    locale = next((value for name in LOCALE if (value := os.environ.get(name))), "")
    if _language_word(locale) in WITHOUT_LANGUAGE:
        return "EN"
    wanted = [*(os.environ.get("LANGUAGE") or "").split(":"), locale]
    return next(
        (word[:2].upper() for each in wanted if (word := _language_word(each)) in ("fr", "french", "en", "english")),
        "EN",
    )


def _language_word(locale: str) -> str:
    """The language of a locale: `fr` of `fr_CA.UTF-8`."""
    word = locale.strip().lower()
    for sign in "_.@-":
        word = word.partition(sign)[0]
    return word
