"""Number series: the runs of numbers that contacts, segments and campaigns take theirs from (A.5, R-NUM)."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypedDict

from sqlalchemy import union_all
from sqlmodel import col, select

from persistence.campaigns import Campaign
from persistence.columns import Table
from persistence.contacts import Contact
from persistence.segments import RetiredSegment, Segment
from persistence.setup import NumberSeries, NumberSeriesLine
from resolvers.errors import Duplicate, Invalid, Refusal, Refused, TooMany, UserErrorCode, refuse_any
from resolvers.master_data import insert, new_key, required
from resolvers.refusals import (
    ManualNoNotAllowed,
    NumberSeriesExhausted,
    NumberSeriesMissing,
    NumberSeriesNotAutomatic,
)
from resolvers.work import Work, key, too_long

MOST_LINES = 100
WIDEST = 20
NUMBERED: dict[str, tuple[type[Table], str]] = {
    "contact_nos": (Contact, "contactNos"),
    "segment_nos": (Segment, "segmentNos"),
    "campaign_nos": (Campaign, "campaignNos"),
}
"""For each field of the marketing setup: what it numbers, and the field's name as clients know it."""

GONE: dict[type[Table], tuple[type[Table]]] = {Segment: (RetiredSegment,)}
"""Where numbers stand whose bearers are gone: they are never given again (K7)."""


class NumberSeriesLineFields(TypedDict, total=False):
    starting_date: dt.date | None
    starting_no: str
    ending_no: str | None
    warning_no: str | None
    increment_by: int
    last_no_used: str | None


class NumberSeriesFields(TypedDict, total=False):
    description: str | None
    default_nos: bool | None
    manual_nos: bool | None
    date_order: bool | None
    lines: list[NumberSeriesLineFields] | None


@dataclass(frozen=True)
class NumberSeriesCreated:
    id: int
    code: str


class NoNumberYet(Refusal):
    """R-NUM-1: no open line has begun."""

    code = UserErrorCode.NUMBER_SERIES_EXHAUSTED
    english = "Number series {key} has no open line for {date}. Add a line that starts on that day or before."
    french = (
        "La souche de numéros {key} n'a pas de ligne ouverte pour le {date}. "
        "Ajoutez une ligne qui commence au plus tard ce jour."
    )


class DateOrderBroken(Refusal):
    """R-NUM-1: a series in date order never goes back."""

    code = UserErrorCode.NUMBER_SERIES_EXHAUSTED
    english = (
        "Number series {key} is kept in date order and gave a number for {last} already. "
        "Wait until then, or lift the order."
    )
    french = (
        "La souche de numéros {key} suit l'ordre des dates et a déjà attribué un numéro pour le {last}. "
        "Attendez ce jour, ou levez cet ordre."
    )


def next_no(work: Work, setup_field: str) -> str:
    """The next free number of the series that this field of the marketing setup names (R-NUM-1).

    Holds the series until the transaction ends, so draw late. Numbers that somebody gave by hand are left out.
    """
    series = _series(work, setup_field)
    if series is None:
        raise Refused(NumberSeriesMissing("no", setup_field=NUMBERED[setup_field][1]))
    if not series.default_nos:
        raise Refused(NumberSeriesNotAutomatic("no", key=series.code))
    line = _current_line(work, series)
    no = _first_free(work, NUMBERED[setup_field][0], _numbers(line))
    if no is None:
        raise Refused(NumberSeriesExhausted("no", key=series.code))
    line.last_no_used, line.last_date_used = no, work.today
    line.open = no != line.ending_no
    work.session.flush()
    return no


def manual_no(work: Work, setup_field: str, no: str) -> str:
    """The number as it is kept, if it may be given by hand (R-NUM-2) and is free."""
    refuse_any(check_manual_no(work, setup_field, no))
    return key(no) or ""


def check_manual_no(work: Work, setup_field: str, no: str) -> list[Refusal]:
    """What speaks against a number given by hand. Without a series in the setup anything free is accepted (R-NUM-2)."""
    table = NUMBERED[setup_field][0]
    kept, refusals = new_key(table, no, "no")
    series = _series(work, setup_field)
    if series is not None and not series.manual_nos:
        refusals.append(ManualNoNotAllowed("no", key=series.code))
    if not refusals and _first_free(work, table, iter([kept])) is None:
        refusals.append(Duplicate("no", key=kept))
    return refusals


def create(work: Work, code: str, fields: NumberSeriesFields) -> NumberSeriesCreated:
    """A new series with its lines. Every number must end in digits, else there is no next one."""
    kept, refusals = new_key(NumberSeries, code, "code")
    values: dict[str, Any] = {
        "code": kept,
        "description": required(fields.get("description"), refusals, "number_series", "description"),
        "default_nos": fields.get("default_nos", True) or False,
        "manual_nos": fields.get("manual_nos") or False,
        "date_order": fields.get("date_order") or False,
    }
    lines = _lines(kept, fields.get("lines") or [], refusals)
    refusals += too_long(NumberSeries, {"description": values["description"]}, "number_series")
    refuse_any(refusals)
    made = insert(work, NumberSeries, values, "code")
    work.session.add_all(lines)
    work.session.flush()
    return NumberSeriesCreated(made, kept)


