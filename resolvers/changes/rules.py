"""The change log of master data and the marketing setup. Every write of a card goes through this module, so that each
change is recorded.

Each function executes the same number of statements for one row as for a thousand.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Select,
    Unicode,
    and_,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy import Table as SqlTable

from persistence.changes import Change, ChangeField
from persistence.columns import Table, table_of
from persistence.enums import ChangeAction, ChangeKind
from persistence.json_sql import ValueAsText
from resolvers import change_feed
from resolvers.queries import SqlExpression
from resolvers.work import Work

KEYS = ("no", "code")
KINDS = dict.fromkeys(ChangeAction, ChangeKind.UPDATED) | {
    ChangeAction.CREATED: ChangeKind.CREATED,
    ChangeAction.DELETED: ChangeKind.DELETED,
}
"""The kind of change in the change feed for each action."""
NOT_RECORDED = ("id", "version", "created_on", *KEYS)
CHANGES, CHANGE_FIELDS = table_of(Change), table_of(ChangeField)


@dataclass(frozen=True)
class ChildRowsChange:
    """Rows that belong to a card, such as translations, as text before and after a change."""

    old: str | None
    new: str | None


@dataclass(frozen=True)
class FieldChange:
    """The old and new value of a field, in the rows that meet the condition. None stands for null."""

    name: str
    where: ColumnElement[bool]
    old: SqlExpression | None = None
    new: SqlExpression | None = None


def update_rows(
    work: Work,
    model: type[Table],
    values: Mapping[str, object],
    *where: ColumnElement[bool],
    child_rows: Mapping[str, ChildRowsChange] | None = None,
    action: ChangeAction = ChangeAction.UPDATED,
) -> int:
    """Set these columns, to constants or SQL expressions, in the rows that meet the conditions, and record the change.

    Rows in which nothing changes stay as they are. In the others the version rises by one. Returns how many changed.
    The caller locks the rows before.
    """
    rows = table_of(model)
    changed_child_rows = {name: both for name, both in (child_rows or {}).items() if both.old != both.new}
    new = {name: _expression(rows, name, value) for name, value in values.items()}
    differs = {name: rows.c[name].is_distinct_from(value) for name, value in new.items() if not _is_derived(name)}
    if not differs and not changed_child_rows:
        return 0
    changes = and_(*where) if changed_child_rows else and_(*where, or_(*differs.values()))
    fields = [FieldChange(name, and_(*where, differs[name]), rows.c[name], new[name]) for name in differs]
    fields += [
        FieldChange(name, changes, _literal(both.old), _literal(both.new)) for name, both in changed_child_rows.items()
    ]
    _record(work, rows, action, changes, fields)
    return work.write(update(rows).where(changes).values({**new, "version": rows.c.version + 1}))


def record_created(
    work: Work, model: type[Table], *where: ColumnElement[bool], child_rows: Mapping[str, str | None] | None = None
) -> None:
    """Record that the rows that meet the conditions were just inserted, with all their values."""
    rows, condition = table_of(model), and_(*where)
    fields = [
        FieldChange(name, and_(condition, has_value), new=rows.c[name]) for name, has_value in _has_value(rows).items()
    ]
    fields += [FieldChange(name, condition, new=_literal(text)) for name, text in (child_rows or {}).items() if text]
    _record(work, rows, ChangeAction.CREATED, condition, fields, version_rise=0)


def record_deleted(
    work: Work,
    model: type[Table],
    *where: ColumnElement[bool],
    child_rows: Mapping[str, str | None] | None = None,
    with_values: bool = True,
) -> None:
    """Record that the rows that meet the conditions are about to be deleted, with all their values.

    `with_values` false leaves the values out, for rows that have not changed since their creation was recorded.
    """
    rows, condition = table_of(model), and_(*where)
    fields = [
        FieldChange(name, and_(condition, has_value), old=rows.c[name])
        for name, has_value in _has_value(rows).items()
        if with_values
    ]
    fields += [FieldChange(name, condition, old=_literal(text)) for name, text in (child_rows or {}).items() if text]
    _record(work, rows, ChangeAction.DELETED, condition, fields)


def move(work: Work, model: type[Table], old_id: int, new_id: int, *, after: int) -> None:
    """Make the changes of one object those of another, which has the version `after`: their versions follow it.

    The caller gives the other object a version that is at least as high.
    """
    for rows in (CHANGES, CHANGE_FIELDS):
        of_object = (rows.c.kind == _kind(model), rows.c.object_id == old_id)
        work.session.execute(update(rows).where(*of_object).values(object_id=new_id, version=rows.c.version + after))


def blank_values(work: Work, model: type[Table], fields: Sequence[str], *where: ColumnElement[bool]) -> None:
    """Remove the old and new values of these fields from the change log. The log still says that they changed.

    The conditions are about columns of `ChangeField`.
    """
    names = [_client_name(field) for field in fields]
    of_fields = (CHANGE_FIELDS.c.kind == _kind(model), CHANGE_FIELDS.c.field.in_(names))
    work.session.execute(update(CHANGE_FIELDS).where(*of_fields, *where).values(old_value=None, new_value=None))


def deleted_keys(model: type[Table], among: BindParameter[list[str]]) -> Select[str]:
    """Selects those of these numbers or codes that deleted rows had. A number is never used twice (K6)."""
    return select(CHANGES.c.object_key).where(*_deletions(model), CHANGES.c.object_key.in_(among))


def was_deleted(model: type[Table], key: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a deleted row had this number or code, which is a column of another row.

    The deleted rows are selected once: for each row anew, SQLite would read all changes of the kind.
    """
    return key.in_(select(CHANGES.c.object_key).where(*_deletions(model)))


