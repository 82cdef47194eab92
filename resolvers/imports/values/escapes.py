"""What programs write around a text so that another program reads it as a text."""

import re

ESCAPED = re.compile("(?:_x[0-9A-Fa-f]{4}_)+")
GUARDED = ("'+", "'-", "'=", "'@", "'\t", "'\r")
"""Beginnings of texts with an apostrophe that keeps spreadsheets from computing them, as in `'+1 514 555-0101`."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
NO_FORMULA = re.compile(r"[+-][\d\s().,/-]*|=\"[^\"]*\"", re.ASCII)
"""Numbers, such as `+1 514 555-0101`, and texts as spreadsheets export them, such as `="007"`."""

BLANK = frozenset({"NULL", "\\N", "-"})
"""What stands for no value: in files of databases, and in reports of Salesforce."""


BLANK_IN_OUTLOOK = frozenset({"0/0/00", "00/00/00", "Unspecified", "Non spécifié"})
"""What Outlook writes into columns without a value, such as the birthday and the gender."""


def has_value(cell: str) -> bool:
    """Whether a cell of a column that is not read has a value that somebody may miss."""
    text = without_escapes(cell)
    return bool(text) and text not in BLANK_IN_OUTLOOK


def unescaped(text: str) -> str:
    """The text with characters instead of the escapes of XML names and Excel, such as `_x0020_` for a space."""
    return ESCAPED.sub(_characters, text) if "_x" in text else text


def guarded(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet would compute it. `without_escapes` removes it."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) and not NO_FORMULA.fullmatch(text) else text


def without_escapes(cell: str) -> str:
    """The text that a cell of another program means: without escapes, without the apostrophe or the formula `="…"` that
    marks a text in spreadsheets, and blank if it stands for no value.
    """
    text = unescaped(cell).strip()
    if text.startswith(GUARDED):
        text = text[1:]
    elif text.startswith('="') and text.endswith('"') and len(text) > 2:
        text = text[2:-1]
    return "" if text in BLANK else text


def _characters(escapes: re.Match[str]) -> str:
    codes = bytes.fromhex("".join(escapes[0].split("_x")).replace("_", ""))
    try:
        return codes.decode("utf-16-be")
    except UnicodeDecodeError:
        return escapes[0]
