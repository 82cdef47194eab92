"""Segments, their lines, and logged segments."""

import datetime as dt
from decimal import Decimal

import strawberry

from persistence import segments as tables
from resolvers.roles import READS
from resolvers.segments import queries
from resolvers.segments.search import search
from resolvers.word_search import HELP
from schema.compiler.declarations import Search, by_column
from schema.compiler.entity_types import entity
from schema.compiler.fields import by_key, column, computed, live_field, to_many, to_one, unpaged_list
from schema.connections import connection_of
from schema.enums import CorrespondenceType, Evaluation, InformationFlow, InitiatedBy
from schema.key_fields import CAMPAIGN_NO, COMPANY_NO, CONTACT_NO, GROUP_CODE, SALESPERSON_CODE, TEMPLATE_CODE
from schema.nodes import Node
from schema.scalars import BigInt
from schema.segments.filters import (
    LINE_KEY,
    LINE_ORDERS,
    LOGGED_SEGMENT_KEY,
    LOGGED_SEGMENT_ORDERS,
    SEGMENT_KEY,
    SEGMENT_ORDERS,
    LoggedSegmentFilter,
    LoggedSegmentOrder,
    SegmentFilter,
    SegmentLineFilter,
    SegmentLineOrder,
    SegmentOrder,
)
from schema.segments.progress import LogProgress, log_progress


@entity(
    tables.Segment,
    "seg",
    default=SEGMENT_KEY,
    key_order=SEGMENT_KEY,
    orders=SEGMENT_ORDERS,
    filter=SegmentFilter,
    order_input=SegmentOrder,
    only=queries.is_open,
)
class Segment(Node):
    """An open segment: a list of contacts and the interaction to log for each of them. Logging closes it."""

    no: str = column("The number of the segment, unique among open segments. No new segment gets it again.")
    version: int = column(
        "Increases with every change of the segment or of one of its lines. Pass it as expectedVersion to have a "
        "change refused if the segment has changed in the meantime."
    )
    description: str | None = column("What the segment is about. The segment cannot be logged without it.")
    date: dt.date = column("The date of its interactions, in the company's time zone.")
    salesperson = to_one(
        "salespeople.Salesperson",
        "The salesperson of its lines. Null: each line gets the salesperson of its contact.",
        local="salesperson_code",
        remote="code",
    )
    campaign = to_one(
        "campaigns.Campaign",
        "The campaign that its interactions belong to. Null without one.",
        local="campaign_no",
        remote="no",
    )
    template = to_one(
        "templates.InteractionTemplate",
        "The interaction template of its lines. Null as long as none was chosen.",
        local="template_code",
        remote="code",
    )
    group = to_one(
        "templates.InteractionGroup",
        "The interaction group of the template when it was chosen.",
        local="group_code",
        remote="code",
    )
    unit_cost: Decimal = column("The cost of the interaction with each contact, in company currency.")
    unit_duration: int = column("The duration of the interaction with each contact, in minutes.")
    information_flow: InformationFlow | None = column(
        "Whether the information goes to the contact (OUTBOUND) or comes from it (INBOUND). Null if not given."
    )
    initiated_by: InitiatedBy | None = column(
        "Whether the company (US) or the contacts (THEM) initiate the interactions. Null if not given."
    )
    campaign_target: bool = column("Whether its interactions make the contacts targets of the campaign.")
    campaign_response: bool = column("Whether its interactions are responses to the campaign.")
    correspondence_type_default: CorrespondenceType | None = column(
        "The correspondence type of its lines, unless the contact prefers another."
    )
    ignore_contact_correspondence_type: bool = column(
        "Whether its lines ignore the correspondence type that the contact prefers."
    )
    language_code_default: str | None = column(
        "The language code of its lines, unless the template is translated into the contact's language."
    )
    subject_default: str | None = column("The subject of the letters or e-mails of its lines.")
    no_of_lines: int = computed(queries.number_of_lines, "Number of lines, those without a contact included.")
    cost: Decimal = computed(queries.cost_of_lines, "Total cost of its lines, in company currency.")
    duration: BigInt = computed(queries.duration_of_lines, "Total duration of its lines, in minutes.")
    lines = to_many("segments.SegmentLine", "The lines, by number unless ordered otherwise.", belongs=queries.lines_of)
    steps = unpaged_list(
        "segments.steps.SegmentStep",
        "The steps that added and removed its contacts, oldest first.",
        belongs=queries.steps_of,
        order="step_no",
    )
    follow_up_of = to_one(
        "segments.LoggedSegment",
        "The logged segment that it follows up. Null if it is no follow-up.",
        local="follow_up_of",
        remote="entry_no",
    )
    log_progress: LogProgress | None = live_field(
        log_progress,
        "Estimated progress of the operation running on the segment, such as logging it or adding contacts. Null if "
        "none is running.",
    )


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
    """The interaction to log for one contact. Its values follow the segment unless they were given for this line."""

    segment = to_one(
        "segments.Segment", "The open segment. Null once it has been logged.", local="segment_id", remote="id"
    )
    line_no: int = column("The number of the line within the segment: 1, 2, 3. It never changes.")
    contact = to_one(
        "contacts.Contact",
        "The contact of the interaction. A line without a contact is skipped when the segment is logged.",
        local="contact_no",
        remote="no",
    )
    contact_no: str | None = column(CONTACT_NO)
    company_no: str | None = column(COMPANY_NO)
    customized_fields: list[str] = computed(
        queries.customized_fields,
        "The fields of SegmentLineInput that were given for this line alone. Changes of the segment do not reach them.",
    )
    template = to_one(
        "templates.InteractionTemplate",
        "The interaction template; by default that of the segment.",
        local="template_code",
        remote="code",
    )
    template_code: str | None = column(TEMPLATE_CODE)
    group = to_one(
        "templates.InteractionGroup",
        "The interaction group of the template when it was chosen.",
        local="group_code",
        remote="code",
    )
    group_code: str | None = column(GROUP_CODE)
    description: str | None = column("What the interaction is about. Null: the segment's description is logged.")
    subject: str | None = column("The subject of the letter or e-mail.")
    date: dt.date = column("The date of the interaction, in the company's time zone.")
    time_of_interaction: dt.time | None = column(
        "The time of day at which it starts, in the company's time zone. Null: the time of logging is used."
    )
    salesperson = to_one(
        "salespeople.Salesperson",
        "The salesperson who takes part for the company.",
        local="salesperson_code",
        remote="code",
    )
    salesperson_code: str | None = column(SALESPERSON_CODE)
    campaign = to_one(
        "campaigns.Campaign",
        "The campaign that the interaction belongs to; by default that of the segment. Null without one.",
        local="campaign_no",
        remote="no",
    )
    campaign_no: str | None = column(CAMPAIGN_NO)
    cost: Decimal = column("The cost, in company currency.")
    duration: int = column("The duration, in minutes.")
    information_flow: InformationFlow | None = column(
        "Whether the information goes to the contact (OUTBOUND) or comes from it (INBOUND). Null if not given."
    )
    initiated_by: InitiatedBy | None = column(
        "Whether the company (US) or the contact (THEM) initiates the interaction. Null if not given."
    )
    campaign_target: bool = column("Whether the interaction makes the contact a target of the campaign.")
    campaign_response: bool = column("Whether the interaction is a response to the campaign.")
    correspondence_type: CorrespondenceType | None = column("How the contact is written to. Null if not in writing.")
    language_code: str | None = column("The language code of the interaction, such as ENU or FRC.")
    evaluation: Evaluation | None = column("How the interaction is evaluated. Null as long as it is not.")
    attempt_failed: bool = column("Whether the attempt failed: the contact was not reached.")


