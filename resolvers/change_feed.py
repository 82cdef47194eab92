"""Recording changes for the change feed, and reading it.

Each rule that changes objects of a `ChangedType` records it in its own transaction (R-FEED-1); `tests/change_feed.py`
finds one that does not. Only changes of stored values are recorded: logging an interaction changes no contact, although
figures of the contact change (R-FEED-2).
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any
from zlib import crc32

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, true
from sqlalchemy import Table as SqlTable

from persistence.change_feed.items import (
    ITEMS,
    KIND_NUMBERS,
    OWNERS,
    RANGES,
    START,
    TYPE_NUMBERS,
    ItemKeys,
    insert_later,
    last_numbers,
)
from persistence.change_feed.items_of_keys import ItemSource, insert_items, insert_items_together, insert_owners
from persistence.columns import Table, table_of
from persistence.enums import ChangedType, ChangeKind
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.sql.conditions import among
from persistence.sql.isolation import writes_serially
from resolvers import visibility
from resolvers.work import Work

TYPES = {number: type_ for type_, number in TYPE_NUMBERS.items()}
KINDS = {number: kind for kind, number in KIND_NUMBERS.items()}
RESTRICTED: Mapping[ChangedType, type[Table]] = {
    ChangedType.INTERACTION_LOG_ENTRY: InteractionLogEntry,
    ChangedType.POSTPONED_INTERACTION: PostponedInteraction,
}
"""The types of which salespeople see only their own objects."""

BATCH_SIZE, MAX_BATCHES, MAX_LOOKED_UP = 100, 20, 2_000_000
"""For a user who sees only their own objects: how many items are read at once, how often for one page, and how many
objects are looked up for a page. If all of them are hidden, the page is empty, and the next one continues after them.
"""

CREATED, UPDATED, DELETED = ChangeKind.CREATED, ChangeKind.UPDATED, ChangeKind.DELETED


def record(work: Work, kind: ChangeKind, table: SqlTable, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Record a change of the rows that meet the conditions: before they are updated or deleted, or after they are
    inserted. Nothing is recorded if there are none.

    Returns the condition that a row was recorded. Without a lock on all that the conditions read, the change must have
    this condition, too: another transaction may commit after they were recorded. Rows that are deleted are locked here,
    except for lines: their segment is locked.
    """
    *parents, key = table.primary_key.columns
    columns = [key.label("key"), *(column.label("parent") for column in parents)]
    keys = select(*columns).where(*where)
    if kind is CREATED or writes_serially(work.session):
        record_selected(work, kind, table, keys)
        return true()
    if kind is DELETED and not parents:
        keys = select(keys.order_by(key).with_for_update().subquery("locked").c.key)
    recorded = record_selected(work, kind, table, keys)
    return or_(false(), *(and_(*(parent == each.parent for parent in parents), each.have(key)) for each in recorded))


def record_selected(work: Work, kind: ChangeKind, table: SqlTable, keys: Select[Any]) -> Sequence[ItemKeys]:
    """Record a change of the objects whose keys a query finds, as `key` and, for lines, the id of the segment as
    `parent`. Returns the keys of each item.
    """
    inserted = insert_items(work.session, keys, _item(work, kind, table))
    restricted = RESTRICTED.get(_type_of(table))
    if kind is DELETED and restricted is not None:
        for each in inserted:
            insert_owners(work.session, each.item_no, visibility.owned(restricted, each))
    return inserted


def item_source(kind: ChangeKind, table: SqlTable, keys: Select[Any]) -> ItemSource:
    """A change of the objects whose keys a query finds as `key`, for `record_together`."""
    return ItemSource(TYPE_NUMBERS[_type_of(table)], KIND_NUMBERS[kind], keys)


def record_together(work: Work, sources: tuple[ItemSource, ...], parameters: Mapping[str, object]) -> None:
    """Record several changes by one statement. `parameters` are those of all queries. The sources are a constant, and
    none deletes objects that only some users see.
    """
    insert_items_together(work.session, sources, {"at": work.now, "user_id": work.user.id}, parameters)


def record_one(work: Work, kind: ChangeKind, table: SqlTable, key: int) -> None:
    """Record a change of one object, once a transaction."""
    record_each(work, (kind, table, key))


