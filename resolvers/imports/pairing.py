"""Pairs the rows of a file with stored records that have equal values: the first with the first, the second with the
second, and so on, so that n rows and m records make no more than the smaller number of pairs.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import (
    Column,
    Index,
    Integer,
    MetaData,
    Subquery,
    Unicode,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy import Table as SqlTable
from sqlmodel import Session

from persistence.dialects import dialect_of
from persistence.sql.json import ValueAsText
from persistence.sql.staging import create_indexes, create_staging_table, drop_staging_table
from persistence.sql_types import SqlExpression, SqlQuery

SEPARATOR = "\x1f"
"""Separates the values of a key; no stored text has this character."""

_RECORDS = SqlTable(
    "import_record",
    MetaData(),
    Column("step", Integer, nullable=False),
    Column("key", Unicode, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("record", Unicode, nullable=False),
    Index("ix_import_record_key", "step", "key", "rank"),
)
"""The records with which a step compares rows. A table, because SQLite joins only tables by an index for certain."""


def keyed(id: SqlExpression, values: Sequence[SqlExpression]) -> SqlQuery:
    """Selects the id of each row or record, and its key: the values that must be equal, as one text. The key is null if
    one of the values is null.
    """
    key = _text(values[0])
    for value in values[1:]:
        key = key + literal(SEPARATOR, Unicode) + _text(value)
    return select(id.label("id"), key.label("key"))


class Pairing:
    """Pairs rows and records in several steps. Make one with `pairing`."""

    def __init__(self, session: Session) -> None:
        self._session, self._step = session, 0

    def pairs(self, rows: Sequence[SqlQuery], records: Sequence[SqlQuery]) -> Subquery:
        """`row_no` and `record` (as text) of each pair; `several` is 1 if there are more such records than rows.

        The queries are those of `keyed`. Rows and records may have several keys; it is enough if one of them is equal.
        """
        self._step += 1
        record = _ranked(records)
        selected = select(literal(self._step), record.c.key, record.c.rank, record.c.total, cast(record.c.id, Unicode))
        names = ["step", "key", "rank", "total", "record"]
        self._session.execute(insert(_RECORDS).from_select(names, selected))
        dialect_of(self._session).analyze(self._session, _RECORDS.name)
        row, stored = _ranked(rows), _RECORDS.c
        several = func.max(case((stored.total > row.c.total, 1), else_=0)).label("several")
        first = (
            select(row.c.id.label("row_no"), func.min(stored.record).label("record"), several)
            .where(stored.step == self._step, stored.key == row.c.key, stored.rank == row.c.rank)
            .group_by(row.c.id)
            .subquery("first")
        )
        claim = func.row_number().over(partition_by=first.c.record, order_by=first.c.row_no).label("claim")
        claims = select(first, claim).subquery("claims")
        return select(claims).where(claims.c.claim == 1).subquery("pairs")


@contextmanager
def pairing(session: Session) -> Iterator[Pairing]:
    """A pairing of rows with records. Its staging table is dropped at the end."""
    create_staging_table(session, _RECORDS)
    create_indexes(session, _RECORDS)
    yield Pairing(session)
    drop_staging_table(session, _RECORDS)


def _ranked(queries: Sequence[SqlQuery]) -> Subquery:
    """The keys of these queries, each with its position among the equal ones and the number of those."""
    each = (union_all(*queries) if len(queries) > 1 else queries[0]).subquery()
    distinct = select(each.c.id, each.c.key).where(each.c.key.is_not(None))
    keys = (distinct.distinct() if len(queries) > 1 else distinct).subquery()
    rank = func.row_number().over(partition_by=keys.c.key, order_by=keys.c.id).label("rank")
    total = func.count().over(partition_by=keys.c.key).label("total")
    return select(keys, rank, total).subquery()


def _text(value: SqlExpression) -> SqlExpression:
    return value if isinstance(value.type, Unicode) else ValueAsText(value)