@entity(
    tables.LoggedSegment,
    "lsg",
    key_columns=("entry_no",),
    default=[by_column("entry_no", descending=True)],
    key_order=LOGGED_SEGMENT_KEY,
    orders=LOGGED_SEGMENT_ORDERS,
    filter=LoggedSegmentFilter,
    order_input=LoggedSegmentOrder,
)
class LoggedSegment(Node):
    """A segment that was logged. Several can have the same segment number: logging can be undone and repeated."""

    entry_no: int = column("The entry number, unique among logged segments.")
    segment_no: str = column("The number that the segment had while it was open.")
    description: str = column("The description of the segment when it was logged.")
    creation_date: dt.date = column("The date on which the segment was logged, in the company's time zone.")
    logged_at: dt.datetime = column("The time at which the segment was logged.")
    user_id: str = column("The user who logged the segment.")
    canceled: bool = column("Whether the logged segment was canceled, together with its interactions.")
    no_of_interactions: int = computed(
        queries.number_of_interactions,
        "Number of its interactions: those canceled if the logged segment is canceled, else those not canceled.",
    )
    no_of_campaign_entries: int = computed(
        queries.number_of_campaign_entries,
        "Number of its campaign entries: those canceled if the logged segment is canceled, else those not canceled.",
    )
    cost: Decimal = computed(
        queries.cost_of_interactions,
        "Total cost of the interactions that noOfInteractions counts, in company currency.",
    )
    duration: BigInt = computed(
        queries.duration_of_interactions, "Total duration of the interactions that noOfInteractions counts, in minutes."
    )
    follow_up_of = to_one(
        "segments.LoggedSegment",
        "The logged segment that it followed up. Null if it was no follow-up.",
        local="follow_up_of",
        remote="entry_no",
    )
    follow_up_segments = unpaged_list(
        "segments.Segment",
        "The open segments that follow it up, by number.",
        belongs=queries.open_follow_ups_of,
        order="no",
    )
    follow_ups = unpaged_list(
        "segments.LoggedSegment",
        "The logged segments that followed it up, oldest first.",
        belongs=queries.logged_follow_ups_of,
        order="entry_no",
    )
    campaign_entries = to_many(
        "campaigns.CampaignEntry",
        "The campaign entries that logging created, newest first.",
        belongs=queries.logged_with,
        filtered=False,
        ordered=False,
    )
    interaction_log_entries = to_many(
        "interactions.InteractionLogEntry",
        "The interactions that logging created, newest first.",
        belongs=queries.logged_with,
    )


SegmentConnection, SegmentEdge = connection_of("segments.Segment")
SegmentLineConnection, SegmentLineEdge = connection_of("segments.SegmentLine")
LoggedSegmentConnection, LoggedSegmentEdge = connection_of("segments.LoggedSegment")


@strawberry.type
class SegmentQueries:
    """The fields of Query about segments."""

    segment = by_key(
        "segments.Segment",
        "The open segment with this number; null if there is none.",
        "no",
        "no",
        "The number of the segment.",
        access=READS,
    )
    segments = to_many(
        "segments.Segment",
        "Open segments, by number unless ordered otherwise.",
        search=Search(search, f"Looks in number, description and subjectDefault. {HELP}"),
        access=READS,
    )
    logged_segment = by_key(
        "segments.LoggedSegment",
        "The logged segment with this entry number; null if there is none.",
        "entry_no",
        "entry_no",
        "The entry number.",
        access=READS,
    )
    logged_segments = to_many(
        "segments.LoggedSegment", "Logged segments, newest first unless ordered otherwise.", access=READS
    )