def record_each(work: Work, *changes: tuple[ChangeKind, SqlTable, int]) -> None:
    """Record changes of single objects: the kind, the table and the key of each."""
    insert_later(work.session, [_item(work, kind, table) | {"first_key": key} for kind, table, key in changes])


@dataclass(frozen=True)
class FeedItem:
    """A change. The `keys` are those of all its objects; the user may see `count` of them."""

    no: int
    type: ChangedType
    kind: ChangeKind
    at: dt.datetime
    user_id: str
    count: int
    keys: ItemKeys

    @property
    def is_single(self) -> bool:
        """Whether it is about one object."""
        return self.keys.first == self.keys.last

    @property
    def is_restricted(self) -> bool:
        """Whether salespeople see only their own objects of its type."""
        return self.type in RESTRICTED

    @property
    def mark(self) -> int:
        """A checksum, which an item with the same number in another history of the database does not have."""
        parts = (self.no, self.type, self.kind, self.at.isoformat(), self.user_id, self.keys.first)
        return crc32("|".join(map(str, parts)).encode())


@dataclass(frozen=True)
class FeedPage:
    """Items in their order, and the number to go on after. `up_to_date`: there were no more."""

    items: Sequence[FeedItem]
    end: int
    up_to_date: bool
    end_mark: int | None = None
    """The mark of the last item up to the end, if it was asked for and there is one."""


@dataclass(frozen=True)
class KeysPage:
    """Some keys of the objects of an item, in ascending order."""

    keys: Sequence[int]
    has_more: bool


def read(work: Work, after: int | None, first: int, types: Sequence[ChangedType] | None) -> FeedPage | None:
    """The first items after a number, of these types or of all; without a number from the oldest that is kept. None if
    items after this number have been deleted because of their age, or if this database has not drawn the number yet: it
    may have been restored from a backup that is older than the number (R-FEED-4).

    A user who sees only their own interactions gets no item about others (R-FEED-5).
    """
    complete, drawn = last_numbers(work.session)
    deleted_up_to = work.session.scalars(select(START.c.deleted_up_to)).one()
    start = deleted_up_to if after is None else after
    if not deleted_up_to <= start <= drawn:
        return None
    if not work.user.viewer.own_only:
        items, has_more = _next(work, start, complete, first, types)
        return FeedPage(items, items[-1].no if has_more else max(complete, start), not has_more)
    found: list[FeedItem] = []
    looked_up = 0
    for _ in range(MAX_BATCHES):
        items, has_more = _next(work, start, complete, max(first, BATCH_SIZE), types)
        sizes = [0, *accumulate(item.keys.last - item.keys.first + 1 for item in items)]
        most = sum(looked_up + size <= MAX_LOOKED_UP for size in sizes)
        items, has_more = items[:most], has_more or most < len(items)
        looked_up += sizes[len(items)]
        found += visible_items(work, items)
        if len(found) > first:
            return FeedPage(found[:first], found[first - 1].no, up_to_date=False)
        if not has_more:
            return FeedPage(found, max(complete, start), up_to_date=True)
        start = items[-1].no
        if len(found) == first or looked_up > MAX_LOOKED_UP:
            break
    return FeedPage(found, start, up_to_date=False)


def visible_items(work: Work, items: Sequence[FeedItem]) -> list[FeedItem]:
    """These items as the user sees them: with the number of the objects that they may see, without items of which they
    may see none. A deleted object was visible to its salespeople when it was deleted.
    """
    if not work.user.viewer.own_only:
        return [*items]
    counts: dict[int, int] = {}
    restricted = [item for item in items if item.is_restricted]
    deleted = [item.no for item in restricted if item.kind is DELETED]
    if deleted:
        size = func.sum(OWNERS.c.last_key - OWNERS.c.first_key + 1)
        owned = select(OWNERS.c.item_no, size).where(among(OWNERS.c.item_no, deleted), _is_owner(work))
        counts |= {no: int(count) for no, count in work.session.execute(owned.group_by(OWNERS.c.item_no))}
    for type_, model in RESTRICTED.items():
        key = table_of(model).c.entry_no
        there = [item for item in restricted if item.type is type_ and item.kind is not DELETED]
        single = {item.keys.first for item in there if item.is_single}
        if single:
            own = select(key).where(among(key, sorted(single)), work.is_visible(model))
            found = set(work.session.scalars(own))
            counts |= {item.no: int(item.keys.first in found) for item in there if item.is_single}
        for item in there:
            if not item.is_single:
                source, condition = item.keys.of(key)
                counted = select(func.count()).select_from(source).where(condition, work.is_visible(model))
                counts[item.no] = work.session.scalars(counted).one()
    return [
        replace(item, count=counts[item.no]) if item.is_restricted else item
        for item in items
        if not item.is_restricted or counts.get(item.no)
    ]


