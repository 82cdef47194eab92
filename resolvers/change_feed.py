"""Recording changes for the change feed, and reading it.

Each rule that changes objects of a `ChangedType` records it in its own transaction (R-FEED-1); `tests/change_feed.py`
finds one that does not. Only changes of stored values are recorded: logging an interaction changes no contact, although
figures of the contact change (R-FEED-2).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, select, update
from sqlalchemy import Table as SqlTable
from sqlmodel import Session

from persistence.change_feed import (
    ITEMS,
    KIND_NUMBERS,
    RANGES,
    START,
    TYPE_NUMBERS,
    insert_items,
    insert_later,
    last_complete_no,
)
from persistence.enums import ChangedType, ChangeKind
from resolvers.work import Work

TYPES = {number: type_ for type_, number in TYPE_NUMBERS.items()}
KINDS = {number: kind for kind, number in KIND_NUMBERS.items()}
MAX_DELETED = 10_000
"""How many items are deleted in one transaction."""

CREATED, UPDATED, DELETED = ChangeKind.CREATED, ChangeKind.UPDATED, ChangeKind.DELETED


def record(work: Work, kind: ChangeKind, table: SqlTable, *where: ColumnElement[bool]) -> None:
    """Record a change of the rows that meet the conditions: before they are updated or deleted, or after they are
    inserted. Nothing is recorded if there are none.
    """
    *parent, key = table.primary_key.columns
    columns = [key.label("key"), *(column.label("parent") for column in parent)]
    record_selected(work, kind, table, select(*columns).where(*where))


def record_selected(work: Work, kind: ChangeKind, table: SqlTable, keys: Select[Any]) -> None:
    """Record a change of the objects whose keys a query finds, as `key` and, for lines, the id of the segment as
    `parent`.
    """
    insert_items(work.session, keys, _item(work, kind, table))


def record_one(work: Work, kind: ChangeKind, table: SqlTable, key: int) -> None:
    """Record a change of one object, once a transaction."""
    record_each(work, (kind, table, key))


def record_each(work: Work, *changes: tuple[ChangeKind, SqlTable, int]) -> None:
    """Record changes of single objects: the kind, the table and the key of each."""
    insert_later(work.session, [_item(work, kind, table) | {"first_key": key} for kind, table, key in changes])


@dataclass(frozen=True)
class FeedItem:
    """A change. Its `count` objects have the keys from `first_key` to `last_key`, or those of its ranges if these are
    more than `count`. Lines of a segment have its id as `parent_key`.
    """

    no: int
    type: ChangedType
    kind: ChangeKind
    at: dt.datetime
    user_id: str
    count: int
    first_key: int
    last_key: int
    parent_key: int | None


@dataclass(frozen=True)
class FeedPage:
    """Items in their order, and the number to go on after. `up_to_date`: there were no more."""

    items: Sequence[FeedItem]
    end: int
    up_to_date: bool


@dataclass(frozen=True)
class KeysPage:
    """Some keys of the objects of an item, in ascending order."""

    keys: Sequence[int]
    has_more: bool


def read(work: Work, after: int | None, first: int, types: Sequence[ChangedType] | None) -> FeedPage | None:
    """The first items after a number, of these types or of all; without a number from the oldest that is kept. None if
    items after this number have been deleted because of their age.
    """
    complete = last_complete_no(work.session)
    deleted_up_to = work.session.scalars(select(START.c.deleted_up_to)).one()
    start = deleted_up_to if after is None else after
    if start < deleted_up_to:
        return None
    wanted = select(ITEMS).where(ITEMS.c.no > start, ITEMS.c.no <= complete)
    if types is not None:
        wanted = wanted.where(ITEMS.c.type.in_([TYPE_NUMBERS[type_] for type_ in types]))
    rows = work.session.execute(wanted.order_by(ITEMS.c.no).limit(first + 1)).all()
    items = [feed_item(row) for row in rows[:first]]
    up_to_date = len(rows) <= first
    return FeedPage(items, max(complete, start) if up_to_date else items[-1].no, up_to_date)


def feed_item(row: Row[tuple[object, ...]]) -> FeedItem:
    """The change that a row with the columns of `ITEMS` stores."""
    return FeedItem(
        row.no,
        TYPES[row.type],
        KINDS[row.kind],
        row.at,
        row.user_id,
        1 if row.last_key is None else row._mapping[ITEMS.c.count],
        row.first_key,
        row.first_key if row.last_key is None else row.last_key,
        row.parent_key,
    )


def read_keys(work: Work, item: FeedItem, after: int | None, first: int) -> KeysPage:
    """The first keys of the objects of an item after a key."""
    ranges: Sequence[tuple[int, int]] = [(item.first_key, item.last_key)]
    if item.count <= item.last_key - item.first_key:
        columns = select(RANGES.c.first_key, RANGES.c.last_key).where(RANGES.c.item_no == item.no)
        if after is not None:
            columns = columns.where(RANGES.c.last_key > after)
        ranges = [tuple(row) for row in work.session.execute(columns.order_by(RANGES.c.first_key).limit(first + 1))]
    keys: list[int] = []
    for first_key, last_key in ranges:
        start = first_key if after is None else max(first_key, after + 1)
        keys += range(start, min(last_key, start + first - len(keys)) + 1)
        if len(keys) > first:
            break
    return KeysPage(keys[:first], len(keys) > first)


def _item(work: Work, kind: ChangeKind, table: SqlTable) -> dict[str, object]:
    type_ = ChangedType[table.name.upper()]
    return {"at": work.now, "type": TYPE_NUMBERS[type_], "kind": KIND_NUMBERS[kind], "user_id": work.user.id}


def delete_old(session: Session, before: dt.datetime) -> bool:
    """Delete some of the oldest items that are older than this time, and note up to which number. Returns whether some
    may be left (R-FEED-4).
    """
    oldest = select(ITEMS.c.no, ITEMS.c.at).order_by(ITEMS.c.no).limit(MAX_DELETED).subquery("oldest")
    last = session.scalar(select(func.max(oldest.c.no)).where(oldest.c.at < before))
    if last is None:
        return False
    session.execute(delete(RANGES).where(RANGES.c.item_no <= last))
    session.execute(delete(ITEMS).where(ITEMS.c.no <= last))
    session.execute(update(START).values(deleted_up_to=last))
    return True
