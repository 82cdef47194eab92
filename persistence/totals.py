"""Sums and averages of amounts, exact to the cent on both databases, however large they become.

PostgreSQL adds up NUMERIC exactly. SQLite adds up whole cents in 64 bits, which ten of the largest amounts exceed. A double
holds whole numbers exactly up to 2^53, so `total()` is right up to there, at no cost. Beyond, the same rows are read once more
and their amounts added up in two parts. Amounts are never negative (a constraint of every table that has them).
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
    """A sum of amounts: NUMERIC on PostgreSQL, on SQLite text with two decimals, which may be too long for its integers."""

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
    """The mean of an amount that is never null over the rows of a SELECT without groups, halves rounded up to a cent; null without
    rows."""

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
    """What of an amount is added up apart, so that the sum fits into an integer: see `Together`."""

    inherit_cache = False


class LowPart(_Part):
    """The rest of an amount."""

    inherit_cache = False


class Together(ColumnElement[Decimal]):
    """The sum of amounts whose high and low parts were added up apart."""

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
    again = _same_rows(compiler, Together(high, low), kw)
    return f"CASE WHEN {cents} < {EXACT_IN_A_DOUBLE} THEN {_shown(f'CAST({cents} AS integer)')} ELSE {again} END"


@compiles(AverageOf, "postgresql")
def _(element: AverageOf, compiler: SQLCompiler, **kw: Any) -> str:
    """Multiplied by 0.01, which is exact: a quotient would have 16 digits."""
    amount = compiler.process(element.amount, **kw)
    return f"round(div(sum({amount}) * 200 + count(*), 2 * nullif(count(*), 0)) * 0.01, 2)"


@compiles(AverageOf, "sqlite")
def _(element: AverageOf, compiler: SQLCompiler, **kw: Any) -> str:
    cents = f"total({compiler.process(element.amount, **kw)})"
    few = f"((CAST({cents} AS integer) * 2 + count(*)) / (2 * nullif(count(*), 0)))"
    again = _same_rows(compiler, _DividedParts(element.amount), kw)
    return f"CASE WHEN {cents} < {EXACT_IN_A_DOUBLE} THEN {_shown(few)} ELSE {again} END"


class _DividedParts(_Part):
    """A mean on SQLite: the parts divided one after the other, as by hand."""

    inherit_cache = False


@compiles(_DividedParts, "sqlite")
def _(element: _DividedParts, compiler: SQLCompiler, **kw: Any) -> str:
    high, low = (f"sum({compiler.process(part(element.amount), **kw)})" for part in (HighPart, LowPart))
    rest = f"({high} % count(*) * {PART} + {low})"
    return _shown(f"({high} / count(*) * {PART} + ({rest} * 2 + count(*)) / (2 * count(*)))")


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


@compiles(Together, "postgresql")
def _(element: Together, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.high, **kw)} + {compiler.process(element.low, **kw)})"


@compiles(Together, "sqlite")
def _(element: Together, compiler: SQLCompiler, **kw: Any) -> str:
    high, low = compiler.process(element.high, **kw), compiler.process(element.low, **kw)
    high, low = f"({high} + {low} / {PART})", f"({low} % {PART})"
    long = f"printf('%d%07d.%02d', {high}, {low} / 100, {low} % 100)"
    return f"CASE WHEN {high} > 0 THEN {long} ELSE {_shown(low)} END"


def _shown(cents: str) -> str:
    """Cents as `12.05`; null stays null."""
    return f"((({cents}) / 100) || '.' || substr('0' || (({cents}) % 100), -2))"


def _same_rows(compiler: SQLCompiler, value: ColumnElement[Any], kw: dict[str, Any]) -> str:
    """A subquery with this value over the rows that the SELECT around it reads, under the same name.

    Columns of a row around both must be literal, as those of `Row` are: a column of a table would bring its table along.
    """
    around: Any = compiler.current_executable
    assert not around._group_by_clauses, "sum the parts of amounts in groups"
    return compiler.process(around.with_only_columns(value).correlate(None).scalar_subquery(), **kw)
