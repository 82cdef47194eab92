"""Formats of dates, times and amounts.

One cell may be ambiguous: 03/04 is in March or in April, 1,234 is more than a thousand or less than two. The other
cells of the file decide, else the user does with an option. Nothing is guessed.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Generic, TypeVar

from resolvers.errors import Refusal, Refused, UserErrorCode
from resolvers.imports.reading import ImportFile
from resolvers.imports.rejects import formats_of
from resolvers.imports.values import dates_and_times
from resolvers.imports.values.cells import InvalidCell
from resolvers.imports.values.dates_and_times import NUMERIC, Moment, moment

Form = TypeVar("Form", bound=StrEnum)

IGNORED_SIGNS = str.maketrans("", "", " \t\u00a0\u202f\u2009'’$€£¥")
CURRENCY = re.compile(r"(?:[A-Z]{3}|CA|US|C)(?=[-+(\d.,])|(?<=[-)\d.,])(?:[A-Z]{3}|CA|US|C)$")


class DayOrder(StrEnum):
    """Whether the day or the month comes first in 03/04/2026."""

    DMY = "dmy"
    MDY = "mdy"


class DecimalSign(StrEnum):
    """The decimal sign of amounts."""

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
        "{file} has dates such as {example}. Does the day or the month come first? Run the command again with --dates "
        "dmy "
        "or --dates mdy."
    )
    french = (
        "{file} contient des dates comme {example}. Est-ce le jour ou le mois qui vient d’abord? Relancez la commande "
        "avec "
        "--dates dmy ou --dates mdy."
    )


class MixedDates(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} has dates with the day first, such as {dmy}, and with the month first, such as {mdy}. Write all of "
        "them "
        "in one way."
    )
    french = (
        "{file} contient des dates où le jour vient d’abord, comme {dmy}, et d’autres où c’est le mois, comme {mdy}. "
        "Uniformisez-les."
    )


class AmbiguousAmounts(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} has amounts such as {example}. Does the sign separate thousands or decimals? "
        "Run the command again with --decimal comma or --decimal point."
    )
    french = (
        "{file} contient des montants comme {example}. Le signe sépare-t-il les milliers ou les décimales? "
        "Relancez la commande avec --decimal comma ou --decimal point."
    )


@dataclass(frozen=True)
class Formats:
    """The formats of the dates and amounts of a file; None if no cell is ambiguous."""

    days: DayOrder | None = None
    decimal: DecimalSign | None = None
    time_zone: str = "UTC"
    """The time zone of the company, for moments that have a time zone of their own."""

    def detect(self, file: ImportFile, *, days: Iterable[str], amounts: Iterable[str]) -> "Formats":
        """The formats of these fields in the whole file. Raises `Refused` if they remain ambiguous. A file of rejected
        rows names those of the file that the rows come from (R-IMP-13).
        """
        named = formats_of(file.captions)
        stated = Formats(
            self.days or next((each for each in DayOrder if each in named), None),
            self.decimal or next((each for each in DecimalSign if each in named), None),
        )
        day_orders, decimal_signs = FormatEvidence[DayOrder](), FormatEvidence[DecimalSign]()
        fields = {column.index: column.field for column in file.recognized}
        of_days = [index for index, name in fields.items() if name in days]
        of_amounts = [index for index, name in fields.items() if name in amounts]
        for _, cells in file.rows():
            for index in of_days:
                if index < len(cells):
                    day_orders.record(cells[index], *_day_order(cells[index]))
            for index in of_amounts:
                if index < len(cells):
                    decimal_signs.record(cells[index], *_decimal_sign(cells[index]))
        return Formats(
            stated.days or _detected_day_order(file, day_orders),
            stated.decimal or _detected_decimal_sign(file, decimal_signs),
            self.time_zone,
        )

    def names(self) -> list[str]:
        """The names of the formats that are known, such as `dmy` and `comma`."""
        return [each.value for each in (self.days, self.decimal) if each is not None]

    def in_time_zone(self, time_zone: str) -> "Formats":
        """The same formats for a company in this time zone."""
        return replace(self, time_zone=time_zone)

    def moment(self, cell: str) -> Moment:
        """A day with or without a time; its `day` is null for a blank day such as 0001-01-01. Raises `InvalidCell`."""
        found = moment(cell, month_first=self.days is DayOrder.MDY, time_zone=self.time_zone)
        if found is None:
            raise InvalidCell(
                f"{cell.strip()} is not a date. Write it like 2026-03-18 or 18/03/2026.",
                f"{cell.strip()} n’est pas une date. Écrivez-la comme 2026-03-18 ou 18/03/2026.",
            )
        return found

    def day(self, cell: str) -> dt.date | None:
        """A date; null for a blank day. Raises `InvalidCell`."""
        return self.moment(cell).day

    def amount(self, cell: str) -> Decimal:
        """An amount of money or of minutes; negative with a minus or in parentheses. Raises `InvalidCell`."""
        is_negative, text = _bare(cell)
        sign, _ = _decimal_sign(cell)
        decimal = self.decimal or sign or DecimalSign.POINT
        group, point = re.escape(decimal.grouping), re.escape(decimal.sign)
        if not re.fullmatch(rf"(\d+|\d{{1,3}}({group}\d{{3}})+)({point}\d+)?|{point}\d+", text, re.ASCII):
            raise InvalidCell(
                f"{cell.strip()} is not an amount. Write it like 1234.50.",
                f"{cell.strip()} n’est pas un montant. Écrivez-le comme 1234,50.",
            )
        found = Decimal(text.replace(decimal.grouping, "").replace(decimal.sign, "."))
        return -found if is_negative else found


@lru_cache(4_096)
def time_of_day(cell: str) -> dt.time:
    """A time of day: 14:30, 14h30, 2:30:00 PM, also behind a day. Raises `InvalidCell`."""
    plain = " ".join(cell.split())
    found = dates_and_times.time_of_day(plain)
    if found is None:
        behind = moment(plain, month_first=False, time_zone="UTC") or moment(plain, month_first=True, time_zone="UTC")
        found = behind.time if behind is not None else None
    if found is None:
        raise InvalidCell(
            f"{cell.strip()} is not a time of day. Write it like 14:30 or 2:30 PM.",
            f"{cell.strip()} n’est pas une heure. Écrivez-la comme 14:30 ou 2:30 PM.",
        )
    return found


@dataclass
class FormatEvidence(Generic[Form]):
    """The first cell that shows each format, and the first ambiguous one."""

    shown: dict[Form, str] = field(default_factory=dict)
    ambiguous: str | None = None

    def record(self, cell: str, form: Form | None, is_ambiguous: bool) -> None:
        """Record what a cell shows."""
        if form is not None:
            self.shown.setdefault(form, cell.strip())
        elif is_ambiguous and self.ambiguous is None:
            self.ambiguous = cell.strip()


def _day_order(cell: str) -> tuple[DayOrder | None, bool]:
    """The order of day and month that a cell shows, and whether the cell is ambiguous."""
    found = NUMERIC.match(cell.strip())
    if found is None or len(found[1]) == 4 or found[2] == ".":
        return None, False
    first, second = int(found[1]), int(found[3])
    if first > 12 or second > 12:
        return (DayOrder.DMY if first > 12 else DayOrder.MDY) if min(first, second) <= 12 else None, False
    return None, first != second


def _decimal_sign(cell: str) -> tuple[DecimalSign | None, bool]:
    """The decimal sign that a cell shows, and whether the cell is ambiguous."""
    _, text = _bare(cell)
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


def _detected_day_order(file: ImportFile, seen: FormatEvidence[DayOrder]) -> DayOrder | None:
    if len(seen.shown) > 1:
        raise Refused(MixedDates(file=file.path.name, dmy=seen.shown[DayOrder.DMY], mdy=seen.shown[DayOrder.MDY]))
    if not seen.shown and seen.ambiguous is not None:
        raise Refused(AmbiguousDates(file=file.path.name, example=seen.ambiguous))
    return next(iter(seen.shown), None)


def _detected_decimal_sign(file: ImportFile, seen: FormatEvidence[DecimalSign]) -> DecimalSign | None:
    """None if the file uses both signs; then no cell may be ambiguous."""
    if len(seen.shown) != 1 and seen.ambiguous is not None:
        raise Refused(AmbiguousAmounts(file=file.path.name, example=seen.ambiguous))
    return next(iter(seen.shown)) if len(seen.shown) == 1 else None


def _bare(cell: str) -> tuple[bool, str]:
    """Whether an amount is negative, and its digits and signs without currency."""
    text = cell.translate(IGNORED_SIGNS).replace("−", "-")
    if any(map(str.isalpha, text)):
        text = CURRENCY.sub("", text)
    if text.startswith("(") and text.endswith(")"):
        return True, text[1:-1]
    is_negative = text.startswith("-") or text.endswith("-")
    return is_negative, text.removeprefix("-").removesuffix("-") if is_negative else text.removeprefix("+")
