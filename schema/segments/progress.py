"""How far what is being done to a segment is."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import strawberry

from schema.scalars import BigInt


@strawberry.type(description="How far what is being done to a segment is: an estimate, made while it is under way.")
class LogProgress:
    phase: str = strawberry.field(
        description=(
            "What is being done: FINDING (which contacts are meant), ADDING (their lines), CHECKING (every line), "
            "LOGGING (the interactions), FOLLOW_UP (the lines of the new segment). More may come."
        )
    )
    done: BigInt = strawberry.field(
        description="How many rows of this phase are done, roughly; never more than `total`."
    )
    total: BigInt = strawberry.field(description="How many rows this phase makes; 0 while that is not known.")
    started_at: dt.datetime = strawberry.field(description="When the work began.")


async def log_progress(context: Any, segment: Mapping[str, Any]) -> LogProgress | None:
    """How far what is being done to this segment is."""
    progress = await context.long_work(segment["id"])
    return progress and LogProgress(**vars(progress))
