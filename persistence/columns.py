"""Column types that behave equally on all databases, and the base class of every table."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnClause,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Time,
    Unicode,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel

from persistence.dialects import ALL, dialect_of
from persistence.dialects.interface import DatabaseTypes
from persistence.sql_types import IndexCondition, SqlType

T = TypeVar("T")

CENTS = Decimal("0.01")

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """A table of Carnet: columns and the constraints that the database checks; no relationships, no rules."""

    metadata = MetaData(naming_convention=NAMES)


def table_of(model: type[Table]) -> SqlTable:
    """The table of a model, for SQL expressions."""
    return cast(SqlTable, model.__table__)  # type: ignore[attr-defined]  # made by SQLModel for every table


def table_options(*, never_reuse_keys: bool = False, rows_in_key_order: bool = False) -> dict[str, object]:
    """The last item of `__table_args__`; see `DatabaseDialect.table_options`."""
    of_each = (
        dialect.table_options(never_reuse_keys=never_reuse_keys, rows_in_key_order=rows_in_key_order) for dialect in ALL
    )
    return {name: value for options in of_each for name, value in options.items()}


def index(
    name: str, *columns: str, unique: bool = False, where: IndexCondition | None = None, include: Sequence[str] = ()
) -> Index:
    """An index of the rows for which `where` holds. `include` names further columns to read from it, where the database
    can do so.
    """
    return Index(name, *columns, unique=unique, **_index_options(where, include))


def primary_key(*columns: str, include: Sequence[str]) -> PrimaryKeyConstraint:
    """A primary key of several columns. `include` names further columns to read from its index, where the database can
    do so.
    """
    return PrimaryKeyConstraint(*columns, **_index_options(None, include))


def _index_options(where: IndexCondition | None, include: Sequence[str]) -> dict[str, Any]:
    of_each = (dialect.index_options(where=where, include=include) for dialect in ALL)
    return {name: value for options in of_each for name, value in options.items()}


def key(length: int) -> TypeEngine[str]:
    """Upper-cased text that identifies something; compared and sorted byte by byte on all databases."""
    return _in_each_dialect(Unicode(length), lambda types: types.key_type(length))


def free_text(length: int) -> TypeEngine[str]:
    """Text that is stored as given. A text to sort by has a folded column besides."""
    return Unicode(length)


class Money(TypeDecorator[Decimal]):
    """An amount with two decimals, exact on all databases."""

    impl = Numeric(18, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> SqlType:
        return dialect_of(dialect).types.amount_type()

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> object:
        """May raise ValueError for fractions of a cent."""
        return None if value is None else dialect_of(dialect).types.amount_parameter(value)

    def process_result_value(self, value: Decimal | int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else dialect_of(dialect).types.amount_value(value)


class MoneyLimit(Money):
    """The operand of a comparison with an amount, in whole cents. `limit_of` may return one cent more than the
    largest amount.
    """

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> SqlType:
        return dialect_of(dialect).types.amount_operand_type()


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
    """A moment in UTC, in whole seconds."""

    impl = String(25)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> SqlType:
        return dialect_of(dialect).types.instant_type()

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> object:
        if value is None:
            return None
        return dialect_of(dialect).types.instant_parameter(value.astimezone(dt.UTC).replace(microsecond=0))

    def process_result_value(self, value: dt.datetime | str | None, dialect: Dialect) -> dt.datetime | None:
        return dt.datetime.fromisoformat(value) if isinstance(value, str) else value


class JsonText(TypeDecorator[object]):
    """JSON stored as text, its members in the order given. Shown to clients with `sql.json.AsJson`."""

    impl = Unicode
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> object:
        return None if value is None else json.loads(value)


def identity() -> SqlType:
    """A key that the database assigns. SQLite may assign the keys of deleted rows again."""
    return _in_each_dialect(BigInteger(), lambda types: types.identity_type())


def text_key() -> SqlType:
    """A key of a text, as `SqlWriter.text_key` computes it."""
    return _in_each_dialect(BigInteger(), lambda types: types.text_key_type())


def time_of_day() -> TypeEngine[dt.time]:
    """A time of day in whole seconds."""
    return _in_each_dialect(Time(), lambda types: types.time_type())


def _in_each_dialect(default: TypeEngine[T], type_of: Callable[[DatabaseTypes], TypeEngine[Any]]) -> TypeEngine[T]:
    """A type that each database has in a way of its own."""
    for dialect in ALL:
        default = default.with_variant(type_of(dialect.types), dialect.name)
    return default


class EnumCheck(CheckConstraint):
    """A constraint: the column has a value of an enumeration, or is null."""

    def __init__(self, column: str, values: type[StrEnum]) -> None:
        listed = ", ".join(f"'{value}'" for value in values)
        super().__init__(f"{column} IN ({listed})", name=column)
        self.column_name = column


class ColumnOfRow(ColumnClause[Any]):
    """A column of a row under the alias of the row, with what the SQL that writes it as JSON depends on."""

    inherit_cache = True
    nullable = True
    """Whether it may be null in a row that exists."""
    is_enumeration = False
    """Whether it has only values of an enumeration, or null."""


def column_of_row(table: type[Table], alias: str, name: str) -> ColumnOfRow:
    """A column of a row of a table. The row has the name `alias`."""
    column = table_of(table).columns[name]
    made = ColumnOfRow(f'{alias}."{name}"', column.type, is_literal=True)
    made.nullable, made.is_enumeration = bool(column.nullable), name in _enumerations(table)
    return made


@cache
def _enumerations(table: type[Table]) -> frozenset[str]:
    checks = table_of(table).constraints
    return frozenset(check.column_name for check in checks if isinstance(check, EnumCheck))


def surrogate_key() -> Any:
    """A surrogate key that is never assigned twice, not even after a delete."""
    return Field(default=None, primary_key=True, sa_type=Integer)
