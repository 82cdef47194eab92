"""Ending what is being done to a segment."""

from typing import Any

import strawberry

from resolvers.segments import rules
from schema.inputs import required
from schema.payloads import Payload, payload
from schema.segments.mutations import segment_shown


@strawberry.input(description="A segment that is being logged, or is given contacts.")
class CancelLogSegmentInput:
    segment_no: str = required("The segment.")


@payload
class CancelLogSegmentPayload(Payload):
    """What cancelLogSegment did."""

    segment = segment_shown()


@strawberry.type
class SegmentCancelingMutations:
    """The field of Mutation that ends what others do to a segment."""

    @strawberry.mutation(
        description=(
            "End what is being done to a segment, logSegment or addSegmentContacts: nothing of it is kept, and the "
            "segment can be logged anew. Whoever began it gets a top-level error CANCELED. INVALID where nothing is "
            "being done, LOGGED_SEGMENT_EXISTS where the log was done before it could be ended."
        )
    )
    async def cancel_log_segment(
        self, info: strawberry.Info, input: CancelLogSegmentInput
    ) -> CancelLogSegmentPayload | None:
        context = info.context

        async def act() -> dict[str, Any]:
            segment_id = await context.ask(rules.open_segment_id, input.segment_no)
            if not await context.database.stop(segment_id):
                raise rules.no_running_operation(input.segment_no)
            return {"segment_id": await context.ask(rules.open_segment_id, input.segment_no)}

        return await context.once(info, act)
