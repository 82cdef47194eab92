"""Subscriptions: what changes, as it happens."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry
from strawberry import UNSET

from resolvers.roles import READS, READS_OWN
from schema.change_feed import ChangeFeedItem, Types
from schema.execution.live.fields import subscription
from schema.interactions.filters import InteractionLogEntryFilter, PostponedInteractionFilter
from schema.subscriptions.events import InteractionLogged, PostponedInteractionChanged, SegmentChanged
from schema.subscriptions.sources import Changes, LoggedInteractions, PostponedInteractions, SegmentStates

AfterEvent = Annotated[
    str | None,
    strawberry.argument(
        description=(
            "Begin with what happened after this cursor: that of an event, or an `endCursor` of `changeFeed`. Nothing "
            "is missing or comes twice. An empty text is the start of the changes that are kept. Default: only what "
            "happens from now on."
        )
    ),
]
LoggedFilter = Annotated[
    InteractionLogEntryFilter | None,
    strawberry.argument(description="Only interactions that match this filter when they are logged."),
]
PostponedFilter = Annotated[
    PostponedInteractionFilter | None,
    strawberry.argument(
        description="Only interactions that match. Changed and deleted ones that do not match are events too, without "
        "the interaction: they may have matched before."
    ),
]
SegmentNo = Annotated[str, strawberry.argument(description="The number of the segment.")]


@strawberry.type(
    description="Events as they happen, over a WebSocket to the same path with the subprotocol `graphql-transport-ws`."
)
class Subscription:
    @subscription("What is created, changed or deleted: the changes of `changeFeed`.", access=READS_OWN, source=Changes)
    async def changed(self, after: AfterEvent = UNSET, types: Types = UNSET) -> AsyncGenerator[ChangeFeedItem, None]:
        raise NotImplementedError
        yield

    @subscription(
        "Interactions that are logged, also those that were postponed before. Those of a logged segment are one event.",
        access=READS_OWN,
        source=LoggedInteractions,
    )
    async def interaction_logged(
        self, after: AfterEvent = UNSET, filter: LoggedFilter = UNSET
    ) -> AsyncGenerator[InteractionLogged, None]:
        raise NotImplementedError
        yield

    @subscription(
        "Postponed interactions that are created, changed, finished or deleted.",
        access=READS_OWN,
        source=PostponedInteractions,
    )
    async def postponed_interaction_changed(
        self, after: AfterEvent = UNSET, filter: PostponedFilter = UNSET
    ) -> AsyncGenerator[PostponedInteractionChanged, None]:
        raise NotImplementedError
        yield

    @subscription(
        "The state of a segment: first as it is now, then after each change of the segment or its lines.",
        access=READS,
        source=SegmentStates,
    )
    async def segment_changed(self, no: SegmentNo) -> AsyncGenerator[SegmentChanged, None]:
        raise NotImplementedError
        yield
