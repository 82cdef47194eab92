"""Telephone numbers as they are compared, version 1.

Do not edit this module: migration 0008 stores numbers in this form. To change when numbers are equal, write version 2
and a migration.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, ValidationResult

from persistence.texts.texts_v1 import fold

WIDTH = 80
"""Maximum length of a `search_form`."""

COUNTRY_KNOWN, COUNTRY_UNKNOWN = "＋", "？"
"""Prefixes of the digits of a number with and without a known country. No folded text contains these characters."""

LEAST_DIGITS = 7
"""How many last digits must agree when one of two numbers has no known country."""

EXTENSION = re.compile(
    r"(?:[,;(\[-]\s*|\b|(?<=\d)|\s)(?:ext=|ext(?:ension|n)?(?![a-z])|poste(?![a-z])|p(?![a-z])|доб(?![а-я])|x|#)[.:\s]*\d{1,7}[)\]\s]*$"
)
SIGNS = re.compile(r"[-+()\[\].,/;*#~·•_|\s\d]*")
REGIONS = {"UK": "GB", "EL": "GR"}
ABROAD = ("011", "0011", "810")
"""International dialing prefixes beside 00."""

MEXICO = 52
"""Until 2019 a mobile number there had a 1 before it when it was called from abroad."""


@dataclass(frozen=True)
class Number:
    """A telephone number without its extension, in digits. If its country is known, `national` includes the trunk
    prefix.
    """

    digits: str
    country_code: str = ""
    national: str = ""

    @property
    def international(self) -> str:
        """Country code and number; empty if the country is not known."""
        return self.country_code + self.digits if self.country_code else ""


def plain(text: str) -> str:
    """The text with digits, punctuation and spaces normalized, without `tel:` and without its extension."""
    return EXTENSION.sub("", re.sub(r";(?!ext=)[a-z-]+=[^;]*", "", fold(text).strip().removeprefix("tel:"))).strip()


def is_written_as_number(text: str) -> bool:
    """Whether the text has a digit, and otherwise only punctuation, spaces and an extension."""
    bare = plain(text)
    return SIGNS.fullmatch(bare) is not None and any(map(str.isdigit, bare))


@lru_cache(4_096)
def number(text: str, country_code: str | None = None) -> Number | None:
    """The number in a text; None if the text has letters or no digits.

    Its country comes from its own prefix (+ or 00), else from `country_code` if the length is valid in that country.
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
            found = _parsed(f"+{digits[len(prefix) :]}", fits=phonenumbers.is_valid_number)
    return found or Number(digits)


def search_form(text: str | None, country_code: str | None) -> str | None:
    """The search column of a stored number: all its forms in digits, separated by spaces. None if the text is not a
    number.

    `+44 20 7946 0123` is ` ＋442079460123 02079460123 2079460123 `; without country `020 7946 0123` is
    ` 02079460123 ？2079460123 `.
    """
    found = number(text, country_code) if text else None
    return None if found is None else all_forms(found)


def all_forms(found: Number) -> str:
    """All forms of a number, see `search_form`."""
    if found.country_code:
        all_ways: tuple[str, ...] = (COUNTRY_KNOWN + found.international, found.national, found.digits)
    else:
        bare = found.digits.lstrip("0")
        all_ways = (
            (COUNTRY_UNKNOWN + found.digits,) if bare in ("", found.digits) else (found.digits, COUNTRY_UNKNOWN + bare)
        )
    return f" {' '.join(dict.fromkeys(all_ways))} "[:WIDTH]


def _is_whole(found: PhoneNumber) -> bool:
    """Whether it has the length of a full number of its country, with area code."""
    return phonenumbers.is_possible_number_with_reason(found) == ValidationResult.IS_POSSIBLE


def _any_length(found: PhoneNumber) -> bool:
    return True


def _parsed(text: str, region: str | None = None, *, fits: Callable[[PhoneNumber], bool] = _is_whole) -> Number | None:
    """The number, if its country is known and `fits` accepts it."""
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
