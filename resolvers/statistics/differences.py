"""Which stored sums differ from the right ones."""

from collections.abc import Sequence

from sqlalchemy import FromClause, func, literal_column, or_, select, true, union_all
from sqlalchemy import Table as SqlTable

from persistence.sql_types import SqlExpression, SqlQuery


def different(
    right_sums: Sequence[SqlQuery], stored: SqlTable, within: SqlExpression, keys: Sequence[str], names: Sequence[str]
) -> SqlQuery:
    """The right sums of the keys for which one of the sums `names` differs from the stored one. `keys` are the columns
    of a key. The right sums are those of several SELECTs together; 0 for a key that none of them has.

    `within` is the condition on the stored rows to compare, of which the SELECTs must have all right sums.
    """
    new = (each.subquery(f"new_sums_{place}") for place, each in enumerate(right_sums))
    rows = [
        *(select(*_columns(each, (*keys, *names)), literal_column("1").label("is_new")) for each in new),
        select(*_columns(stored, (*keys, *names)), literal_column("0")).where(within),
    ]
    both = union_all(*rows).subquery("new_and_old").c

    def total(name: str, *, is_new: bool) -> SqlExpression:
        """The sum of a key from the SELECTs if `is_new`, otherwise the stored one; 0 without a row."""
        return func.coalesce(func.sum(both[name]).filter(both.is_new == int(is_new)), literal_column("0"))

    right = {name: total(name, is_new=True) for name in names}
    differs = or_(*(value != total(name, is_new=False) for name, value in right.items()))
    key = [both[name] for name in keys]
    return select(*key, *right.values()).where(true()).group_by(*key).having(differs)


def _columns(rows: FromClause, names: Sequence[str]) -> list[SqlExpression]:
    return [rows.c[name] for name in names]
