"""Drawing the next number from a number series, and checking manual numbers (R-NUM)."""

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from sqlalchemy import BindParameter, CompoundSelect, bindparam, union_all
from sqlmodel import col, select

from persistence.campaigns import Campaign
from persistence.columns import Table, table_of
from persistence.contacts import Contact
from persistence.segments import RetiredSegment, Segment
from persistence.setup import NumberSeries, NumberSeriesLine
from resolvers import change_feed
from resolvers.changes.rules import deleted_keys
from resolvers.errors import Duplicate, Refusal, Refused, Translated, UserErrorCode, refuse_any
from resolvers.master_data import check_new_key
from resolvers.refusals import (
    ManualNoNotAllowed,
    NumberSeriesExhausted,
    NumberSeriesMissing,
    NumberSeriesNotAutomatic,
    NumbersTooLong,
)
from resolvers.work import Work, key

MAX_LENGTH = 20
NUMBERED: dict[str, tuple[type[Table], str]] = {
    "contact_nos": (Contact, "contactNos"),
    "segment_nos": (Segment, "segmentNos"),
    "campaign_nos": (Campaign, "campaignNos"),
}
"""For each field of the marketing setup that names a series: the records that it numbers, and its GraphQL name."""

NO_MORE_ADVICE = Translated("", "")
OR_GIVE_A_NUMBER = Translated(", or give a number yourself", ", ou donnez vous-même un numéro")
OR_ELSE = {"create_follow_up": Translated(", or log without createFollowUp", ", ou journalisez sans createFollowUp")}
"""Additional advice where no number can be drawn, by the argument for which it is drawn."""

RETIRED: dict[type[Table], tuple[type[Table]]] = {Segment: (RetiredSegment,)}
"""Tables with the numbers of deleted records, which are never used again (K7)."""


class NoNumberYet(Refusal):
    """The series has no open line that starts on the date or before (R-NUM-1)."""

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
    """The series is in date order and has given a number for a later date than this one (R-NUM-1)."""

    code = UserErrorCode.NUMBER_SERIES_EXHAUSTED
    english = (
        "Number series {key} assigns numbers in date order and has already assigned one for {last}. "
        "Wait until that day, or set dateOrder to false."
    )
    french = (
        "La souche de numéros {key} suit l’ordre des dates et a déjà attribué un numéro le {last}. "
        "Attendez ce jour-là, ou mettez dateOrder à false."
    )


def next_no(work: Work, setup_field: str, *, field: str = "no") -> str:
    """Draw the next free number of the series that this field of the marketing setup names (R-NUM-1).

    The series stays locked until the transaction ends, so a rule draws late. Numbers that were given manually are
    skipped. `field` is the argument that a refusal names.
    """
    series, line, no = _next(work, setup_field, field, lock=True)
    line.last_no_used, line.last_date_used = no, work.today
    line.open = no != line.ending_no
    work.session.flush()
    assert series.id is not None
    change_feed.record_one(work, change_feed.UPDATED, table_of(NumberSeries), series.id)
    return no


def check_next_no(work: Work, setup_field: str, *, field: str) -> list[Refusal]:
    """The refusals with which drawing a number would fail now. Locks nothing: for rules that draw after long work."""
    try:
        _next(work, setup_field, field, lock=False)
    except Refused as refused:
        return list(refused.refusals)
    return []


def manual_no(work: Work, setup_field: str, no: str) -> str:
    """The manual number as it is stored. Refused if the series does not allow it (R-NUM-2) or it is used."""
    refuse_any(check_manual_no(work, setup_field, no))
    return key(no) or ""


def check_manual_no(work: Work, setup_field: str, no: str) -> list[Refusal]:
    """The refusals for a manual number. Without a series in the setup, every unused number is accepted (R-NUM-2)."""
    table = NUMBERED[setup_field][0]
    new_no, refusals = check_new_key(table, no, "no")
    series = _series(work, setup_field)
    if series is not None and not series.manual_nos:
        can_draw = not check_next_no(work, setup_field, field="no")
        or_else = Translated(", or omit the number", ", ou omettez le numéro") if can_draw else NO_MORE_ADVICE
        refusals.append(ManualNoNotAllowed("no", key=series.code, or_else=or_else))
    if not refusals and _first_free(work, table, iter([new_no])) is None:
        refusals.append(Duplicate("no", key=new_no))
    return refusals


