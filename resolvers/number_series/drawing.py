"""Drawing numbers from a series, and numbers given by hand (R-NUM)."""

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, bindparam, union_all
from sqlmodel import col, select

from persistence.campaigns import Campaign
from persistence.columns import Table
from persistence.contacts import Contact
from persistence.segments import RetiredSegment, Segment
from persistence.setup import NumberSeries, NumberSeriesLine
from resolvers.changes.rules import deleted_keys
from resolvers.errors import Duplicate, Refusal, Refused, Translated, UserErrorCode, refuse_any
from resolvers.master_data import new_key
from resolvers.refusals import (
    ManualNoNotAllowed,
    NumberSeriesExhausted,
    NumberSeriesMissing,
    NumberSeriesNotAutomatic,
    NumbersTooLong,
)
from resolvers.work import Work, key

WIDEST = 20
NUMBERED: dict[str, tuple[type[Table], str]] = {
    "contact_nos": (Contact, "contactNos"),
    "segment_nos": (Segment, "segmentNos"),
    "campaign_nos": (Campaign, "campaignNos"),
}
"""For each field of the marketing setup: what it numbers, and the field's name as clients know it."""

NOTHING_ELSE = Translated("", "")
OR_GIVE_A_NUMBER = Translated(", or give a number yourself", ", ou donnez vous-même un numéro")
OR_ELSE = {"create_follow_up": Translated(", or log without createFollowUp", ", ou journalisez sans createFollowUp")}
"""Other advice if no number can be drawn, by the argument that asks for one."""

GONE: dict[type[Table], tuple[type[Table]]] = {Segment: (RetiredSegment,)}
"""Where numbers stand whose bearers are gone: they are never given again (K7)."""


class NoNumberYet(Refusal):
    """R-NUM-1: no open line has begun."""

    code = UserErrorCode.NUMBER_SERIES_EXHAUSTED
    english = (
        "Number series {key} has no open line for {date}. Add a line with new numbers that starts on that "
        "day or before."
    )
    french = (
        "La souche de numéros {key} n’a aucune ligne ouverte le {date}. "
        "Ajoutez une ligne avec de nouveaux numéros qui commence au plus tard ce jour-là."
    )


class DateOrderBroken(Refusal):
    """R-NUM-1: a series in date order never goes back."""

    code = UserErrorCode.NUMBER_SERIES_EXHAUSTED
    english = (
        "Number series {key} is kept in date order and gave a number for {last} already. "
        "Wait until then, or lift the order (dateOrder)."
    )
    french = (
        "La souche de numéros {key} suit l’ordre des dates et a déjà attribué un numéro le {last}. "
        "Attendez ce jour-là, ou n’exigez plus cet ordre (dateOrder)."
    )


def next_no(work: Work, setup_field: str, *, field: str = "no") -> str:
    """The next free number of the series that this field of the marketing setup names (R-NUM-1).

    Holds the series until the transaction ends, so draw late. Numbers that somebody gave by hand are left out. `field`
    is the argument that a refusal names.
    """
    line, no = _next(work, setup_field, field, lock=True)
    line.last_no_used, line.last_date_used = no, work.today
    line.open = no != line.ending_no
    work.session.flush()
    return no


def check_next_no(work: Work, setup_field: str, *, field: str) -> list[Refusal]:
    """What would speak against drawing a number now. Holds nothing: for who does long work before it draws."""
    try:
        _next(work, setup_field, field, lock=False)
    except Refused as refused:
        return list(refused.refusals)
    return []


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
        draws = not check_next_no(work, setup_field, field="no")
        or_else = Translated(", or leave the number out", ", ou omettez le numéro") if draws else NOTHING_ELSE
        refusals.append(ManualNoNotAllowed("no", key=series.code, or_else=or_else))
    if not refusals and _first_free(work, table, iter([kept])) is None:
        refusals.append(Duplicate("no", key=kept))
    return refusals