def _deletions(model: type[Table]) -> tuple[ColumnElement[bool], ...]:
    return CHANGES.c.kind == _kind(model), CHANGES.c.action == ChangeAction.DELETED.value


def as_text(rows: Sequence[Mapping[str, object]]) -> str | None:
    """Rows that belong to a card as the change log shows them: JSON with the names that clients know."""
    named = [{_client_name(name): value for name, value in row.items() if value is not None} for row in rows]
    return json.dumps(named, ensure_ascii=False, default=str) if named else None


def _expression(rows: SqlTable, name: str, value: object) -> SqlExpression:
    return value if isinstance(value, ColumnElement) else literal(value, rows.c[name].type)


def _is_derived(name: str) -> bool:
    """Whether the column is a search column, which repeats another one: see `resolvers.contacts.fields`."""
    return name.startswith("search_")


def _has_value(rows: SqlTable) -> dict[str, ColumnElement[bool]]:
    """The recorded columns, each with the condition that it is neither null nor false."""
    return {
        column.name: column.is_(true()) if isinstance(column.type, Boolean) else column.is_not(None)
        for column in rows.columns
        if column.name not in NOT_RECORDED and not _is_derived(column.name)
    }


def _record(
    work: Work,
    rows: SqlTable,
    action: ChangeAction,
    where: ColumnElement[bool],
    fields: Sequence[FieldChange],
    *,
    version_rise: int = 1,
) -> None:
    """Insert one change for each row that meets the condition, and its fields."""
    identity = {
        "kind": literal(rows.name, CHANGES.c.kind.type),
        "object_id": rows.c.id,
        "version": rows.c.version + version_rise,
    }
    change = identity | {
        "object_key": next((rows.c[name] for name in KEYS if name in rows.c), null()),
        "at": literal(work.now, CHANGES.c.at.type),
        "user_id": literal(work.user.id, CHANGES.c.user_id.type),
        "action": literal(action.value, CHANGES.c.action.type),
    }
    work.session.execute(insert(CHANGES).from_select([*change], select(*change.values()).where(where)))
    change_feed.record(work, KINDS[action], rows, where)
    if not fields:
        return
    values = [
        select(
            *identity.values(),
            literal(_client_name(field.name), CHANGE_FIELDS.c.field.type),
            _as_shown(field.old),
            _as_shown(field.new),
        ).where(field.where)
        for field in fields
    ]
    names = [*identity, "field", "old_value", "new_value"]
    work.session.execute(insert(CHANGE_FIELDS).from_select(names, union_all(*values)))


def _as_shown(value: SqlExpression | None) -> ColumnElement[str]:
    return _literal(None) if value is None else ValueAsText(value)


def _literal(text: str | None) -> ColumnElement[str]:
    return literal(text, Unicode())


def _kind(model: type[Table]) -> str:
    return table_of(model).name


def _client_name(name: str) -> str:
    """The name under which clients know a column: `salespersonCode` for `salesperson_code`."""
    return re.sub("_([a-z])", lambda letter: letter[1].upper(), name)
