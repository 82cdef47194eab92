"""Sums and averages of amounts of any size, exact to the cent on both databases.

PostgreSQL adds up NUMERIC exactly. SQLite adds up cents in 64 bits, which ten of the largest amounts exceed. A double
is exact for whole numbers up to 2^53, so `total()` is used up to there, at no cost. Beyond that, the same rows are read
again and the high and low digits of their amounts are added up separately. Amounts are never negative (a constraint of
every table that has them).
"""

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, Numeric, Unicode, func
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

PART = 10**9
"""Cents in the low part of an amount. Sums of either part fit into 64 bits for nine thousand million rows."""

EXACT_IN_A_DOUBLE = 2**53


class Total(TypeDecorator[Decimal]):
    """A sum of amounts: NUMERIC on PostgreSQL, on SQLite text with two decimals, which may be too long for its
    integers.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Unicode() if dialect.name == "sqlite" else Numeric()

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return Decimal(value) if isinstance(value, str) else value


class SumOf(ColumnElement[Decimal]):
    """The sum of an amount over the rows of a SELECT without groups, 0.00 without rows."""

    inherit_cache = False
    type = Total()

    def __init__(self, amount: ColumnElement[Any]) -> None:
        self.amount = amount


class AverageOf(ColumnElement[Decimal]):
    """The mean of an amount that is never null over the rows of a SELECT without groups, halves rounded up to a
    cent; null without rows."""

    inherit_cache = False
    type = Total()

    def __init__(self, amount: ColumnElement[Any]) -> None:
        self.amount = amount


class _Part(ColumnElement[int]):
    inherit_cache = False
    type = Integer()

    def __init__(self, amount: ColumnElement[Any]) -> None:
        self.amount = amount


class HighPart(_Part):
    """The high digits of an amount. High and low digits are summed separately so that neither sum overflows: see
    `SumOfParts`.
    """

    inherit_cache = False


class LowPart(_Part):
    """The low digits of an amount."""

    inherit_cache = False


class SumOfParts(ColumnElement[Decimal]):
    """The sum of amounts, from the sums of their high and low digits."""

    inherit_cache = False
    type = Total()

    def __init__(self, high: ColumnElement[Any], low: ColumnElement[Any]) -> None:
        self.high, self.low = high, low


@compiles(SumOf, "postgresql")
def _(element: SumOf, compiler: SQLCompiler, **kw: Any) -> str:
    return f"coalesce(sum({compiler.process(element.amount, **kw)}), 0)"


@compiles(SumOf, "sqlite")
def _(element: SumOf, compiler: SQLCompiler, **kw: Any) -> str:
    cents = f"total({compiler.process(element.amount, **kw)})"
    high, low = func.sum(HighPart(element.amount)), func.sum(LowPart(element.amount))
    again = _same_rows(compiler, SumOfParts(high, low), kw)
    return f"CASE WHEN {cents} < {EXACT_IN_A_DOUBLE} THEN {_decimal_text(f'CAST({cents} AS integer)')} ELSE {again} END"


@compiles(AverageOf, "postgresql")
def _(element: AverageOf, compiler: SQLCompiler, **kw: Any) -> str:
    """Multiplying by 0.01 is exact; a division would be rounded to 16 digits."""
    amount = compiler.process(element.amount, **kw)
    return f"round(div(sum({amount}) * 200 + count(*), 2 * nullif(count(*), 0)) * 0.01, 2)"


@compiles(AverageOf, "sqlite")
def _(element: AverageOf, compiler: SQLCompiler, **kw: Any) -> str:
    cents = f"total({compiler.process(element.amount, **kw)})"
    few = f"((CAST({cents} AS integer) * 2 + count(*)) / (2 * nullif(count(*), 0)))"
    again = _same_rows(compiler, _DividedParts(element.amount), kw)
    return f"CASE WHEN {cents} < {EXACT_IN_A_DOUBLE} THEN {_decimal_text(few)} ELSE {again} END"


class _DividedParts(_Part):
    """A mean on SQLite, by long division: first the high digits, then the remainder with the low digits."""

    inherit_cache = False


@compiles(_DividedParts, "sqlite")
def _(element: _DividedParts, compiler: SQLCompiler, **kw: Any) -> str:
    high, low = (f"sum({compiler.process(part(element.amount), **kw)})" for part in (HighPart, LowPart))
    rest = f"({high} % count(*) * {PART} + {low})"
    return _decimal_text(f"({high} / count(*) * {PART} + ({rest} * 2 + count(*)) / (2 * count(*)))")


@compiles(HighPart, "postgresql")
def _(element: HighPart, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.amount, **kw)


@compiles(HighPart, "sqlite")
def _(element: HighPart, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.amount, **kw)} / {PART})"


@compiles(LowPart, "postgresql")
def _(element: LowPart, compiler: SQLCompiler, **kw: Any) -> str:
    return "0"


@compiles(LowPart, "sqlite")
def _(element: LowPart, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.amount, **kw)} % {PART})"


@compiles(SumOfParts, "postgresql")
def _(element: SumOfParts, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.high, **kw)} + {compiler.process(element.low, **kw)})"


@compiles(SumOfParts, "sqlite")
def _(element: SumOfParts, compiler: SQLCompiler, **kw: Any) -> str:
    high, low = compiler.process(element.high, **kw), compiler.process(element.low, **kw)
    high, low = f"({high} + {low} / {PART})", f"({low} % {PART})"
    long = f"printf('%d%07d.%02d', {high}, {low} / 100, {low} % 100)"
    return f"CASE WHEN {high} > 0 THEN {long} ELSE {_decimal_text(low)} END"


def _decimal_text(cents: str) -> str:
    """Cents as `12.05`; null stays null."""
    return f"((({cents}) / 100) || '.' || substr('0' || (({cents}) % 100), -2))"


def _same_rows(compiler: SQLCompiler, value: ColumnElement[Any], kw: dict[str, Any]) -> str:
    """A subquery with this value over the rows that the SELECT around it reads, under the same name.

    Columns of a row around both must be literal, as those of `Row` are: a column of a table would bring its table
    along.
    """
    around: Any = compiler.current_executable
    assert not around._group_by_clauses, "sum the parts of amounts in groups"
    return compiler.process(around.with_only_columns(value).correlate(None).scalar_subquery(), **kw)
