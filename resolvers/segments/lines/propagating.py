"""Propagating a change of the segment to its lines (R-HDR, R-HTMP, K11)."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, false, func, literal, select, true

from persistence.segments import Segment
from resolvers.segments.lines.customized_fields import ALL_BITS, FIELD_BITS, bits
from resolvers.segments.lines.deriving import LineValues, from_segment
from resolvers.segments.lines.inserting_lines import segment_columns
from resolvers.segments.lines.line_updates import CONTACT, LINE, write_values
from resolvers.work import Work

LINE_FIELDS = {
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
"""The fields of a segment that are propagated, and their names on the line (R-HDR-3). The others are not (R-HDR-6)."""


@dataclass(frozen=True)
class Propagation:
    """How many lines took the whole change, and how many did not."""

    changed: int
    kept: int


def header_only(work: Work, segment: Segment) -> Propagation:
    """Change no line (R-HDR-4, R-HTMP-4)."""
    return Propagation(0, _count(work, segment, false()).kept)


def new_template(work: Work, segment: Segment, given: Collection[str]) -> Propagation:
    """Give every line the segment's new template and derive its values again, except for customized fields (K11).

    `given` are the fields of the segment that were given with the template: their values replace customized ones, too
    (R-HDR-2). A line with a template of its own loses it (K24).
    """
    kept_bits = ALL_BITS & ~bits(("template_code", *_line_fields(segment, given)))
    customized = LINE.c.customized.bitwise_and(kept_bits)
    values: LineValues = {
        name: case((customized.bitwise_and(FIELD_BITS[name]) != 0, LINE.c[name]), else_=value)
        if name in FIELD_BITS
        else value
        for name, value in from_segment(*segment_columns(work, segment), dict(CONTACT.c)).items()
    }
    propagation = _count(work, segment, customized == 0)
    write_values(work, segment, values | {"customized": customized}, true())
    return propagation


def same_template(work: Work, segment: Segment, given: Collection[str], old_subject: str | None) -> Propagation:
    """Set the given fields on the lines with the segment's template, also where they are customized (R-HDR-1, R-HDR-2).

    A subject is set only on lines in the default language that have the old subject (R-HDR-5).
    """
    names = _line_fields(segment, given)
    has_old_subject = and_(
        LINE.c.language_code.is_not_distinct_from(segment.language_code_default),
        LINE.c.subject.is_not_distinct_from(old_subject),
    )
    segment_values = from_segment(*segment_columns(work, segment), dict(CONTACT.c))
    values: LineValues = {name: segment_values[name] for name in names}
    replaced_bits: ColumnElement[int] = literal(bits(names))
    if "subject_default" in given:
        values["subject"] = case((has_old_subject, literal(segment.subject_default)), else_=LINE.c.subject)
        replaced_bits = replaced_bits + case((has_old_subject, FIELD_BITS["subject"]), else_=0)
    if not values:
        return header_only(work, segment)
    values["customized"] = LINE.c.customized.bitwise_and(literal(ALL_BITS) - replaced_bits)
    has_template = LINE.c.template_code.is_not_distinct_from(segment.template_code)
    where = has_template if names else and_(has_template, has_old_subject)
    propagation = _count(work, segment, where)
    write_values(work, segment, values, where)
    return propagation


def _line_fields(segment: Segment, given: Collection[str]) -> list[str]:
    """The names of the given fields on the line.

    The default correspondence type is propagated only if the segment ignores that of the contacts (R-CORR-1).
    """
    names = [LINE_FIELDS[name] for name in given if name in LINE_FIELDS]
    ignores = segment.ignore_contact_correspondence_type and segment.correspondence_type_default is not None
    return [*names, "correspondence_type"] if "correspondence_type_default" in given and ignores else names


def _count(work: Work, segment: Segment, changes: ColumnElement[bool]) -> Propagation:
    changed = func.coalesce(func.sum(case((changes, 1), else_=0)), 0)
    statement = select(changed, func.count() - changed).where(LINE.c.segment_id == segment.id)
    return Propagation(*work.session.execute(statement).one())
