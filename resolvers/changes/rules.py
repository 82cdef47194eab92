"""The change log of master data and set-up: every card is inserted, changed and deleted here, so that nothing goes
unnoted.

All of it is set-based: as many statements for a thousand rows as for one.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Select,
    Unicode,
    and_,
    insert,
    inspect,
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
from persistence.columns import Table
from persistence.enums import ChangeAction
from persistence.json_sql import ShownText
from resolvers.work import Work

KEYS = ("no", "code")
NOT_NOTED = ("id", "version", *KEYS)


@dataclass(frozen=True)
class Beside:
    """Something of a card that is kept in a table of its own, as text before and after a change."""

    old: str | None
    new: str | None


@dataclass(frozen=True)
class Noted:
    """A field of the rows that meet a condition, before and after; nothing is null."""

    name: str
    where: ColumnElement[bool]
    old: ColumnElement[Any] | None = None
    new: ColumnElement[Any] | None = None


def change(
    work: Work,
    model: type[Table],
    values: Mapping[str, Any],
    *where: ColumnElement[bool],
    beside: Mapping[str, Beside] | None = None,
    action: ChangeAction = ChangeAction.UPDATED,
) -> int:
    """Set these columns, to constants or expressions, in the rows that meet the conditions, and note what was and what
    is.

    The version rises where something changes; other rows are left alone. Answers how many changed. Lock the rows
    before.
    """
    rows, own = table(model), {name: both for name, both in (beside or {}).items() if both.old != both.new}
    new = {name: _expression(rows, name, value) for name, value in values.items()}
    differs = {name: rows.c[name].is_distinct_from(value) for name, value in new.items() if not _is_derived(name)}
    if not differs and not own:
        return 0
    touched = and_(*where) if own else and_(*where, or_(*differs.values()))
    noted = [Noted(name, and_(*where, differs[name]), rows.c[name], new[name]) for name in differs]
    noted += [Noted(name, touched, _words(both.old), _words(both.new)) for name, both in own.items()]
    _record(work, rows, action, touched, noted)
    changed = update(rows).where(touched).values({**new, "version": rows.c.version + 1})
    return int(cast(Any, work.session.execute(changed)).rowcount)


def created(
    work: Work, model: type[Table], *where: ColumnElement[bool], beside: Mapping[str, str | None] | None = None
) -> None:
    """Note rows that were just inserted, with all that they say."""
    rows, condition = table(model), and_(*where)
    noted = [Noted(name, and_(condition, says), new=rows.c[name]) for name, says in _sayings(rows).items()]
    noted += [Noted(name, condition, new=_words(said)) for name, said in (beside or {}).items() if said]
    _record(work, rows, ChangeAction.CREATED, condition, noted, rise=0)


def deleted(
    work: Work, model: type[Table], *where: ColumnElement[bool], beside: Mapping[str, str | None] | None = None
) -> None:
    """Note rows that are about to be deleted, with all that they say."""
    rows, condition = table(model), and_(*where)
    noted = [Noted(name, and_(condition, says), old=rows.c[name]) for name, says in _sayings(rows).items()]
    noted += [Noted(name, condition, old=_words(said)) for name, said in (beside or {}).items() if said]
    _record(work, rows, ChangeAction.DELETED, condition, noted)


def forget(work: Work, model: type[Table], fields: Sequence[str], *where: ColumnElement[bool]) -> None:
    """Blank the values of these fields in every change of the objects that meet the conditions: only that they changed
    is kept.

    The conditions speak of columns of `ChangeField`.
    """
    noted = table(ChangeField)
    of_these = (noted.c.kind == _kind(model), noted.c.field.in_([_named(field) for field in fields]))
    work.session.execute(update(noted).where(*of_these, *where).values(old_value=None, new_value=None))


def deleted_keys(model: type[Table], among: BindParameter[Any]) -> Select[Any]:
    """Which of these are numbers or codes of what was deleted. Numbers are never given twice (K6)."""
    log = table(Change)
    return select(log.c.object_key).where(*_deletions(model), log.c.object_key.in_(among))


def was_deleted(model: type[Table], key: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether this number or code, a column of another row, is of something that was deleted."""
    log = table(Change)
    return select(literal(1)).select_from(log).where(*_deletions(model), log.c.object_key == key).exists()


def _deletions(model: type[Table]) -> tuple[ColumnElement[bool], ...]:
    log = table(Change)
    return log.c.kind == _kind(model), log.c.action == ChangeAction.DELETED.value


def as_text(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """What is kept in a table of its own, as the change log shows it: JSON with the names that clients know."""
    shown = [{_named(name): value for name, value in row.items() if value is not None} for row in rows]
    return json.dumps(shown, ensure_ascii=False, default=str) if shown else None


def table(model: type[Table]) -> SqlTable:
    """The table of a model."""
    return cast(SqlTable, inspect(model).local_table)


def _expression(rows: SqlTable, name: str, value: Any) -> ColumnElement[Any]:
    return value if isinstance(value, ColumnElement) else literal(value, rows.c[name].type)


def _is_derived(name: str) -> bool:
    """Columns that repeat another one for search: see `resolvers.contacts.fields`."""
    return name.startswith("search_")


def _sayings(rows: SqlTable) -> dict[str, ColumnElement[bool]]:
    """The columns that say something of a row, each with the condition that it does."""
    return {
        column.name: column.is_(true()) if isinstance(column.type, Boolean) else column.is_not(None)
        for column in rows.columns
        if column.name not in NOT_NOTED and not _is_derived(column.name)
    }


def _record(
    work: Work,
    rows: SqlTable,
    action: ChangeAction,
    where: ColumnElement[bool],
    noted: Sequence[Noted],
    *,
    rise: int = 1,
) -> None:
    """One change for each row, and its fields."""
    log, fields = table(Change), table(ChangeField)
    identity = {"kind": literal(rows.name, log.c.kind.type), "object_id": rows.c.id, "version": rows.c.version + rise}
    happened = identity | {
        "object_key": next((rows.c[name] for name in KEYS if name in rows.c), null()),
        "at": literal(work.now, log.c.at.type),
        "user_id": literal(work.user.id, log.c.user_id.type),
        "action": literal(action.value, log.c.action.type),
    }
    work.session.execute(insert(log).from_select([*happened], select(*happened.values()).where(where)))
    if not noted:
        return
    each = [
        select(
            *identity.values(), literal(_named(one.name), fields.c.field.type), _shown(one.old), _shown(one.new)
        ).where(one.where)
        for one in noted
    ]
    work.session.execute(insert(fields).from_select([*identity, "field", "old_value", "new_value"], union_all(*each)))


def _shown(value: ColumnElement[Any] | None) -> ColumnElement[Any]:
    return _words(None) if value is None else ShownText(value)


def _words(text: str | None) -> ColumnElement[Any]:
    return literal(text, Unicode())


def _kind(model: type[Table]) -> str:
    return table(model).name


def _named(name: str) -> str:
    """The name that clients know a column by."""
    return re.sub("_([a-z])", lambda letter: letter[1].upper(), name)
