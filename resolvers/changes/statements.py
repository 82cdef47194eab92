"""The statements that write the change log. Those about one card are built once, with its id and values as parameters,
because building them takes longer than executing them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Insert,
    Unicode,
    Update,
    and_,
    bindparam,
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
from sqlalchemy.types import TypeEngine

from persistence.changes import Change, ChangeField
from persistence.columns import table_of
from persistence.enums import ChangeAction
from persistence.sql.json import ValueAsText
from resolvers.queries import SqlExpression

KEYS = ("no", "code")
NOT_RECORDED = ("id", "version", "created_on", *KEYS)
CHANGES, CHANGE_FIELDS = table_of(Change), table_of(ChangeField)
MAX_KNOWN = 256
"""How many kinds of changes of one card have their statements kept. Clients choose the columns that they set, so there
can be more.
"""


@dataclass(frozen=True)
class FieldChange:
    """The old and new value of a field, in the rows that meet the condition. None stands for null."""

    name: str
    where: ColumnElement[bool]
    old: SqlExpression | None = None
    new: SqlExpression | None = None


class CardStatements(NamedTuple):
    """The statements for a change of one card. Their parameters are `card_id`, `now`, `user`, and those with a name of
    `parameter`.
    """

    change: Insert
    fields: Insert | None
    update: Update | None = None


@lru_cache(MAX_KNOWN)
def creation(rows: SqlTable, child_rows: tuple[str, ...]) -> CardStatements:
    """Record the creation of a card with these child rows."""
    condition = _is_given_card(rows)
    fields = created_fields(rows, condition, {name: _given("new", name, Unicode()) for name in child_rows})
    return CardStatements(
        change_insertion(rows, ChangeAction.CREATED, condition, *_given_origin(), version_rise=0),
        fields_insertion(rows, fields, version_rise=0),
    )


@lru_cache(MAX_KNOWN)
def change(
    rows: SqlTable, action: ChangeAction, columns: tuple[str, ...], child_rows: tuple[str, ...]
) -> CardStatements:
    """Set these columns of a card, and record their changes and those of these child rows, which have changed. The
    change is inserted only if a value differs.
    """
    condition = _is_given_card(rows)
    new: dict[str, SqlExpression] = {name: _given("new", name, rows.c[name].type) for name in columns}
    changes, fields = changed_fields(
        rows,
        new,
        condition,
        {name: (_given("old", name, Unicode()), _given("new", name, Unicode())) for name in child_rows},
    )
    return CardStatements(
        change_insertion(rows, action, changes, *_given_origin(), version_rise=1),
        fields_insertion(rows, fields, version_rise=1),
        update(rows).where(condition).values({**new, "version": rows.c.version + 1}),
    )


def parameter(of: str, name: str) -> str:
    """The name of the parameter for the value of a column or of child rows: `of` is `old` or `new`."""
    return f"{of}_{name}"


def created_fields(
    rows: SqlTable, condition: ColumnElement[bool], child_rows: dict[str, SqlExpression]
) -> list[FieldChange]:
    """The values of new rows: each that is neither null nor false, and their child rows as text."""
    fields = [
        FieldChange(name, and_(condition, has_value), new=rows.c[name]) for name, has_value in values_of(rows).items()
    ]
    return fields + [FieldChange(name, condition, new=text) for name, text in child_rows.items()]


def changed_fields(
    rows: SqlTable,
    new: dict[str, SqlExpression],
    condition: ColumnElement[bool],
    child_rows: dict[str, tuple[SqlExpression, SqlExpression]],
) -> tuple[ColumnElement[bool], list[FieldChange]]:
    """Which of the rows that meet the condition change, and their fields. Child rows are as text before and after."""
    differs = {name: rows.c[name].is_distinct_from(value) for name, value in new.items() if not _is_derived(name)}
    changes = condition if child_rows else and_(condition, or_(*differs.values()))
    fields = [FieldChange(name, and_(condition, differs[name]), rows.c[name], new[name]) for name in differs]
    return changes, fields + [FieldChange(name, changes, old, new) for name, (old, new) in child_rows.items()]


def values_of(rows: SqlTable) -> dict[str, ColumnElement[bool]]:
    """The recorded columns, each with the condition that it is neither null nor false."""
    return {
        column.name: column.is_(true()) if isinstance(column.type, Boolean) else column.is_not(None)
        for column in rows.columns
        if column.name not in NOT_RECORDED and not _is_derived(column.name)
    }


def change_insertion(
    rows: SqlTable,
    action: ChangeAction,
    where: ColumnElement[bool],
    at: SqlExpression,
    user_id: SqlExpression,
    *,
    version_rise: int,
) -> Insert:
    """Insert one change for each row that meets the condition."""
    change = _identity(rows, version_rise) | {
        "object_key": next((rows.c[name] for name in KEYS if name in rows.c), null()),
        "at": at,
        "user_id": user_id,
        "action": literal(action.value, CHANGES.c.action.type),
    }
    return insert(CHANGES).from_select([*change], select(*change.values()).where(where))


def fields_insertion(rows: SqlTable, fields: Sequence[FieldChange], *, version_rise: int) -> Insert | None:
    """Insert the old and new values of fields; None if there are no fields."""
    if not fields:
        return None
    identity = _identity(rows, version_rise)
    values = [
        select(
            *identity.values(),
            literal(client_name(field.name), CHANGE_FIELDS.c.field.type),
            _as_shown(field.old),
            _as_shown(field.new),
        ).where(field.where)
        for field in fields
    ]
    return insert(CHANGE_FIELDS).from_select([*identity, "field", "old_value", "new_value"], union_all(*values))


def client_name(name: str) -> str:
    """The name under which clients know a column: `salespersonCode` for `salesperson_code`."""
    return re.sub("_([a-z])", lambda letter: letter[1].upper(), name)


def as_literal(text: str | None) -> ColumnElement[str]:
    """A text in the statement, or null."""
    return literal(text, Unicode())


def _identity(rows: SqlTable, version_rise: int) -> dict[str, SqlExpression]:
    return {
        "kind": literal(rows.name, CHANGES.c.kind.type),
        "object_id": rows.c.id,
        "version": rows.c.version + version_rise,
    }


def _as_shown(value: SqlExpression | None) -> ColumnElement[str]:
    return as_literal(None) if value is None else ValueAsText(value)


def _is_derived(name: str) -> bool:
    """Whether the column is a search column, which repeats another one: see `resolvers.contacts.fields`."""
    return name.startswith("search_")


def _is_given_card(rows: SqlTable) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = rows.c.id == bindparam("card_id", type_=rows.c.id.type)
    return condition


def _given_origin() -> tuple[BindParameter[object], BindParameter[object]]:
    """When a change is made, and who makes it."""
    return bindparam("now", type_=CHANGES.c.at.type), bindparam("user", type_=CHANGES.c.user_id.type)


def _given(of: str, name: str, type_: TypeEngine[Any]) -> BindParameter[object]:
    return bindparam(parameter(of, name), type_=type_)
