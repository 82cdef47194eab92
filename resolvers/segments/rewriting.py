"""Changing many lines by one UPDATE: what each shall have is derived from what it has and from its contact."""

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, FromClause, and_, or_, select, update

from persistence.segments import Segment
from resolvers.segments.deriving import Values
from resolvers.segments.tables import CONTACTS, LINES
from resolvers.work import Work

LINE = LINES.alias("line")
"""The lines as they are before the change."""

CONTACT = CONTACTS.alias("contact")
"""The contact of each."""


def rewrite(
    work: Work,
    segment: Segment,
    values: Values,
    where: ColumnElement[bool],
    *,
    contact_no: ColumnElement[Any] | None = None,
    also: Callable[[FromClause], FromClause] | None = None,
) -> int:
    """Give the lines of the segment these values, made of `LINE` and `CONTACT`; answer how many became different.

    `contact_no` stands for another contact than the line's own; `also` joins more tables.
    """
    joined = LINE.outerjoin(CONTACT, CONTACT.c.no == (LINE.c.contact_no if contact_no is None else contact_no))
    new = (
        select(LINE.c.line_no.label("place"), *(value.label(name) for name, value in values.items()))
        .select_from(also(joined) if also else joined)
        .where(LINE.c.segment_id == segment.id, where)
        .subquery("new")
    )
    differs = or_(*(LINES.c[name].is_distinct_from(new.c[name]) for name in values))
    statement = (
        update(LINES)
        .values({name: new.c[name] for name in values})
        .where(and_(LINES.c.segment_id == segment.id, LINES.c.line_no == new.c.place, differs))
    )
    return cast("CursorResult[Any]", work.session.execute(statement)).rowcount
