"""Closing a segment: a logged segment is inserted for it, and another open segment can have its number (R-LOG-3)."""

from sqlalchemy import Integer, bindparam, func, insert, literal, select, update
from sqlalchemy.orm.attributes import set_committed_value

from persistence.segments import Segment
from persistence.sql.isolation import Inserts
from persistence.sql.statements import all_rows
from resolvers.queries import SqlExpression
from resolvers.segments.tables import LOGGED_SEGMENTS, SEGMENTS
from resolvers.work import Work

SEGMENT_ID, ENTRY_NO = "the_segment_id", "the_entry_no"
GIVEN = {name: f"the_{name}" for name in ("creation_date", "logged_at", "user_id", "interactions")}
"""The parameters of the statements: one must not have the name of a column."""

_OF_SEGMENT = SEGMENTS.c.id == bindparam(SEGMENT_ID, type_=Integer())
_VALUES: dict[str, SqlExpression] = {
    "segment_no": SEGMENTS.c.no,
    "description": func.coalesce(SEGMENTS.c.description, ""),
    "follow_up_of": SEGMENTS.c.follow_up_of,
    "canceled": literal(False),
    **{name: bindparam(given, type_=LOGGED_SEGMENTS.c[name].type) for name, given in GIVEN.items()},
}
_INSERT = (
    insert(LOGGED_SEGMENTS)
    .from_select([*_VALUES], select(*_VALUES.values()).where(_OF_SEGMENT), include_defaults=False)
    .returning(LOGGED_SEGMENTS.c.entry_no)
)
_CLOSE = update(SEGMENTS).where(_OF_SEGMENT).returning(SEGMENTS.c.logged_segment_entry_no.label("entry_no"))
_INSERT_AND_CLOSE = _CLOSE.values(logged_segment_entry_no=select(_INSERT.cte("logged").c.entry_no).scalar_subquery())
_CLOSE_WITH = _CLOSE.values(logged_segment_entry_no=bindparam(ENTRY_NO, type_=Integer()))
_CORRECT = (
    update(LOGGED_SEGMENTS)
    .where(LOGGED_SEGMENTS.c.entry_no == bindparam(ENTRY_NO, type_=Integer()))
    .values(interactions=bindparam(GIVEN["interactions"], type_=Integer()))
)


def close(work: Work, segment: Segment, interactions: int, inserts: Inserts) -> int:
    """Close a locked segment and return the entry number of its logged segment, which has the planned number of
    interactions. This is one statement where the database can do both.
    """
    values = {SEGMENT_ID: segment.id}
    new = values | dict(zip(GIVEN.values(), (work.today, work.now, work.user.id, interactions), strict=True))
    if inserts is Inserts.WHILE_READING:
        closed = all_rows(work.session, _INSERT_AND_CLOSE, new)
    else:
        (logged,) = all_rows(work.session, _INSERT, new)
        closed = all_rows(work.session, _CLOSE_WITH, values | {ENTRY_NO: logged["entry_no"]})
    entry_no = int(closed[0]["entry_no"])
    set_committed_value(segment, "logged_segment_entry_no", entry_no)
    return entry_no


def correct_count(work: Work, entry_no: int, interactions: int) -> None:
    """Store how many interactions were logged, if lines were blocked or corrected since the plan."""
    work.write(_CORRECT, {ENTRY_NO: entry_no, GIVEN["interactions"]: interactions})
