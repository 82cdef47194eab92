"""Putting many rows into tables, in as few round trips as there are portions."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from sqlalchemy import Table as SqlTable
from sqlalchemy import insert, inspect

from persistence.columns import Table
from resolvers.work import Work

PORTION = 5_000
Row = dict[str, Any]
Progress = Callable[[str, int, int], None]
"""Told the phase, how much of it is done, and how much there is."""


def nothing(phase: str, done: int, total: int) -> None:
    """Who does not want to know."""


def table(model: type[Table]) -> SqlTable:
    """The table of a model."""
    return cast(SqlTable, inspect(model).local_table)


def fill(work: Work, model: type[Table], rows: Sequence[Row], progress: Progress = nothing) -> None:
    """Insert rows that all name the same columns.

    Asking for the keys, which nobody reads, makes SQLAlchemy send many rows with each statement: on PostgreSQL that
    takes half the time of sending them one by one.
    """
    of = table(model)
    many_at_once = insert(of).returning(*of.primary_key)
    for start in range(0, len(rows), PORTION):
        work.session.execute(many_at_once, rows[start : start + PORTION])
        progress(of.name.replace("_", " "), min(start + PORTION, len(rows)), len(rows))


def fill_few(work: Work, models: Sequence[Table]) -> list[int]:
    """Insert a handful of rows of one table and answer the keys that the database gave them, in the same order."""
    of = table(type(models[0]))
    (key,) = of.primary_key.columns
    rows = [model.model_dump(exclude={key.name}) for model in models]
    return list(work.session.scalars(insert(of).returning(key, sort_by_parameter_order=True), rows))
