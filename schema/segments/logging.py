"""Logging segments, following them up, taking them back."""

from typing import Any

import strawberry

from resolvers import segments as rules
from schema import global_ids as identifiers
from schema.compiler.declarations import entity_of
from schema.contacts.filters import has_condition_on_canceled
from schema.enums import LineWarningCode, OnBlocked
from schema.inputs import NOTHING_EMPTY, given, key_to_repeat, optional, or_none, required, version_expected
from schema.interactions.filters import InteractionLogEntryFilter
from schema.payloads import Payload, payload, shown, shown_list, told
from schema.segments.previews import LineVerdict, verdicts_of
from schema.selections import filter_as_json, matching


@strawberry.input(description="A segment to log.")
class LogSegmentInput:
    segment_no: str = required("The segment.")
    create_follow_up: bool = strawberry.field(
        default=False, description="Also create a new segment with the same contacts."
    )
    on_blocked: OnBlocked = strawberry.field(
        default=OnBlocked.FAIL, description="What happens to lines that cannot be logged."
    )
    leave_out: list[LineWarningCode] | None = optional(
        "Skip lines with one of these warnings, blocked or not. With LEAVE_IN_SEGMENT they stay in an open segment "
        "with the same number, otherwise with the logged segment."
    )
    plan_token: str | None = optional(
        "From logSegmentPreview; refused with PLAN_STALE if the outcome would now differ."
    )
    expected_version: int | None = version_expected()
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="A logged segment to follow up.")
class CreateFollowUpSegmentInput:
    logged_segment_entry_no: int = required("Its number in the register.")
    filter: InteractionLogEntryFilter | None = optional(
        "Only contacts with a matching entry of the logged segment; all contacts if omitted. Canceled "
        "entries match only if the "
        f"filter has a condition on `canceled`. {NOTHING_EMPTY}"
    )
    description: str | None = optional(
        "Of the new segment, at most 100 characters; else it names the segment it follows."
    )
    template_code: str | None = optional("The template that the new segment assigns; else none.")
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="A logged segment to take back.")
class UndoLoggedSegmentInput:
    entry_no: int = required("Its number in the register.")
    force: bool = strawberry.field(
        default=False, description="Also when entries were evaluated, commented or put back since."
    )
    dry_run: bool = strawberry.field(default=False, description="Only count; nothing changes.")
    idempotency_key: str | None = key_to_repeat()


@payload
class LogSegmentPayload(Payload):
    """What logSegment did. If it was refused, nothing was changed."""

    logged_segment = shown("segments.LoggedSegment", "The entry of the register.", "logged_segment_entry_no")
    follow_up_segment = shown("segments.Segment", "The follow-up segment, if requested.", "follow_up_segment_id")
    segment = shown(
        "segments.Segment", "The segment, if it stays open because lines were left in it.", "open_segment_id"
    )
    logged: int = told("Number of interactions logged.")
    skipped: int = told(
        "Number of lines skipped: without a contact, or with a warning listed in leaveOut. logged + skipped + blocked "
        "is the number of all lines."
    )
    blocked: int = told("Number of lines that cannot be logged.")

    @strawberry.field(description="The id of the segment if it is closed now; null if it stays open.")
    def closed_segment_id(self) -> strawberry.ID | None:
        outcome: Any = self
        closed = outcome.get("closed_segment_id")
        return None if closed is None else strawberry.ID(identifiers.written(entity_of("segments.Segment"), closed))

    @strawberry.field(description="The first 100 lines that cannot be logged, with reasons.")
    async def blocked_lines(self, info: strawberry.Info) -> list[LineVerdict]:
        outcome: Any = self
        lines = outcome.get("blocked_lines")
        if not lines:
            return []
        segment_id = outcome["blocked_segment_id"]
        there = await info.context.ask(rules.lines_there, segment_id, [line["line_no"] for line in lines])
        return verdicts_of(info.context, segment_id, [line for line in lines if line["line_no"] in there])


@payload
class CreateFollowUpSegmentPayload(Payload):
    """What createFollowUpSegment did."""

    segment = shown("segments.Segment", "The new segment.", "segment_id")


@payload
class UndoLoggedSegmentPayload(Payload):
    """What undoLoggedSegment did, or would do."""

    segment = shown("segments.Segment", "The segment, open again.", "segment_id")
    logged_segment = shown(
        "segments.LoggedSegment", "The entry of the register, canceled now.", "logged_segment_entry_no"
    )
    lines_restored: int = told("How many lines are on the open segment again.")
    entries_canceled: int = told("How many interactions were struck out.")
    touched_entries = shown_list(
        "interactions.InteractionLogEntry",
        "Those that were evaluated, commented or put back since, the first 100 (K18).",
        "touched_entry_nos",
    )


@strawberry.type
class SegmentLoggingMutations:
    """The fields of Mutation about logging segments."""

    @strawberry.mutation(
        description=(
            "Log a segment: one entry in the log for each line with a contact, the segment moves to the logged "
            "segments, and on request a follow-up with the same contacts is made. All of it or nothing (R-LOG, K8, "
            "K9). Meanwhile `logProgress` of the segment shows how far it is, and cancelLogSegment ends it."
        )
    )
    async def log_segment(self, info: strawberry.Info, input: LogSegmentInput) -> LogSegmentPayload | None:
        return await info.context.write_bulk(
            info,
            input,
            rules.log,
            input.segment_no,
            create_follow_up=input.create_follow_up,
            on_blocked=input.on_blocked,
            leave_out=or_none(input.leave_out) or (),
            plan_token=or_none(input.plan_token),
            expected_version=or_none(input.expected_version),
        )

    @strawberry.mutation(
        description=(
            "Make a new segment of the contacts of a logged one: of all, or of those whose entries pass a filter; with "
            "another template if wanted (R-LOG-11, K10)."
        )
    )
    async def create_follow_up_segment(
        self, info: strawberry.Info, input: CreateFollowUpSegmentInput
    ) -> CreateFollowUpSegmentPayload | None:
        return await info.context.write_bulk(
            info,
            input,
            rules.create_follow_up,
            input.logged_segment_entry_no,
            matching=await matching(info, InteractionLogEntryFilter, "filter"),
            filter=filter_as_json(info, "filter"),
            with_canceled=has_condition_on_canceled(given(or_none(input.filter))),
            description=or_none(input.description),
            template_code=or_none(input.template_code),
        )

    @strawberry.mutation(
        description=(
            "Take a logged segment back: the segment opens again with its lines as they were, its entries are struck "
            "out, a follow-up stays. Refused when entries were evaluated, commented or put back since, unless forced "
            "(K18)."
        )
    )
    async def undo_logged_segment(
        self, info: strawberry.Info, input: UndoLoggedSegmentInput
    ) -> UndoLoggedSegmentPayload | None:
        return await info.context.write_bulk(
            info, input, rules.undo, input.entry_no, force=input.force, dry_run=input.dry_run
        )
