"""Days, times and amounts as people's programs write them.

What one cell leaves open – is 03/04 in March or in April, is 1,234 more than a thousand – the other cells of the file
decide, or the one who imports. Nothing is guessed.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from resolvers.errors import Refusal, Refused, UserErrorCode
from resolvers.imports.cells import Unfit
from resolvers.imports.reading import CsvFile

Form = TypeVar("Form", bound=StrEnum)

DATE = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?", re.ASCII)
TIME = re.compile(
    r"(\d{1,2})(?:\s?[:h.]\s?(\d{2}))?(?:\s?[:m.]\s?(\d{2})(?:[.,]\d+)?)?\s?(?:h|s|min)?\s?([ap])?\.?\s?(?:m\.?)?",
    re.IGNORECASE | re.ASCII,
)
BLANKS = str.maketrans("", "", " \t\u00a0\u202f\u2009'’$€£")
CENTURY_TURNS = 70
"""Two digits from here on are years of the twentieth century."""


class DayOrder(StrEnum):
    """Which comes first in 03/04/2026."""

    DMY = "dmy"
    MDY = "mdy"


class DecimalSign(StrEnum):
    """What stands before the cents."""

    COMMA = "comma"
    POINT = "point"

    @property
    def sign(self) -> str:
        return "," if self is DecimalSign.COMMA else "."

    @property
    def grouping(self) -> str:
        return "." if self is DecimalSign.COMMA else ","


class AmbiguousDates(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} has days such as {example}: is the day first, or the month? Repeat with --dates dmy or --dates mdy."
    )
    french = (
        "{file} contient des dates comme {example}\u00a0: est-ce le jour ou le mois qui vient d’abord? "
        "Recommencez avec --dates dmy ou --dates mdy."
    )


class MixedDates(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} has days with the day first, such as {dmy}, and with the month first, such as {mdy}. Make them alike."
    )
    french = (
        "{file} contient des dates où le jour vient d’abord, comme {dmy}, et d’autres où c’est le mois, comme {mdy}. "
        "Uniformisez-les."
    )


class AmbiguousAmounts(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} has amounts such as {example}: is that more than a thousand, or are these decimals? "
        "Repeat with --decimal comma or --decimal point."
    )
    french = (
        "{file} contient des montants comme {example}\u00a0: le signe sépare-t-il les milliers ou les décimales? "
        "Recommencez avec --decimal comma ou --decimal point."
    )


@dataclass(frozen=True)
class Formats:
    """How a file writes its days and amounts; nothing where each cell says it by itself."""

    days: DayOrder | None = None
    decimal: DecimalSign | None = None

    def within(self, file: CsvFile, *, days: Iterable[str], amounts: Iterable[str]) -> "Formats":
        """What is still open after looking at these fields of the whole file. Raises `Refused` where it stays open."""
        seen_days, seen_amounts = TableRow[DayOrder](), TableRow[DecimalSign]()
        places = {column.place: column.field for column in file.recognized}
        of_days = [place for place, name in places.items() if name in days]
        of_amounts = [place for place, name in places.items() if name in amounts]
        for _, cells in file.rows():
            for place in of_days:
                if place < len(cells):
                    seen_days.note(cells[place], *_day_order(cells[place]))
            for place in of_amounts:
                if place < len(cells):
                    seen_amounts.note(cells[place], *_decimal_sign(cells[place]))
        return Formats(
            self.days or _decided_days(file, seen_days), self.decimal or _decided_amounts(file, seen_amounts)
        )

    def day(self, cell: str) -> dt.date:
        """A day. Raises `Unfit`."""
        found = DATE.fullmatch(_plain(cell))
        if found is None:
            raise _no_day(cell)
        first, sign, middle, last = found.groups()
        if len(first) == 4:
            year, month, day = first, middle, last
        elif sign == "." or self.days is not DayOrder.MDY:
            day, month, year = first, middle, last
        else:
            month, day, year = first, middle, last
        try:
            return dt.date(_year(year), int(month), int(day))
        except ValueError:
            raise _no_day(cell) from None

    def amount(self, cell: str) -> Decimal:
        """An amount, of money or of minutes. Raises `Unfit`."""
        text = cell.translate(BLANKS)
        sign, _ = _decimal_sign(cell)
        decimal = self.decimal or sign or DecimalSign.POINT
        group, point = re.escape(decimal.grouping), re.escape(decimal.sign)
        if not re.fullmatch(rf"-?((\d+|\d{{1,3}}({group}\d{{3}})+)({point}\d+)?|{point}\d+)", text, re.ASCII):
            raise Unfit(f"{cell.strip()} is no amount.", f"{cell.strip()} n’est pas un montant.")
        return Decimal(text.replace(decimal.grouping, "").replace(decimal.sign, "."))


def time_of_day(cell: str) -> dt.time:
    """A time of day: 14:30, 14h30, 2:30:00 PM. Raises `Unfit`."""
    found = TIME.fullmatch(_plain(cell))
    if found is not None and (found[2] or found[4] or "h" in cell.lower()):
        hour, minute, second = (int(part or 0) for part in found.groups()[:3])
        if found[4] and 1 <= hour <= 12:
            hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
        elif found[4]:
            hour = 24
        if hour < 24 and minute < 60 and second < 60:
            return dt.time(hour, minute, second)
    raise Unfit(
        f"{cell.strip()} is no time of day. Write it like 14:30 or 2:30 PM.",
        f"{cell.strip()} n’est pas une heure. Écrivez-la comme 14:30 ou 2:30 PM.",
    )


@dataclass
class TableRow(Generic[Form]):
    """The first cell that shows each form, and the first that leaves it open."""

    shown: dict[Form, str] = field(default_factory=dict)
    open: str | None = None

    def note(self, cell: str, form: Form | None, is_open: bool) -> None:
        if form is not None:
            self.shown.setdefault(form, cell.strip())
        elif is_open and self.open is None:
            self.open = cell.strip()


def _day_order(cell: str) -> tuple[DayOrder | None, bool]:
    """What a cell shows of the order of day and month, and whether it would have to."""
    found = DATE.fullmatch(_plain(cell))
    if found is None or len(found[1]) == 4 or found[2] == ".":
        return None, False
    first, second = int(found[1]), int(found[3])
    if first > 12 or second > 12:
        return (DayOrder.DMY if first > 12 else DayOrder.MDY) if min(first, second) <= 12 else None, False
    return None, first != second


def _decimal_sign(cell: str) -> tuple[DecimalSign | None, bool]:
    """What a cell shows of its decimal sign, and whether it would have to."""
    text = cell.translate(BLANKS).lstrip("-")
    signs = [char for char in text if char in ",."]
    if not signs:
        return None, False
    last = DecimalSign.COMMA if signs[-1] == "," else DecimalSign.POINT
    other = DecimalSign.POINT if last is DecimalSign.COMMA else DecimalSign.COMMA
    if len(signs) > 1:
        return (last if len(set(signs)) > 1 else other), False
    whole, _, rest = text.partition(signs[0])
    if len(rest) == 3 and 1 <= len(whole) <= 3 and whole.strip("0"):
        return None, True
    return last, False


def _decided_days(file: CsvFile, seen: TableRow[DayOrder]) -> DayOrder | None:
    if len(seen.shown) > 1:
        raise Refused(MixedDates(file=file.path.name, dmy=seen.shown[DayOrder.DMY], mdy=seen.shown[DayOrder.MDY]))
    if not seen.shown and seen.open is not None:
        raise Refused(AmbiguousDates(file=file.path.name, example=seen.open))
    return next(iter(seen.shown), None)


def _decided_amounts(file: CsvFile, seen: TableRow[DecimalSign]) -> DecimalSign | None:
    """Where both signs are shown each cell speaks for itself, and none may be open."""
    if len(seen.shown) != 1 and seen.open is not None:
        raise Refused(AmbiguousAmounts(file=file.path.name, example=seen.open))
    return next(iter(seen.shown)) if len(seen.shown) == 1 else None


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:
        return year if len(text) == 4 else 0
    return year + (1900 if year >= CENTURY_TURNS else 2000)


def _plain(cell: str) -> str:
    return " ".join(cell.split())


def _no_day(cell: str) -> Unfit:
    return Unfit(
        f"{cell.strip()} is no day. Write it like 2026-03-18 or 18/03/2026.",
        f"{cell.strip()} n’est pas une date. Écrivez-la comme 2026-03-18 ou 18/03/2026.",
    )
