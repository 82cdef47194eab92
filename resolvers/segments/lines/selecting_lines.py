"""The lines of a segment that a command is about, selected by number or by filter."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, Integer, case, false, func, select

from persistence.segments import Segment
from persistence.sql.lists_as_tables import rows_as_table
from resolvers.errors import Refusal, TooMany, UserErrorCode
from resolvers.segments.lines.line_updates import LINE
from resolvers.selections import MAX_NUMBERS, MAX_SHOWN, Matching
from resolvers.work import Work


@dataclass(frozen=True)
class SelectedLines:
    """Selected rows of `LINE`: their condition, how many there are, how many without a contact, and the first 100
    numbers.
    """

    where: ColumnElement[bool]
    count: int
    without_contact: int
    first: list[int]


class LineNotFound(Refusal):
    """The segment has no line with this number."""

    code = UserErrorCode.LINE_NOT_FOUND
    english = "Segment {no} has no line {line_no}. Read its lines again."
    french = "Le segment {no} n’a pas de ligne {line_no}. Relisez ses lignes."


def select_lines(
    work: Work,
    segment: Segment,
    refusals: list[Refusal],
    *field: str,
    line_nos: Sequence[int] | None = None,
    matching: Matching | None = None,
) -> SelectedLines:
    """The lines with these numbers, or those that match. Adds a refusal for each number that does not exist."""
    if line_nos is None:
        return _selected(work, segment, matching(LINE) if matching else false())
    if len(line_nos) > MAX_NUMBERS:
        refusals.append(TooMany(*field, "lines", "line_nos", maximum=MAX_NUMBERS, count=len(line_nos)))
        return SelectedLines(false(), 0, 0, [])
    given = rows_as_table(work.session, [{"line_no": line_no} for line_no in line_nos], {"line_no": Integer()})
    selected = _selected(work, segment, LINE.c.line_no.in_(select(given.c.line_no)))
    if selected.count < len(set(line_nos)):
        refusals += _not_found(work, segment, given, field)
    return selected


def _selected(work: Work, segment: Segment, where: ColumnElement[bool]) -> SelectedLines:
    statement = (
        select(LINE.c.line_no, func.count().over(), func.sum(case((LINE.c.contact_no.is_(None), 1), else_=0)).over())
        .where(LINE.c.segment_id == segment.id, where)
        .order_by(LINE.c.line_no)
        .limit(MAX_SHOWN)
    )
    rows = work.session.execute(statement).all()
    count, without_contact = rows[0][1:] if rows else (0, 0)
    return SelectedLines(where, count, without_contact, [row[0] for row in rows])


def _not_found(work: Work, segment: Segment, given: FromClause, field: tuple[str, ...]) -> list[Refusal]:
    existing = select(LINE.c.line_no).where(LINE.c.segment_id == segment.id)
    statement = (
        select(given.c.position, given.c.line_no).where(given.c.line_no.not_in(existing)).order_by(given.c.position)
    )
    return [
        LineNotFound(*field, "lines", "line_nos", str(position), no=segment.no, line_no=line_no)
        for position, line_no in work.session.execute(statement)
    ]
