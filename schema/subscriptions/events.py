"""The events of subscriptions."""

from dataclasses import dataclass

import strawberry

from resolvers.change_feed import FeedItem
from schema.change_feed import ITEM_CURSOR
from schema.compiler import cursors
from schema.compiler.declarations import entity_of
from schema.enums import ChangeKind
from schema.execution.context import Info
from schema.execution.graphql_internals import resolve_info
from schema.execution.live.operations import Place
from schema.execution.raw_json import RawJson
from schema.execution.reads import FoundObject
from schema.interactions.types import InteractionLogEntry, PostponedInteraction
from schema.segments.types import LoggedSegment, Segment

CURSOR = "The position in the change feed. Pass it as `after` to continue after this event."

OBJECT_CURSOR = cursors.tag("ChangeFeedObject", ["no", "key"])


@dataclass(frozen=True)
class ReadObject:
    """The JSON of an object, and the key in the response of the field that selects it."""

    key: str
    json: RawJson


@strawberry.type(description="Interactions were logged: one, or many at once.")
class InteractionLogged:
    item: strawberry.Private[FeedItem]
    entry_no: strawberry.Private[int | None]
    logged_segment_entry_no: strawberry.Private[int | None]
    read: strawberry.Private[ReadObject | None]

    count: int = strawberry.field(
        description="Number of the interactions that match the filter, of those that the user may see."
    )

    @strawberry.field(description=CURSOR)
    def cursor(self) -> str:
        return cursors.encode(ITEM_CURSOR, self.item.no, self.item.mark)

    @strawberry.field(description="The interaction. Null if many were logged at once, with a segment or by an import.")
    async def interaction_log_entry(self, info: Info) -> InteractionLogEntry | None:
        found: InteractionLogEntry | None = await _object(
            info, "interactions.InteractionLogEntry", self.entry_no, self.read
        )
        return found

    @strawberry.field(
        description="The logged segment that they belong to. Null if they were not logged with a segment."
    )
    async def logged_segment(self, info: Info) -> LoggedSegment | None:
        found: LoggedSegment | None = await _object(info, "segments.LoggedSegment", self.logged_segment_entry_no)
        return found


@strawberry.type(description="A postponed interaction was created, changed, finished or deleted.")
class PostponedInteractionChanged:
    item: strawberry.Private[FeedItem]
    place: strawberry.Private[Place]
    is_shown: strawberry.Private[bool]
    read: strawberry.Private[ReadObject | None]

    kind: ChangeKind = strawberry.field(
        description="What happened. DELETED also if the interaction was finished: it is in the log then."
    )
    entry_no: int = strawberry.field(description="The number of the interaction.")

    @strawberry.field(description=CURSOR)
    def cursor(self) -> str:
        if self.place.is_whole:
            return cursors.encode(ITEM_CURSOR, self.item.no, self.item.mark)
        return cursors.encode(OBJECT_CURSOR, self.item.no, self.place.key, self.item.mark)

    @strawberry.field(
        description="The interaction as it is now. Null if it was finished or deleted, or does not match the filter "
        "any more."
    )
    async def postponed_interaction(self, info: Info) -> PostponedInteraction | None:
        found: PostponedInteraction | None = await _object(
            info, "interactions.PostponedInteraction", self.entry_no if self.is_shown else None, self.read
        )
        return found


@strawberry.type(description="The state of the segment with the given number: open, logged, deleted, or never created.")
class SegmentChanged:
    segment_id: strawberry.Private[int | None]
    logged_segment_entry_no: strawberry.Private[int | None]

    @strawberry.field(
        description="The open segment. Null if it was logged or deleted, or if no segment has the number."
    )
    async def segment(self, info: Info) -> Segment | None:
        found: Segment | None = await _object(info, "segments.Segment", self.segment_id)
        return found

    @strawberry.field(description="The logged segment that it became. Null if it was not logged.")
    async def closed_by(self, info: Info) -> LoggedSegment | None:
        found: LoggedSegment | None = await _object(info, "segments.LoggedSegment", self.logged_segment_entry_no)
        return found


async def _object(info: Info, target: str, key: int | None, read: ReadObject | None = None) -> FoundObject:
    """An object by its key: what was read together with the filter, or what a statement for all events reads."""
    if key is None:
        return None
    if read is not None and read.key == info.path.key:
        return read.json
    return await info.context.read_object_batched(resolve_info(info), entity_of(target), [], key)
