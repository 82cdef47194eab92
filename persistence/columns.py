"""Column types that answer equally on both databases, and the class every table is made from."""

import datetime as dt
import json
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import BigInteger, CheckConstraint, Integer, MetaData, Numeric, String, Time, Unicode, inspect
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel

CENTS = Decimal("0.01")

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """A table of Carnet: columns and what the database itself can promise; no relationships, no rules."""

    metadata = MetaData(naming_convention=NAMES)


def table_of(model: type[Table]) -> SqlTable:
    """The SQL table of a model."""
    return cast(SqlTable, inspect(model).local_table)


def key(length: int) -> TypeEngine[str]:
    """Upper-cased text that identifies something; compared and sorted byte by byte on both databases."""
    return Unicode(length).with_variant(Unicode(length, collation="C"), "postgresql")


def words(length: int) -> TypeEngine[str]:
    """Words of people. Never sorted by itself: a folded column beside it is."""
    return Unicode(length)


class Money(TypeDecorator[Decimal]):
    """An amount with two decimals: NUMERIC(18,2) on PostgreSQL, whole cents on SQLite, whose own NUMERIC is a float."""

    impl = Numeric(18, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return BigInteger() if dialect.name == "sqlite" else Numeric(18, 2)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The amount in cents; raises ValueError for fractions of a cent, since floats are inexact from 2^53 on."""
        if value is None or dialect.name != "sqlite":
            return value
        cents = Decimal(value) * 100
        whole = int(cents)
        if whole != cents:
            raise ValueError(f"{value} has fractions of a cent.")
        return whole

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None or dialect.name != "sqlite":
            return value  # type: ignore[no-any-return]  # asyncpg hands out Decimal
        return (Decimal(value) / 100).quantize(CENTS)


class MoneyLimit(Money):
    """The operand of a comparison with an amount, in whole cents. `limit_of` may return one cent more than the
    largest amount.
    """

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return BigInteger() if dialect.name == "sqlite" else Numeric()


NO_AMOUNT = Decimal("-1E+16")
"""An operand that is less than every amount, so that no amount is equal to it."""

_TO_CENTS = {"gt": ROUND_FLOOR, "lte": ROUND_FLOOR, "gte": ROUND_CEILING, "lt": ROUND_CEILING}


def limit_of(comparison: str, given: Decimal) -> Decimal:
    """The operand rounded to cents such that every amount compares with it as with the given value: `> 0.005`
    becomes `> 0.00`.
    """
    if comparison in _TO_CENTS:
        return given.quantize(CENTS, _TO_CENTS[comparison])
    return given if given == given.quantize(CENTS) else NO_AMOUNT


class Instant(TypeDecorator[dt.datetime]):
    """A moment in UTC, whole seconds; on SQLite the text that PostgreSQL's JSON would show."""

    impl = String(25)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return String(25) if dialect.name == "sqlite" else postgresql.TIMESTAMP(timezone=True, precision=0)

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        utc = value.astimezone(dt.UTC).replace(microsecond=0)
        return utc.isoformat() if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        return dt.datetime.fromisoformat(value) if isinstance(value, str) else value


class JsonText(TypeDecorator[Any]):
    """JSON kept as text, its members in the order given. Shown to clients with `json_sql.AsJson`."""

    impl = Unicode
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def clock() -> TypeEngine[dt.time]:
    """A time of day in whole seconds."""
    text_form = sqlite.TIME(  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
        storage_format="%(hour)02d:%(minute)02d:%(second)02d", regexp=r"(\d+):(\d+):(\d+)"
    )
    return Time().with_variant(text_form, "sqlite")


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """The database's promise that a column holds a word of the vocabulary, or nothing."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def identity() -> Any:
    """A surrogate key that is never given twice, not even after a delete."""
    return Field(default=None, primary_key=True, sa_type=Integer)
