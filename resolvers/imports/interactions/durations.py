"""Durations as other programs write them: in minutes, as 0:30:00, or with units such as `1 hour 30 minutes`."""

import re
from collections.abc import Callable
from decimal import Decimal

from resolvers.imports.values.cells import InvalidCell, minutes

Amount = Callable[[str], Decimal]

CLOCK = re.compile(r"(\d{1,3}):(\d{2}):(\d{2})", re.ASCII)
PART = r"(\d+(?:[.,]\d+)?)\s*(d|days?|j|jours?|h|hrs?|hours?|heures?|m|mins?|minutes?|s|secs?|seconds?|secondes?)\.?"
WITH_UNITS = re.compile(rf"{PART}(?:(?:,|\s+and|\s+et)?\s*{PART})*(?:\s*(\d{{1,2}}))?", re.ASCII | re.IGNORECASE)
EACH_PART = re.compile(PART, re.ASCII | re.IGNORECASE)
SECONDS_OF = {"d": 86_400, "j": 86_400, "h": 3_600, "m": 60, "s": 1}


def duration(amount: Amount, cell: str) -> int:
    """A duration in minutes, or with units. Raises `InvalidCell`."""
    return minutes(lambda text: _minutes(amount, text), cell)


def seconds(amount: Amount, cell: str) -> int:
    """A duration in seconds, or with units; at most a year. Raises `InvalidCell`."""
    with_units = _seconds_with_units(cell)
    found = int(_amount(amount, cell) if with_units is None else with_units)
    minutes(lambda _: Decimal(found // 60), cell)
    return found


def _minutes(amount: Amount, cell: str) -> Decimal:
    found = _seconds_with_units(cell)
    return _amount(amount, cell) if found is None else found / 60


def _seconds_with_units(cell: str) -> Decimal | None:
    """The seconds; null for a text without units. A number behind hours is minutes, as in `1 h 30`."""
    text = " ".join(cell.split())
    if clock := CLOCK.fullmatch(text):
        hours, rest, behind = map(int, clock.groups())
        return Decimal(hours * 3_600 + rest * 60 + behind)
    whole = WITH_UNITS.fullmatch(text)
    if whole is None:
        return None
    parts = [(count, unit[0].lower()) for count, unit in EACH_PART.findall(text)]
    if without_unit := whole.groups()[-1]:
        if parts[-1][1] != "h":
            return None
        parts.append((without_unit, "m"))
    return sum((Decimal(count.replace(",", ".")) * SECONDS_OF[unit] for count, unit in parts), Decimal())


def _amount(amount: Amount, cell: str) -> Decimal:
    try:
        return amount(cell)
    except InvalidCell:
        text = cell.strip()
        raise InvalidCell(
            f"{text} is not a duration. Write it in minutes, or like 1:30:00 or 1 hour 30 minutes.",
            f"{text} n’est pas une durée. Écrivez-la en minutes, ou comme 1:30:00 ou 1 heure 30 minutes.",
        ) from None
