"""Recording changes for the change feed. Each rule that changes objects of a `ChangedType` records it in its own
transaction (R-FEED-1); `tests/change_feed.py` finds one that does not.

What is stored is told, nothing else: who logs an interaction changes no contact, although figures of the contact change
(R-FEED-2).
"""

from sqlalchemy import ColumnElement, select
from sqlalchemy import Table as SqlTable

from persistence.change_feed import KIND_NUMBERS, TYPE_NUMBERS, insert_items, insert_later
from persistence.enums import ChangedType, ChangeKind
from persistence.sql_types import SqlQuery
from resolvers.work import Work

CREATED, UPDATED, DELETED = ChangeKind.CREATED, ChangeKind.UPDATED, ChangeKind.DELETED


def record(work: Work, kind: ChangeKind, table: SqlTable, *where: ColumnElement[bool]) -> None:
    """Record a change of the rows that meet the conditions: before they are updated or deleted, or after they are
    inserted. Nothing is recorded if there are none.
    """
    *parent, key = table.primary_key.columns
    columns = [key.label("key"), *(column.label("parent") for column in parent)]
    record_selected(work, kind, table, select(*columns).where(*where))


def record_selected(work: Work, kind: ChangeKind, table: SqlTable, keys: SqlQuery) -> None:
    """Record a change of the objects whose keys a query finds, as `key` and, for lines, the id of the segment as
    `parent`.
    """
    insert_items(work.session, keys.subquery("changed"), _item(work, kind, table))


def record_one(work: Work, kind: ChangeKind, table: SqlTable, key: int, parent: int | None = None) -> None:
    """Record a change of one object, once a transaction."""
    insert_later(work.session, _item(work, kind, table) | {"first_key": key, "parent_key": parent})


def is_told(table: SqlTable) -> bool:
    """Whether the change feed tells changes of the rows of this table."""
    return table.name.upper() in ChangedType.__members__


def _item(work: Work, kind: ChangeKind, table: SqlTable) -> dict[str, object]:
    type_ = ChangedType[table.name.upper()]
    return {"at": work.now, "type": TYPE_NUMBERS[type_], "kind": KIND_NUMBERS[kind], "user_id": work.user.id}
