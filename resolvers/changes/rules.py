"""The change log of master data and the marketing setup. Every write of a card goes through this module, so that each
change is recorded.

Each function executes the same number of statements for one row as for a thousand.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, ColumnElement, Select, and_, literal, select, update
from sqlalchemy import Table as SqlTable

from persistence.columns import Table, table_of
from persistence.enums import ChangeAction, ChangeKind
from resolvers import change_feed
from resolvers.changes import statements
from resolvers.changes.statements import CHANGE_FIELDS, CHANGES, FieldChange, as_literal, client_name, parameter
from resolvers.queries import SqlExpression
from resolvers.work import Work

KINDS = dict.fromkeys(ChangeAction, ChangeKind.UPDATED) | {
    ChangeAction.CREATED: ChangeKind.CREATED,
    ChangeAction.DELETED: ChangeKind.DELETED,
}
"""The kind of change in the change feed for each action."""


@dataclass(frozen=True)
class ChildRowsChange:
    """Rows that belong to a card, such as translations, as text before and after a change."""

    old: str | None
    new: str | None


def record_created_card(
    work: Work, model: type[Table], id: int, *, child_rows: Mapping[str, str | None] | None
) -> None:
    """Record that a card was just inserted, with all its values and those of the rows that belong to it."""
    rows, texts = table_of(model), {name: text for name, text in (child_rows or {}).items() if text}
    new = {parameter("new", name): text for name, text in texts.items()}
    _record_card(work, rows, ChangeAction.CREATED, statements.creation(rows, (*texts,)), id, new)


def update_card(
    work: Work,
    model: type[Table],
    id: int,
    values: Mapping[str, object],
    *,
    child_rows: Mapping[str, ChildRowsChange] | None,
) -> int:
    """Set these columns of a card to constants, and record the change. If something changes, its version rises by one,
    and 1 is returned; else 0. The caller locks the card before.
    """
    rows, changed = table_of(model), _changed(child_rows)
    if not values and not changed:
        return 0
    of_card = statements.change(rows, ChangeAction.UPDATED, (*values,), (*changed,))
    new = {parameter("new", name): value for name, value in values.items()}
    for name, both in changed.items():
        new |= {parameter("old", name): both.old, parameter("new", name): both.new}
    if not _record_card(work, rows, ChangeAction.UPDATED, of_card, id, new):
        return 0
    assert of_card.update is not None
    return work.write(of_card.update, {"card_id": id, **new})


def _record_card(
    work: Work,
    rows: SqlTable,
    action: ChangeAction,
    of_card: statements.CardStatements,
    id: int,
    values: Mapping[str, object],
) -> bool:
    """Record the change of a card with these values of parameters. Returns whether it changes."""
    parameters = {"card_id": id, "now": work.now, "user": work.user.id, **values}
    if not work.write(of_card.change, parameters):
        return False
    change_feed.record_one(work, KINDS[action], rows, id)
    if of_card.fields is not None:
        work.write(of_card.fields, parameters)
    return True


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
    rows, changed = table_of(model), _changed(child_rows)
    new = {name: _expression(rows, name, value) for name, value in values.items()}
    texts = {name: (as_literal(both.old), as_literal(both.new)) for name, both in changed.items()}
    changes, fields = statements.changed_fields(rows, new, and_(*where), texts)
    if not fields:
        return 0
    _record(work, rows, action, changes, fields)
    return work.write(update(rows).where(changes).values({**new, "version": rows.c.version + 1}))


def record_created(
    work: Work, model: type[Table], *where: ColumnElement[bool], child_rows: Mapping[str, str | None] | None = None
) -> None:
    """Record that the rows that meet the conditions were just inserted, with all their values."""
    rows, condition = table_of(model), and_(*where)
    texts = {name: as_literal(text) for name, text in (child_rows or {}).items() if text}
    fields = statements.created_fields(rows, condition, texts)
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
        for name, has_value in statements.values_of(rows).items()
        if with_values
    ]
    fields += [FieldChange(name, condition, old=as_literal(text)) for name, text in (child_rows or {}).items() if text]
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
    names = [client_name(field) for field in fields]
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
    named = [{client_name(name): value for name, value in row.items() if value is not None} for row in rows]
    return json.dumps(named, ensure_ascii=False, default=str) if named else None


def _expression(rows: SqlTable, name: str, value: object) -> SqlExpression:
    return value if isinstance(value, ColumnElement) else literal(value, rows.c[name].type)


def _changed(child_rows: Mapping[str, ChildRowsChange] | None) -> dict[str, ChildRowsChange]:
    return {name: both for name, both in (child_rows or {}).items() if both.old != both.new}


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
    at, user_id = literal(work.now, CHANGES.c.at.type), literal(work.user.id, CHANGES.c.user_id.type)
    work.write(statements.change_insertion(rows, action, where, at, user_id, version_rise=version_rise))
    change_feed.record(work, KINDS[action], rows, where)
    insertion = statements.fields_insertion(rows, fields, version_rise=version_rise)
    if insertion is not None:
        work.write(insertion)


def _kind(model: type[Table]) -> str:
    return table_of(model).name
