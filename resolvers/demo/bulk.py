"""Inserts many rows with few statements."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from persistence.columns import Table, table_of
from resolvers.progress import Progress, no_progress
from resolvers.work import Work

BATCH = 5_000
Row = dict[str, Any]
"""A row by column name, before it is inserted."""


def insert_many(work: Work, model: type[Table], rows: Sequence[Row], progress: Progress = no_progress) -> None:
    """Insert rows that all have the same columns.

    The statement returns the keys, although they are not used: then SQLAlchemy sends many rows with each statement,
    which takes half the time on PostgreSQL.
    """
    table = table_of(model)
    statement = insert(table).returning(*table.primary_key)
    for start in range(0, len(rows), BATCH):
        work.session.execute(statement, rows[start : start + BATCH])
        progress(table.name.replace("_", " "), min(start + BATCH, len(rows)), len(rows))


def insert_returning_keys(work: Work, models: Sequence[Table]) -> list[int]:
    """Insert a few rows of one table and return their generated keys, in the same order."""
    table = table_of(type(models[0]))
    (key,) = table.primary_key.columns
    rows = [model.model_dump(exclude={key.name}) for model in models]
    return list(work.session.scalars(insert(table).returning(key, sort_by_parameter_order=True), rows))
