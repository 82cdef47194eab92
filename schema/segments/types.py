"""Segments, their lines, and the register of logged ones."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import strawberry
from sqlalchemy import ColumnElement
from strawberry.utils.str_converters import to_camel_case

from persistence import segments as tables
from persistence.campaigns import CampaignEntry
from persistence.interactions import InteractionLogEntry
from persistence.json_sql import JsonWords
from resolvers.interactions import queries as history
from resolvers.segments.customized_fields import FIELD_BITS
from resolvers.statistics import queries as statistics
from schema.compiler.declarations import Alternatives, by_column
from schema.compiler.fields import column, computed, entity, listing, live, many, named, one
from schema.compiler.statement import Row, Statement
from schema.connections import connection_of
from schema.enums import CorrespondenceType, Evaluation, InformationFlow, InitiatedBy
from schema.nodes import Node
from schema.scalars import BigInt
from schema.segments.filters import (
    LINE_KEY,
    LINE_ORDERS,
    SEGMENT_KEY,
    SEGMENT_ORDERS,
    LoggedSegmentFilter,
    SegmentFilter,
    SegmentLineFilter,
    SegmentLineOrder,
    SegmentOrder,
)
from schema.segments.progress import LogProgress, log_progress


def _over_lines(measure: Callable[[Any], ColumnElement[Any]]) -> Callable[[Row, Statement], ColumnElement[Any]]:
    """A figure over all lines of a segment, those without a contact included (C)."""

    def expression(segment: Row, statement: Statement) -> ColumnElement[Any]:
        line = statement.row(tables.SegmentLine)
        return history.figures_of(line, [line.c.segment_id == segment.c.id], measure(line))

    return expression


def _lines(segment: Row | None, line: Row, _: Statement) -> Alternatives:
    assert segment is not None
    return [[line.c.segment_id == segment.c.id]]


@entity(
    tables.Segment,
    "seg",
    default=SEGMENT_KEY,
    key_order=SEGMENT_KEY,
    orders=SEGMENT_ORDERS,
    filter=SegmentFilter,
    order_input=SegmentOrder,
    only=lambda segment: segment.c.logged_segment_entry_no.is_(None),
)
class Segment(Node):
    """An open segment: a list of contacts and the interaction it assigns to them. Logging closes it (R-LOG)."""

    no: str = column("Its number, unique among open segments and never given again.")
    version: int = column("Rises with every change of it or of a line; hand it back as expectedVersion.")
    description: str | None = column("What it is about; needed to log it (R-LOG-2).")
    date: dt.date = column("The day its interactions happen.")
    salesperson = one(
        "salespeople.Salesperson",
        "Who of us; without one, each contact's own (R-LIN-1).",
        local="salesperson_code",
        remote="code",
    )
    campaign = one("campaigns.Campaign", "The campaign it belongs to.", local="campaign_no", remote="no")
    template = one("templates.InteractionTemplate", "The template it assigns.", local="template_code", remote="code")
    group = one("templates.InteractionGroup", "The group of its template.", local="group_code", remote="code")
    unit_cost: Decimal = column("What the interaction costs for each contact, in company currency.")
    unit_duration: int = column("How long it takes for each contact, in minutes.")
    information_flow: InformationFlow | None = column("Which way the information goes.")
    initiated_by: InitiatedBy | None = column("Who begins.")
    campaign_target: bool = column("Whether it makes its contacts targets of the campaign.")
    campaign_response: bool = column("Whether its interactions are responses to the campaign.")
    correspondence_type_default: CorrespondenceType | None = column(
        "By what means, unless the contact prefers another."
    )
    ignore_contact_correspondence_type: bool = column("Whether the contacts' own preference is ignored (R-CORR).")
    language_code_default: str | None = column("The language, unless the contact's is among the template's (R-LIN-1).")
    subject_default: str | None = column("The subject of its lines.")
    no_of_lines: int = computed(_over_lines(statistics.interactions), "How many lines it has.")
    cost: Decimal = computed(_over_lines(statistics.cost), "What its lines cost together, in company currency.")
    duration: BigInt = computed(_over_lines(statistics.duration), "How long its lines take together, in minutes.")
    lines = many("segments.SegmentLine", "Its lines, by number unless ordered otherwise.", belongs=_lines)
    steps = listing(
        "segments.steps.SegmentStep",
        "The steps in which its contacts were put together, oldest first.",
        belongs=lambda segment, step, _: [step.c.segment_id == segment.c.id],
        order=lambda step: step.c.step_no,
    )
    follow_up_of = one(
        "segments.LoggedSegment", "The logged segment that it follows up.", local="follow_up_of", remote="entry_no"
    )
    log_progress: LogProgress | None = live(
        log_progress, "How far logging it, or adding contacts to it, is; null while nobody does that."
    )


def _customized_fields(line: Row, _: Statement) -> ColumnElement[Any]:
    marks = line.c.customized
    return JsonWords([(to_camel_case(name), marks.op("&")(bit) != 0) for name, bit in FIELD_BITS.items()])


@entity(
    tables.SegmentLine,
    "lin",
    key_columns=("segment_id", "line_no"),
    default=LINE_KEY,
    key_order=LINE_KEY,
    orders=LINE_ORDERS,
    filter=SegmentLineFilter,
    order_input=SegmentLineOrder,
)
class SegmentLine(Node):
    """What the segment will log for one contact. It follows the segment until something is given for it alone (K11)."""

    segment = one("segments.Segment", "Its segment; null once that is logged.", local="segment_id", remote="id")
    line_no: int = column("Its number within the segment: 1, 2, 3; never changes (K20).")
    contact = one(
        "contacts.Contact", "Whom it is for; without one it is not logged (R-LIN-5).", local="contact_no", remote="no"
    )
    customized_fields: list[str] = computed(
        _customized_fields,
        "What was given for this line: names of SegmentLineInput. Empty: it follows the segment (K11).",
    )
    template = one(
        "templates.InteractionTemplate", "The template of its interaction.", local="template_code", remote="code"
    )
    group = one("templates.InteractionGroup", "The group of its template.", local="group_code", remote="code")
    description: str | None = column("What it is about; without one the segment's is logged (K19).")
    subject: str | None = column("Its subject, where it is written.")
    date: dt.date = column("The day it happens.")
    time_of_interaction: dt.time | None = column("The time of day it begins; without one the time of logging.")
    salesperson = one("salespeople.Salesperson", "Who of us.", local="salesperson_code", remote="code")
    campaign = one("campaigns.Campaign", "The campaign it belongs to.", local="campaign_no", remote="no")
    cost: Decimal = column("What it costs, in company currency.")
    duration: int = column("How long it takes, in minutes.")
    information_flow: InformationFlow | None = column("Which way the information goes.")
    initiated_by: InitiatedBy | None = column("Who begins.")
    campaign_target: bool = column("Whether it makes the contact a target of the campaign.")
    campaign_response: bool = column("Whether it is a response to the campaign.")
    correspondence_type: CorrespondenceType | None = column("By what means (R-CORR).")
    language_code: str | None = column("In which language, as a code of the company's data.")
    evaluation: Evaluation | None = column("How it went.")
    attempt_failed: bool = column("Whether the attempt failed.")


def _over_entries(
    table: Any, measure: Callable[[Any], ColumnElement[Any]]
) -> Callable[[Row, Statement], ColumnElement[Any]]:
    """A figure over what came with a logged segment and has the same canceled mark (A.10)."""

    def expression(logged: Row, statement: Statement) -> ColumnElement[Any]:
        entry = statement.row(table)
        same = [entry.c.logged_segment_entry_no == logged.c.entry_no, entry.c.canceled == logged.c.canceled]
        return history.figures_of(entry, same, measure(entry))

    return expression


def _with_it(logged: Row | None, row: Row, _: Statement) -> Alternatives:
    assert logged is not None
    return [[row.c.logged_segment_entry_no == logged.c.entry_no]]


@entity(
    tables.LoggedSegment,
    "lsg",
    key_columns=("entry_no",),
    default=[by_column("entry_no", descending=True)],
    key_order=[by_column("entry_no")],
    filter=LoggedSegmentFilter,
)
class LoggedSegment(Node):
    """The register entry of a segment that was logged. Several may carry one segment number (K9)."""

    entry_no: int = column("Its number in the register.")
    segment_no: str = column("The number of the segment.")
    description: str = column("The description of the segment.")
    creation_date: dt.date = column("The day it was logged, in the company's zone.")
    logged_at: dt.datetime = column("When it was logged.")
    user_id: str = column("Who logged it.")
    canceled: bool = column("Whether it was struck out.")
    no_of_interactions: int = computed(
        _over_entries(InteractionLogEntry, statistics.interactions),
        "How many interactions came with it and have its canceled mark.",
    )
    no_of_campaign_entries: int = computed(
        _over_entries(CampaignEntry, statistics.interactions),
        "How many campaign entries came with it and have its canceled mark.",
    )
    cost: Decimal = computed(
        _over_entries(InteractionLogEntry, statistics.cost), "What those interactions cost, in company currency."
    )
    duration: BigInt = computed(
        _over_entries(InteractionLogEntry, statistics.duration), "How long those interactions took, in minutes."
    )
    follow_up_of = one(
        "segments.LoggedSegment", "The logged segment that it followed up.", local="follow_up_of", remote="entry_no"
    )
    follow_up_segments = listing(
        "segments.Segment",
        "Segments that follow it up and are still open, by number.",
        belongs=lambda logged, segment, _: [segment.c.follow_up_of == logged.c.entry_no],
        order=lambda segment: segment.c.no,
    )
    follow_ups = listing(
        "segments.LoggedSegment",
        "Logged segments that followed it up, oldest first.",
        belongs=lambda logged, later, _: [later.c.follow_up_of == logged.c.entry_no],
        order=lambda later: later.c.entry_no,
    )
    campaign_entries = many(
        "campaigns.CampaignEntry",
        "The campaign entries that came with it, newest first.",
        belongs=_with_it,
        filtered=False,
        ordered=False,
    )
    interaction_log_entries = many(
        "interactions.InteractionLogEntry", "The interactions that came with it, newest first.", belongs=_with_it
    )


SegmentConnection, SegmentEdge = connection_of("segments.Segment")
SegmentLineConnection, SegmentLineEdge = connection_of("segments.SegmentLine")
LoggedSegmentConnection, LoggedSegmentEdge = connection_of("segments.LoggedSegment")


@strawberry.type
class SegmentQueries:
    """The fields of Query about segments."""

    segment = named("segments.Segment", "The open segment with this number, or null.", "no", "no", "Its number.")
    segments = many("segments.Segment", "Open segments, by number unless ordered otherwise.")
    logged_segment = named(
        "segments.LoggedSegment",
        "The logged segment with this number of the register, or null.",
        "entry_no",
        "entry_no",
        "Its number in the register.",
    )
    logged_segments = many("segments.LoggedSegment", "Logged segments, newest first.", ordered=False)
