"""The mutation that cancels an operation that is running on a segment."""

import strawberry

from resolvers.roles import MARKETING
from resolvers.segments import rules
from schema.access import mutation
from schema.execution.context import Info
from schema.inputs import required
from schema.payloads import Payload, payload
from schema.segments.mutations import segment_field


@strawberry.input(description="The segment whose running operation to cancel.")
class CancelLogSegmentInput:
    segment_no: str = required("The number of a segment that is being logged, or that contacts are being added to.")


@payload
class CancelLogSegmentPayload(Payload[rules.OperationCanceled]):
    """Result of cancelLogSegment."""

    segment = segment_field()


@strawberry.type
class SegmentCancelingMutations:
    """The field of Mutation that cancels running operations."""

    @mutation(
        "Cancel the operation that is running on a segment, logSegment or addSegmentContacts. Nothing of "
        "it is kept, and the segment can be logged again. The client that started the operation gets a top-level "
        "error with the code CANCELED. Refused with INVALID if no operation is running, and with "
        "LOGGED_SEGMENT_EXISTS if the segment was logged before it could be canceled.",
        access=MARKETING,
    )
    async def cancel_log_segment(self, info: Info, input: CancelLogSegmentInput) -> CancelLogSegmentPayload | None:
        context = info.context

        async def cancel() -> rules.OperationCanceled:
            segment_id = await context.read(rules.open_segment_id, input.segment_no)
            if not await context.database.stop(segment_id):
                raise rules.no_running_operation(input.segment_no)
            return rules.OperationCanceled(await context.read(rules.open_segment_id, input.segment_no))

        return CancelLogSegmentPayload.of(await context.run_once(info, cancel))
