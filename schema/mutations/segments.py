"""Building segments and customising their lines."""

from typing import Any

import strawberry

from resolvers import segments as rules
from schema import identifiers
from schema.filters.contacts import ContactFilter
from schema.filters.segments import SegmentLineFilter
from schema.inputs import given, or_none
from schema.mutations.segment_inputs import (
    AddSegmentContactsInput,
    AddSegmentLinesInput,
    CreateSegmentInput,
    RemoveSegmentLinesInput,
    SegmentLineChange,
    UpdateSegmentInput,
    UpdateSegmentLinesInput,
)
from schema.mutations.selecting import matching
from schema.payloads import Payload, payload, shown, shown_list, told
from schema.planning.declarations import entity_of


def _segment() -> Any:
    return shown("segments.Segment", "The segment as it is now.", "segment_id")


@payload
class CreateSegmentPayload(Payload):
    """What createSegment did."""

    segment = _segment()


@payload
class UpdateSegmentPayload(Payload):
    """What updateSegment did, or would do."""

    segment = _segment()
    lines_changed: int = told("How many lines got something new.")
    lines_kept: int = told("How many lines stayed as they were.")


@payload
class AddSegmentContactsPayload(Payload):
    """What addSegmentContacts did, or would do."""

    segment = _segment()
    matched: int = told("How many contacts were found.")
    added: int = told("How many lines arose.")
    skipped_excluded: int = told("How many are excluded from segments (R-ADD-5).")
    skipped_privacy_blocked: int = told("How many are blocked for privacy (K14).")
    skipped_existing: int = told("How many stood on it already.")


@payload
class AddSegmentLinesPayload(Payload):
    """What addSegmentLines did."""

    segment = _segment()
    lines = shown_list("segments.SegmentLine", "The new lines, the first 100.", "segment_id", "line_nos")


@payload
class UpdateSegmentLinesPayload(Payload):
    """What updateSegmentLines did, or would do."""

    segment = _segment()
    matched: int = told("How many lines were meant.")
    changed: int = told("How many lines got something new.")
    lines = shown_list("segments.SegmentLine", "The lines that were meant, the first 100.", "segment_id", "line_nos")


@payload
class RemoveSegmentLinesPayload(Payload):
    """What removeSegmentLines did, or would do."""

    segment = _segment()
    removed: int = told("How many lines went.")

    @strawberry.field(description="The ids of the lines that are gone, the first 100.")
    def deleted_ids(self) -> list[strawberry.ID]:
        outcome: Any = self
        entity = entity_of("segments.SegmentLine")
        return [
            strawberry.ID(identifiers.written(entity, outcome["segment_id"], line_no)) for line_no in outcome.get("line_nos", ())
        ]


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

    @strawberry.mutation(description="Put contacts on a segment, by number or by filter, in any number (R-ADD, R-LIN-1).")
    async def add_segment_contacts(
        self, info: strawberry.Info, input: AddSegmentContactsInput
    ) -> AddSegmentContactsPayload | None:
        return await info.context.write(
            info, input, rules.add_contacts, input.segment_no, contact_nos=or_none(input.from_.contact_nos),
            matching=await matching(info, ContactFilter, "from", "filter"), ignore_exclusion=input.ignore_exclusion,
            allow_existing=input.allow_existing_contacts, dry_run=input.dry_run,
        )

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


async def _change(info: strawberry.Info, change: SegmentLineChange, place: int) -> rules.LineChange:
    made: Any = {"reset_to_segment": change.reset_to_segment}
    meant = await matching(info, SegmentLineFilter, "changes", place, "lines", "filter")
    made |= {"line_nos": or_none(change.lines.line_nos)} if meant is None else {"matching": meant}
    if or_none(change.set_) is not None:
        made["set"] = given(change.set_)
    return made
