"""Normalizes stored texts and telephone numbers to `texts_v1` and `phones_v1`, in batches; see migration 0008.

Each batch is one transaction that also stores the progress, so that an interrupted migration continues from there. The
tables listed here are those of version 0007. Do not edit this module: the result of a migration must stay the same.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from persistence.texts.phones_v1 import search_form
from persistence.texts.texts_v1 import comparable_email, composed, fold, stored_key, stored_text

BATCH_SIZE = 5_000
PROGRESS = sa.Table(
    "migration_progress",
    sa.MetaData(),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("last_key", sa.Unicode),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
)
"""One row while the migration runs: the index in `TABLES`, the key of the last row processed, and how many rows were
processed.
"""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Texts:
    """A table: its key, required and optional texts, codes that nothing refers to, columns that always change,
    derived columns.
    """

    name: str
    key: tuple[str, ...]
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    derived: Callable[[Row], Row] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.needed, *self.optional, *self.codes)


def _of_contact(row: Row) -> Row:
    found = {
        column: None if row[source] is None else fold(row[source])[:width]
        for column, source, width in (
            ("search_name", "name", 200),
            ("search_company_name", "company_name", 200),
            ("search_city", "city", 100),
        )
    }
    phones = {
        column: search_form(row[source], row["country_code"])
        for column, source in (("search_phone", "phone_no"), ("search_mobile_phone", "mobile_phone_no"))
    }
    return {**found, **phones, "search_email": (comparable_email(row["email"]) or "")[:160] or None}


def _of_salesperson(row: Row) -> Row:
    return {"search_name": fold(row["name"])[:100]}


TABLES = (
    Texts(
        "contact",
        ("id",),
        ("name",),
        ("company_name", "job_title", "address", "city", "phone_no", "mobile_phone_no", "email"),
        ("post_code", "country_code", "territory_code"),
        ("phone_no", "mobile_phone_no", "email"),
        _of_contact,
    ),
    Texts("salesperson", ("id",), ("name",), ("email", "job_title", "phone_no"), derived=_of_salesperson),
    Texts("campaign", ("id",), ("description",)),
    Texts("interaction_group", ("id",), ("description",)),
    Texts("interaction_group_translation", ("group_code", "language_code"), ("description",)),
    Texts("interaction_template", ("id",), ("description",)),
    Texts("interaction_template_translation", ("template_code", "language_code"), ("description",)),
    Texts("number_series", ("id",), ("description",)),
    Texts(
        "number_series_line",
        ("series_code", "line_no"),
        codes=("starting_no", "ending_no", "warning_no", "last_no_used"),
    ),
    Texts("marketing_setup", ("id",), codes=("currency_code",)),
    Texts("segment", ("id",), (), ("description", "subject_default")),
    Texts("segment_line", ("segment_id", "line_no"), (), ("description", "subject")),
    Texts("segment_step", ("segment_id", "step_no"), ("filter",)),
    Texts("saved_segment_criteria", ("id",), ("description",)),
    Texts("saved_segment_step", ("criteria_id", "step_no"), ("filter",)),
    Texts("logged_segment", ("entry_no",), ("description",)),
    Texts("campaign_entry", ("entry_no",), ("description",)),
    Texts("interaction_log_entry", ("entry_no",), ("description",), ("subject", "contact_via")),
    Texts("postponed_interaction", ("entry_no",), (), ("description", "contact_via", "reason")),
    Texts("interaction_comment", ("entry_no", "line_no"), ("comment",)),
    Texts("change_field", ("kind", "object_id", "version", "field"), ("old_value", "new_value")),
)


def begin(connection: sa.Connection) -> None:
    """Create the progress table."""
    PROGRESS.create(connection)
    connection.execute(PROGRESS.insert().values(step=0, done=0, total=_count(connection, TABLES[0])))


def next_batch(connection: sa.Connection) -> tuple[str, int, int] | None:
    """Process the next rows. Returns the table, how many of its rows are done and how many there are; None when all
    are done.
    """
    step, last_key, done, total = connection.execute(sa.select(PROGRESS).with_for_update()).one()
    if step == len(TABLES):
        return None
    of = TABLES[step]
    found = connection.execute(_rows(connection, of, json.loads(last_key) if last_key else None))
    rows = [dict(row) for row in found.mappings()]
    _write(connection, of, rows)
    if len(rows) == BATCH_SIZE:
        now = {"last_key": json.dumps([rows[-1][name] for name in of.key]), "done": done + len(rows)}
    else:
        following = TABLES[step + 1 : step + 2]
        count = sum(_count(connection, each) for each in following)
        now = {"step": step + 1, "last_key": None, "done": 0, "total": count}
    connection.execute(PROGRESS.update().values(now))
    return of.name, min(done + len(rows), total) if len(rows) == BATCH_SIZE else total, total


def _rows(connection: sa.Connection, of: Texts, after: Sequence[Any] | None) -> sa.Select[Any]:
    keys: list[Any] = [sa.column(name) for name in of.key]
    names = dict.fromkeys((*of.key, *of.columns))
    columns: list[Any] = [sa.column(name) for name in names]
    rows = sa.select(*columns).select_from(_table(of)).where(_concerned(connection, of))
    if after is not None:
        rows = rows.where(sa.tuple_(*keys) > sa.tuple_(*map(sa.literal, after)))
    return rows.order_by(*keys).limit(BATCH_SIZE)


def _count(connection: sa.Connection, of: Texts) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(_table(of)).where(_concerned(connection, of))) or 0


def _concerned(connection: sa.Connection, of: Texts) -> sa.ColumnElement[bool]:
    """The rows that may change: those that are not plain ASCII or have columns that always change."""
    new = (sa.column(name).is_not(None) for name in of.always)
    return sa.or_(*(not_ascii(connection, sa.column(name)) for name in of.columns), *new)


def not_ascii(connection: sa.Connection, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether a text has characters outside ASCII: it then has more bytes than characters."""
    if connection.dialect.name == "postgresql":
        return sa.func.octet_length(column) != sa.func.char_length(column)
    return sa.func.length(sa.cast(column, sa.LargeBinary)) != sa.func.length(column)