def _next(work: Work, setup_field: str, field: str, *, lock: bool) -> tuple[NumberSeries, NumberSeriesLine, str]:
    """The series, the line, and its next number. Lines change only while their series is locked."""
    if lock:
        _series(work, setup_field, lock=True)
    series, lines = _with_lines(work, getattr(work.setup, setup_field))
    if series is None:
        or_else = OR_GIVE_A_NUMBER if field == "no" else OR_ELSE.get(field, NO_MORE_ADVICE)
        raise Refused(NumberSeriesMissing(field, setup_field=NUMBERED[setup_field][1], or_else=or_else))
    if not series.default_nos:
        manual = field == "no" and series.manual_nos
        or_else = OR_GIVE_A_NUMBER if manual else OR_ELSE.get(field, NO_MORE_ADVICE)
        raise Refused(NumberSeriesNotAutomatic(field, key=series.code, or_else=or_else))
    line = _current_line(work, series, lines, field)
    no = _first_free(work, NUMBERED[setup_field][0], numbers_left(line))
    if no is None:
        raise Refused(exhausted(work, line, field))
    return series, line, no


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
    """The open line with the latest starting date up to today."""
    started = [line for line in lines if line.starting_date is None or line.starting_date <= work.today]
    open_lines = [line for line in started if line.open]
    if started and not open_lines:
        raise Refused(exhausted(work, started[-1], field))
    if not started:
        raise Refused(NoNumberYet(field, key=series.code, date=work.today))
    line = max(open_lines, key=lambda line: line.starting_date or dt.date.min)
    if series.date_order and line.last_date_used and line.last_date_used > work.today:
        raise Refused(DateOrderBroken(field, key=series.code, last=line.last_date_used))
    return line


def exhausted(work: Work, line: NumberSeriesLine, field: str) -> Refusal:
    """The refusal for a line without free numbers. Its advice depends on whether a higher ending number helps."""
    refusal = NumbersTooLong if line.ending_no is None else NumberSeriesExhausted
    return refusal(field, key=line.series_code, date=work.today)


def numbers_left(line: NumberSeriesLine) -> Iterator[str]:
    """The numbers that the line can still assign. Only the digits at the end rise; they keep their leading zeros."""
    no = line.starting_no if line.last_no_used is None else _incremented(line.last_no_used, line.increment_by)
    while len(no) <= MAX_LENGTH and (line.ending_no is None or sort_key(no) <= sort_key(line.ending_no)):
        yield no
        no = _incremented(no, line.increment_by)


def _incremented(no: str, increment: int) -> str:
    prefix, digits = parts(no)
    return f"{prefix}{int(digits or 0) + increment:0{len(digits)}}"


def parts(no: str) -> tuple[str, str]:
    """A number split before the digits at its end: `("SM", "00001")`."""
    digits = re.search(r"[0-9]*$", no)
    assert digits is not None
    return no[: digits.start()], digits.group()


def sort_key(no: str) -> tuple[int, str]:
    """Sorts the numbers of one series: longer numbers are higher."""
    return len(no), no


def _first_free(work: Work, table: type[Table], numbers: Iterator[str]) -> str | None:
    """The first number that no record has or had (K6, K7). Looks up several at once, because many in sequence may have
    been used as manual numbers.
    """
    size = 10
    while batch := list(islice(numbers, size)):
        used = set(work.session.scalars(_used(table), {"nos": batch}))
        for no in batch:
            if no not in used:
                return no
        size = 1000
    return None


@cache
def _used(table: type[Table]) -> CompoundSelect[str]:
    """Selects those of the numbers in the parameter `nos` that a record has or had. Built once for each table."""
    nos: BindParameter[list[str]] = bindparam("nos", expanding=True)
    columns = [table_of(each).c.no for each in (table, *RETIRED.get(table, ()))]
    return union_all(*(select(column).where(column.in_(nos)) for column in columns), deleted_keys(table, nos))
