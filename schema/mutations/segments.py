"""Segments and their lines: creating, customising, logging, deleting them. Whom they hold: see `segment_building`."""

from typing import Any

import strawberry

from resolvers import segments as rules
from resolvers.errors import Refusal
from schema import identifiers
from schema.filters.segments import SegmentLineFilter
from schema.inputs import given, or_none
from schema.mutations.segment_inputs import (
    AddSegmentLinesInput,
    CreateSegmentInput,
    DeleteSegmentInput,
    LogSegmentInput,
    RemoveSegmentLinesInput,
    SegmentLineChange,
    UpdateSegmentInput,
    UpdateSegmentLinesInput,
)
from schema.mutations.selecting import matching
from schema.payloads import Payload, UserError, payload, shown, shown_list, told
from schema.planning.declarations import entity_of
from schema.segments import SegmentLine
from schema.vocabulary import LineStatus


def segment_shown() -> Any:
    """The segment that a mutation was about."""
    return shown("segments.Segment", "The segment as it is now.", "segment_id")


@payload
class CreateSegmentPayload(Payload):
    """What createSegment did."""

    segment = segment_shown()


@payload
class UpdateSegmentPayload(Payload):
    """What updateSegment did, or would do."""

    segment = segment_shown()
    lines_changed: int = told("How many lines got something new.")
    lines_kept: int = told("How many lines stayed as they were.")


@payload
class DeleteSegmentPayload(Payload):
    """What deleteSegment did."""

    @strawberry.field(description="The id of the segment that is gone.")
    def deleted_id(self) -> strawberry.ID | None:
        outcome: Any = self
        gone = outcome.get("deleted_id")
        return None if gone is None else strawberry.ID(identifiers.written(entity_of("segments.Segment"), gone))


@payload
class AddSegmentLinesPayload(Payload):
    """What addSegmentLines did."""

    segment = segment_shown()
    lines = shown_list("segments.SegmentLine", "The new lines, the first 100.", "segment_id", "line_nos")


@payload
class UpdateSegmentLinesPayload(Payload):
    """What updateSegmentLines did, or would do."""

    segment = segment_shown()
    matched: int = told("How many lines were meant.")
    changed: int = told("How many lines got something new.")
    lines = shown_list("segments.SegmentLine", "The lines that were meant, the first 100.", "segment_id", "line_nos")


@payload
class RemoveSegmentLinesPayload(Payload):
    """What removeSegmentLines did, or would do."""

    segment = segment_shown()
    removed: int = told("How many lines went.")

    @strawberry.field(description="The ids of the lines that are gone, the first 100.")
    def deleted_ids(self) -> list[strawberry.ID]:
        outcome: Any = self
        entity = entity_of("segments.SegmentLine")
        return [
            strawberry.ID(identifiers.written(entity, outcome["segment_id"], line_no)) for line_no in outcome.get("line_nos", ())
        ]


@strawberry.type(description="What logging makes of one line, and why.")
class LineVerdict:
    segment_id: strawberry.Private[int]
    line_no: strawberry.Private[int]
    refusals: strawberry.Private[list[Refusal]]

    @strawberry.field(description="The line.")
    async def line(self, info: strawberry.Info) -> SegmentLine:
        shown_soon = info.context.show_soon
        return await shown_soon(info._raw_info, entity_of("segments.SegmentLine"), [self.segment_id], self.line_no)

    @strawberry.field(description="What would become of it.")
    def status(self) -> LineStatus:
        return LineStatus.BLOCKED

    @strawberry.field(description="Why it cannot be logged, everything at once.")
    def reasons(self) -> list[UserError]:
        return [UserError(refusal=refusal) for refusal in self.refusals]


@payload
class LogSegmentPayload(Payload):
    """What logSegment did. Refused, nothing was changed."""

    logged_segment = shown("segments.LoggedSegment", "The entry of the register.", "logged_segment_entry_no")
    follow_up_segment = shown("segments.Segment", "The follow-up, if one was asked for (R-LOG-11).", "follow_up_segment_id")
    segment = shown("segments.Segment", "The segment, while it stays open.", "open_segment_id")
    logged: int = told("How many interactions were logged.")
    skipped: int = told("How many lines have no contact and were skipped (R-LOG-5).")

    @strawberry.field(description="The id of the segment that is closed now; null while it stays open.")
    def closed_segment_id(self) -> strawberry.ID | None:
        outcome: Any = self
        closed = outcome.get("segment_id")
        return None if closed is None else strawberry.ID(identifiers.written(entity_of("segments.Segment"), closed))

    @strawberry.field(description="How many lines cannot be logged (K8).")
    def blocked(self) -> int:
        return _blocked_lines(self).count if _blocked_lines(self) else 0

    @strawberry.field(description="The lines that cannot be logged and why, the first 100 (K8).")
    def blocked_lines(self) -> list[LineVerdict]:
        blocked = _blocked_lines(self)
        if blocked is None:
            return []
        return [
            LineVerdict(segment_id=blocked.segment_id, line_no=line_no, refusals=list(refusals))
            for line_no, refusals in blocked.verdicts
        ]


