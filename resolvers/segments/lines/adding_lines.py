"""Adding single lines to a segment (R-LIN)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import FromClause, case

from persistence.enums import SegmentStepAction
from persistence.sql.lists_as_tables import rows_as_table
from resolvers.errors import Refusal, TooMany, refuse_any
from resolvers.segments import references, steps
from resolvers.segments.fields import LineFields, normalized_line
from resolvers.segments.lines.customized_fields import FIELD_BITS, bits, is_customized
from resolvers.segments.lines.deriving import Columns, LineValues, with_template
from resolvers.segments.lines.inserting_lines import insert_lines
from resolvers.segments.lines.own_template import OWN_TEMPLATE, LineNeedsContact, join_template
from resolvers.segments.locking import lock_segment
from resolvers.segments.tables import LINES
from resolvers.selections import MAX_SHOWN
from resolvers.work import Work

MAX_LINES = 1000

SET_AS_GIVEN = tuple(name for name in FIELD_BITS if name != "template_code")
"""The customizable fields that change no other field."""


@dataclass(frozen=True)
class LinesAdded:
    """The numbers of the new lines, the first 100."""

    segment_id: int
    line_nos: list[int]


def add_lines(work: Work, segment_no: str, lines: list[LineFields]) -> LinesAdded:
    """Add lines in the given order. Fields that are not given have the values of the segment (R-LIN-1, K11).

    A line may have no contact, and then no template of its own (R-LIN-5). A contact may be on several lines (R-LIN-6).
    The lines are recorded as a step if one of them has a contact (R-LIN-9).
    """
    segment = lock_segment(work, segment_no, "segment_no")
    refusals: list[Refusal] = []
    rows = _checked_lines(work, lines, refusals)
    refuse_any(refusals)
    assert segment.id is not None
    first = segment.last_line_no + 1
    if rows:
        source = _source(work, rows)
        insert_lines(
            work,
            segment,
            source,
            join=partial(join_template, source.c.template_code),
            alter=partial(_with_given_fields, source),
        )
        numbers = [contact_no for row in rows if (contact_no := row.get("contact_no"))]
        if numbers:
            criteria = steps.manual_criteria(SegmentStepAction.ADD, numbers)
            steps.record_added(work, segment, criteria, after=first - 1)
    return LinesAdded(segment.id, list(range(first, segment.last_line_no + 1))[:MAX_SHOWN])


def _checked_lines(work: Work, lines: Sequence[LineFields], refusals: list[Refusal]) -> list[LineFields]:
    """The new lines as they are stored. Adds refusals for wrong values."""
    if len(lines) > MAX_LINES:
        refusals.append(TooMany("lines", maximum=MAX_LINES, count=len(lines)))
        return []
    rows = [
        (("lines", str(index)), normalized_line(line, refusals, "lines", str(index)))
        for index, line in enumerate(lines)
    ]
    refusals += references.check(work, rows)
    for path, values in rows:
        if values.get("template_code") and not values.get("contact_no"):
            refusals.append(LineNeedsContact(*path, "template_code"))
    return [values for _, values in rows]


def _source(work: Work, rows: Sequence[LineFields]) -> FromClause:
    """The new lines as a table. The column `given` has one bit for each field that the client gave."""
    columns = {name: LINES.c[name].type for name in ("contact_no", *FIELD_BITS)} | {"given": LINES.c.customized.type}
    return rows_as_table(work.session, [{**row, "given": bits(row)} for row in rows], columns)


def _with_given_fields(source: FromClause, line: LineValues, segment: Columns, contact: Columns) -> LineValues:
    """A new line with the given fields: first the template, then the others, which replace its values (K12)."""
    given = source.c.given
    own = with_template(line, segment, {**OWN_TEMPLATE.c, "code": source.c.template_code}, contact)
    for name in own:
        if own[name] is not line[name]:
            own[name] = case((is_customized(given, "template_code"), own[name]), else_=line[name])
    for name in SET_AS_GIVEN:
        own[name] = case((is_customized(given, name), source.c[name]), else_=own[name])
    own["customized"] = own["customized"].bitwise_or(given.bitwise_and(bits(SET_AS_GIVEN)))
    return own
