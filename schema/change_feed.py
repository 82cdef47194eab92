"""The change feed: what changed, in an order in which a reader who continues after a cursor misses nothing."""

import datetime as dt
from typing import Annotated

import strawberry
from strawberry import UNSET

from persistence.enums import ChangedType as ChangedTypeValues
from resolvers import change_feed, change_marks
from resolvers.roles import READS_OWN
from schema import global_ids
from schema.access import query
from schema.compiler import cursors
from schema.compiler.declarations import ENTITIES, Entity
from schema.compiler.errors import BadUserInput, CursorExpired
from schema.compiler.paging import DEFAULT_SIZE, MAX_SIZE
from schema.connections import PageInfo
from schema.enums import ChangedType, ChangeKind
from schema.execution.context import Info
from schema.execution.graphql_internals import resolve_info
from schema.inputs import or_none
from schema.nodes import Node

ITEM_CURSOR, KEY_CURSOR = cursors.tag("ChangeFeed", ["no"]), cursors.tag("ChangedObject", ["key"])
decode_item, decode_key = cursors.change_decoder(ITEM_CURSOR), cursors.number_decoder(KEY_CURSOR)

AfterItem = Annotated[
    str | None,
    strawberry.argument(
        description=(
            "Only changes after this cursor: an `endCursor`, or the `cursor` of a change. Default, also for an empty "
            "text: from the oldest change that is kept."
        )
    ),
]
FirstItems = Annotated[int | None, strawberry.argument(description="The number of changes, 1 to 100. Default 20.")]
Types = Annotated[
    list[ChangedType] | None,
    strawberry.argument(description="Only changes of objects of these types. Default: all types."),
]
FirstObjects = Annotated[int | None, strawberry.argument(description="The number of objects, 0 to 100. Default 20.")]
AfterObject = Annotated[
    str | None,
    strawberry.argument(description="Only objects after this cursor: the `endCursor` or the `cursor` of an edge."),
]


@strawberry.type(description="An object that changed.")
class ChangedObjectEdge:
    entity: strawberry.Private[Entity]
    keys: strawberry.Private[tuple[int, ...]]

    cursor: str = strawberry.field(
        description="The position of the object among those of the change. Pass it as `after` to continue from here."
    )
    id: strawberry.ID = strawberry.field(
        description="The id of the object. It remains the same after the object is deleted."
    )

    @strawberry.field(description="The object as it is now. Null if it has been deleted, by this change or since.")
    async def node(self, info: Info) -> Node | None:
        *parent, key = self.keys
        read = info.context.read_object_batched
        found: Node | None = await read(resolve_info(info), self.entity, parent, key)
        return found


@strawberry.type(description="A page of the objects of a change, in the order of their keys.")
class ChangedObjectConnection:
    edges: list[ChangedObjectEdge] = strawberry.field(description="The objects of the page with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page starts and ends.")


@strawberry.type(description="A change of one object, or of many objects of one type by one mutation.")
class ChangeFeedItem:
    item: strawberry.Private[change_feed.FeedItem]

    @strawberry.field(description="The cursor of the change. Pass it as `after` to continue after this change.")
    def cursor(self) -> str:
        return cursors.encode(ITEM_CURSOR, self.item.no, self.item.mark)

    @strawberry.field(description="The type of the objects.")
    def type(self) -> ChangedType:
        return self.item.type

    @strawberry.field(description="What happened to them.")
    def kind(self) -> ChangeKind:
        return self.item.kind

    @strawberry.field(description="The time of the mutation.")
    def at(self) -> dt.datetime:
        return self.item.at

    @strawberry.field(description="The user who sent the mutation.")
    def user_id(self) -> str:
        return self.item.user_id

    @strawberry.field(description="The number of objects that the user may see.")
    def count(self) -> int:
        return self.item.count

    @strawberry.field(description="The objects, page by page.")
    async def objects(
        self, info: Info, first: FirstObjects = UNSET, after: AfterObject = UNSET
    ) -> ChangedObjectConnection:
        item, size, start = self.item, or_none(first), or_none(after) or None
        wanted = DEFAULT_SIZE if size is None else _checked(size, least=0)
        after_key = None if start is None else decode_key(start)
        if item.is_single and after_key is None and wanted:
            page = change_feed.KeysPage([item.keys.first], has_more=False)
        else:
            page = await info.context.read(change_feed.read_keys, item, after_key, wanted)
        entity = entity_of_type(item.type)
        parent = () if item.keys.parent is None else (item.keys.parent,)
        edges = [
            ChangedObjectEdge(
                entity=entity,
                keys=(*parent, key),
                cursor=cursors.encode(KEY_CURSOR, key),
                id=strawberry.ID(global_ids.encode(entity, *parent, key)),
            )
            for key in page.keys
        ]
        page_info = PageInfo(
            has_next_page=page.has_more,
            has_previous_page=start is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        )
        return ChangedObjectConnection(edges=edges, page_info=page_info)


@strawberry.type(description="A page of the change feed.")
class ChangeFeed:
    page: strawberry.Private[change_feed.FeedPage]

    @strawberry.field(description="The changes, oldest first.")
    def changes(self) -> list[ChangeFeedItem]:
        return [ChangeFeedItem(item=item) for item in self.page.items]

    @strawberry.field(
        description="Pass it as `after` to continue. It is not null even if there are no changes. To begin a copy, "
        "read it, then read all objects, then read the changes after it."
    )
    def end_cursor(self) -> str:
        mark = self.page.end_mark
        return cursors.encode(ITEM_CURSOR, self.page.end, *([] if mark is None else [mark]))

    @strawberry.field(description="Whether there were no further changes when the feed was read.")
    def up_to_date(self) -> bool:
        return self.page.up_to_date


@strawberry.type
class ChangeFeedQueries:
    """The field of Query that reads the change feed."""

    @query(
        "What was created, changed or deleted, oldest first. A client that always continues after its last cursor sees "
        "every change, so it can keep a copy of the stored objects up to date. Null, with the error CURSOR_EXPIRED, "
        "if changes after the cursor are no longer kept, or if the database was restored from a backup without them.",
        access=READS_OWN,
    )
    async def change_feed(
        self, info: Info, after: AfterItem = UNSET, first: FirstItems = UNSET, types: Types = UNSET
    ) -> ChangeFeed | None:
        size, start, wanted = or_none(first), or_none(after) or None, or_none(types)
        cursor = None if start is None else decode_item(start)
        page = await info.context.read(
            change_marks.read_marked,
            None if cursor is None else cursor.no,
            None if cursor is None else cursor.mark,
            DEFAULT_SIZE if size is None else _checked(size, least=1),
            None if wanted is None else [ChangedTypeValues(type_) for type_ in wanted],
        )
        if page is None:
            raise CursorExpired
        return ChangeFeed(page=page)


def entity_of_type(type_: ChangedTypeValues) -> Entity:
    """The entity whose objects have this type."""
    return ENTITIES[type_.title().replace("_", "")]


def _checked(size: int, *, least: int) -> int:
    if not least <= size <= MAX_SIZE:
        raise BadUserInput(f"`first` is {size}. Give {least} to {MAX_SIZE}.")
    return size
