"""The words of texts, for search, version 1.

Do not edit this module: migration 0015 stores words in this form. To change what a word is, write version 2 and a
migration.

A word is a run of letters, digits and marks of the folded text, so that case and accents do not matter. Every other
sign separates words. The words of a text are stored as one text with a space before and after each word, in which a
database can look for a whole word, for the beginning of a word, and for several words in a row.
"""

import unicodedata
from collections.abc import Iterator

from persistence.texts.texts_v1 import fold

MAX_WORD_LENGTH = 200
"""Characters. The rest of a longer word is left out; texts are found by the first characters of such words."""

TEXT_SEPARATOR = "¶"
"""Stands between the words of two texts, so that no phrase is found across both. It is a sign, so it is in no word."""

_SEPARATING = ("P", "S", "Z", "Cc", "Cf", "Cs")
"""The categories of characters that separate words. Characters without a category yet are taken for letters."""


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in their order."""
    return [word[:MAX_WORD_LENGTH] for word in fold(text).translate(_SEPARATED).split(" ") if word]


def spaced_words(text: str) -> str:
    """The words of a text with a space before and after each; a single space if it has none."""
    return "".join(f" {word}" for word in words_of(text)) + " "


class _Separated(dict[int, str]):
    """A space for each character that separates words, found out at its first use."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = made = " " if _separates(char) else char
        return made


_SEPARATED = _Separated()


def _separates(char: str) -> bool:
    return unicodedata.category(char).startswith(_SEPARATING)


def postgresql_functions() -> Iterator[str]:
    """The statement that creates `carnet_words` on PostgreSQL, which is `spaced_words`. It calls `carnet_fold`."""
    separators = "".join(f"\\U{first:08X}-\\U{last:08X}" for first, last in _ranges_of_separators())
    of_ascii = "regexp_replace(lower(value COLLATE \"C\"), '[^a-z0-9]+', ' ', 'g')"
    of_others = f"regexp_replace(carnet_fold(value) COLLATE \"C\", '[{separators}]+', ' ', 'g')"
    yield (
        "CREATE OR REPLACE FUNCTION carnet_words(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL "
        "SAFE AS $$ BEGIN "
        f"value := CASE WHEN octet_length(value) = char_length(value) THEN {of_ascii} ELSE {of_others} END; "
        "value := ' ' || btrim(value, ' ') || ' '; "
        f"IF char_length(value) > {MAX_WORD_LENGTH} THEN "
        f"value := regexp_replace(value, '([^ ]{{{MAX_WORD_LENGTH}}})[^ ]+', '\\1', 'g'); END IF; "
        "RETURN CASE WHEN value = '  ' THEN ' ' ELSE value END; END $$"
    )


def _ranges_of_separators() -> Iterator[tuple[int, int]]:
    codes = [code for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000 and _separates(chr(code))]
    first = codes[0]
    for code, following in zip(codes, [*codes[1:], 0], strict=True):
        if following != code + 1:
            yield first, code
            first = following
