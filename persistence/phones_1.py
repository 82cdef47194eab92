"""Telephone numbers as they are compared, version 1.

This module is never changed once it has landed: migration 0008 brings stored numbers into its form. Who changes when numbers
are equal writes version 2 and a migration.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, ValidationResult

from persistence.texts_1 import fold

WIDTH = 80
"""Characters of a column of `written`."""

KNOWN, UNKNOWN = "＋", "？"
"""Begin the digits of a number whose country is known, and of one whose country is not. No folded text has these signs."""

SHORTEST = 7
"""So many last digits must agree where the country of one of two numbers is not known."""

EXTENSION = re.compile(
    r"(?:[,;(\[-]\s*|\b|(?<=\d)|\s)(?:ext=|ext(?:ension|n)?(?![a-z])|poste(?![a-z])|p(?![a-z])|доб(?![а-я])|x|#)[.:\s]*\d{1,7}[)\]\s]*$"
)
SIGNS = re.compile(r"[-+()\[\].,/;*#~·•_|\s\d]*")
REGIONS = {"UK": "GB", "EL": "GR"}
ABROAD = ("011", "0011", "810")
"""What is dialled before a country code, beside 00."""

MEXICO = 52
"""Until 2019 a mobile number there had a 1 before it when it was called from abroad."""


@dataclass(frozen=True)
class Number:
    """A telephone number without its extension, in digits. Where its country is known, `national` has the trunk prefix too."""

    digits: str
    country_code: str = ""
    national: str = ""

    @property
    def international(self) -> str:
        """Country code and number; nothing where the country is not known."""
        return self.country_code + self.digits if self.country_code else ""


def plain(text: str) -> str:
    """The text with one way to write digits, signs and blanks, without `tel:` and without its extension."""
    return EXTENSION.sub("", re.sub(r";(?!ext=)[a-z-]+=[^;]*", "", fold(text).strip().removeprefix("tel:"))).strip()


def is_written_as_number(text: str) -> bool:
    """Whether there is a digit, and nothing beside but signs, blanks and an extension."""
    bare = plain(text)
    return SIGNS.fullmatch(bare) is not None and any(map(str.isdigit, bare))


@lru_cache(4_096)
def number(text: str, country_code: str | None = None) -> Number | None:
    """The number that a text says; nothing where it has letters or no digits.

    Its country is that of its own prefix, + or 00, else of `country_code` where the number is as long as numbers there are.
    """
    if not is_written_as_number(text):
        return None
    bare = re.sub(r"^(\+\s*\d[\d\s.-]*)\(0\)", r"\1", plain(text))
    digits = re.sub(r"\D", "", bare)
    region = REGIONS.get(country_code or "", country_code or "")
    region = region if region in phonenumbers.SUPPORTED_REGIONS else ""
    if bare.lstrip("([ ").startswith("+"):
        return _parsed(f"+{digits}", fits=_any_length) or Number(digits)
    found = None
    if digits.startswith("00"):
        found = _parsed(f"+{digits.lstrip('0')}")
    elif region:
        found = _parsed(digits, region)
    for prefix in ABROAD:
        if found is None and digits.startswith(prefix):
            found = _parsed(f"+{digits[len(prefix):]}", fits=phonenumbers.is_valid_number)
    return found or Number(digits)


def written(text: str | None, country_code: str | None) -> str | None:
    """A stored number as it is compared: the ways to write it in digits, each between blanks. Nothing for no number.

    `+44 20 7946 0123` is ` ＋442079460123 02079460123 2079460123 `; without country `020 7946 0123` is
    ` 02079460123 ？2079460123 `.
    """
    found = number(text, country_code) if text else None
    return None if found is None else ways(found)


def ways(found: Number) -> str:
    """The ways to write a number, see `written`."""
    if found.country_code:
        all_ways: tuple[str, ...] = (KNOWN + found.international, found.national, found.digits)
    else:
        bare = found.digits.lstrip("0")
        all_ways = (UNKNOWN + found.digits,) if bare in ("", found.digits) else (found.digits, UNKNOWN + bare)
    return f" {' '.join(dict.fromkeys(all_ways))} "[:WIDTH]


def _is_whole(found: PhoneNumber) -> bool:
    """As long as the numbers of its country with their area code."""
    return phonenumbers.is_possible_number_with_reason(found) == ValidationResult.IS_POSSIBLE


def _any_length(found: PhoneNumber) -> bool:
    return True


def _parsed(text: str, region: str | None = None, *, fits: Callable[[PhoneNumber], bool] = _is_whole) -> Number | None:
    """A number of a known country that fits; else nothing."""
    try:
        found = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if not fits(found):
        return None
    zeros = (found.number_of_leading_zeros or 1) if found.italian_leading_zero else 0
    digits = "0" * zeros + str(found.national_number)
    country_code = found.country_code or 0
    if country_code == MEXICO and len(digits) == 11:
        digits = digits.removeprefix("1")
    metadata = PhoneMetadata.metadata_for_region(phonenumbers.region_code_for_country_code(country_code), None)
    trunk = (metadata.national_prefix if metadata else None) or ""
    return Number(digits, str(country_code), trunk + digits)
