"""Mutations that add contacts to a segment and remove them: by numbers, filters and saved criteria; undoing steps."""

import datetime as dt

import strawberry

from resolvers.roles import MARKETING
from resolvers.segments import rules
from schema.access import mutation
from schema.contacts.filters import ContactFilter
from schema.enums import RemoveModeValues
from schema.execution.context import Info
from schema.inputs import or_none
from schema.payload_fields import entity_source, id_field, id_list, object_field, outcome_field
from schema.payloads import Payload, payload
from schema.segments.building_inputs import (
    AddSegmentContactsInput,
    DeleteSavedSegmentCriteriaInput,
    RemoveSegmentContactsInput,
    RenameSavedSegmentCriteriaInput,
    ReuseSegmentCriteriaInput,
    SaveSegmentCriteriaInput,
    UndoSegmentStepInput,
)
from schema.segments.mutations import segment_field
from schema.segments.steps import SegmentStep
from schema.selections import filter_as_json, matching, saved_filter_reader

CRITERIA = "segments.steps.SavedSegmentCriteria"


@payload
class AddSegmentContactsPayload(Payload[rules.ContactsAdded]):
    """Result of addSegmentContacts. In a dry run, the numbers say what would happen."""

    segment = segment_field()
    matched: int = outcome_field("Number of contacts found.")
    added: int = outcome_field("Number of lines added.")
    skipped_excluded: int = outcome_field("Number of contacts skipped because they are excluded from segments.")
    skipped_privacy_blocked: int = outcome_field("Number of contacts skipped because they are blocked for privacy.")
    skipped_existing: int = outcome_field("Number of contacts skipped because they had a line on the segment.")


@payload
class RemoveSegmentContactsPayload(Payload[rules.ContactsRemoved]):
    """Result of removeSegmentContacts."""

    segment = segment_field()
    removed: int = outcome_field("Number of lines that were removed or, in a dry run, would be.")
    deleted_ids: list[strawberry.ID] = id_list(
        "segments.SegmentLine",
        "The ids of the removed lines, at most the first 100. Empty in a dry run or if refused.",
        "segment_id",
        "line_nos",
    )


@payload
class UndoSegmentStepPayload(Payload[rules.StepUndone]):
    """Result of undoSegmentStep."""

    segment = segment_field()

    @strawberry.field(description="The step that was undone. Null if the segment had no step.")
    def undone(self) -> SegmentStep | None:
        step = self.result.outcome and self.result.outcome.undone
        return entity_source(SegmentStep, {**step, "at": dt.datetime.fromisoformat(step["at"])}) if step else None


@payload
class SaveSegmentCriteriaPayload(Payload[rules.CriteriaSaved]):
    """Result of saveSegmentCriteria."""

    saved_segment_criteria = object_field(
        CRITERIA, "The saved criteria. Null if the mutation was refused.", "criteria_id"
    )


@payload
class RenameSavedSegmentCriteriaPayload(Payload[rules.CriteriaRenamed]):
    """Result of renameSavedSegmentCriteria."""

    saved_segment_criteria = object_field(
        CRITERIA, "The saved criteria after the change. Null if the mutation was refused.", "criteria_id"
    )


@payload
class DeleteSavedSegmentCriteriaPayload(Payload[rules.CriteriaDeleted]):
    """Result of deleteSavedSegmentCriteria."""

    deleted_id: strawberry.ID | None = id_field(
        CRITERIA, "The id of the deleted criteria. Null if the mutation was refused.", "criteria_id"
    )


@payload
class ReuseSegmentCriteriaPayload(Payload[rules.CriteriaReused]):
    """Result of reuseSegmentCriteria."""

    segment = segment_field()
    added: int = outcome_field("Number of lines added by all steps together.")
    removed: int = outcome_field("Number of lines removed by all steps together.")


