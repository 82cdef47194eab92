"""Folding texts in French and other Western European languages faster than any text, with the same result as `fold`.

Databases fold the texts of very many rows to search in them. Nearly all of these texts consist of ASCII, letters of
Latin-1 that have an accent, and a few signs. In such a text each character is folded to just one.
"""

import unicodedata

from persistence.texts.texts_v1 import fold

SIGNS = "’–—\u00a0\u202f"
"""Signs of typography that are folded to signs of ASCII."""

_SAME = "«»°"
_LATIN_1 = [chr(code) for code in range(0xC0, 0x100)]

LETTERS = "".join(char for char in _LATIN_1 if len(unicodedata.normalize("NFD", char)) == 2)
"""The letters of Latin-1 that are a letter of ASCII and an accent."""

ACCENTS = "".join(sorted({unicodedata.normalize("NFD", char)[1] for char in LETTERS}))
"""Their accents."""

FRENCH = "àâäçèéêëîïôöùûüÀÂÄÇÈÉÊËÎÏÔÖÙÛÜ" + SIGNS + _SAME
"""What texts in French and English have beside ASCII."""

LATIN = LETTERS + SIGNS + _SAME
"""What texts in Western European languages have beside ASCII."""

PLAIN_SIGNS = "".join(map(fold, SIGNS))

_FROM_FRENCH = {fold(char) for char in FRENCH if fold(char) != char}
_SEVERAL = b"\0"


def _folded_byte(code: int) -> bytes:
    """The folded form of a character of Latin-1, in that encoding; `_SEVERAL` if it is not one byte."""
    folded = fold(bytes([code]).decode("latin-1", "ignore")).encode("latin-1", "ignore")
    return folded if len(folded) == 1 else _SEVERAL


_TABLE = b"".join(map(_folded_byte, range(256)))


def rough_pattern(pattern: str) -> str:
    """A LIKE pattern that a text of ASCII and `FRENCH`, in lower case but with its accents, matches if its folded form
    matches `pattern`: `_` takes the place of each character that may have had an accent. Other texts match it too, so
    the folded form must be compared afterwards.
    """
    return "".join("_" if char in _FROM_FRENCH else char for char in pattern)


def fold_quickly(text: str) -> str:
    """`fold`, several times as fast for most texts in Latin-1."""
    try:
        folded = text.replace("’", "'").replace("œ", "oe").encode("latin-1").translate(_TABLE)
    except UnicodeEncodeError:
        return fold(text)
    return fold(text) if _SEVERAL in folded else folded.decode("latin-1")
