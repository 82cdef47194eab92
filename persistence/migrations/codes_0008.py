"""Normalizes stored numbers, codes and user ids to `persistence.texts.texts_v1`, with all references to them; see
migration 0008.

Few change: those with decomposed letters or invisible characters. One that would become equal to another is left
unchanged. Do not edit this module: the result of a migration must stay the same.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from persistence.migrations.texts_0008 import not_ascii
from persistence.texts.texts_v1 import composed, stored_key

Column = tuple[str, str]
"""The name of a table and of one of its columns."""

FAMILIES: tuple[tuple[Sequence[Column], Sequence[str], Callable[[str], str | None]], ...] = (
    ((("contact", "no"),), ("contact_no", "company_no"), stored_key),
    ((("salesperson", "code"),), ("salesperson_code", "default_salesperson_code"), stored_key),
    ((("campaign", "no"),), ("campaign_no",), stored_key),
    ((("interaction_template", "code"),), ("template_code",), stored_key),
    ((("interaction_group", "code"),), ("group_code",), stored_key),
    ((("number_series", "code"),), ("series_code", "contact_nos", "segment_nos", "campaign_nos"), stored_key),
    ((("saved_segment_criteria", "code"),), (), stored_key),
    ((("segment", "no"), ("retired_segment", "no"), ("logged_segment", "segment_no")), ("segment_no",), stored_key),
    ((), ("language_code", "language_code_default"), stored_key),
    ((("user_setup", "user_id"),), ("user_id",), composed),
    ((("idempotency_key", "key"),), (), composed),
)
"""For each kind of key: the columns that define it, the names of all columns that refer to it, and its
normalization.
"""


def rename(connection: sa.Connection) -> None:
    """Replace every key whose normalized form differs, in all tables."""
    columns = _columns(connection)
    for owners, names, form in FAMILIES:
        places = [*owners, *(place for place in columns if place[1] in names and place not in owners)]
        new = _new_names(connection, places, columns, form)
        if new:
            with _references_checked_later(connection, {table for table, _ in places}):
                for table, name in places:
                    for before, after in new.items():
                        connection.execute(_update(table, name, before, after))
    for before in _values(connection, ("change", "object_key")):
        connection.execute(_update("change", "object_key", before, stored_key(before)))


def _columns(connection: sa.Connection) -> dict[Column, int | None]:
    """All text columns of all tables, with their maximum lengths."""
    inspector = sa.inspect(connection)
    return {
        (table, column["name"]): getattr(column["type"], "length", None)
        for table in sorted(inspector.get_table_names())
        for column in inspector.get_columns(table)
        if isinstance(column["type"], sa.String)
    }


def _new_names(
    connection: sa.Connection,
    places: Sequence[Column],
    widths: dict[Column, int | None],
    form: Callable[[str], str | None],
) -> dict[str, str]:
    """The new value of each key that changes."""
    width = min(widths[place] or 1_000 for place in places)
    found: dict[str, str] = {}
    for value in sorted({value for place in places for value in _values(connection, place)}):
        new = form(value)
        if new is None or new == value or len(new) > width or new in found.values():
            continue
        if not any(
            connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table)).where(sa.column(name) == new))
            for table, name in places
        ):
            found[value] = new
    return found


def _values(connection: sa.Connection, place: Column) -> list[str]:
    column: sa.ColumnClause[Any] = sa.column(place[1])
    return list(
        connection.scalars(
            sa.select(column).select_from(sa.table(place[0])).where(not_ascii(connection, column)).distinct()
        )
    )


def _update(table: str, name: str, before: str, after: str | None) -> sa.Update:
    rows = sa.table(table, sa.column(name, sa.Unicode()))
    return sa.update(rows).where(rows.c[name] == before).values({name: after})


@contextmanager
def _references_checked_later(connection: sa.Connection, tables: set[str]) -> Iterator[None]:
    """Defer the foreign keys: a key and the references to it are changed in separate statements."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        yield
        return
    inspector = sa.inspect(connection)
    keys: list[tuple[str, Any]] = [
        (table, key["name"]) for table in sorted(tables) for key in inspector.get_foreign_keys(table)
    ]
    for table, key in keys:
        connection.exec_driver_sql(f'ALTER TABLE {table} ALTER CONSTRAINT "{key}" DEFERRABLE')
    connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for table, key in keys:
        connection.exec_driver_sql(f'ALTER TABLE {table} ALTER CONSTRAINT "{key}" NOT DEFERRABLE')