def _series(work: Work, setup_field: str) -> NumberSeries | None:
    code = getattr(work.setup, setup_field)
    return None if code is None else work.find(NumberSeries, code=code)


def _current_line(work: Work, series: NumberSeries) -> NumberSeriesLine:
    """The open line that began last. The whole series is locked, so that a line closed meanwhile gives way to the next."""
    statement = (
        select(NumberSeriesLine).where(NumberSeriesLine.series_code == series.code)
        .order_by(col(NumberSeriesLine.line_no))
        .with_for_update().execution_options(populate_existing=True)
    )
    begun = [
        line for line in work.session.exec(statement)
        if line.open and (line.starting_date is None or line.starting_date <= work.today)
    ]
    if not begun:
        raise Refused(NoNumberYet("no", key=series.code, date=work.today))
    line = max(begun, key=lambda line: line.starting_date or dt.date.min)
    if series.date_order and line.last_date_used and line.last_date_used > work.today:
        raise Refused(DateOrderBroken("no", key=series.code, last=line.last_date_used))
    return line


def _numbers(line: NumberSeriesLine) -> Iterator[str]:
    """What the line has left to give. The digits at the end count; their width is kept until it no longer suffices."""
    no = line.starting_no if line.last_no_used is None else _after(line.last_no_used, line.increment_by)
    while len(no) <= WIDEST and (line.ending_no is None or _place(no) <= _place(line.ending_no)):
        yield no
        no = _after(no, line.increment_by)


def _after(no: str, increment: int) -> str:
    prefix, digits = _parts(no)
    return f"{prefix}{int(digits or 0) + increment:0{len(digits)}}"


def _parts(no: str) -> tuple[str, str]:
    digits = re.search(r"[0-9]*$", no)
    assert digits is not None
    return no[: digits.start()], digits.group()


def _place(no: str) -> tuple[int, str]:
    """Orders the numbers of one series: a longer one comes later."""
    return len(no), no


def _first_free(work: Work, table: type[Table], numbers: Iterator[str]) -> str | None:
    """The first that nothing has yet, looked up in handfuls: numbers given by hand may lie in the way, even many."""
    given: list[Any] = [each.__table__.c.no for each in (table, *GONE.get(table, ()))]
    size = 10
    while handful := list(islice(numbers, size)):
        taken = set(work.session.scalars(union_all(*(select(column).where(column.in_(handful)) for column in given))))
        for no in handful:
            if no not in taken:
                return no
        size = 1000
    return None


def _lines(code: str, given: Sequence[NumberSeriesLineFields], refusals: list[Refusal]) -> list[NumberSeriesLine]:
    if len(given) > MOST_LINES:
        refusals.append(TooMany("number_series", "lines", most=MOST_LINES, count=len(given)))
        return []
    lines: list[NumberSeriesLine] = []
    for line_no, fields in enumerate(given, start=1):
        line = NumberSeriesLine(
            series_code=code, line_no=line_no, starting_date=fields.get("starting_date"),
            starting_no=key(fields.get("starting_no")) or "", ending_no=key(fields.get("ending_no")),
            warning_no=key(fields.get("warning_no")), increment_by=fields.get("increment_by", 1),
            last_no_used=key(fields.get("last_no_used")),
        )
        path = ("number_series", "lines", str(line_no - 1))
        refusals += _unfit(line, path)
        if any(line.starting_date == other.starting_date for other in lines):
            refusals.append(Invalid(
                *path, "starting_date", english="Two lines of a series cannot start on the same day. Change one.",
                french="Deux lignes d'une souche ne peuvent pas commencer le même jour. Changez-en une.",
            ))
        lines.append(line)
    return lines


def _unfit(line: NumberSeriesLine, path: tuple[str, ...]) -> list[Refusal]:
    refusals = too_long(NumberSeriesLine, line.model_dump(), *path)
    if line.increment_by < 1:
        refusals.append(Invalid(
            *path, "increment_by", english="Numbers rise by at least 1.", french="Les numéros augmentent d'au moins 1.",
        ))
    if not _parts(line.starting_no)[1]:
        refusals.append(Invalid(
            *path, "starting_no", english="The starting number must end in digits, e.g. SM00001.",
            french="Le numéro de début doit se terminer par des chiffres, p. ex. SM00001.",
        ))
        return refusals
    for name in ("ending_no", "warning_no", "last_no_used"):
        no = getattr(line, name)
        if no is not None and (_parts(no)[0] != _parts(line.starting_no)[0] or _place(no) < _place(line.starting_no)):
            refusals.append(Invalid(
                *path, name, english=f"{no} does not come after {line.starting_no}. Give a number of the same form.",
                french=f"{no} ne suit pas {line.starting_no}. Donnez un numéro de la même forme.",
            ))
    return refusals
