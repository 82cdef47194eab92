"""What segments and their lines can be told."""

import datetime as dt
from decimal import Decimal

import strawberry

from schema.enums import CorrespondenceType, Evaluation, InformationFlow, InitiatedBy
from schema.inputs import NOTHING_EMPTY, all_of_them, key_to_repeat, optional, required, version_expected
from schema.segments.filters import SegmentLineFilter


@strawberry.input(description="The fields of a segment's header: the interaction it assigns to its contacts.")
class SegmentInput:
    description: str | None = optional("What it is about, at most 100 characters; needed to log it (R-LOG-2).")
    campaign_no: str | None = optional("The campaign it belongs to.")
    salesperson_code: str | None = optional("Who of us; else the user's own salesperson (R-SEG-1, K16).")
    date: dt.date | None = optional("The day its interactions happen; else today.")
    template_code: str | None = optional("The template it assigns; it fills what is not given (R-HTMP).")
    unit_cost: Decimal | None = optional(
        "What the interaction costs for each contact, in company currency, not negative."
    )
    unit_duration: int | None = optional("How long it takes for each contact, in minutes, 0 to 525600.")
    information_flow: InformationFlow | None = optional("Which way the information goes.")
    initiated_by: InitiatedBy | None = optional("Who begins.")
    campaign_target: bool | None = optional("Whether it makes its contacts targets of the campaign.")
    campaign_response: bool | None = optional("Whether its interactions are responses to the campaign.")
    correspondence_type_default: CorrespondenceType | None = optional(
        "By what means, unless the contact prefers another."
    )
    ignore_contact_correspondence_type: bool | None = optional(
        "Whether the contacts' own preference is ignored (R-CORR)."
    )
    language_code_default: str | None = optional("The language, unless the contact's is among the template's.")
    subject_default: str | None = optional("The subject of its lines, at most 100 characters.")


@strawberry.input(description="A new segment.")
class CreateSegmentInput:
    no: str | None = optional(
        "Its number, where the series allows numbers by hand; else the next of the series (R-NUM)."
    )
    segment: SegmentInput = required("The segment.")
    contact_nos: list[str] | None = optional("Contacts to stand on it from the start, in this order; at most 1,000.")
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="A change of a segment's header.")
class UpdateSegmentInput:
    no: str = required("Its number.")
    segment: SegmentInput = required("What changes.")
    update_lines: bool = strawberry.field(default=True, description="Whether the lines follow (R-HDR, K11).")
    dry_run: bool = strawberry.field(default=False, description="Only count; nothing changes.")
    expected_version: int | None = version_expected()
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="A segment to delete.")
class DeleteSegmentInput:
    no: str = required("Its number.")
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="The fields of a line: what is given for this contact alone (K11).")
class SegmentLineInput:
    contact_no: str | None = optional("Whom it is for. Setting it, even again, begins the line anew (R-LIN-3).")
    template_code: str | None = optional("The template; it fills what is not given (R-LIN-4). Needs a contact.")
    salesperson_code: str | None = optional("Who of us.")
    campaign_no: str | None = optional("The campaign it belongs to.")
    description: str | None = optional("What it is about, at most 100 characters.")
    subject: str | None = optional("Its subject, at most 100 characters.")
    date: dt.date | None = optional("The day it happens.")
    time_of_interaction: dt.time | None = optional("The time of day it begins.")
    cost: Decimal | None = optional("What it costs, in company currency, not negative.")
    duration: int | None = optional("How long it takes, in minutes, 0 to 525600.")
    information_flow: InformationFlow | None = optional("Which way the information goes.")
    initiated_by: InitiatedBy | None = optional("Who begins.")
    correspondence_type: CorrespondenceType | None = optional("By what means.")
    language_code: str | None = optional("In which language.")
    evaluation: Evaluation | None = optional("How it went.")
    attempt_failed: bool | None = optional("Whether the attempt failed.")
    campaign_target: bool | None = optional("Whether it makes the contact a target of the campaign.")
    campaign_response: bool | None = optional("Whether it is a response to the campaign.")


@strawberry.input(one_of=True, description="Lines of a segment: exactly one of these.")
class SegmentLineSelection:
    line_nos: list[int] | None = optional("These lines, at most 1,000.")
    filter: SegmentLineFilter | None = optional(f"All lines that match. {NOTHING_EMPTY}")
    all_: bool | None = all_of_them("Every line.")


@strawberry.input(description="One change to some lines.")
class SegmentLineChange:
    lines: SegmentLineSelection = required("Which lines.")
    set_: SegmentLineInput | None = optional("What they get. A contact only with exactly one line.", "set")
    reset_to_segment: bool = strawberry.field(
        default=False, description="Let them follow the segment again before that (K11)."
    )


@strawberry.input(
    description="Lines to put on a segment; a contact may stand on several, a line may have none (R-LIN-5, R-LIN-6)."
)
class AddSegmentLinesInput:
    segment_no: str = required("The segment.")
    lines: list[SegmentLineInput] = required("The lines, at most 1,000.")
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="Changes to lines: all of them or none.")
class UpdateSegmentLinesInput:
    segment_no: str = required("The segment.")
    changes: list[SegmentLineChange] = required("The changes, 1 to 100, in this order.")
    dry_run: bool = strawberry.field(default=False, description="Only count; nothing changes.")
    expected_version: int | None = version_expected()
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="Lines to take off a segment.")
class RemoveSegmentLinesInput:
    segment_no: str = required("The segment.")
    lines: SegmentLineSelection = required("Which lines.")
    dry_run: bool = strawberry.field(default=False, description="Only count; nothing changes.")
    idempotency_key: str | None = key_to_repeat()
