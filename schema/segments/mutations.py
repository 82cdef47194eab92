"""Mutations of segments and their lines. For adding and removing contacts see `schema.segments.building`."""

import strawberry

from resolvers.roles import MARKETING
from resolvers.segments import rules
from schema.access import mutation
from schema.execution.context import Info
from schema.inputs import Declaration, given_fields, or_none
from schema.payload_fields import id_field, id_list, object_field, object_list, outcome_field
from schema.payloads import Payload, payload
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

LINE = "segments.SegmentLine"


def segment_field() -> Declaration:
    """The segment that a mutation changed."""
    return object_field(
        "segments.Segment", "The segment after the change. Null if the mutation was refused.", "segment_id"
    )


@payload
class CreateSegmentPayload(Payload[rules.SegmentCreated]):
    """Result of createSegment."""

    segment = segment_field()


@payload
class UpdateSegmentPayload(Payload[rules.SegmentUpdated]):
    """Result of updateSegment."""

    segment = segment_field()
    lines_changed: int = outcome_field("Number of lines that changed or, in a dry run, would change.")
    lines_kept: int = outcome_field("Number of lines that the change did not reach, or only in part.")


@payload
class DeleteSegmentPayload(Payload[rules.SegmentDeleted]):
    """Result of deleteSegment."""

    deleted_id: strawberry.ID | None = id_field(
        "segments.Segment", "The id of the deleted segment. Null if the mutation was refused.", "deleted_id"
    )


@payload
class AddSegmentLinesPayload(Payload[rules.LinesAdded]):
    """Result of addSegmentLines."""

    segment = segment_field()
    lines = object_list(LINE, "The new lines, at most the first 100.", "segment_id", "line_nos")


@payload
class UpdateSegmentLinesPayload(Payload[rules.LinesUpdated]):
    """Result of updateSegmentLines."""

    segment = segment_field()
    matched: int = outcome_field("Number of lines that were selected by at least one change.")
    changed: int = outcome_field("Number of lines that changed or, in a dry run, would change.")
    lines = object_list(
        LINE, "The selected lines in the order of their numbers, at most the first 100.", "segment_id", "line_nos"
    )


@payload
class RemoveSegmentLinesPayload(Payload[rules.LinesRemoved]):
    """Result of removeSegmentLines."""

    segment = segment_field()
    removed: int = outcome_field("Number of lines that were removed or, in a dry run, would be.")
    deleted_ids: list[strawberry.ID] = id_list(
        LINE, "The ids of the removed lines, at most the first 100.", "segment_id", "line_nos"
    )


@strawberry.type
class SegmentMutations:
    """The fields of Mutation about segments and their lines."""

    @mutation("Create a segment.", access=MARKETING)
    async def create_segment(self, info: Info, input: CreateSegmentInput) -> CreateSegmentPayload | None:
        result = await info.context.write_bulk(
            info,
            input,
            rules.create,
            given_fields(input.segment, rules.SegmentFields),
            no=or_none(input.no),
            contact_nos=or_none(input.contact_nos),
        )
        return CreateSegmentPayload.of(result)

    @mutation("Change the header of a segment and, unless `updateLines` is false, its lines.", access=MARKETING)
    async def update_segment(self, info: Info, input: UpdateSegmentInput) -> UpdateSegmentPayload | None:
        result = await info.context.write_bulk(
            info,
            input,
            rules.update,
            input.no,
            given_fields(input.segment, rules.SegmentFields),
            update_lines=input.update_lines,
            dry_run=input.dry_run,
            expected_version=or_none(input.expected_version),
        )
        return UpdateSegmentPayload.of(result)

    @mutation("Delete an open segment with its lines and steps. Its number is not assigned again.", access=MARKETING)
    async def delete_segment(self, info: Info, input: DeleteSegmentInput) -> DeleteSegmentPayload | None:
        result = await info.context.write_bulk(info, input, rules.delete, input.no)
        return DeleteSegmentPayload.of(result)

    @mutation("Add lines to a segment one by one.", access=MARKETING)
    async def add_segment_lines(self, info: Info, input: AddSegmentLinesInput) -> AddSegmentLinesPayload | None:
        lines = [given_fields(line, rules.LineFields) for line in input.lines]
        return AddSegmentLinesPayload.of(
            await info.context.write(info, input, rules.add_lines, input.segment_no, lines)
        )

    @mutation("Change lines of a segment, selected by number or by filter.", access=MARKETING)
    async def update_segment_lines(
        self, info: Info, input: UpdateSegmentLinesInput
    ) -> UpdateSegmentLinesPayload | None:
        result = await info.context.write_bulk(
            info,
            input,
            rules.update_lines,
            input.segment_no,
            [await _change(info, change, place) for place, change in enumerate(input.changes)],
            dry_run=input.dry_run,
            expected_version=or_none(input.expected_version),
        )
        return UpdateSegmentLinesPayload.of(result)

    @mutation("Remove lines from a segment, selected by number or by filter.", access=MARKETING)
    async def remove_segment_lines(
        self, info: Info, input: RemoveSegmentLinesInput
    ) -> RemoveSegmentLinesPayload | None:
        result = await info.context.write_bulk(
            info,
            input,
            rules.remove_lines,
            input.segment_no,
            line_nos=or_none(input.lines.line_nos),
            matching=await matching(info, SegmentLineFilter, "lines", "filter"),
            dry_run=input.dry_run,
        )
        return RemoveSegmentLinesPayload.of(result)


async def _change(info: Info, change: SegmentLineChange, place: int) -> rules.LineChange:
    made = rules.LineChange(reset_to_segment=change.reset_to_segment)
    condition = await matching(info, SegmentLineFilter, "changes", place, "lines", "filter")
    if condition is not None:
        made["matching"] = condition
    else:
        made["line_nos"] = or_none(change.lines.line_nos) or []
    if or_none(change.set_) is not None:
        made["set"] = given_fields(change.set_, rules.LineFields)
    return made