@strawberry.type
class SegmentBuildingMutations:
    """The fields of Mutation about the contacts of segments."""

    @mutation(
        "Add contacts to a segment: by number, by filter or from a logged segment, in any number. Each "
        "such mutation is a step of the segment.",
        access=MARKETING,
    )
    async def add_segment_contacts(
        self, info: Info, input: AddSegmentContactsInput
    ) -> AddSegmentContactsPayload | None:
        result = await info.context.write_bulk(
            info,
            input,
            rules.add_contacts,
            input.segment_no,
            contact_nos=or_none(input.from_.contact_nos),
            matching=await matching(info, ContactFilter, "from", "filter"),
            filter=filter_as_json(info, "from", "filter"),
            logged_segment_entry_no=or_none(input.from_.logged_segment_entry_no),
            options=rules.AddingOptions(
                expand_companies=input.expand_companies,
                allow_related_companies=input.allow_related_companies,
                ignore_exclusion=input.ignore_exclusion,
                allow_existing=input.allow_existing_contacts,
                dry_run=input.dry_run,
            ),
        )
        return AddSegmentContactsPayload.of(result)

    @mutation(
        "Remove the contacts that match a filter, or all others, from a segment. This is a step of the segment.",
        access=MARKETING,
    )
    async def remove_segment_contacts(
        self, info: Info, input: RemoveSegmentContactsInput
    ) -> RemoveSegmentContactsPayload | None:
        result = await info.context.write_bulk(
            info,
            input,
            rules.remove_contacts,
            input.segment_no,
            matching=await matching(info, ContactFilter, "filter"),
            filter=filter_as_json(info, "filter"),
            options=rules.RemovingOptions(
                keep_matching=input.mode == RemoveModeValues.KEEP_MATCHING,
                entire_companies=input.entire_companies,
                clear_steps_when_empty=input.clear_steps_when_empty,
                dry_run=input.dry_run,
            ),
        )
        return RemoveSegmentContactsPayload.of(result)

    @mutation(
        "Undo the last step of a segment: lines that it added are removed; contacts that it removed are "
        "added again on new lines, with the values of the segment. Can be repeated. Without a step nothing changes.",
        access=MARKETING,
    )
    async def undo_segment_step(self, info: Info, input: UndoSegmentStepInput) -> UndoSegmentStepPayload | None:
        result = await info.context.write_bulk(info, input, rules.undo_step, input.segment_no)
        return UndoSegmentStepPayload.of(result)

    @mutation("Save the steps of a segment as criteria that can be applied to other segments.", access=MARKETING)
    async def save_segment_criteria(
        self, info: Info, input: SaveSegmentCriteriaInput
    ) -> SaveSegmentCriteriaPayload | None:
        result = await info.context.write(
            info, input, rules.save_criteria, input.segment_no, input.code, input.description
        )
        return SaveSegmentCriteriaPayload.of(result)

    @mutation("Give saved criteria another code or another description.", access=MARKETING)
    async def rename_saved_segment_criteria(
        self, info: Info, input: RenameSavedSegmentCriteriaInput
    ) -> RenameSavedSegmentCriteriaPayload | None:
        result = await info.context.write(
            info,
            input,
            rules.rename_criteria,
            input.code,
            new_code=or_none(input.new_code),
            description=or_none(input.description),
        )
        return RenameSavedSegmentCriteriaPayload.of(result)

    @mutation(
        "Delete saved criteria. Segments that reused them do not change, and the code can be used again.",
        access=MARKETING,
    )
    async def delete_saved_segment_criteria(
        self, info: Info, input: DeleteSavedSegmentCriteriaInput
    ) -> DeleteSavedSegmentCriteriaPayload | None:
        result = await info.context.write(info, input, rules.delete_criteria, input.code)
        return DeleteSavedSegmentCriteriaPayload.of(result)

    @mutation("Apply the steps of saved criteria to a segment, with the contacts as they are now.", access=MARKETING)
    async def reuse_segment_criteria(
        self, info: Info, input: ReuseSegmentCriteriaInput
    ) -> ReuseSegmentCriteriaPayload | None:
        result = await info.context.write_with_saved_filters(
            info,
            input,
            rules.reuse_criteria,
            input.segment_no,
            input.code,
            await saved_filter_reader(info, ContactFilter),
        )
        return ReuseSegmentCriteriaPayload.of(result)
