"""Codes of countries for their names, from the data of Unicode (CLDR) in Babel.

Babel is imported at the first name, so that files with codes and other commands do not wait for it.
"""

from functools import cache

from persistence.sql.folding import fold

LANGUAGES = (("en", "en_CA", "fr", "fr_CA"), ("de", "es", "it", "nl", "pt"))
"""The languages of the names that are looked up first, and those of the names that are not found there."""


def country_code_of(folded_name: str) -> str | None:
    """The ISO code of the country with a folded name in one of the languages, or None."""
    return next((found for index in range(len(LANGUAGES)) if (found := _codes(index).get(folded_name))), None)


@cache
def _codes(index: int) -> dict[str, str]:
    """The code of each country by its folded names in some of the languages."""
    from babel import Locale

    return {
        fold(name): code
        for language in LANGUAGES[index]
        for code, name in Locale.parse(language).territories.items()
        if len(code) == 2 and code.isalpha()
    }
