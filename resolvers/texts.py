"""Texts that people and programs give: as they are kept, and what speaks against them. For the API and for imports alike.

What is given is checked, what is stored is not: a value that would be refused today never stops another change.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import email_validator

from persistence.phones_1 import is_written_as_number

LONG_TEXTS = frozenset({"comment", "reason", "address"})
"""Texts that may have several lines and tabs."""

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
CONTROLS_BUT_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
"""Reserved domains such as example.org, test and local are fine: a company may have them inside, and nothing is sent."""


class Problem(NamedTuple):
    """What speaks against a text, in both languages."""

    english: str
    french: str


def control_characters(text: str, *, several_lines: bool = False) -> Problem | None:
    """Nobody can see or type them, and many programs choke on them."""
    found = (CONTROLS_BUT_LINES if several_lines else CONTROLS).search(text)
    if found is None:
        return None
    sign = f"U+{ord(found[0]):04X}"
    if found[0] in "\t\n\r":
        return Problem(
            f"This text is one line, and it has a line break or tab ({sign}). Put a blank there.",
            f"Ce texte tient sur une ligne, et il contient un saut de ligne ou une tabulation ({sign}). Mettez-y un espace.",
        )
    return Problem(
        f"There is a control character ({sign}) that cannot be shown. Delete it.",
        f"Il y a un caractère de commande ({sign}) qui ne s’affiche pas. Supprimez-le.",
    )


@lru_cache(4_096)
def wrong_email(text: str) -> Problem | None:
    """Whether this cannot be one e-mail address. The network is not asked; letters of every script are fine."""
    try:
        email_validator.validate_email(
            text, check_deliverability=False, globally_deliverable=False, allow_smtputf8=True, allow_quoted_local=True,
            allow_domain_literal=True,
        )
    except email_validator.EmailNotValidError:
        return Problem(
            "This is no e-mail address. It looks like name@example.com.",
            "Ce n’est pas une adresse de courriel. Elle a la forme nom@example.com.",
        )
    return None


def wrong_phone_no(text: str) -> Problem | None:
    """Whether this cannot be one telephone number: digits, signs and blanks, perhaps an extension behind them."""
    if is_written_as_number(text):
        return None
    return Problem(
        "This is no telephone number. Give digits, blanks and signs, and at most an extension behind them, such as ext. 12.",
        "Ce n’est pas un numéro de téléphone. Donnez des chiffres, des espaces et des signes, suivis au plus d’un poste, "
        "comme poste 12.",
    )


WRONG: dict[str, Callable[[str], Problem | None]] = {
    "email": wrong_email, "phone_no": wrong_phone_no, "mobile_phone_no": wrong_phone_no,
}
"""What is checked beside length and characters, by field."""


def wrong(field: str, text: str) -> Problem | None:
    """What speaks against the text of this field, its length aside."""
    found = control_characters(text, several_lines=field in LONG_TEXTS)
    return found or (WRONG[field](text) if field in WRONG else None)



