"""Pairs the rows of a file with stored records that have equal values: the first with the first, the second with the
second, and so on, so that n rows and m records make no more than the smaller number of pairs.
"""

from collections.abc import Sequence

from sqlalchemy import Subquery, case, func, select

from persistence.sql_types import SqlExpression, SqlQuery


def keyed(id: SqlExpression, values: Sequence[SqlExpression]) -> SqlQuery:
    """Selects the key of a row or record and the values that must be equal. The values must not be null."""
    return select(id.label("id"), *(value.label(f"key_{place}") for place, value in enumerate(values)))


def pairs(rows: Sequence[SqlQuery], records: Sequence[SqlQuery]) -> Subquery:
    """`row_no` and `record` of each pair; `several` is 1 if there are more such records than rows, else 0.

    Rows and records may have keys from several queries; it is enough if one of them is equal.
    """
    row, record = _ranked("row_keys", rows), _ranked("record_keys", records)
    equal = (column == record.c[name] for name, column in row.c.items() if name.startswith("key_"))
    several = case((record.c.total > row.c.total, 1), else_=0)
    found = select(row.c.id.label("row_no"), func.min(record.c.id).label("record"), func.max(several).label("several"))
    first = found.where(row.c.rank == record.c.rank, *equal).group_by(row.c.id).subquery("first")
    claim = func.row_number().over(partition_by=first.c.record, order_by=first.c.row_no).label("claim")
    claims = select(first, claim).subquery("claims")
    return select(claims).where(claims.c.claim == 1).subquery("pairs")


def _ranked(name: str, queries: Sequence[SqlQuery]) -> Subquery:
    """The rows of these queries, each with its position among those with equal keys and the number of those."""
    each = (queries[0].union(*queries[1:]) if len(queries) > 1 else queries[0]).subquery(name)
    keys = [column for column in each.c if column.name != "id"]
    rank = func.row_number().over(partition_by=keys, order_by=each.c.id).label("rank")
    total = func.count().over(partition_by=keys).label("total")
    return select(each, rank, total).subquery(f"ranked_{name}")
