"""Parses days with or without a time: `2025-03-01 10:22`, `3/1/25 10:22 AM`, `1er mars 2025`, `2025-03-01T15:22Z`."""

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from persistence.sql.folding import fold

NUMERIC = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?=$|[Tt ,])", re.ASCII)
BASIC = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?=$|t)", re.ASCII)
DAY_FIRST = re.compile(
    r"(?:([a-z]+)[.,]* )?(\d{1,2})(?:er|st|nd|rd|th)?[ .-]+(?:of |de )?([a-z]+)\.?[ ,-]+(\d{4}|\d{2})(?=$|[ ,])",
    re.ASCII,
)
MONTH_FIRST = re.compile(
    r"(?:([a-z]+)[.,]* )?([a-z]+)\.?[ -]+(\d{1,2})(?:st|nd|rd|th)?(?:, ?| |-)(\d{4})(?=$|[ ,])", re.ASCII
)
YEAR_FIRST = re.compile(r"()(\d{4})[ -]([a-z]+)\.?[ -](\d{1,2})(?=$|[ t,])", re.ASCII)
TIME = re.compile(
    r"(\d{1,2})(?:\s?[:h.]\s?(\d{2}))?(?:\s?[:m.]\s?(\d{2})(?:[.,]\d+)?)?\s?(?:h|s|min)?\s?([ap])?\.?\s?(?:m\.?)?",
    re.IGNORECASE | re.ASCII,
)
BASIC_TIME = re.compile(r"^(\d{2})(\d{2})(\d{2})$", re.ASCII)
BETWEEN = re.compile(r"(?:t|,? ?(?:a|at|@)? ?)", re.ASCII)
ZONE = re.compile(r" ?(?:(z|utc|gmt)|(?:utc|gmt)? ?([+-])(\d{2}):?(\d{2}))$", re.ASCII)

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january janv janvier",
            "feb february fev fevr fevrier",
            "mar march mars",
            "apr april avr avril",
            "may mai",
            "jun june juin",
            "jul july juil juillet",
            "aug august aout",
            "sep sept september septembre",
            "oct october octobre",
            "nov november novembre",
            "dec december decembre",
        ),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun", "lun", "mar", "mer", "jeu", "ven", "sam", "dim"})
"""The first three letters of the names of days of the week."""

BLANK_DAYS = frozenset({(1, 1, 1), (1753, 1, 1), (1899, 12, 30)})
"""The days that stand for no day: of Business Central and .NET, of NAV on SQL Server, of Excel. So does 0/0/00."""

BLANK_WORDS = frozenset({"0d", "0dt"})
FIRST_YEAR_OF_1900S = 70
"""Years with two digits are 19xx from this one on, else 20xx."""


class Moment(NamedTuple):
    """A day, null if the cell stands for no day, and the time of day, null without one."""

    day: dt.date | None
    time: dt.time | None = None

    def __str__(self) -> str:
        return " ".join(str(part) for part in self if part is not None)


NO_DAY = Moment(None)


@lru_cache(16_384)
def moment(text: str, *, month_first: bool, time_zone: str) -> Moment | None:
    """The day and the time of a text; None if it is neither. A moment of another time zone is in `time_zone` after it.

    Midnight in UTC stands for the day alone: so programs write days without a time.
    """
    plain = " ".join(fold(text).split()).removeprefix("le ")
    if plain in BLANK_WORDS:
        return NO_DAY
    found = _day(plain, month_first=month_first)
    if found is None:
        return None
    (year, month, day), rest = found
    if month == day == 0 or (year, month, day) in BLANK_DAYS:
        return NO_DAY
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return None
    if not rest:
        return Moment(date)
    return _with_time(date, rest, time_zone)


def _with_time(date: dt.date, rest: str, time_zone: str) -> Moment | None:
    between = BETWEEN.match(rest)
    assert between is not None, "the pattern matches an empty text"
    rest = rest[between.end() :]
    zone = ZONE.search(rest)
    time = time_of_day(BASIC_TIME.sub(r"\1:\2:\3", rest[: zone.start()] if zone else rest))
    if time is None:
        return None
    if time == dt.time() and (zone is None or zone[1]):
        return Moment(date)
    if zone is None:
        return Moment(date, time)
    offset = dt.timedelta(hours=int(zone[3]), minutes=int(zone[4])) if zone[2] else dt.timedelta()
    try:
        utc = dt.datetime.combine(date, time, dt.UTC) - (offset if zone[2] != "-" else -offset)
        local = utc.astimezone(ZoneInfo(time_zone))
    except (OverflowError, ValueError):
        return None
    return Moment(local.date(), local.time().replace(microsecond=0))


def time_of_day(text: str) -> dt.time | None:
    """A time of day: 14:30, 14h30, 2:30:00 PM. None if the text is no time."""
    found = TIME.fullmatch(text)
    if found is None or not (found[2] or found[4] or "h" in text.lower()):
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    if found[4] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    elif found[4]:
        return None
    return dt.time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _day(plain: str, *, month_first: bool) -> tuple[tuple[int, int, int], str] | None:
    """The year, month and day at the beginning of a text, and the rest of the text."""
    numeric = NUMERIC.match(plain) or BASIC.match(plain)
    if numeric is not None:
        return _numeric_day(numeric, month_first=month_first), plain[numeric.end() :]
    for pattern, order in ((DAY_FIRST, (4, 3, 2)), (MONTH_FIRST, (4, 2, 3)), (YEAR_FIRST, (2, 3, 4))):
        named = pattern.match(plain)
        if named is not None and (not named[1] or named[1][:3] in WEEKDAYS):
            year, month, day = (named[group] for group in order)
            if month in MONTHS:
                return (full_year(year), MONTHS[month], int(day)), plain[named.end() :]
    return None


def _numeric_day(found: re.Match[str], *, month_first: bool) -> tuple[int, int, int]:
    if found.re is BASIC:
        return int(found[1]), int(found[2]), int(found[3])
    first, sign, middle, last = found.groups()
    if len(first) == 4:
        return full_year(first), int(middle), int(last)
    if sign == "." or not month_first:
        return full_year(last), int(middle), int(first)
    return full_year(last), int(first), int(middle)


def full_year(text: str) -> int:
    """The year of two or four digits; 0, which is no year, of three."""
    year = int(text)
    if len(text) > 2:
        return year if len(text) == 4 else 0
    return year + (1900 if year >= FIRST_YEAR_OF_1900S else 2000)
