"""The SQL of the edges and figures of the company's settings."""

from collections.abc import Sequence

from resolvers.queries import SqlBuilder, SqlCondition, SqlExpression, TableRow


def today(_: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The date in the company's time zone (K15)."""
    return sql.today


def lines_of_series(series: TableRow, line: TableRow, _: SqlBuilder) -> Sequence[SqlCondition]:
    """The lines of a number series."""
    return [line.c.series_code == series.c.code]
