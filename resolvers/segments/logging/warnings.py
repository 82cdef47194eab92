"""Warnings about the lines of a segment, and the lines that logging leaves out because of them (K27)."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import BindParameter, ColumnElement, Date, FromClause, Integer, Subquery, bindparam, func, or_, select

from persistence.sql.conditions import among
from resolvers.line_warnings import LineWarning, LineWarningCode
from resolvers.segments.lines.line_updates import CONTACT, LINE
from resolvers.segments.tables import CONTACTS, LINES
from resolvers.work import Work

SEGMENT_PARAMETER: BindParameter[int] = bindparam("the_segment_id", type_=Integer())
TODAY_PARAMETER: BindParameter[dt.date] = bindparam("the_today", type_=Date())
"""The parameters of cached statements: the segment, and the current date in the company's time zone."""

LeaveOut = tuple[LineWarningCode, ...]
"""The warnings whose lines are left out, without duplicates and in a fixed order: the key of cached statements."""


def _first_lines() -> Subquery:
    """The first line of each e-mail address on the segment. Upper and lower case are not distinguished."""
    line, contact = LINES.alias("earlier"), CONTACTS.alias("earlier_contact")
    address = contact.c.search_email
    return (
        select(address.label("address"), func.min(line.c.line_no).label("line_no"))
        .select_from(line.join(contact, contact.c.no == line.c.contact_no))
        .where(line.c.segment_id == SEGMENT_PARAMETER, address.is_not(None))
        .group_by(address)
        .subquery("first_line")
    )


FIRST_LINE = _first_lines()

CONDITIONS: Mapping[LineWarningCode, ColumnElement[bool]] = {
    LineWarningCode.EXCLUDED_FROM_SEGMENTS: CONTACT.c.exclude_from_segment,
    LineWarningCode.FUTURE_DATE: LINE.c.date > TODAY_PARAMETER,
    LineWarningCode.SAME_EMAIL: FIRST_LINE.c.line_no < LINE.c.line_no,
    LineWarningCode.NO_EMAIL: CONTACT.c.email.is_(None),
}
"""The condition of each warning about a `LINE` with its `CONTACT` and the `FIRST_LINE` with its e-mail address. Lines
without a contact have no warnings.
"""


def sorted_warnings(codes: Iterable[str]) -> LeaveOut:
    """The warnings with these codes, without duplicates and in the fixed order."""
    given = set(codes)
    return tuple(code for code in LineWarningCode if code in given)


def with_first_lines(lines: FromClause) -> FromClause:
    """The lines joined with the `FIRST_LINE` of their e-mail address. Reads all lines of the segment once."""
    return lines.outerjoin(FIRST_LINE, FIRST_LINE.c.address == CONTACT.c.search_email)


def parameters(work: Work, segment_id: int | None) -> dict[str, object]:
    """The values of `SEGMENT_PARAMETER` and `TODAY_PARAMETER`."""
    return {SEGMENT_PARAMETER.key: segment_id, TODAY_PARAMETER.key: work.today}


_LINES = with_first_lines(LINE.join(CONTACT, CONTACT.c.no == LINE.c.contact_no))
_HAS_WARNING = or_(*CONDITIONS.values())
_COUNT = select(func.count()).select_from(_LINES).where(LINE.c.segment_id == SEGMENT_PARAMETER, _HAS_WARNING)


def count_lines_with_warnings(work: Work, segment_id: int) -> int:
    """How many lines of a segment have a warning."""
    return work.session.scalar(_COUNT, parameters(work, segment_id)) or 0


def warnings_of_lines(work: Work, segment_id: int, line_nos: Sequence[int]) -> dict[int, list[LineWarning]]:
    """The warnings about these lines, by line number. Lines without a warning are not in the result."""
    applies = [condition.label(code.lower()) for code, condition in CONDITIONS.items()]
    first = FIRST_LINE.c.line_no.label("first_line_no")
    statement = (
        select(LINE.c.line_no, LINE.c.contact_no, LINE.c.date, first, *applies)
        .select_from(_LINES)
        .where(LINE.c.segment_id == SEGMENT_PARAMETER, among(LINE.c.line_no, line_nos), _HAS_WARNING)
    )
    rows = work.session.execute(statement, parameters(work, segment_id)).mappings()
    return {
        row["line_no"]: [
            LineWarning(code, row["contact_no"], row["date"], row["first_line_no"])
            for code in CONDITIONS
            if row[code.lower()]
        ]
        for row in rows
    }