def _next(work: Work, setup_field: str, field: str, *, lock: bool) -> tuple[NumberSeriesLine, str]:
    """The line and number that come next. Lines change only under the lock on their series."""
    if lock:
        _series(work, setup_field, lock=True)
    series, lines = _with_lines(work, getattr(work.setup, setup_field))
    if series is None:
        or_else = OR_GIVE_A_NUMBER if field == "no" else OR_ELSE.get(field, NOTHING_ELSE)
        raise Refused(NumberSeriesMissing(field, setup_field=NUMBERED[setup_field][1], or_else=or_else))
    if not series.default_nos:
        by_hand = field == "no" and series.manual_nos
        or_else = OR_GIVE_A_NUMBER if by_hand else OR_ELSE.get(field, NOTHING_ELSE)
        raise Refused(NumberSeriesNotAutomatic(field, key=series.code, or_else=or_else))
    line = _current_line(work, series, lines, field)
    no = _first_free(work, NUMBERED[setup_field][0], numbers_left(line))
    if no is None:
        raise Refused(exhausted(work, line, field))
    return line, no


def _with_lines(work: Work, code: str | None) -> tuple[NumberSeries | None, list[NumberSeriesLine]]:
    of_series = col(NumberSeriesLine.series_code) == NumberSeries.code
    rows = work.session.exec(
        select(NumberSeries, NumberSeriesLine)
        .join(NumberSeriesLine, of_series, isouter=True)
        .where(NumberSeries.code == code)
        .order_by(col(NumberSeriesLine.line_no))
        .execution_options(populate_existing=True)
    ).all()
    return (rows[0][0] if rows else None), [line for _, line in rows if line]


def _series(work: Work, setup_field: str, *, lock: bool = False) -> NumberSeries | None:
    code = getattr(work.setup, setup_field)
    return None if code is None else work.find(NumberSeries, code=code, lock=lock)


def _current_line(work: Work, series: NumberSeries, lines: list[NumberSeriesLine], field: str) -> NumberSeriesLine:
    """The open line that began last."""
    begun = [line for line in lines if line.open and (line.starting_date is None or line.starting_date <= work.today)]
    used_up = [
        line for line in lines if not line.open and (line.starting_date is None or line.starting_date <= work.today)
    ]
    if not begun and used_up:
        raise Refused(exhausted(work, used_up[-1], field))
    if not begun:
        raise Refused(NoNumberYet(field, key=series.code, date=work.today))
    line = max(begun, key=lambda line: line.starting_date or dt.date.min)
    if series.date_order and line.last_date_used and line.last_date_used > work.today:
        raise Refused(DateOrderBroken(field, key=series.code, last=line.last_date_used))
    return line


def exhausted(work: Work, line: NumberSeriesLine, field: str) -> Refusal:
    """The refusal for a line without free numbers: its advice depends on whether raising the ending number helps."""
    refusal = NumbersTooLong if line.ending_no is None else NumberSeriesExhausted
    return refusal(field, key=line.series_code, date=work.today)


def numbers_left(line: NumberSeriesLine) -> Iterator[str]:
    """What the line has left to give. The digits at the end count; their width is kept until it no longer suffices."""
    no = line.starting_no if line.last_no_used is None else _after(line.last_no_used, line.increment_by)
    while len(no) <= WIDEST and (line.ending_no is None or place(no) <= place(line.ending_no)):
        yield no
        no = _after(no, line.increment_by)


def _after(no: str, increment: int) -> str:
    prefix, digits = parts(no)
    return f"{prefix}{int(digits or 0) + increment:0{len(digits)}}"


def parts(no: str) -> tuple[str, str]:
    """What stands before the digits at the end, and these."""
    digits = re.search(r"[0-9]*$", no)
    assert digits is not None
    return no[: digits.start()], digits.group()


def place(no: str) -> tuple[int, str]:
    """Orders the numbers of one series: a longer one comes later."""
    return len(no), no


def _first_free(work: Work, table: type[Table], numbers: Iterator[str]) -> str | None:
    """The first that nothing has or had (K6, K7), looked up in handfuls: numbers given by hand may lie in the way,
    even many.
    """
    size = 10
    while handful := list(islice(numbers, size)):
        taken = set(work.session.scalars(_taken(table), {"nos": handful}))
        for no in handful:
            if no not in taken:
                return no
        size = 1000
    return None


@cache
def _taken(table: type[Table]) -> CompoundSelect[Any]:
    """Which of some numbers something has or had; put together once."""
    nos: BindParameter[Any] = bindparam("nos", expanding=True)
    given: list[Any] = [each.__table__.c.no for each in (table, *GONE.get(table, ()))]
    return union_all(*(select(column).where(column.in_(nos)) for column in given), deleted_keys(table, nos))