def read_keys(work: Work, item: FeedItem, after: int | None, first: int) -> KeysPage:
    """The first keys of the objects of an item after a key, of those that the user may see."""
    start = item.keys.first if after is None else max(after + 1, item.keys.first)
    if item.is_restricted and work.user.viewer.own_only and item.kind is not DELETED:
        model = RESTRICTED[item.type]
        key = table_of(model).c.entry_no
        source, condition = item.keys.of(key)
        wanted = select(key).select_from(source).where(condition, key >= start, work.is_visible(model))
        found = [*work.session.scalars(wanted.order_by(key).limit(first + 1))]
        return KeysPage(found[:first], len(found) > first)
    keys: list[int] = []
    for first_key, last_key in _ranges(work, item, start, first + 1):
        begin = max(first_key, start)
        keys += range(begin, min(last_key, begin + first - len(keys)) + 1)
        if len(keys) > first:
            break
    return KeysPage(keys[:first], len(keys) > first)


def _next(
    work: Work, start: int, complete: int, first: int, types: Sequence[ChangedType] | None
) -> tuple[list[FeedItem], bool]:
    """The first items after `start` up to `complete`, and whether there are more."""
    wanted = select(ITEMS).where(ITEMS.c.no > start, ITEMS.c.no <= complete)
    if types is not None:
        wanted = wanted.where(ITEMS.c.type.in_([TYPE_NUMBERS[type_] for type_ in types]))
    rows = work.session.execute(wanted.order_by(ITEMS.c.no).limit(first + 1)).all()
    return [feed_item(row) for row in rows[:first]], len(rows) > first


def feed_item(row: Row[tuple[object, ...]]) -> FeedItem:
    """The change that a row with the columns of `ITEMS` stores."""
    last = row.first_key if row.last_key is None else row.last_key
    count = 1 if row.last_key is None else row._mapping[ITEMS.c.count]
    keys = ItemKeys(row.no, row.first_key, last, count <= last - row.first_key, row.parent_key)
    return FeedItem(row.no, TYPES[row.type], KINDS[row.kind], row.at, row.user_id, count, keys)


def _ranges(work: Work, item: FeedItem, start: int, most: int) -> Iterator[tuple[int, int]]:
    """The first ranges of the keys of an item that do not end before `start`, of those that the user may see. The
    objects are deleted, or the user sees all.
    """
    if item.is_restricted and work.user.viewer.own_only:
        rows, condition = OWNERS, _is_owner(work)
    elif item.keys.has_gaps:
        rows, condition = RANGES, true()
    else:
        yield item.keys.first, item.keys.last
        return
    columns = select(rows.c.first_key, rows.c.last_key).where(rows.c.item_no == item.no, condition)
    found = work.session.execute(columns.where(rows.c.last_key >= start).order_by(rows.c.first_key).limit(most))
    yield from (tuple(each) for each in found)


def _is_owner(work: Work) -> ColumnElement[bool]:
    """Whether deleted objects were the user's own."""
    return OWNERS.c.salesperson_code == work.user.salesperson_code


def _item(work: Work, kind: ChangeKind, table: SqlTable) -> dict[str, object]:
    type_ = _type_of(table)
    return {"at": work.now, "type": TYPE_NUMBERS[type_], "kind": KIND_NUMBERS[kind], "user_id": work.user.id}


def _type_of(table: SqlTable) -> ChangedType:
    return ChangedType[table.name.upper()]