def _write(connection: sa.Connection, of: Texts, rows: Sequence[Row]) -> None:
    widths = {
        each["name"]: getattr(each["type"], "length", None) for each in sa.inspect(connection).get_columns(of.name)
    }
    changed = []
    for row in rows:
        new = {name: _new(of, name, row[name], widths[name]) for name in of.columns}
        derived = of.derived({**row, **new}) if of.derived else {}
        if derived or any(new[name] != row[name] for name in new):
            values = {**new, **derived}
            changed.append(
                {f"its_{name}": row[name] for name in of.key} | {f"new_{name}": values[name] for name in values}
            )
    if changed:
        names = [name.removeprefix("new_") for name in changed[0] if name.startswith("new_")]
        its_own = (sa.column(name) == sa.bindparam(f"its_{name}") for name in of.key)
        new_values = {name: sa.bindparam(f"new_{name}", type_=sa.Unicode()) for name in names}
        connection.execute(sa.update(_table(of, *names)).where(*its_own).values(new_values), changed)


def _new(of: Texts, name: str, value: str | None, width: int | None) -> str | None:
    """The normalized text, or the old one if the new one is too long. An invisible text becomes null if the column
    allows it.
    """
    if value is None or value.isascii():
        return value
    new = stored_key(value) if name in of.codes else composed(value)
    if name in of.optional and stored_text(value) is None:
        return None
    return value if new is None or (width is not None and len(new) > width) else new


def _table(of: Texts, *names: str) -> sa.TableClause:
    return sa.table(of.name, *(sa.column(name) for name in dict.fromkeys((*of.key, *of.columns, *names))))
