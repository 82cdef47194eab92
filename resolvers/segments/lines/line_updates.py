"""Updating many lines by one UPDATE, with values derived from their current values and their contacts."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, FromClause, and_, or_, select, update

from persistence.segments import Segment
from resolvers import change_feed
from resolvers.segments.lines.deriving import LineValues
from resolvers.segments.tables import CONTACTS, LINES
from resolvers.work import Work

LINE = LINES.alias("line")
"""The lines before the update."""

CONTACT = CONTACTS.alias("contact")
"""The contact of each line."""


def write_values(
    work: Work,
    segment: Segment,
    values: LineValues,
    where: ColumnElement[bool],
    *,
    contact_no: ColumnElement[str] | None = None,
    join: Callable[[FromClause], FromClause] | None = None,
) -> int:
    """Set these values, expressions over `LINE` and `CONTACT`, in the segment's lines that meet the condition.

    Returns how many lines changed. With `contact_no`, `CONTACT` is that contact instead of the line's own. `join` joins
    more tables.
    """
    joined = LINE.outerjoin(CONTACT, CONTACT.c.no == (LINE.c.contact_no if contact_no is None else contact_no))
    new = (
        select(LINE.c.line_no.label("updated_line_no"), *(value.label(name) for name, value in values.items()))
        .select_from(join(joined) if join else joined)
        .where(LINE.c.segment_id == segment.id, where)
        .subquery("new")
    )
    differs = or_(*(LINES.c[name].is_distinct_from(new.c[name]) for name in values))
    changed = and_(LINES.c.segment_id == segment.id, LINES.c.line_no == new.c.updated_line_no, differs)
    recorded = change_feed.record(work, change_feed.UPDATED, LINES, changed)
    return work.write(update(LINES).values({name: new.c[name] for name in values}).where(changed, recorded))
