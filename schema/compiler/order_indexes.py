"""Which orders of a list the indexes of its table have."""

from persistence.columns import Table, table_of
from schema.compiler.declarations import Order


def begins_an_index(table: type[Table], order: Order) -> bool:
    """Whether an index may have the rows in this order: it begins with the first column, or is that of the key."""
    joined = order[0].joined
    rows = table_of(joined.table if joined else table)
    begins = {next(iter(index.columns.keys()), None) for index in rows.indexes}
    return (joined.column if joined else order[0].column) in begins | set(rows.primary_key.columns.keys())


def is_sorted_within_an_index(table: type[Table], order: Order, *, uniform: bool) -> bool:
    """Whether an index begins with the first column and has the others, but not in this order, which is `uniform` if
    all directions are the same: then all rows with one value of the first column are sorted.
    """
    columns = [sort.column for sort in order]
    indexes = [list(index.columns.keys()) for index in table_of(table).indexes]
    fitting = [names for names in indexes if names[:1] == columns[:1] and set(columns) <= set(names)]
    return bool(fitting) and not any(uniform and names[: len(columns)] == columns for names in fitting)
