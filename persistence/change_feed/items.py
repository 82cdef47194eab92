"""The change feed: what was created, changed or deleted, in an order in which a reader cannot miss anything.

A rule records each change in its own transaction. One item is one change of one object, or of many objects of one
type: a mailing with a million lines is one item. Items say only that objects changed; readers get the objects as they
are now.

The order is that of the numbers. Transactions that run at the same time commit in another order than they draw numbers,
so a reader asks for `last_complete_no` first: no item up to this number can appear later.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Insert,
    SmallInteger,
    bindparam,
    insert,
    select,
    text,
    true,
)
from sqlalchemy.orm import Session
from sqlmodel import Field

from persistence.columns import Instant, Table, free_text, identity, key, table_of, table_options
from persistence.dialects import dialect_of
from persistence.enums import ChangedType, ChangeKind
from persistence.sql_types import SqlExpression

TYPE_NUMBERS = {type_: number for number, type_ in enumerate(ChangedType, start=1)}
KIND_NUMBERS = {kind: number for number, kind in enumerate(ChangeKind, start=1)}
"""How types and kinds are stored. A new one comes last in its enumeration: stored numbers keep their meaning."""


class ChangeFeedItem(Table, table=True):
    """A change. The keys of its objects, primary keys or entry numbers, are from `first_key` to `last_key`; lines have
    the id of their segment as `parent_key`.

    `last_key` and `count` are null for one object. If `count` is less than there are keys in between, the keys are in
    `ChangeFeedRange`.
    """

    __tablename__ = "change_feed_item"
    __table_args__ = (table_options(never_reuse_keys=True),)

    no: int | None = Field(default=None, primary_key=True, sa_type=identity())
    at: dt.datetime = Field(sa_type=Instant)
    type: int = Field(sa_type=SmallInteger)
    kind: int = Field(sa_type=SmallInteger)
    first_key: int
    last_key: int | None = None
    count: int | None = None
    parent_key: int | None = None
    user_id: str = Field(sa_type=free_text(50))


class ChangeFeedRange(Table, table=True):
    """Keys of the objects of an item, from the first to the last of each range."""

    __tablename__ = "change_feed_range"
    __table_args__ = (table_options(rows_in_key_order=True),)

    item_no: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    first_key: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last_key: int


class ChangeFeedOwner(Table, table=True):
    """A salesperson who could see deleted objects of an item: those with keys from the first to the last. One row for
    each salesperson and range of keys. Only for types of which salespeople see only their own objects.
    """

    __tablename__ = "change_feed_owner"
    __table_args__ = (table_options(rows_in_key_order=True),)

    item_no: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    salesperson_code: str = Field(primary_key=True, sa_type=key(20))
    first_key: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last_key: int


class ChangeFeedStart(Table, table=True):
    """One row: the number of the last item that was deleted because of its age, 0 if none was."""

    __tablename__ = "change_feed_start"

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    deleted_up_to: int = Field(default=0, sa_type=BigInteger)


ITEMS, RANGES, START = table_of(ChangeFeedItem), table_of(ChangeFeedRange), table_of(ChangeFeedStart)
OWNERS = table_of(ChangeFeedOwner)
PENDING = "carnet_pending_items"
"""The key under which `Session.info` has the items that are inserted when the transaction commits."""


def last_numbers(session: Session) -> tuple[int, int]:
    """The number up to which no item can still appear, and the number that was drawn last. Items are read by a later
    statement, whose snapshot is newer.
    """
    row = session.execute(text(dialect_of(session).last_change_numbers)).one()
    return int(row.complete), int(row.drawn)


def last_complete_no(session: Session) -> int:
    """The number up to which no item can still appear."""
    return last_numbers(session)[0]


def insert_later(session: Session, items: Sequence[Mapping[str, object]]) -> None:
    """Insert items with these columns when the transaction is about to commit, so that their numbers are drawn late.
    Equal ones are inserted once.
    """
    session.connection()  # begins the transaction, which would not be committed without a statement
    pending_items(session).update({tuple(item.values()): item for item in items})


def pending_items(session: Session) -> dict[tuple[object, ...], Mapping[str, object]]:
    """The items that are inserted when the transaction commits."""
    pending: dict[tuple[object, ...], Mapping[str, object]] = session.info.setdefault(PENDING, {})
    return pending


def insert_pending_items(session: Session) -> None:
    """Insert the items of `insert_later`, in their order."""
    pending, dialect = pending_items(session), dialect_of(session)
    for names, items in groupby(pending.values(), tuple):
        insertion = _insertion(dialect.change_announcement(session), names)
        session.connection().execute(insertion, [item_parameters(item) for item in items])
    pending.clear()


class ItemKeys(NamedTuple):
    """The keys of an item: those from the first to the last, or with gaps those of its ranges. `parent` is the id of
    the segment, if they are those of lines.
    """

    item_no: int
    first: int
    last: int
    has_gaps: bool
    parent: int | None

    def have(self, column: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether the column of a row is one of the keys. With gaps, each row looks for the range that begins last."""
        if not self.has_gaps:
            return column.between(self.first, self.last)
        before = select(RANGES.c.last_key).where(RANGES.c.item_no == self.item_no, RANGES.c.first_key <= column)
        nearest = before.order_by(RANGES.c.first_key.desc()).limit(1)
        return nearest.correlate(cast("Column[int]", column).table).scalar_subquery() >= column

    def of(self, column: ColumnElement[int]) -> tuple[FromClause, ColumnElement[bool]]:
        """The rows of the column's table whose column is one of the keys: what to select from, and a condition."""
        rows = cast("Column[int]", column).table
        if not self.has_gaps:
            return rows, column.between(self.first, self.last)
        return RANGES.join(
            rows, column.between(RANGES.c.first_key, RANGES.c.last_key)
        ), RANGES.c.item_no == self.item_no


@cache
def _insertion(announcement: FromClause | None, names: tuple[str, ...]) -> Insert:
    """The insert of an item with these columns as parameters; one object, so that it is compiled once."""
    values = item_values(names)
    return insert(ITEMS).values(values).inline() if announcement is None else announced_insertion(announcement, values)


def item_values(names: tuple[str, ...]) -> dict[str, SqlExpression]:
    """Parameters for these columns of an item."""
    return {name: bindparam(f"item_{name}", type_=ITEMS.c[name].type) for name in names}


def item_parameters(item: Mapping[str, object]) -> dict[str, object]:
    """The values of these parameters."""
    return {f"item_{name}": value for name, value in item.items()}


def announced_insertion(
    announcement: FromClause | None,
    values: Mapping[str, SqlExpression],
    source: FromClause | None = None,
    order_by: SqlExpression | None = None,
) -> Insert:
    """The insert of items with these values. On PostgreSQL it first announces that the transaction draws numbers, which
    `last_complete_no` reads.
    """
    sources = [each for each in (announcement, source) if each is not None]
    chosen = select(*values.values()).order_by(order_by)
    if len(sources) == 2:
        chosen = chosen.select_from(sources[0].join(sources[1], true()))
    elif sources:
        chosen = chosen.select_from(sources[0])
    return insert(ITEMS).from_select([*values], chosen, include_defaults=False)
