"""Codes of countries for their names in English and French, from the data of Unicode (CLDR) in Babel.

Babel is imported at the first name, so that files with codes and other commands do not wait for it.
"""

from collections.abc import Mapping
from functools import cache

from persistence.folding import fold

LANGUAGES = ("en", "en_CA", "fr", "fr_CA")


@cache
def country_codes() -> Mapping[str, str]:
    """The ISO code of each country by its folded names."""
    from babel import Locale

    return {
        fold(name): code
        for language in LANGUAGES
        for code, name in Locale.parse(language).territories.items()
        if len(code) == 2 and code.isalpha()
    }
