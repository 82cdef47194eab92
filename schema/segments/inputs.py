"""Input types of the header and the lines of segments."""

import datetime as dt
from decimal import Decimal

import strawberry

from schema.enums import CorrespondenceType, InformationFlow, InitiatedBy
from schema.inputs import (
    NOTHING_EMPTY,
    all_rows,
    dry_run,
    expected_version,
    idempotency_key,
    number_of_new,
    option,
    optional,
    required,
)
from schema.interactions.inputs import InteractionValuesInput
from schema.segments.filters import SegmentLineFilter

SEGMENT_NO = "The number of the open segment."


@strawberry.input(
    description="The fields of a segment's header: the interaction that will be logged for its contacts. The template "
    "fills in fields that are left out; values that are given take precedence."
)
class SegmentInput:
    description: str | None = optional(
        "What the segment is about, at most 100 characters. Required to log the segment; it is also the description of "
        "interactions whose line has none."
    )
    campaign_no: str | None = optional("The number of the campaign that the interactions belong to.")
    salesperson_code: str | None = optional(
        "The code of the salesperson. Null: each contact's own. Default: the user's own salesperson."
    )
    date: dt.date | None = optional("The day of the interactions. Default: today.")
    template_code: str | None = optional(
        "The code of the interaction template, which fills in fields that are left out."
    )
    unit_cost: Decimal | None = optional(
        "The cost for each contact, in company currency, not negative, at most 2 decimals."
    )
    unit_duration: int | None = optional("The duration for each contact, in minutes: 0 to 525,600.")
    information_flow: InformationFlow | None = optional(
        "Whether the information goes to the contact (OUTBOUND) or comes from it (INBOUND)."
    )
    initiated_by: InitiatedBy | None = optional(
        "Whether the company (US) or the contacts (THEM) initiate the interactions."
    )
    campaign_target: bool | None = optional("Whether the interactions make their contacts targets of the campaign.")
    campaign_response: bool | None = optional("Whether the interactions are responses to the campaign.")
    correspondence_type_default: CorrespondenceType | None = optional(
        "The correspondence type, unless the contact prefers another one that is not ignored."
    )
    ignore_contact_correspondence_type: bool | None = optional(
        "Whether the contacts' own correspondence type is ignored."
    )
    language_code_default: str | None = optional(
        "The language of the interactions, unless the template has a translation into the contact's language."
    )
    subject_default: str | None = optional("The subject of the lines, at most 100 characters.")


@strawberry.input(description="A new segment.")
class CreateSegmentInput:
    no: str | None = number_of_new()
    segment: SegmentInput = required("The fields of the header.")
    contact_nos: list[str] | None = optional(
        "The numbers of contacts to add, in this order, at most 1,000. Contacts that are excluded from segments are "
        "left out."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Changes to the header of a segment.")
class UpdateSegmentInput:
    no: str = required(SEGMENT_NO)
    segment: SegmentInput = required("The fields to change. Fields that are left out keep their values.")
    update_lines: bool = option(
        "Whether the change is passed on to the lines. A new template reaches every line, but values that were set "
        "for a single line stay. Any other field reaches the lines that have the segment's template and replaces "
        "values that were set for a single line.",
        default=True,
    )
    dry_run: bool = dry_run()
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="The segment to delete.")
class DeleteSegmentInput:
    no: str = required(SEGMENT_NO)
    idempotency_key: str | None = idempotency_key()


@strawberry.input(
    description="The fields of a line of a segment. What is set here applies to this line alone; fields that are left "
    "out come from the segment and its template. Null removes the value."
)
class SegmentLineInput(InteractionValuesInput):
    contact_no: str | None = optional(
        "The number of the contact. Setting it, even to the same contact, resets the line to the values of the "
        "segment. A line without a contact is not logged."
    )
    template_code: str | None = optional(
        "The code of the interaction template, which fills in fields that are left out. Only for a line with a contact."
    )
    subject: str | None = optional("The subject, at most 100 characters.")


@strawberry.input(one_of=True, description="Selects lines of a segment. Exactly one field must be given.")
class SegmentLineSelection:
    line_nos: list[int] | None = optional("The numbers of the lines, at most 1,000. Refused if one does not exist.")
    filter: SegmentLineFilter | None = optional(f"All lines that match. {NOTHING_EMPTY}")
    all_: bool | None = all_rows("All lines.")


@strawberry.input(description="One change to lines of a segment.")
class SegmentLineChange:
    lines: SegmentLineSelection = required("The lines to change.")
    set_: SegmentLineInput | None = optional(
        "The values to set. A contact can only be set if exactly one line is selected.", "set"
    )
    reset_to_segment: bool = option(
        "Whether values that were set for these lines are first replaced with those of the segment."
    )


@strawberry.input(
    description="Lines to add to a segment. A contact can have several lines, and a line can have no contact."
)
class AddSegmentLinesInput:
    segment_no: str = required(SEGMENT_NO)
    lines: list[SegmentLineInput] = required("The lines, at most 1,000.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Changes to lines of a segment: all of them or, if one is refused, none.")
class UpdateSegmentLinesInput:
    segment_no: str = required(SEGMENT_NO)
    changes: list[SegmentLineChange] = required("The changes, 1 to 100. They are made in this order.")
    dry_run: bool = dry_run()
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Lines to remove from a segment.")
class RemoveSegmentLinesInput:
    segment_no: str = required(SEGMENT_NO)
    lines: SegmentLineSelection = required("The lines to remove.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()
