"""Validation of texts, e-mail addresses and telephone numbers, for the API and for imports.

Only new values are checked: a stored value that would be refused today does not prevent other changes of the record.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import email_validator

from persistence.texts.phones_v1 import is_written_as_number

LONG_TEXTS = frozenset({"comment", "reason", "address", "notes"})
"""Fields whose texts may have several lines and tabs."""

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
CONTROLS_BUT_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
"""Line breaks are also NEL (U+0085), the line separator and the paragraph separator of Unicode. Surrogates are halves
of a character. Characters that set the direction of writing are kept: names in Arabic and Hebrew need them.
"""

LINE_BREAKS = frozenset("\t\n\r\x85\u2028\u2029")

MAX_ORDINARY = 200
"""Longer addresses are always checked by the library."""

ORDINARY_EMAIL = re.compile(
    r"(?=[^@]{1,64}@)(?!.*[^.@]{64})[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+",
    re.IGNORECASE | re.ASCII,
)
"""Matches only valid addresses, and nearly all of them. The library takes fifty times as long to check one."""

email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
"""Reserved domains such as example.org, test and local are accepted: they may be in internal use, and Carnet sends no
e-mail.
"""


class Problem(NamedTuple):
    """Why a text is refused, in both languages."""

    english: str
    french: str


def control_characters(text: str, *, several_lines: bool = False) -> Problem | None:
    """The problem if a text has control characters. With `several_lines`, tabs and line breaks are allowed."""
    found = (CONTROLS_BUT_LINES if several_lines else CONTROLS).search(text)
    if found is None:
        return None
    sign = f"U+{ord(found[0]):04X}"
    if found[0] in LINE_BREAKS:
        return Problem(
            f"This text must be one line, but it has a line break or tab ({sign}). Replace it with a space.",
            f"Ce texte doit tenir sur une ligne, mais il contient un saut de ligne ou une tabulation ({sign}). "
            "Mettez plutôt une espace.",
        )
    return Problem(
        f"This text has a control character ({sign}). Delete it.",
        f"Ce texte contient un caractère de commande ({sign}). Supprimez-le.",
    )


@lru_cache(4_096)
def wrong_email(text: str) -> Problem | None:
    """The problem if a text is not one e-mail address. Checks only the syntax; letters of every script are allowed."""
    if len(text) < MAX_ORDINARY and ORDINARY_EMAIL.fullmatch(text):
        return None
    try:
        email_validator.validate_email(
            text,
            check_deliverability=False,
            globally_deliverable=False,
            allow_smtputf8=True,
            allow_quoted_local=True,
            allow_domain_literal=True,
        )
    except email_validator.EmailNotValidError:
        return Problem(
            "This is not an e-mail address. Write it like name@example.com.",
            "Ce n’est pas une adresse courriel. Écrivez-la comme nom@example.com.",
        )
    return None


def wrong_phone_no(text: str) -> Problem | None:
    """The problem if a text is not one telephone number: digits, punctuation, spaces and optionally an extension."""
    if is_written_as_number(text):
        return None
    return Problem(
        "This is not a telephone number. Use digits, spaces and punctuation, optionally with an extension such as "
        "ext. 12.",
        "Ce n’est pas un numéro de téléphone. Utilisez des chiffres, des espaces et de la ponctuation; un poste, comme "
        "poste 12, peut suivre.",
    )


WRONG: dict[str, Callable[[str], Problem | None]] = {
    "email": wrong_email,
    "phone_no": wrong_phone_no,
    "mobile_phone_no": wrong_phone_no,
}
"""The format checks of fields. Length and control characters are checked for all fields."""


def wrong(field: str, text: str) -> Problem | None:
    """The problem with a text of this field, if there is one. The length is checked elsewhere."""
    found = control_characters(text, several_lines=field in LONG_TEXTS)
    return found or (WRONG[field](text) if field in WRONG else None)
