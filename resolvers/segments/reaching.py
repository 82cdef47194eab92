"""How a change of the segment reaches its lines (R-HDR, R-HTMP under K11)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, select, true

from persistence.segments import Segment
from resolvers.segments.deriving import Values, from_segment
from resolvers.segments.filling import facts_of
from resolvers.segments.marks import EVERY_MARK, MARKS, marks
from resolvers.segments.rewriting import CONTACT, LINE, rewrite
from resolvers.work import Work

REACHES = {
    "description": "description",
    "campaign_no": "campaign_no",
    "salesperson_code": "salesperson_code",
    "date": "date",
    "unit_cost": "cost",
    "unit_duration": "duration",
    "information_flow": "information_flow",
    "initiated_by": "initiated_by",
    "campaign_target": "campaign_target",
    "campaign_response": "campaign_response",
}
"""Fields of the segment that flow to lines, and their names there (R-HDR-3). The rest does not by itself (R-HDR-6)."""


@dataclass(frozen=True)
class Reached:
    """How many lines took the change, and how many did not, or not whole."""

    changed: int
    kept: int


def untouched(work: Work, segment: Segment) -> Reached:
    """The change stays with the header (R-HDR-4, R-HTMP-4)."""
    return Reached(0, _count(work, segment, false()).kept)


def new_template(work: Work, segment: Segment, given: Collection[str]) -> Reached:
    """Every line gets the segment's new template and is derived anew, but for what was given to the line (K11).

    `given` are the fields of the segment that came with the template: their values win over the line's own (R-HDR-2).
    A line that had a template of its own has it no more (K24).
    """
    stays = EVERY_MARK & ~marks(("template_code", *_reached(segment, given)))
    of_the_line = LINE.c.customized.bitwise_and(stays)
    values: Values = {
        name: case((of_the_line.bitwise_and(MARKS[name]) != 0, LINE.c[name]), else_=value) if name in MARKS else value
        for name, value in from_segment(*facts_of(work, segment), dict(CONTACT.c)).items()
    }
    reached = _count(work, segment, of_the_line == 0)
    rewrite(work, segment, values | {"customized": of_the_line}, true())
    return reached


def same_template(work: Work, segment: Segment, given: Mapping[str, Any], old_subject: str | None) -> Reached:
    """The given fields go to the lines with the segment's template and replace what was given to these (R-HDR-1,
    R-HDR-2).

    A subject goes only to lines in the default language that still have the old one (R-HDR-5).
    """
    names = _reached(segment, given)
    with_old_subject = and_(
        LINE.c.language_code.is_not_distinct_from(segment.language_code_default),
        LINE.c.subject.is_not_distinct_from(old_subject),
    )
    values = from_segment(*facts_of(work, segment), dict(CONTACT.c))
    values = {name: values[name] for name in names}
    marks_gone: ColumnElement[int] = literal(marks(names))
    if "subject_default" in given:
        values["subject"] = case((with_old_subject, literal(segment.subject_default)), else_=LINE.c.subject)
        marks_gone = marks_gone + case((with_old_subject, MARKS["subject"]), else_=0)
    if not values:
        return untouched(work, segment)
    values["customized"] = LINE.c.customized.bitwise_and(literal(EVERY_MARK) - marks_gone)
    follows = LINE.c.template_code.is_not_distinct_from(segment.template_code)
    where = follows if names else and_(follows, with_old_subject)
    reached = _count(work, segment, where)
    rewrite(work, segment, values, where)
    return reached


def _reached(segment: Segment, given: Collection[str]) -> list[str]:
    """Names, on the line, of the given fields.

    The correspondence type counts for a line only where the segment ignores that of its contact (R-CORR-1).
    """
    names = [REACHES[name] for name in given if name in REACHES]
    counts = segment.ignore_contact_correspondence_type and segment.correspondence_type_default is not None
    return [*names, "correspondence_type"] if "correspondence_type_default" in given and counts else names


def _count(work: Work, segment: Segment, changes: ColumnElement[bool]) -> Reached:
    changed = func.coalesce(func.sum(case((changes, 1), else_=0)), 0)
    statement = select(changed, func.count() - changed).where(LINE.c.segment_id == segment.id)
    return Reached(*work.session.execute(statement).one())
