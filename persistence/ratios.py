"""Quotients of whole totals, rounded exactly and alike on both databases: floating point would tell them apart.

Where there is nothing to divide by they are null. Halves are rounded up.
"""

from typing import Any

from sqlalchemy import ColumnElement, Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


class Ratio(ColumnElement[float]):
    """`times` a whole total over a count, with so many decimals. It is never below `low`, a whole number."""

    inherit_cache = False
    type = Float()

    def __init__(
        self, total: ColumnElement[int], count: ColumnElement[int], *, decimals: int, times: int = 1, low: int = 0
    ) -> None:
        self.total, self.count, self.decimals, self.times, self.low = total, count, decimals, times, low


def _rounded(element: Ratio, compiler: SQLCompiler, kw: dict[str, Any], whole: str) -> str:
    """The ratio in units of its last decimal: integers divided, what is added and taken off keeps them from being
    negative.
    """
    total, count = (whole.format(compiler.process(part, **kw)) for part in (element.total, element.count))
    unit = 10**element.decimals
    above_low = f"({total} * {element.times} - {element.low} * {count})"
    return f"(({above_low} * {2 * unit} + {count}) / (2 * nullif({count}, 0)) + {element.low * unit})"


@compiles(Ratio, "postgresql")
def _(element: Ratio, compiler: SQLCompiler, **kw: Any) -> str:
    units = _rounded(element, compiler, kw, "CAST({} AS bigint)")
    return f"(CAST({units} AS double precision) / {10**element.decimals})"


@compiles(Ratio, "sqlite")
def _(element: Ratio, compiler: SQLCompiler, **kw: Any) -> str:
    """A whole number is shown without decimals, as PostgreSQL does."""
    units, unit = _rounded(element, compiler, kw, "({})"), 10**element.decimals
    return f"CASE WHEN {units} % {unit} = 0 THEN {units} / {unit} ELSE {units} / {unit}.0 END"
