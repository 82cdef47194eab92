"""The SQL of the filters, edges, orders and figures of segments and logged segments."""

from collections.abc import Sequence

from sqlalchemy import select

from persistence.campaigns import CampaignEntry
from persistence.columns import Table
from persistence.contacts import Contact
from persistence.interactions import InteractionLogEntry
from persistence.segments import Segment, SegmentLine
from persistence.sql.folding import Folded
from persistence.sql.json import JsonWords
from resolvers.queries import Alternatives, SqlBuilder, SqlCondition, SqlExpression, TableRow, input_name
from resolvers.segments.lines.customized_fields import FIELD_BITS
from resolvers.statistics import queries as statistics


def is_open(segment: TableRow) -> SqlCondition:
    """Whether the segment has not been logged."""
    return segment.c.logged_segment_entry_no.is_(None)


def lines_of(segment: TableRow, line: TableRow, _: SqlBuilder) -> Alternatives:
    """The lines of a segment, those without a contact included."""
    return [[line.c.segment_id == segment.c.id]]


def on_open_segment(line: TableRow, sql: SqlBuilder) -> SqlCondition:
    """Whether the segment of a line has not been logged."""
    segment = sql.row(Segment)
    return sql.exists(segment, segment.c.id == line.c.segment_id, is_open(segment))


def steps_of(segment: TableRow, step: TableRow, _: SqlBuilder) -> Sequence[SqlCondition]:
    """The steps that put the contacts of a segment together."""
    return [step.c.segment_id == segment.c.id]


def steps_of_criteria(criteria: TableRow, step: TableRow, _: SqlBuilder) -> Sequence[SqlCondition]:
    """The steps of saved criteria."""
    return [step.c.criteria_id == criteria.c.id]


def folded_description(segment: TableRow, _: SqlBuilder) -> SqlExpression:
    """The description without case and accents, to sort by."""
    return Folded(segment.c.description)


def number_of_lines(segment: TableRow, sql: SqlBuilder) -> SqlExpression:
    """How many lines a segment has, those without a contact included."""
    return _over_lines(segment, statistics.interactions, sql)


def cost_of_lines(segment: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The total cost of the lines of a segment."""
    return _over_lines(segment, statistics.cost, sql)


def duration_of_lines(segment: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The total duration of the lines of a segment, in minutes."""
    return _over_lines(segment, statistics.duration, sql)


def _over_lines(segment: TableRow, measure: statistics.RowMeasure, sql: SqlBuilder) -> SqlExpression:
    line = sql.row(SegmentLine)
    return statistics.figure(line, measure, line.c.segment_id == segment.c.id)


def is_customized(line: TableRow, expected: bool, _: SqlBuilder) -> SqlCondition:
    """Whether the line has customized fields (K11); with `expected` false, whether it has none."""
    return line.c.customized != 0 if expected else line.c.customized == 0


def customized_fields(line: TableRow, _: SqlBuilder) -> SqlExpression:
    """The names of the customized fields of the line in the API (K11)."""
    marks = line.c.customized
    return JsonWords([(input_name(name), marks.op("&")(bit) != 0) for name, bit in FIELD_BITS.items()])


def name_of_contact(line: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The name of the line's contact without case and accents, to sort by; null without a contact."""
    return _of_contact(line, "search_name", sql)


def company_name_of_contact(line: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The name of the contact's company without case and accents, to sort by; null without a company."""
    return _of_contact(line, "search_company_name", sql)


def _of_contact(line: TableRow, column: str, sql: SqlBuilder) -> SqlExpression:
    contact = sql.row(Contact)
    found = select(contact.c[column]).select_from(contact.source)
    return found.where(contact.c.no == line.c.contact_no).scalar_subquery()


def logged_with(logged: TableRow, entry: TableRow, _: SqlBuilder) -> Alternatives:
    """The log entries, or campaign entries, that logging a segment created."""
    return [[entry.c.logged_segment_entry_no == logged.c.entry_no]]


def open_follow_ups_of(logged: TableRow, segment: TableRow, _: SqlBuilder) -> Sequence[SqlCondition]:
    """The open segments that follow up a logged segment."""
    return [segment.c.follow_up_of == logged.c.entry_no]


def logged_follow_ups_of(logged: TableRow, later: TableRow, _: SqlBuilder) -> Sequence[SqlCondition]:
    """The logged segments that followed up a logged segment."""
    return [later.c.follow_up_of == logged.c.entry_no]


def number_of_interactions(logged: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The number of interactions of a logged segment: the canceled ones if it is canceled, else the others (A.10)."""
    return _over_entries(logged, InteractionLogEntry, statistics.interactions, sql)


def number_of_campaign_entries(logged: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The number of its campaign entries: the canceled ones if it is canceled, else the others (A.10)."""
    return _over_entries(logged, CampaignEntry, statistics.interactions, sql)


def cost_of_interactions(logged: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The total cost of the interactions that `number_of_interactions` counts (A.10)."""
    return _over_entries(logged, InteractionLogEntry, statistics.cost, sql)


def duration_of_interactions(logged: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The total duration, in minutes, of the interactions that `number_of_interactions` counts (A.10)."""
    return _over_entries(logged, InteractionLogEntry, statistics.duration, sql)


def _over_entries(
    logged: TableRow, table: type[Table], measure: statistics.RowMeasure, sql: SqlBuilder
) -> SqlExpression:
    return statistics.figure_of_entries(logged, table, "logged_segment_entry_no", measure, sql)
