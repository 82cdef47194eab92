"""Inserting lines into a segment by one INSERT, however many."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, FromClause, Insert, func, insert, literal, select

from persistence.segments import Segment
from persistence.templates import InteractionTemplate
from resolvers import change_feed
from resolvers.segments.lines.deriving import Columns, LineValues, columns_of, new_line
from resolvers.segments.lines.line_updates import CONTACT
from resolvers.segments.tables import LINES
from resolvers.work import Work

Alter = Callable[[LineValues, Columns, Columns], LineValues]
"""From the default values of a new line, the segment and the contact to the values of the line."""

Join = Callable[[FromClause], FromClause]


def segment_columns(work: Work, segment: Segment) -> tuple[Columns, Columns]:
    """The columns of the segment and of its template."""
    template = None if segment.template_code is None else work.find(InteractionTemplate, code=segment.template_code)
    return columns_of(Segment, segment), columns_of(InteractionTemplate, template)


def insert_lines(
    work: Work, segment: Segment, source: FromClause, *, join: Join | None = None, alter: Alter | None = None
) -> int:
    """Insert a line for each row of `source`, in the order of its `position`, and return their number.

    `contact_no` of the source may be null. `join` joins more tables to the source, which `alter` needs.
    """
    count = work.write(insert_statement(work, segment, source, join=join, alter=alter))
    advance_last_line_no(work, segment, count)
    return count


def advance_last_line_no(work: Work, segment: Segment, count: int) -> None:
    """Record that `insert_statement` inserted this many lines."""
    before = segment.last_line_no
    segment.last_line_no += count
    work.session.flush()
    change_feed.record(work, change_feed.CREATED, LINES, LINES.c.segment_id == segment.id, LINES.c.line_no > before)


def insert_statement(
    work: Work, segment: Segment, source: FromClause, *, join: Join | None = None, alter: Alter | None = None
) -> Insert:
    """The INSERT of `insert_lines`, for a caller who combines it with another statement and then calls
    `advance_last_line_no`.
    """
    contact = dict(CONTACT.c)
    joined = source.outerjoin(CONTACT, CONTACT.c.no == source.c.contact_no)
    segment_values, template_values = segment_columns(work, segment)
    values = new_line(segment_values, template_values, contact)
    if alter is not None:
        values = alter(values, segment_values, contact)
    values |= {
        "segment_id": literal(segment.id, LINES.c.segment_id.type),
        "line_no": _line_no(segment, source),
        "contact_no": source.c.contact_no,
    }
    names = list(values)
    rows = select(*(values[name].label(name) for name in names)).select_from(join(joined) if join else joined)
    return insert(LINES).from_select(names, rows, include_defaults=False)


def _line_no(segment: Segment, source: FromClause) -> ColumnElement[int]:
    """The highest line number that was ever used, plus the position of the new line (K20, K24)."""
    return segment.last_line_no + func.row_number().over(order_by=source.c.position)
