"""Mutations that log segments, follow them up, and undo logging."""

import strawberry

from resolvers.roles import ADMINISTRATION, MARKETING
from resolvers.segments import rules
from schema.access import mutation
from schema.contacts.filters import has_condition_on_canceled
from schema.enums import LineWarningCode, OnBlocked
from schema.execution import observing
from schema.execution.context import Info
from schema.inputs import (
    NOTHING_EMPTY,
    dry_run,
    expected_version,
    given_values,
    idempotency_key,
    option,
    optional,
    or_none,
    required,
)
from schema.interactions.filters import InteractionLogEntryFilter
from schema.payload_fields import id_field, object_field, object_list, outcome_field
from schema.payloads import Payload, payload
from schema.segments.inputs import SEGMENT_NO
from schema.segments.previews import LineVerdict, verdicts_of
from schema.selections import filter_as_json, matching

SEGMENT, LOGGED_SEGMENT = "segments.Segment", "segments.LoggedSegment"


@strawberry.input(description="A segment to log.")
class LogSegmentInput:
    segment_no: str = required(SEGMENT_NO)
    create_follow_up: bool = option("Whether a new segment with the same contacts is created.")
    on_blocked: OnBlocked = option("What happens to lines that cannot be logged.", default=OnBlocked.FAIL)
    leave_out: list[LineWarningCode] | None = optional(
        "Skip lines with one of these warnings, even if they could be logged. With LEAVE_IN_SEGMENT they stay in an "
        "open segment with the same number, otherwise with the logged segment."
    )
    plan_token: str | None = optional(
        "The `planToken` of a preview. Refused with PLAN_STALE if logging would no longer do what the preview showed."
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="A logged segment to follow up with a new segment.")
class CreateFollowUpSegmentInput:
    logged_segment_entry_no: int = required("The number of the logged segment.")
    filter: InteractionLogEntryFilter | None = optional(
        "Only contacts with a matching interaction of the logged segment. Default: all contacts. Canceled interactions "
        f"match only if the filter has a condition on `canceled`. {NOTHING_EMPTY}"
    )
    description: str | None = optional(
        "The description of the new segment, at most 100 characters. Default: one that names the logged segment."
    )
    template_code: str | None = optional("The interaction template of the new segment. Default: none.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="A logged segment whose logging to undo.")
class UndoLoggedSegmentInput:
    entry_no: int = required("The number of the logged segment.")
    force: bool = option(
        "Whether to undo it even if interactions were evaluated, commented or un-canceled since it was logged."
    )
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@payload
class LogSegmentPayload(Payload[rules.Logged]):
    """Result of logSegment. If it was refused, nothing was changed."""

    logged_segment = object_field(
        LOGGED_SEGMENT, "The logged segment. Null if the mutation was refused.", "logged_segment_entry_no"
    )
    follow_up_segment = object_field(SEGMENT, "The follow-up segment, if one was requested.", "follow_up_segment_id")
    segment = object_field(
        SEGMENT, "The open segment that has the lines that were left in it, if any.", "open_segment_id"
    )
    logged: int = outcome_field("Number of interactions logged.")
    skipped: int = outcome_field(
        "Number of lines skipped: without a contact, or with a warning listed in `leaveOut`. logged + skipped + "
        "blocked is the number of all lines."
    )
    blocked: int = outcome_field("Number of lines that cannot be logged.")
    closed_segment_id: strawberry.ID | None = id_field(
        SEGMENT, "The id that the segment had while it was open. Null if it stays open.", "closed_segment_id"
    )

    @strawberry.field(description="The lines that cannot be logged, with reasons; at most the first 100.")
    async def blocked_lines(self, info: Info) -> list[LineVerdict]:
        found = self.values
        if not isinstance(found, rules.BlockedLines) or not found.blocked_lines:
            return []
        numbers = [line.line_no for line in found.blocked_lines]
        existing = await info.context.read(rules.existing_lines, found.blocked_segment_id, numbers)
        lines = [line for line in found.blocked_lines if line.line_no in existing]
        return verdicts_of(info.context, found.blocked_segment_id, lines)


@payload
class CreateFollowUpSegmentPayload(Payload[rules.FollowUpCreated]):
    """Result of createFollowUpSegment."""

    segment = object_field(SEGMENT, "The new segment. Null if the mutation was refused.", "segment_id")


@payload
class UndoLoggedSegmentPayload(Payload[rules.SegmentUndone]):
    """Result of undoLoggedSegment. In a dry run, the numbers say what would happen."""

    segment = object_field(SEGMENT, "The segment, which is open again. Null if the mutation was refused.", "segment_id")
    logged_segment = object_field(
        LOGGED_SEGMENT,
        "The logged segment, which is canceled now. Null if the mutation was refused.",
        "logged_segment_entry_no",
    )
    lines_restored: int = outcome_field("Number of lines that are on the open segment again.")
    entries_canceled: int = outcome_field("Number of interactions canceled.")
    touched_entries = object_list(
        "interactions.InteractionLogEntry",
        "Interactions that were evaluated, commented or un-canceled since the segment was logged; at most the first "
        "100.",
        "touched_entry_nos",
    )


@strawberry.type
class SegmentLoggingMutations:
    """The fields of Mutation about logging segments."""

    @mutation(
        "Log a segment: one interaction for each line that has a contact. The segment becomes a logged "
        "segment; on request, a follow-up segment with the same contacts is created. All of it is done or nothing. "
        "While it runs, `logProgress` of the segment estimates its progress, and cancelLogSegment cancels it.",
        access=MARKETING,
    )
    async def log_segment(self, info: Info, input: LogSegmentInput) -> LogSegmentPayload | None:
        result = await info.context.write_bulk(
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
        observing.current().lines_logged += result.outcome.logged if result.outcome else 0
        return LogSegmentPayload.of(result)

    @mutation(
        "Create a new segment with the contacts of a logged segment: all of them, or those whose "
        "interaction matches a filter.",
        access=MARKETING,
    )
    async def create_follow_up_segment(
        self, info: Info, input: CreateFollowUpSegmentInput
    ) -> CreateFollowUpSegmentPayload | None:
        result = await info.context.write_bulk(
            info,
            input,
            rules.create_follow_up,
            input.logged_segment_entry_no,
            matching=await matching(info, InteractionLogEntryFilter, "filter"),
            filter=filter_as_json(info, "filter"),
            with_canceled=has_condition_on_canceled(given_values(input.filter)),
            description=or_none(input.description),
            template_code=or_none(input.template_code),
        )
        return CreateFollowUpSegmentPayload.of(result)

    @mutation(
        "Undo the logging of a segment: the segment is open again with its lines, and its interactions are "
        "canceled; a follow-up segment stays. Refused with CHANGED_SINCE if interactions were evaluated, commented or "
        "un-canceled since then, unless `force` is true.",
        access=ADMINISTRATION,
    )
    async def undo_logged_segment(self, info: Info, input: UndoLoggedSegmentInput) -> UndoLoggedSegmentPayload | None:
        result = await info.context.write_bulk(
            info, input, rules.undo, input.entry_no, force=input.force, dry_run=input.dry_run
        )
        return UndoLoggedSegmentPayload.of(result)
