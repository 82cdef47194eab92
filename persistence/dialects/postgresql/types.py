"""Column types of PostgreSQL."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import BigInteger, Numeric, Time, Unicode
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from persistence.dialects.interface import DatabaseTypes
from persistence.sql_types import SqlType


class PostgresqlTypes(DatabaseTypes):
    """The driver takes and returns the types of Python."""

    def key_type(self, length: int) -> TypeEngine[str]:
        return Unicode(length, collation="C")

    def amount_type(self) -> SqlType:
        return Numeric(18, 2)

    def amount_operand_type(self) -> SqlType:
        return Numeric()

    def amount_parameter(self, amount: Decimal) -> Decimal:
        return amount

    def amount_value(self, stored: Decimal | int) -> Decimal:
        return stored if isinstance(stored, Decimal) else Decimal(stored)

    def total_type(self) -> SqlType:
        return Numeric()

    def digits_type(self) -> SqlType:
        return Numeric()

    def digits(self, amount: Decimal) -> tuple[object, object]:
        """The whole amount is in the high digits: sums of NUMERIC are exact at any size."""
        return amount, Decimal(0)

    def instant_type(self) -> SqlType:
        return TIMESTAMP(timezone=True, precision=0)

    def instant_parameter(self, utc: dt.datetime) -> dt.datetime:
        return utc

    def identity_type(self) -> SqlType:
        return BigInteger()

    def text_key_type(self) -> SqlType:
        """A hash of 64 bits."""
        return BigInteger()

    def time_type(self) -> TypeEngine[dt.time]:
        return Time()

    def list_type(self, item: SqlType, dialect: Dialect) -> SqlType:
        """An array of the items."""
        return ARRAY(item.dialect_impl(dialect))

    def list_parameter(self, values: Sequence[object], item: SqlType, dialect: Dialect) -> list[object]:
        return list(values)
