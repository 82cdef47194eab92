"""Warnings about the lines of a segment, as SQL, and the lines that logging leaves out because of them (K27)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, FromClause, Integer, Subquery, bindparam, func, or_, select

from persistence.conditions import among
from resolvers.line_warnings import LineWarning, LineWarningCode
from resolvers.segments.rewriting import CONTACT, LINE
from resolvers.segments.tables import CONTACTS, LINES
from resolvers.work import Work

THE_SEGMENT: BindParameter[int] = bindparam("the_segment_id", type_=Integer())
THE_TODAY: BindParameter[Any] = bindparam("the_today", type_=Date())
"""Parameters for the segment and the company's today, in cached statements."""

LeaveOut = tuple[LineWarningCode, ...]
"""The warnings whose lines are left out: without duplicates and in a fixed order, because statements are cached by
it.
"""


def _first_lines() -> Subquery:
    """The first line of each e-mail address on the segment; upper and lower case are the same address."""
    line, contact = LINES.alias("earlier"), CONTACTS.alias("earlier_contact")
    address = contact.c.search_email
    return (
        select(address.label("address"), func.min(line.c.line_no).label("line_no"))
        .select_from(line.join(contact, contact.c.no == line.c.contact_no))
        .where(line.c.segment_id == THE_SEGMENT, address.is_not(None))
        .group_by(address)
        .subquery("first_line")
    )


FIRST_LINE = _first_lines()

HOLDS: Mapping[LineWarningCode, ColumnElement[bool]] = {
    LineWarningCode.EXCLUDED_FROM_SEGMENTS: CONTACT.c.exclude_from_segment,
    LineWarningCode.FUTURE_DATE: LINE.c.date > THE_TODAY,
    LineWarningCode.SAME_EMAIL: FIRST_LINE.c.line_no < LINE.c.line_no,
    LineWarningCode.NO_EMAIL: CONTACT.c.email.is_(None),
}
"""The condition of each warning, over a `LINE`, its `CONTACT` and the `FIRST_LINE` of its address. Lines need a
contact.
"""


def leave_out_of(codes: Iterable[str]) -> LeaveOut:
    """Given codes without duplicates, in the fixed order."""
    given = set(codes)
    return tuple(code for code in LineWarningCode if code in given)


def with_first_lines(lines: FromClause) -> FromClause:
    """Joins the `FIRST_LINE` of its address to each `LINE`: one pass over all lines of the segment."""
    return lines.outerjoin(FIRST_LINE, FIRST_LINE.c.address == CONTACT.c.search_email)


def parameters(work: Work, segment_id: int | None) -> dict[str, Any]:
    """The parameters of statements about the lines of a segment."""
    return {THE_SEGMENT.key: segment_id, THE_TODAY.key: work.today}


_WARNED = with_first_lines(LINE.join(CONTACT, CONTACT.c.no == LINE.c.contact_no))
_COUNT = select(func.count()).select_from(_WARNED).where(LINE.c.segment_id == THE_SEGMENT, or_(*HOLDS.values()))


def warned(work: Work, segment_id: int) -> int:
    """How many lines of a segment have a warning."""
    return work.session.scalar(_COUNT, parameters(work, segment_id)) or 0


def warnings_of(work: Work, segment_id: int, line_nos: Sequence[int]) -> dict[int, list[LineWarning]]:
    """The warnings of these lines, by line number; lines without a warning are missing."""
    holds = [holds.label(code.lower()) for code, holds in HOLDS.items()]
    first = FIRST_LINE.c.line_no.label("first_line_no")
    statement = (
        select(LINE.c.line_no, LINE.c.contact_no, LINE.c.date, first, *holds)
        .select_from(_WARNED)
        .where(LINE.c.segment_id == THE_SEGMENT, among(LINE.c.line_no, line_nos), or_(*HOLDS.values()))
    )
    rows = work.session.execute(statement, parameters(work, segment_id)).mappings()
    return {
        row["line_no"]: [
            LineWarning(code, row["contact_no"], row["date"], row["first_line_no"])
            for code in HOLDS
            if row[code.lower()]
        ]
        for row in rows
    }
