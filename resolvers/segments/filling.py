"""Putting lines on a segment: one INSERT, however many."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, FromClause, Insert, func, insert, literal, select

from persistence.segments import Segment
from persistence.templates import InteractionTemplate
from resolvers.segments.deriving import Facts, Values, facts, initial
from resolvers.segments.rewriting import CONTACT
from resolvers.segments.tables import LINES
from resolvers.work import Work

Altered = Callable[[Values, Facts, Facts], Values]
"""From what a line begins with, the segment and the contact, to what it shall have."""


def facts_of(work: Work, segment: Segment) -> tuple[Facts, Facts]:
    """The segment and its template."""
    template = None if segment.template_code is None else work.find(InteractionTemplate, code=segment.template_code)
    return facts(Segment, segment), facts(InteractionTemplate, template)


def fill(
    work: Work,
    segment: Segment,
    source: FromClause,
    *,
    also: Callable[[FromClause], FromClause] | None = None,
    altered: Altered | None = None,
) -> int:
    """Put a line on the segment for each row of `source`, in the order of its `position`; answer how many.

    `contact_no` of the source may be null. `also` joins more tables to the source, for what `altered` needs.
    """
    filled = work.session.execute(filling(work, segment, source, also=also, altered=altered))
    count: int = filled.rowcount  # type: ignore[attr-defined]
    took_line_nos(work, segment, count)
    return count


def took_line_nos(work: Work, segment: Segment, count: int) -> None:
    """Record that `filling` inserted this many lines."""
    segment.last_line_no += count
    work.session.flush()


def filling(
    work: Work,
    segment: Segment,
    source: FromClause,
    *,
    also: Callable[[FromClause], FromClause] | None = None,
    altered: Altered | None = None,
) -> Insert:
    """The INSERT of `fill`, to be combined with another statement. Call `took_line_nos` after it."""
    contact = dict(CONTACT.c)
    joined = source.outerjoin(CONTACT, CONTACT.c.no == source.c.contact_no)
    of_segment, of_template = facts_of(work, segment)
    values = initial(of_segment, of_template, contact)
    if altered is not None:
        values = altered(values, of_segment, contact)
    values |= {
        "segment_id": literal(segment.id, LINES.c.segment_id.type),
        "line_no": _line_no(segment, source),
        "contact_no": source.c.contact_no,
    }
    names = list(values)
    rows = select(*(values[name].label(name) for name in names)).select_from(also(joined) if also else joined)
    return insert(LINES).from_select(names, rows, include_defaults=False)


def _line_no(segment: Segment, source: FromClause) -> ColumnElement[int]:
    """Highest ever used plus one (K20, K24)."""
    return segment.last_line_no + func.row_number().over(order_by=source.c.position)
