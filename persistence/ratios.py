"""Quotients of whole numbers, rounded exactly and equally on all databases: floating-point numbers would differ."""

from sqlalchemy import ColumnElement, Float

from persistence.constructs import Compilation, Construct
from persistence.dialects.sql_writer import SqlWriter


class Ratio(Construct[float]):
    """`times` a whole total divided by a count, rounded half up to `decimals` decimals. The result is never below
    `low`, a whole number. Null if the count is 0.
    """

    type = Float()

    def __init__(
        self, total: ColumnElement[int], count: ColumnElement[int], *, decimals: int, times: int = 1, low: int = 0
    ) -> None:
        self.total, self.count, self.decimals, self.times, self.low = total, count, decimals, times, low

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        """An integer division, in units of the last decimal. `low` is subtracted first and added again afterwards, so
        that nothing negative is divided.
        """
        total, count = (writer.big_integer(compiled(part)) for part in (self.total, self.count))
        unit = 10**self.decimals
        above_low = f"({total} * {self.times} - {self.low} * {count})"
        units = f"(({above_low} * {2 * unit} + {count}) / (2 * nullif({count}, 0)) + {self.low * unit})"
        return writer.divided_exactly(units, unit)
