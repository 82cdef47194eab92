"""Sums and averages of amounts of any size, exact to the cent on all databases.

PostgreSQL adds up NUMERIC exactly. SQLite adds up cents in 64 bits, which ten of the largest amounts exceed. A double
is exact for whole numbers up to 2^53, so `total()` is used up to there, which costs nothing extra. Beyond that, the
same rows are read again and the high and low digits of their amounts are added up separately. Amounts are never
negative (a constraint of every table that has them).
"""

from decimal import Decimal

from sqlalchemy import Integer, Numeric
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from persistence.dialects import dialect_of
from persistence.dialects.sql_writer import Combine, SqlWriter
from persistence.sql.constructs import CachedConstruct, Compilation, Construct
from persistence.sql_types import SqlExpression, SqlType


class Total(TypeDecorator[Decimal]):
    """A sum or average of amounts."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> SqlType:
        return dialect_of(dialect).types.total_type()

    def process_result_value(self, value: Decimal | str | None, dialect: Dialect) -> Decimal | None:
        return Decimal(value) if isinstance(value, str) else value


class SumOfPart(TypeDecorator[Decimal]):
    """The type of a stored sum of high or of low parts of amounts: see `HighPart`."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> SqlType:
        return dialect_of(dialect).types.amount_operand_type()


class _OfAmounts(Construct[Decimal]):
    type = Total()

    def __init__(self, amount: SqlExpression) -> None:
        self.amount = amount

    def _sums_of_parts(self, compiled: Compilation, combine: Combine) -> str:
        return compiled.subquery_over_same_rows(_CombinedSums(self.amount, combine))


class SumOf(_OfAmounts):
    """The sum of an amount over the rows of a SELECT without groups; 0.00 without rows."""

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.sum_of_amounts(compiled(self.amount), lambda combine: self._sums_of_parts(compiled, combine))


class AverageOf(_OfAmounts):
    """The average of an amount that is never null over the rows of a SELECT without groups, rounded half up to 0.01;
    null without rows.
    """

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.average_of_amounts(compiled(self.amount), lambda combine: self._sums_of_parts(compiled, combine))


class _CombinedSums(Construct[Decimal]):
    """One value made of the sum of the high digits and the sum of the low digits of an amount."""

    type = Total()

    def __init__(self, amount: SqlExpression, combine: Combine) -> None:
        self.amount, self.combine = amount, combine

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        amount = compiled(self.amount)
        return self.combine(f"sum({writer.high_part(amount)})", f"sum({writer.low_part(amount)})")


class HighPart(CachedConstruct[int]):
    """The high digits of an amount. High and low digits are summed separately so that neither sum overflows: see
    `SumOfParts`.
    """

    type = Integer()

    def __init__(self, amount: SqlExpression) -> None:
        super().__init__(amount)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.high_part(*map(compiled, self.clauses))


class LowPart(HighPart):
    """The low digits of an amount."""

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.low_part(*map(compiled, self.clauses))


class SumOfParts(CachedConstruct[Decimal]):
    """The sum of amounts, from the sums of their high and low digits."""

    type = Total()

    def __init__(self, high: SqlExpression, low: SqlExpression) -> None:
        super().__init__(high, low)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.sum_of_parts(*map(compiled, self.clauses))


class SumOfLowParts(CachedConstruct[int]):
    """The sum of the low digits of an amount. The sum of `HighPart` is that of its high digits."""

    type = Integer()

    def __init__(self, amount: SqlExpression) -> None:
        super().__init__(amount)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.sum_of_low_parts(*map(compiled, self.clauses))


class LowPartsTogether(SumOfLowParts):
    """The total of stored sums of low digits; 0 without rows."""

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.low_parts_together(*map(compiled, self.clauses))


class AverageOfParts(CachedConstruct[Decimal]):
    """The sum of amounts, from the sums of their high and low digits, divided by a count and rounded half up to 0.01;
    null if the count is 0.
    """

    type = Total()

    def __init__(self, high: SqlExpression, low: SqlExpression, count: SqlExpression) -> None:
        super().__init__(high, low, count)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.average_of_parts(*map(compiled, self.clauses))


class HighDigits(TypeDecorator[Decimal]):
    """The high digits of a total, as a parameter the high digits of an amount to compare it with. Totals are compared
    by their high digits, then by their low digits.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> SqlType:
        return dialect_of(dialect).types.digits_type()

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> object:
        return None if value is None else dialect_of(dialect).types.digits(value)[0]


class LowDigits(HighDigits):
    """The low digits of a total."""

    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> object:
        return None if value is None else dialect_of(dialect).types.digits(value)[1]


class HighDigitsOf(CachedConstruct[Decimal]):
    """The high digits of the total that has these sums of high and low parts."""

    type: TypeDecorator[Decimal] = HighDigits()

    def __init__(self, high: SqlExpression, low: SqlExpression) -> None:
        super().__init__(high, low)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.high_digits(*map(compiled, self.clauses))


class LowDigitsOf(HighDigitsOf):
    """The low digits of that total."""

    type = LowDigits()

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.low_digits(*map(compiled, self.clauses))
