"""Texts as they are stored and compared, version 1.

Do not edit this module: migration 0008 stores texts in this form. To change what counts as equal, write version 2 and a
migration. Other modules import these functions from `persistence.sql.folding`.
"""

import json
import re
import unicodedata
from collections.abc import Iterator

INVISIBLE_RANGES = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
"""Unicode's Default_Ignorable_Code_Point and the Braille blank: joiners, direction marks, variation selectors,
fillers.
"""

LETTERS = {
    "œ": "oe",
    "æ": "ae",
    "þ": "th",
    "ð": "d",
    "ı": "i",
    "ȷ": "j",
    "ŋ": "n",
    "ⱦ": "t",
    **dict.fromkeys("‘’‚‛ʹʻʼʽʾʿ′´՚׳", "'"),
    **dict.fromkeys("“”„‟″״", '"'),
    **dict.fromkeys("‐‑‒–—―−⁃֊־﹘", "-"),
    "⁄": "/",
    "∕": "/",
    "\u1680": " ",
    "\u2028": " ",
    "\u2029": " ",
    "\u0640": "",
}
"""Replacements for letters and signs that Unicode does not decompose. U+0640 only stretches Arabic words."""

_WITH_STROKE = re.compile(r"LATIN SMALL LETTER ([A-Z]) WITH ")
_INVISIBLE = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in INVISIBLE_RANGES) + "]")
_BLANKS = "\t\n\r" + "".join(
    chr(code) for code in range(0x3001) if chr(code).isspace() and unicodedata.category(chr(code)) != "Cc"
)
_EUROPEAN = ((0x00, 0x52F), (0x1E00, 0x206F))
"""Latin, Greek, Cyrillic and their punctuation: PostgreSQL folds them with one `translate`. All their marks are
removed.
"""


def composed(text: str) -> str:
    """The text in Unicode's normal form C, otherwise unchanged."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def visible(text: str) -> str:
    """The text without invisible characters."""
    return text if text.isascii() else _INVISIBLE.sub("", composed(text))


def stored_text(given: str | None) -> str | None:
    """A text as it is stored: in normal form C, trimmed. Only spaces and invisible characters: null."""
    kept = composed(given or "").strip(_BLANKS)
    return kept if kept and visible(kept).strip(_BLANKS) else None


def stored_key(given: str | None) -> str | None:
    """A number or code as it is stored: without invisible characters, trimmed, upper-cased, in normal form C; blank
    is null.
    """
    key = given or ""
    if key.isascii():  # nearly all are
        return key.strip(_BLANKS).upper() or None
    return composed(visible(key).strip(_BLANKS).upper()) or None


def comparable_email(given: str | None) -> str | None:
    """An e-mail address as it is compared: upper and lower case are equal, accents are not removed."""
    return composed(visible(given or "").casefold()) or None


def fold(value: str) -> str:
    """Without case, accents and invisible characters, with normalized digits and signs: `Éric Bœuf` becomes `eric
    boeuf`.
    """
    if value.isascii():
        return value.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", value).translate(_FOLDED))


class _Folded(dict[int, str]):
    """The folded form of each character, computed at its first use."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _folded(chr(code))
        return found


_FOLDED = _Folded()


def _folded(char: str) -> str:
    """One character without case and accents, decomposed until nothing changes."""
    before, after = "", char
    while before != after:
        before, after = after, "".join(map(_plain, unicodedata.normalize("NFKD", LETTERS.get(after, after))))
    return unicodedata.normalize("NFC", after)


def _plain(char: str) -> str:
    """One character of a decomposed text."""
    if _is_accent(char) or _INVISIBLE.fullmatch(char):
        return ""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    small = char.casefold()
    stroke = _WITH_STROKE.match(unicodedata.name(small, "")) if len(small) == 1 else None
    return stroke[1].lower() if stroke else LETTERS.get(small, small)


def _is_accent(char: str) -> bool:
    """Whether a mark is removed: those of Latin, Greek and Cyrillic letters, Hebrew and Arabic points. Vowel signs of
    Indic scripts, tones of Thai and the marks of kana change the word and are kept.
    """
    place = unicodedata.combining(char)
    return place == 1 or 10 <= place <= 36 or place >= 200


def postgresql_functions() -> Iterator[str]:
    """The statements that create `carnet_fold` and `carnet_visible` on PostgreSQL.

    ASCII text is only lower-cased, European letters are translated at once, everything else is looked up character by
    character. `translate` searches its characters from left to right, so the frequent ones come first.
    """
    changed = {code: fold(chr(code)) for code in _assigned() if fold(chr(code)) != chr(code)}
    signs = json.dumps({chr(code): text for code, text in changed.items()}, ensure_ascii=False)
    yield (
        "CREATE OR REPLACE FUNCTION carnet_fold_signs(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT "
        "PARALLEL SAFE AS $$ BEGIN RETURN normalize(coalesce((SELECT string_agg(coalesce("
        f"{_quoted(signs)}::jsonb ->> sign, sign), '' ORDER BY place) FROM regexp_split_to_table("
        "normalize(value, NFC), '') WITH ORDINALITY AS signs(sign, place)), ''), NFC); END $$"
    )
    european = [code for first, last in _EUROPEAN for code in range(first, last + 1)]
    several = {chr(code): changed[code] for code in european if len(changed.get(code, "")) > 1}
    single = {chr(code): changed[code] for code in european if code in changed and len(changed[code]) == 1}
    gone = [chr(code) for code in european if changed.get(code) == ""]
    frequent = (*range(0x61, 0x7B), 0x20, *range(0x2C, 0x40), *range(0x3B1, 0x3CA), *range(0x430, 0x450))
    same = [chr(code) for code in frequent if code not in changed]
    starts, ends = "".join([*same, *single, *gone]), "".join([*same, *single.values()])
    often = {sign: several.pop(sign) for sign in "ßœæŒÆ"}
    body = f"translate(value, {_quoted(starts)}, {_quoted(ends)})"
    for sign, text in often.items():
        body = f"replace({body}, {_quoted(sign)}, {_quoted(text)})"
    ranges = "".join(f"{chr(max(first, 1))}-{chr(last)}" for first, last in _EUROPEAN)
    others = f"'[^{ranges}]|[{''.join(several)}]'"
    yield (
        "CREATE OR REPLACE FUNCTION carnet_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT "
        "PARALLEL SAFE AS $$ "
        'SELECT CASE WHEN octet_length(value) = char_length(value) THEN lower(value COLLATE "C") '
        f'WHEN value COLLATE "C" ~ {others} THEN carnet_fold_signs(value) ELSE {body} END $$'
    )
    unseen = "".join(f"\\U{first:08X}-\\U{last:08X}" for first, last in INVISIBLE_RANGES)
    yield (
        "CREATE OR REPLACE FUNCTION carnet_visible(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL "
        "SAFE AS $$ SELECT CASE WHEN octet_length(value) = char_length(value) THEN value "
        f"ELSE regexp_replace(normalize(value, NFC), '[{unseen}]', '', 'g') END $$"
    )


def _assigned() -> Iterator[int]:
    """Every character that folding may change; the code points beyond are unassigned or private."""
    yield from (code for code in (*range(0x01, 0x32000), *range(0xE0000, 0xE1000)) if not 0xD800 <= code < 0xE000)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
