"""Putting the contacts of a segment together, step by step: adding, taking off, undoing, saving criteria and using
them again.
"""

import datetime as dt
from typing import Any

import strawberry

from resolvers import segments as rules
from schema.contacts.filters import ContactFilter
from schema.enums import RemoveModeValues
from schema.inputs import or_none
from schema.payloads import Payload, payload, shown, told
from schema.segments.building_inputs import (
    AddSegmentContactsInput,
    RemoveSegmentContactsInput,
    ReuseSegmentCriteriaInput,
    SaveSegmentCriteriaInput,
    UndoSegmentStepInput,
)
from schema.segments.mutations import segment_shown
from schema.segments.steps import SegmentStep
from schema.selections import filter_as_json, matching, saved_filter_reader


@payload
class AddSegmentContactsPayload(Payload):
    """What addSegmentContacts did, or would do."""

    segment = segment_shown()
    matched: int = told("How many contacts were found.")
    added: int = told("How many lines arose.")
    skipped_excluded: int = told("How many are excluded from segments (R-ADD-5).")
    skipped_privacy_blocked: int = told("How many are blocked for privacy (K14).")
    skipped_existing: int = told("How many stood on it already.")


@payload
class RemoveSegmentContactsPayload(Payload):
    """What removeSegmentContacts did, or would do."""

    segment = segment_shown()
    removed: int = told("How many lines went.")


@payload
class UndoSegmentStepPayload(Payload):
    """What undoSegmentStep did."""

    segment = segment_shown()

    @strawberry.field(description="The step as it was; null where there was none.")
    def undone(self) -> SegmentStep | None:
        outcome: Any = self
        step: Any = outcome.get("undone")
        return step and step | {"at": dt.datetime.fromisoformat(step["at"]), "__entity__": "SegmentStep"}


@payload
class SaveSegmentCriteriaPayload(Payload):
    """What saveSegmentCriteria did."""

    saved_segment_criteria = shown("segments.steps.SavedSegmentCriteria", "The saved criteria.", "criteria_id")


@payload
class ReuseSegmentCriteriaPayload(Payload):
    """What reuseSegmentCriteria did."""

    segment = segment_shown()
    added: int = told("How many lines arose in all steps together.")
    removed: int = told("How many lines went in all steps together.")


@strawberry.type
class SegmentBuildingMutations:
    """The fields of Mutation about whom a segment holds."""

    @strawberry.mutation(
        description=(
            "Put contacts on a segment, by number, by filter or from a logged segment, in any number (R-ADD, R-LIN-1)."
        )
    )
    async def add_segment_contacts(
        self, info: strawberry.Info, input: AddSegmentContactsInput
    ) -> AddSegmentContactsPayload | None:
        return await info.context.write_bulk(
            info,
            input,
            rules.add_contacts,
            input.segment_no,
            contact_nos=or_none(input.from_.contact_nos),
            matching=await matching(info, ContactFilter, "from", "filter"),
            filter=filter_as_json(info, "from", "filter"),
            logged_segment_entry_no=or_none(input.from_.logged_segment_entry_no),
            expand_companies=input.expand_companies,
            allow_related_companies=input.allow_related_companies,
            ignore_exclusion=input.ignore_exclusion,
            allow_existing=input.allow_existing_contacts,
            dry_run=input.dry_run,
        )

    @strawberry.mutation(
        description="Take contacts off a segment that pass a filter, or all others, in any number (R-RED, R-REF)."
    )
    async def remove_segment_contacts(
        self, info: strawberry.Info, input: RemoveSegmentContactsInput
    ) -> RemoveSegmentContactsPayload | None:
        return await info.context.write_bulk(
            info,
            input,
            rules.remove_contacts,
            input.segment_no,
            keep_matching=input.mode == RemoveModeValues.KEEP_MATCHING,
            matching=await matching(info, ContactFilter, "filter"),
            filter=filter_as_json(info, "filter"),
            entire_companies=input.entire_companies,
            clear_steps_when_empty=input.clear_steps_when_empty,
            dry_run=input.dry_run,
        )

    @strawberry.mutation(
        description=(
            "Take back the last step of a segment: whom it put on goes, whom it took off comes back on new lines. Can "
            "be repeated; without a step nothing happens (R-BACK)."
        )
    )
    async def undo_segment_step(
        self, info: strawberry.Info, input: UndoSegmentStepInput
    ) -> UndoSegmentStepPayload | None:
        return await info.context.write_bulk(info, input, rules.undo_step, input.segment_no)

    @strawberry.mutation(
        description="Keep the steps of a segment under a code, to be repeated on other segments (R-SAV)."
    )
    async def save_segment_criteria(
        self, info: strawberry.Info, input: SaveSegmentCriteriaInput
    ) -> SaveSegmentCriteriaPayload | None:
        return await info.context.write(info, input, rules.save, input.segment_no, input.code, input.description)

    @strawberry.mutation(
        description="Repeat saved steps on a segment, on today's data and on top of what stands there (R-SAV)."
    )
    async def reuse_segment_criteria(
        self, info: strawberry.Info, input: ReuseSegmentCriteriaInput
    ) -> ReuseSegmentCriteriaPayload | None:
        return await info.context.write_from_kept(
            info, input, rules.reuse, input.segment_no, input.code, await saved_filter_reader(info, ContactFilter)
        )
