"""How the fields of Subscription make events from the items of the change feed."""

import json
from collections.abc import Mapping, Sequence
from functools import partial

from persistence.enums import ChangedType, ChangeKind
from resolvers import change_feed
from resolvers.change_feed import FeedItem
from resolvers.segments.states import SegmentState, state_of
from schema.change_feed import ChangeFeedItem, decode_item
from schema.compiler import cursors
from schema.compiler.declarations import entity_of
from schema.compiler.errors import BadUserInput
from schema.compiler.paging import MAX_SIZE
from schema.execution.context import Context
from schema.execution.live.operations import OLDEST, Event, LiveOperation, LiveSource, Place, Start
from schema.execution.planning import LiveObjects
from schema.execution.raw_json import RawJson, to_json
from schema.subscriptions.events import (
    OBJECT_CURSOR,
    InteractionLogged,
    PostponedInteractionChanged,
    ReadObject,
    SegmentChanged,
)

ENTRY, POSTPONED = "interactions.InteractionLogEntry", "interactions.PostponedInteraction"
LOGGED_WITH = "logged_segment_entry_no"

decode_object = cursors.change_decoder(OBJECT_CURSOR, of_object=True)

Passing = Mapping[int, Mapping[str, object]]
"""The objects that pass the filter of a subscription, by their keys, as the plan returns them."""


class FromFeed(LiveSource):
    """A source whose events have cursors of the change feed."""

    def start(self, after: str) -> Start:
        """Also after one of several objects of an item."""
        if not after:
            return Start(OLDEST, None)
        try:
            cursor = decode_item(after)
        except BadUserInput:
            cursor = decode_object(after)
        place = Place(cursor.no) if cursor.key is None else Place(cursor.no, cursor.key)
        return Start(place, cursor.mark)

    async def visible(self, context: Context, items: Sequence[FeedItem]) -> Sequence[FeedItem]:
        """These items as the caller sees them."""
        if not self.operation.caller.viewer.own_only or not any(item.is_restricted for item in items):
            return items
        return await context.read(change_feed.visible_items, items)


class Changes(FromFeed):
    """The items themselves."""

    def __init__(self, operation: LiveOperation) -> None:
        super().__init__(operation)
        types = operation.arguments.get("types")
        if types is not None:
            self.types = frozenset(ChangedType(type_) for type_ in types)

    async def events(self, context: Context, items: Sequence[FeedItem]) -> list[Event]:
        return [Event(Place(item.no), ChangeFeedItem(item=item)) for item in await self.visible(context, items)]


class LoggedInteractions(FromFeed):
    """Interactions that are created in the log."""

    types = frozenset({ChangedType.INTERACTION_LOG_ENTRY})

    async def prepare(self, context: Context) -> None:
        entity, operation = entity_of(ENTRY), self.operation
        planning, root = operation.planning, operation.root
        self._single = await operation.plan(planning.passing, root, entity, "interactionLogEntry", (LOGGED_WITH,))
        self._many = [
            await operation.plan(partial(planning.number_passing, has_gaps=has_gaps), root, entity, LOGGED_WITH)
            for has_gaps in (False, True)
        ]
        await operation.check(context, self._single.statement, [])

    async def events(self, context: Context, items: Sequence[FeedItem]) -> list[Event]:
        created = [item for item in items if item.kind is ChangeKind.CREATED]
        keys = [item.keys.first for item in created if item.is_single]
        passing = await _passing(self.operation, context, self._single, keys)
        events = []
        for item in created:
            place, entry = Place(item.no), passing.get(item.keys.first)
            if not item.is_single:
                count, logged_with = await self._number(context, item)
                if count:
                    events.append(Event(place, _logged(item, count, logged_with)))
            elif entry is not None:
                read, logged_with = _read(self._single, entry), _number(entry[LOGGED_WITH])
                events.append(Event(place, _logged(item, 1, logged_with, item.keys.first, read)))
        return events

    async def _number(self, context: Context, item: FeedItem) -> tuple[int, int | None]:
        """How many of many interactions pass the filter, and the number of the logged segment."""
        keys = item.keys
        counted = await self.operation.run(context, self._many[keys.has_gaps], [keys.first, keys.last, keys.item_no])
        found = json.loads(counted)
        return found["count"], found["max"]


