"""Cells with several telephone numbers or e-mail addresses, and what programs write around them."""

import re

from persistence.contacts import Contact
from persistence.texts.phones_v1 import LEAST_DIGITS, is_written_as_number
from resolvers.imports.values.cells import max_lengths
from resolvers.texts import wrong_email

SEVERAL = ":::"
"""Stands between several values of one cell, as Google writes them."""

PHONE_SEPARATORS = re.compile(r":::|[;,/|&\n\r]|\s(?:or|and|ou|et)\s", re.IGNORECASE)
EXTENSION_SIGN = re.compile(r"\b(ext|extension|poste)[.:\s]*#\s*(?=\d+$)", re.IGNORECASE)
EXTENSION_WORD = re.compile(r"(\s)(?:extension|poste|ext)\b\.?", re.IGNORECASE)
MAX_PHONE_NO = max_lengths(Contact)["phone_no"]
WHOLE_NUMBER = re.compile(r"(\+?\d{7,})\.0+")
EMAIL_SEPARATORS = re.compile(r":::|[;,|\s]+")
WITH_NAME = re.compile(r"[^<>@]*<\s*(?:mailto:)?([^<>\s]+@[^<>\s]+?)\s*>", re.IGNORECASE)
EXCHANGE = re.compile(r"\s*(?:ex:|imceaex-)?[/_]o=", re.IGNORECASE)


def phone_nos(cell: str) -> list[str]:
    """The telephone numbers of a cell: several only if each is long enough to be one, so that an extension behind a
    comma stays with its number.
    """
    parts = [part.strip() for part in PHONE_SEPARATORS.split(cell)]
    parts = [part for part in parts if part]
    if len(parts) < 2 or any(sum(map(str.isdigit, part)) < LEAST_DIGITS for part in parts):
        parts = [cell]
    return [_phone_no(part) for part in parts]


def _phone_no(text: str) -> str:
    """A number without the apostrophe of spreadsheets, `tel:`, and the decimals of a number that was a figure; without
    spaces if it is too long.
    """
    text = " ".join(text.split()).lstrip("'’").removeprefix("tel:").strip()
    figure = WHOLE_NUMBER.fullmatch(text)
    if figure is not None:
        return figure[1]
    if len(text) > MAX_PHONE_NO:
        number, sign, extension = EXTENSION_WORD.sub(r"\1ext.", text).partition(" ext.")
        return number.replace(" ", "") + sign + extension
    return text if is_written_as_number(text) else EXTENSION_SIGN.sub(r"\1. ", text)


def emails(cell: str) -> list[str]:
    """The e-mail addresses of a cell; the cell itself if it does not look like several."""
    text = " ".join(cell.split()) if "\n" not in cell else cell.strip()
    if text.count("@") < 2:
        return [_email(text)]
    if wrong_email(text) is None:
        return [text]
    named = [each.strip() for each in re.split(r":::|[;,\n]", text)]
    parts = [_email(each) for each in named if each]
    if all(wrong_email(part) is None for part in parts):
        return parts
    return [_email(part) for part in EMAIL_SEPARATORS.split(text) if part]


def _email(text: str) -> str:
    """An address without the name before it, `Ann <ann@example.org>`, and without apostrophes around it."""
    found = WITH_NAME.fullmatch(text)
    if found is not None:
        return found[1]
    if text[:1] == text[-1:] == "'":  # as Outlook writes an address that it knows from a message
        text = text[1:-1].strip()
    return text[7:] if text[:7].lower() == "mailto:" else text


def is_exchange_address(text: str) -> bool:
    """Whether it is an address inside an Exchange system, such as `/o=ExchangeLabs/ou=…/cn=Recipients/cn=…`."""
    return EXCHANGE.match(text) is not None


def home_pages(cell: str) -> list[str]:
    """The addresses of home pages in a cell. Google writes `http\\://`."""
    return [page.strip().replace("\\:", ":") for page in cell.split(SEVERAL) if page.strip()]


def company_names(cell: str) -> list[str]:
    """The companies that HubSpot associates, of which the first is the primary one."""
    return [name.strip() for name in re.split(":::|;", cell) if name.strip()]
