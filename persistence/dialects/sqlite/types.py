"""Column types of SQLite, which has only integers, floating-point numbers and text."""

import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import BigInteger, Integer, String, Unicode
from sqlalchemy.dialects.sqlite import TIME
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from persistence.dialects.interface import DatabaseTypes
from persistence.sql_types import SqlType

CENTS = Decimal("0.01")

PART = 10**9
"""Cents in the low part of an amount. The sums of both parts fit into 64 bits for nine thousand million rows."""


class SqliteTypes(DatabaseTypes):
    """Amounts are whole cents, because NUMERIC is a floating-point number; moments and times of day are ISO text."""

    def key_type(self, length: int) -> TypeEngine[str]:
        return Unicode(length)

    def amount_type(self) -> SqlType:
        return BigInteger()

    def amount_operand_type(self) -> SqlType:
        return BigInteger()

    def amount_parameter(self, amount: Decimal) -> int:
        """Raises ValueError for fractions of a cent."""
        cents = Decimal(amount) * 100
        whole = int(cents)
        if whole != cents:
            raise ValueError(f"{amount} has fractions of a cent.")
        return whole

    def amount_value(self, stored: Decimal | int) -> Decimal:
        return (Decimal(stored) / 100).quantize(CENTS)

    def total_type(self) -> SqlType:
        """Text with two decimals: a total may be too large for an integer."""
        return Unicode()

    def digits_type(self) -> SqlType:
        return BigInteger()

    def digits(self, amount: Decimal) -> tuple[object, object]:
        return divmod(self.amount_parameter(amount), PART)

    def instant_type(self) -> SqlType:
        """The text that PostgreSQL shows in JSON."""
        return String(25)

    def instant_parameter(self, utc: dt.datetime) -> str:
        return utc.isoformat()

    def identity_type(self) -> SqlType:
        """SQLite assigns keys of exactly this type."""
        return Integer()

    def text_key_type(self) -> SqlType:
        """The text itself."""
        return Unicode()

    def time_type(self) -> TypeEngine[dt.time]:
        form: TypeEngine[dt.time] = TIME(  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
            storage_format="%(hour)02d:%(minute)02d:%(second)02d", regexp=r"(\d+):(\d+):(\d+)"
        )
        return form

    def list_type(self, item: SqlType, dialect: Dialect) -> SqlType:
        """The text of a JSON array."""
        return Unicode()

    def list_parameter(self, values: Sequence[object], item: SqlType, dialect: Dialect) -> str:
        process = item.bind_processor(dialect)
        return json.dumps([_plain(process(value) if process else value) for value in values])


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value
