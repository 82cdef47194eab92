"""Which lines a change is about: given by their numbers, or by what they have in common."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, Integer, case, false, func, select

from persistence.lists import listed_rows
from persistence.segments import Segment
from resolvers.errors import Refusal, TooMany, UserErrorCode
from resolvers.segments.rewriting import LINE
from resolvers.selections import MOST_NUMBERS, SHOWN, Matching
from resolvers.work import Work


@dataclass(frozen=True)
class Chosen:
    """The condition on `LINE`, and what it chooses: how many, how many of them without a contact, the first numbers."""

    where: ColumnElement[bool]
    count: int
    without_contact: int
    first: list[int]


class LineNotFound(Refusal):
    code = UserErrorCode.LINE_NOT_FOUND
    english = "Segment {no} has no line {line_no}. Read its lines again."
    french = "Le segment {no} n’a pas de ligne {line_no}. Relisez ses lignes."


def choose(
    work: Work,
    segment: Segment,
    refusals: list[Refusal],
    *field: str,
    line_nos: Sequence[int] | None = None,
    matching: Matching | None = None,
) -> Chosen:
    """The lines with these numbers, or those that match. Adds a refusal for each number that does not exist."""
    if line_nos is None:
        return _chosen(work, segment, matching(LINE) if matching else false())
    if len(line_nos) > MOST_NUMBERS:
        refusals.append(TooMany(*field, "lines", "line_nos", most=MOST_NUMBERS, count=len(line_nos)))
        return Chosen(false(), 0, 0, [])
    asked = listed_rows(work.session, [{"line_no": line_no} for line_no in line_nos], {"line_no": Integer()})
    chosen = _chosen(work, segment, LINE.c.line_no.in_(select(asked.c.line_no)))
    if chosen.count < len(set(line_nos)):
        refusals += _missing(work, segment, asked, field)
    return chosen


def _chosen(work: Work, segment: Segment, where: ColumnElement[bool]) -> Chosen:
    statement = (
        select(LINE.c.line_no, func.count().over(), func.sum(case((LINE.c.contact_no.is_(None), 1), else_=0)).over())
        .where(LINE.c.segment_id == segment.id, where)
        .order_by(LINE.c.line_no)
        .limit(SHOWN)
    )
    rows = work.session.execute(statement).all()
    count, without_contact = rows[0][1:] if rows else (0, 0)
    return Chosen(where, count, without_contact, [row[0] for row in rows])


def _missing(work: Work, segment: Segment, asked: FromClause, field: tuple[str, ...]) -> list[Refusal]:
    there = select(LINE.c.line_no).where(LINE.c.segment_id == segment.id)
    statement = (
        select(asked.c.position, asked.c.line_no).where(asked.c.line_no.not_in(there)).order_by(asked.c.position)
    )
    return [
        LineNotFound(*field, "lines", "line_nos", str(place), no=segment.no, line_no=line_no)
        for place, line_no in work.session.execute(statement)
    ]
