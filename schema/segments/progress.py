"""Progress of the operation running on a segment."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import strawberry

from schema.scalars import BigInt


@strawberry.type(description="Estimated progress of the operation running on a segment.")
class LogProgress:
    phase: str = strawberry.field(
        description=(
            "What the operation is doing: FINDING (selecting the contacts), ADDING (adding their lines), CHECKING "
            "(checking every line), LOGGING (creating the interactions), FOLLOW_UP (creating the lines of the "
            "follow-up segment). Later versions may add more."
        )
    )
    done: BigInt = strawberry.field(description="Estimated number of rows processed in this phase; at most `total`.")
    total: BigInt = strawberry.field(description="Number of rows of this phase; 0 as long as it is not known.")
    started_at: dt.datetime = strawberry.field(description="The time at which the operation started.")


async def log_progress(context: Any, segment: Mapping[str, Any]) -> LogProgress | None:
    """The progress of the operation running on the segment; null if none is running."""
    progress = await context.progress_of(segment["id"])
    return progress and LogProgress(**vars(progress))