class PostponedInteractions(FromFeed):
    """Each object of the items. The cursor of the last event of an item is that of the item."""

    types = frozenset({ChangedType.POSTPONED_INTERACTION})

    async def prepare(self, context: Context) -> None:
        operation = self.operation
        planning, root = operation.planning, operation.root
        self._plan = await operation.plan(planning.passing, root, entity_of(POSTPONED), "postponedInteraction", ())
        await operation.check(context, self._plan.statement, [])

    async def events(self, context: Context, items: Sequence[FeedItem]) -> list[Event]:
        """Whether an object passed the filter before it was changed or deleted is not known. So there is an event
        in any case, without the object.
        """
        keys_of = {item: await _keys(context, item) for item in await self.visible(context, items)}
        existing = [key for item, keys in keys_of.items() if item.kind is not ChangeKind.DELETED for key in keys]
        passing: dict[int, Mapping[str, object]] = {}
        for start in range(0, len(existing), MAX_SIZE):
            passing |= await _passing(self.operation, context, self._plan, existing[start : start + MAX_SIZE])
        events = []
        for item, keys in keys_of.items():
            deleted, created = item.kind is ChangeKind.DELETED, item.kind is ChangeKind.CREATED
            shown = [key for key in keys if key in passing or not created]
            for key in shown:
                place = Place(item.no) if key == shown[-1] else Place(item.no, key)
                found = None if deleted else passing.get(key)
                read = None if found is None else _read(self._plan, found)
                event = PostponedInteractionChanged(
                    item=item, place=place, is_shown=found is not None, read=read, kind=item.kind, entry_no=key
                )
                events.append(Event(place, event))
        return events


class SegmentStates(LiveSource):
    """The state of the segment whose number is the argument. Changes that are read together make one event."""

    types = frozenset({ChangedType.SEGMENT})

    def __init__(self, operation: LiveOperation) -> None:
        super().__init__(operation)
        self._state = SegmentState(None, None)
        self._ids: set[int] = set()
        """The ids of the open segments that subscribers know. Another subscriber may have got a newer state already, or
        an event may be made again because its response failed.
        """

    async def present(self, context: Context) -> object:
        self._state = await context.read(state_of, self.operation.arguments["no"])
        segment_id, logged_as = self._state
        if segment_id is not None:
            self._ids.add(segment_id)
        return SegmentChanged(segment_id=segment_id, logged_segment_entry_no=logged_as)

    async def events(self, context: Context, items: Sequence[FeedItem]) -> list[Event]:
        """A created segment may have the number: blocked lines of a logged segment stay in another one."""
        known = [item for item in items if any(item.keys.first <= id <= item.keys.last for id in self._ids)]
        created = [item for item in items if item.kind is ChangeKind.CREATED]
        if not known and not created:
            return []
        state = self._state
        event = await self.present(context)
        return [Event(Place(items[-1].no), event)] if known or state != self._state else []


def _logged(
    item: FeedItem, count: int, logged_with: int | None, entry_no: int | None = None, read: ReadObject | None = None
) -> InteractionLogged:
    return InteractionLogged(item=item, count=count, logged_segment_entry_no=logged_with, entry_no=entry_no, read=read)


async def _keys(context: Context, item: FeedItem) -> Sequence[int]:
    """The keys of the objects of an item that the caller may see."""
    if item.is_single:
        return [item.keys.first]
    keys: list[int] = []
    has_more = True
    while has_more:
        page = await context.read(change_feed.read_keys, item, keys[-1] if keys else None, MAX_SIZE)
        keys, has_more = [*keys, *page.keys], page.has_more
    return keys


async def _passing(operation: LiveOperation, context: Context, plan: LiveObjects, keys: Sequence[int]) -> Passing:
    """Those of the objects with these keys that pass the filter."""
    if not keys:
        return {}
    return {found["key"]: found for found in json.loads(await operation.run(context, plan.statement, sorted({*keys})))}


def _read(plan: LiveObjects, found: Mapping[str, object]) -> ReadObject | None:
    """The object that a plan has read, if it reads more than the key."""
    return None if plan.key is None else ReadObject(plan.key, RawJson(to_json(found["value"]).decode()))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
