"""Inserting items of the change feed for the objects whose keys a query finds, however many these are."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    FromClause,
    Integer,
    Row,
    Select,
    case,
    delete,
    func,
    insert,
    literal,
    literal_column,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from persistence.change_feed.items import (
    ITEMS,
    OWNERS,
    RANGES,
    ItemKeys,
    announced_insertion,
    item_parameters,
    item_values,
)
from persistence.dialects import dialect_of
from persistence.sql_types import SqlExpression, SqlQuery


class ItemSource(NamedTuple):
    """An item that is inserted for the keys that a query finds as `key`: its type and its kind, as they are stored."""

    type: int
    kind: int
    keys: Select[Any]


def insert_items(session: Session, keys: Select[Any], item: Mapping[str, object]) -> Sequence[ItemKeys]:
    """Insert an item for these keys, with these other columns, and return its keys; none if there are no keys.

    `keys` selects the columns `key` and, for parts of other objects, `parent`: then one item for each of these. Its
    conditions may be nested as deep as SQLite allows, so it is not nested deeper.
    """
    dialect = dialect_of(session)
    announcement = dialect.change_announcement(session)
    insertion = _insertion_of_keys(announcement, keys, tuple(item), alone=dialect.writes_serially)
    rows = session.execute(insertion, item_parameters(item)).all()
    return [each for row in rows for each in _with_ranges(session, row, keys)]


def insert_items_together(
    session: Session, sources: tuple[ItemSource, ...], item: Mapping[str, object], parameters: Mapping[str, object]
) -> None:
    """Insert an item for each of these sources that has keys, in this order and by one statement, with these other
    columns. `parameters` are those of all queries. The sources are a constant of a module, because the statement is
    kept for as long as the process runs. No two of them have the same type and kind.
    """
    insertion = _insertion_together(dialect_of(session).change_announcement(session), sources, tuple(item))
    values = item_parameters(item) | dict(parameters)
    keys_of = {(source.type, source.kind): source.keys for source in sources}
    for row in session.connection().execute(insertion, values).all():
        _with_ranges(session, row, keys_of[row.type, row.kind], parameters)


def _with_ranges(
    session: Session, item: Row[tuple[Any, ...]], keys: Select[Any], parameters: Mapping[str, object] | None = None
) -> list[ItemKeys]:
    """The keys of an item that was inserted for these keys. If there are gaps, their ranges are inserted now."""
    has_gaps = item.last_key is not None and item._mapping[ITEMS.c.count] <= item.last_key - item.first_key
    if has_gaps:
        parent = keys.selected_columns.get("parent")
        of_item = keys if parent is None else keys.where(parent == item.parent_key)
        _insert_ranges(session, item.no, of_item, {} if parameters is None else parameters)
        if not dialect_of(session).writes_serially and not _count_ranges(session, item):
            return []
    last = item.first_key if item.last_key is None else item.last_key
    return [ItemKeys(item.no, item.first_key, last, has_gaps, item.parent_key)]


def _insertion_of_keys(
    announcement: FromClause | None, keys: Select[Any], names: tuple[str, ...], *, alone: bool
) -> ReturningInsert[Any]:
    """The insert of items for these keys, whose other columns are parameters. `alone`: no other transaction writes."""
    parent = keys.selected_columns.get("parent")
    found = _keys_of_item(keys) | {"parent_key": sql_cast(null(), Integer) if parent is None else parent}
    values = item_values(names)
    labeled = {**values, **found} if alone else found
    grouped = keys.with_only_columns(*(value.label(name) for name, value in labeled.items()))
    grouped = grouped.having(func.count() > 0) if parent is None else grouped.group_by(parent)
    if alone:
        insertion = insert(ITEMS).from_select([*labeled], grouped, include_defaults=False)
    else:
        groups = grouped.subquery("groups")
        insertion = announced_insertion(announcement, values | {name: groups.c[name] for name in found}, groups)
    return insertion.returning(*ITEMS.c)


@cache
def _insertion_together(
    announcement: FromClause | None, sources: tuple[ItemSource, ...], names: tuple[str, ...]
) -> ReturningInsert[Any]:
    """The insert of items for all these sources, whose other columns are parameters."""
    groups = union_all(*(_group(place, source) for place, source in enumerate(sources))).subquery("groups")
    values = item_values(names) | {each.name: each for each in groups.c if each.name != "place"}
    return announced_insertion(announcement, values, groups, groups.c.place).returning(*ITEMS.c)


def _group(place: int, source: ItemSource) -> Select[Any]:
    """Selects the item of a source, and its place among the others; no row if it has no keys."""
    numbers = {"place": place, "type": source.type, "kind": source.kind}
    columns: dict[str, SqlExpression] = {name: literal_column(str(number)) for name, number in numbers.items()}
    columns |= _keys_of_item(source.keys)
    labeled: list[SqlExpression] = [value.label(name) for name, value in columns.items()]
    return source.keys.with_only_columns(*labeled).having(func.count() > 0)


def _keys_of_item(keys: Select[Any]) -> dict[str, SqlExpression]:
    """The columns of an item for these keys."""
    key, count = keys.selected_columns["key"], func.count()
    return {"first_key": func.min(key), "last_key": case((count > 1, func.max(key))), "count": case((count > 1, count))}


def insert_owners(session: Session, item_no: int, owned: SqlQuery) -> None:
    """Insert the salespeople of the deleted objects of an item: `owned` selects `code` and `key`. Equal rows count
    once.
    """
    pairs = owned.subquery("owned")
    each = select(pairs.c.code, pairs.c.key).distinct().subquery("pairs")
    run = each.c.key - func.row_number().over(partition_by=each.c.code, order_by=each.c.key)
    runs = select(each.c.code, each.c.key, run.label("run")).subquery("runs")
    number = literal(item_no, OWNERS.c.item_no.type)
    ranges = select(number, runs.c.code, func.min(runs.c.key), func.max(runs.c.key)).group_by(runs.c.code, runs.c.run)
    session.execute(insert(OWNERS).from_select([column.name for column in OWNERS.c], ranges))


def _insert_ranges(session: Session, item_no: int, keys: Select[Any], parameters: Mapping[str, object]) -> None:
    """Insert the ranges of keys that follow each other."""
    key = keys.selected_columns["key"]
    run = key - func.row_number().over(order_by=key)
    runs = keys.with_only_columns(key.label("key"), run.label("run")).subquery("runs")
    number = literal(item_no, RANGES.c.item_no.type)
    ranges = select(number, func.min(runs.c.key), func.max(runs.c.key)).group_by(runs.c.run)
    session.execute(insert(RANGES).from_select([column.name for column in RANGES.c], ranges), dict(parameters))


def _count_ranges(session: Session, item: Row[tuple[object, ...]]) -> bool:
    """Give an item the figures of its ranges, which have other keys if another transaction has committed after the item
    was inserted. An item without keys is deleted. Returns whether it has any.
    """
    first_key, last_key = RANGES.c.first_key, RANGES.c.last_key
    figures = select(func.min(first_key), func.max(last_key), func.sum(last_key - first_key + 1))
    first, last, count = session.execute(figures.where(RANGES.c.item_no == item.no)).one()
    if not count:
        session.execute(delete(ITEMS).where(ITEMS.c.no == item.no))
    elif (first, last, count) != (item.first_key, item.last_key, item.count):
        new = {"last_key": last, "count": count} if count > 1 else {"last_key": None, "count": None}
        session.execute(update(ITEMS).where(ITEMS.c.no == item.no).values(first_key=first, **new))
    return bool(count)
