"""Segments and their lines: creating, customising, deleting them. Whom they hold: see `segment_building`."""

from typing import Any

import strawberry

from resolvers.segments import rules
from schema import global_ids as identifiers
from schema.compiler.declarations import entity_of
from schema.inputs import given, or_none
from schema.payloads import Payload, payload, shown, shown_list, told
from schema.segments.filters import SegmentLineFilter
from schema.segments.inputs import (
    AddSegmentLinesInput,
    CreateSegmentInput,
    DeleteSegmentInput,
    RemoveSegmentLinesInput,
    SegmentLineChange,
    UpdateSegmentInput,
    UpdateSegmentLinesInput,
)
from schema.selections import matching


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
            strawberry.ID(identifiers.written(entity, outcome["segment_id"], line_no))
            for line_no in outcome.get("line_nos", ())
        ]


@strawberry.type
class SegmentMutations:
    """The fields of Mutation about segments."""

    @strawberry.mutation(
        description="Create a segment, numbered by the segment series unless a number is given (R-SEG-1)."
    )
    async def create_segment(self, info: strawberry.Info, input: CreateSegmentInput) -> CreateSegmentPayload | None:
        return await info.context.write_bulk(
            info,
            input,
            rules.create,
            given(input.segment),
            no=or_none(input.no),
            contact_nos=or_none(input.contact_nos),
        )

    @strawberry.mutation(description="Change a segment's header; lines that follow it change too (R-HDR, R-HTMP, K11).")
    async def update_segment(self, info: strawberry.Info, input: UpdateSegmentInput) -> UpdateSegmentPayload | None:
        return await info.context.write_bulk(
            info,
            input,
            rules.update,
            input.no,
            given(input.segment),
            update_lines=input.update_lines,
            dry_run=input.dry_run,
            expected_version=or_none(input.expected_version),
        )

    @strawberry.mutation(
        description="Delete an open segment, lines, steps and all; its number is never given again (R-SEG-2, K7)."
    )
    async def delete_segment(self, info: strawberry.Info, input: DeleteSegmentInput) -> DeleteSegmentPayload | None:
        return await info.context.write_bulk(info, input, rules.delete, input.no)

    @strawberry.mutation(description="Put lines on a segment by hand (R-LIN-1, R-LIN-5, R-LIN-6).")
    async def add_segment_lines(
        self, info: strawberry.Info, input: AddSegmentLinesInput
    ) -> AddSegmentLinesPayload | None:
        return await info.context.write(
            info, input, rules.add_lines, input.segment_no, [given(line) for line in input.lines]
        )

    @strawberry.mutation(
        description="Customise lines, each by number or by filter; up to 100 changes, all or none (R-LIN, K11)."
    )
    async def update_segment_lines(
        self, info: strawberry.Info, input: UpdateSegmentLinesInput
    ) -> UpdateSegmentLinesPayload | None:
        changes = [await _change(info, change, place) for place, change in enumerate(input.changes)]
        return await info.context.write_bulk(
            info,
            input,
            rules.update_lines,
            input.segment_no,
            changes,
            dry_run=input.dry_run,
            expected_version=or_none(input.expected_version),
        )

    @strawberry.mutation(description="Take lines off a segment, by number or by filter.")
    async def remove_segment_lines(
        self, info: strawberry.Info, input: RemoveSegmentLinesInput
    ) -> RemoveSegmentLinesPayload | None:
        return await info.context.write_bulk(
            info,
            input,
            rules.remove_lines,
            input.segment_no,
            line_nos=or_none(input.lines.line_nos),
            matching=await matching(info, SegmentLineFilter, "lines", "filter"),
            dry_run=input.dry_run,
        )


async def _change(info: strawberry.Info, change: SegmentLineChange, place: int) -> rules.LineChange:
    made: Any = {"reset_to_segment": change.reset_to_segment}
    meant = await matching(info, SegmentLineFilter, "changes", place, "lines", "filter")
    made |= {"line_nos": or_none(change.lines.line_nos)} if meant is None else {"matching": meant}
    if or_none(change.set_) is not None:
        made["set"] = given(change.set_)
    return made
