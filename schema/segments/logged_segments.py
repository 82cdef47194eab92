"""Mutations of logged segments: canceling them, and deleting canceled ones."""

import strawberry

from resolvers.roles import ADMINISTRATION
from resolvers.segments.logging import logged_segments as rules
from schema.access import mutation
from schema.execution.context import Info
from schema.inputs import idempotency_key, required
from schema.payload_fields import id_list, object_field, outcome_field
from schema.payloads import Payload, payload

LOGGED_SEGMENT = "segments.LoggedSegment"


@strawberry.input(description="A logged segment to cancel or un-cancel.")
class SetLoggedSegmentCanceledInput:
    entry_no: int = required("The number of the logged segment.")
    canceled: bool = required(
        "True cancels the logged segment and everything that was logged with it. False un-cancels it and what was "
        "canceled with it, but nothing that was canceled separately."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Canceled logged segments to delete: all of them or, if one cannot be deleted, none.")
class DeleteCanceledLoggedSegmentsInput:
    entry_nos: list[int] = required("The numbers of the logged segments, at most 1,000.")
    idempotency_key: str | None = idempotency_key()


@payload
class SetLoggedSegmentCanceledPayload(Payload[rules.LoggedSegmentMarked]):
    """Result of setLoggedSegmentCanceled."""

    logged_segment = object_field(
        LOGGED_SEGMENT, "The logged segment after the change. Null if the mutation was refused.", "entry_no"
    )


@payload
class DeleteCanceledLoggedSegmentsPayload(Payload[rules.LoggedSegmentsDeleted]):
    """Result of deleteCanceledLoggedSegments."""

    deleted_entry_nos: list[int] = outcome_field(
        "The numbers of the deleted logged segments, at most the first 100.", (), name="entry_nos"
    )
    deleted_ids: list[strawberry.ID] = id_list(
        LOGGED_SEGMENT, "The ids of the deleted logged segments, at most the first 100.", "entry_nos"
    )


@strawberry.type
class LoggedSegmentMutations:
    """The fields of Mutation about logged segments."""

    @mutation(
        "Cancel a logged segment with its campaign entries and interactions, or un-cancel it with those "
        "that were canceled with it.",
        access=ADMINISTRATION,
    )
    async def set_logged_segment_canceled(
        self, info: Info, input: SetLoggedSegmentCanceledInput
    ) -> SetLoggedSegmentCanceledPayload | None:
        result = await info.context.write_bulk(info, input, rules.set_canceled, input.entry_no, canceled=input.canceled)
        return SetLoggedSegmentCanceledPayload.of(result)

    @mutation(
        "Delete canceled logged segments, with the header and lines that are kept for undoing them. Their "
        "interactions and campaign entries stay canceled.",
        access=ADMINISTRATION,
    )
    async def delete_canceled_logged_segments(
        self, info: Info, input: DeleteCanceledLoggedSegmentsInput
    ) -> DeleteCanceledLoggedSegmentsPayload | None:
        result = await info.context.write_bulk(info, input, rules.delete_canceled, input.entry_nos)
        return DeleteCanceledLoggedSegmentsPayload.of(result)