def _blocked_lines(outcome: Any) -> Any:
    detail = outcome.get("__detail__")
    return detail if isinstance(detail, rules.BlockedLines) else None


@strawberry.type
class SegmentMutations:
    """The fields of Mutation about segments."""

    @strawberry.mutation(description="Create a segment, numbered by the segment series unless a number is given (R-SEG-1).")
    async def create_segment(self, info: strawberry.Info, input: CreateSegmentInput) -> CreateSegmentPayload | None:
        return await info.context.write(
            info, input, rules.create, given(input.segment), no=or_none(input.no), contact_nos=or_none(input.contact_nos)
        )

    @strawberry.mutation(description="Change a segment's header; lines that follow it change too (R-HDR, R-HTMP, K11).")
    async def update_segment(self, info: strawberry.Info, input: UpdateSegmentInput) -> UpdateSegmentPayload | None:
        return await info.context.write(
            info, input, rules.update, input.no, given(input.segment), update_lines=input.update_lines, dry_run=input.dry_run,
            expected_version=or_none(input.expected_version),
        )

    @strawberry.mutation(description="Delete an open segment, lines, steps and all; its number is never given again (R-SEG-2, K7).")
    async def delete_segment(self, info: strawberry.Info, input: DeleteSegmentInput) -> DeleteSegmentPayload | None:
        return await info.context.write(info, input, rules.delete_segment, input.no)

    @strawberry.mutation(description="Put lines on a segment by hand (R-LIN-1, R-LIN-5, R-LIN-6).")
    async def add_segment_lines(self, info: strawberry.Info, input: AddSegmentLinesInput) -> AddSegmentLinesPayload | None:
        return await info.context.write(info, input, rules.add_lines, input.segment_no, [given(line) for line in input.lines])

    @strawberry.mutation(description="Customise lines, each by number or by filter; up to 100 changes, all or none (R-LIN, K11).")
    async def update_segment_lines(
        self, info: strawberry.Info, input: UpdateSegmentLinesInput
    ) -> UpdateSegmentLinesPayload | None:
        changes = [await _change(info, change, place) for place, change in enumerate(input.changes)]
        return await info.context.write(
            info, input, rules.update_lines, input.segment_no, changes, dry_run=input.dry_run,
            expected_version=or_none(input.expected_version),
        )

    @strawberry.mutation(description="Take lines off a segment, by number or by filter.")
    async def remove_segment_lines(
        self, info: strawberry.Info, input: RemoveSegmentLinesInput
    ) -> RemoveSegmentLinesPayload | None:
        return await info.context.write(
            info, input, rules.remove_lines, input.segment_no, line_nos=or_none(input.lines.line_nos),
            matching=await matching(info, SegmentLineFilter, "lines", "filter"), dry_run=input.dry_run,
        )

    @strawberry.mutation(description=(
        "Log a segment: one entry in the log for each line with a contact, the segment moves to the logged segments, and on "
        "request a follow-up with the same contacts is made. All of it or nothing (R-LOG, K8, K9)."
    ))
    async def log_segment(self, info: strawberry.Info, input: LogSegmentInput) -> LogSegmentPayload | None:
        return await info.context.write(
            info, input, rules.log, input.segment_no, create_follow_up=input.create_follow_up,
            expected_version=or_none(input.expected_version),
        )


async def _change(info: strawberry.Info, change: SegmentLineChange, place: int) -> rules.LineChange:
    made: Any = {"reset_to_segment": change.reset_to_segment}
    meant = await matching(info, SegmentLineFilter, "changes", place, "lines", "filter")
    made |= {"line_nos": or_none(change.lines.line_nos)} if meant is None else {"matching": meant}
    if or_none(change.set_) is not None:
        made["set"] = given(change.set_)
    return made


