"""Quotients of whole numbers, rounded exactly and equally on all databases: floating-point numbers would differ."""

from sqlalchemy import ColumnElement, Float

from persistence.dialects.sql_writer import SqlWriter
from persistence.sql.constructs import Compilation, Construct


class Ratio(Construct[float]):
    """`times` a whole total divided by a count, rounded to `decimals` decimals, halves away from zero. Null if the
    count is 0.
    """

    type = Float()

    def __init__(self, total: ColumnElement[int], count: ColumnElement[int], *, decimals: int, times: int = 1) -> None:
        self.total, self.count, self.decimals, self.times = total, count, decimals, times

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        """An integer division, in units of the last decimal. Both databases cut off what is behind the point, so half a
        unit is added to a positive total and subtracted from a negative one.
        """
        total, count = (writer.big_integer(compiled(part)) for part in (self.total, self.count))
        unit = 10**self.decimals
        half = f"CASE WHEN {total} < 0 THEN -{count} ELSE {count} END"
        units = f"(({total} * {2 * unit * self.times} + {half}) / (2 * nullif({count}, 0)))"
        return writer.divided_exactly(units, unit)
