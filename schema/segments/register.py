"""The register of logged segments: canceling them, and deleting canceled ones."""

from typing import Any

import strawberry

from resolvers.segments import register as rules
from schema import global_ids as identifiers
from schema.compiler.declarations import entity_of
from schema.inputs import key_to_repeat, required
from schema.payloads import Payload, payload, shown, told


@strawberry.input(description="A logged segment to strike out or to revive.")
class SetLoggedSegmentCanceledInput:
    entry_no: int = required("Its number in the register.")
    canceled: bool = required(
        "True strikes out what came with it; false revives what that struck out, and nothing else (K17)."
    )
    idempotency_key: str | None = key_to_repeat()


@strawberry.input(description="Canceled logged segments to delete: all of them or none.")
class DeleteCanceledLoggedSegmentsInput:
    entry_nos: list[int] = required("Their numbers in the register, at most 1,000.")
    idempotency_key: str | None = key_to_repeat()


@payload
class SetLoggedSegmentCanceledPayload(Payload):
    """What setLoggedSegmentCanceled did."""

    logged_segment = shown("segments.LoggedSegment", "The logged segment as it is now.", "entry_no")


@payload
class DeleteCanceledLoggedSegmentsPayload(Payload):
    """What deleteCanceledLoggedSegments did."""

    deleted_entry_nos: list[int] = told(
        "The numbers that are gone from the register, the first 100.", (), name="entry_nos"
    )

    @strawberry.field(description="The ids that are gone, the first 100.")
    def deleted_ids(self) -> list[strawberry.ID]:
        outcome: Any = self
        entity = entity_of("segments.LoggedSegment")
        return [strawberry.ID(identifiers.written(entity, entry_no)) for entry_no in outcome.get("entry_nos", ())]


@strawberry.type
class LoggedSegmentMutations:
    """The fields of Mutation about the register of logged segments."""

    @strawberry.mutation(
        description=(
            "Strike a logged segment out with its campaign entries and interactions, or take that back: then only what "
            "it struck out itself comes back (R-LSG-1, K17)."
        )
    )
    async def set_logged_segment_canceled(
        self, info: strawberry.Info, input: SetLoggedSegmentCanceledInput
    ) -> SetLoggedSegmentCanceledPayload | None:
        return await info.context.write_bulk(info, input, rules.set_canceled, input.entry_no, canceled=input.canceled)

    @strawberry.mutation(
        description=(
            "Delete canceled logged segments, with the segments and lines kept behind them. Their interactions and "
            "campaign entries stay, canceled (R-LSG-2)."
        )
    )
    async def delete_canceled_logged_segments(
        self, info: strawberry.Info, input: DeleteCanceledLoggedSegmentsInput
    ) -> DeleteCanceledLoggedSegmentsPayload | None:
        return await info.context.write_bulk(info, input, rules.delete_canceled, input.entry_nos)
