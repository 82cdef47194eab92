"""Cursors: where a row stands in an order. Opaque to clients, made in the database, read here."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Integer, Time

from persistence.columns import Money
from persistence.sql_types import SqlType
from schema.compiler.errors import BadUserInput

_AMOUNT = re.compile(r"-?[0-9]{1,16}\.[0-9]{2}")


def tag(entity: str, order: Sequence[str]) -> str:
    """A few letters that tell one list and order from another, so that a cursor of one is refused by the other."""
    return hashlib.sha256("|".join((entity, *order)).encode()).hexdigest()[:6]


def written(own_tag: str, *values: int) -> str:
    """The cursor of a row that was not read by a plan."""
    return json.dumps([own_tag, *values], separators=(",", ":")).encode().hex()


def reader(own_tag: str, types: Sequence[SqlType], nullable: Sequence[bool]) -> Callable[[str], list[Any]]:
    """What reads the values of an order out of a cursor, or refuses it."""
    converts = [_convert(type_) for type_ in types]

    def read(cursor: str) -> list[Any]:
        try:
            found, *values = json.loads(bytes.fromhex(cursor))
        except (ValueError, TypeError, RecursionError):
            raise BadUserInput("This is no cursor of ours. Use one from edges.cursor or pageInfo.") from None
        if found != own_tag or len(values) != len(converts):
            raise BadUserInput("This cursor belongs to another list or order. Use one of this list, in the same order.")
        try:
            return [
                None if value is None and may_be_null else convert(value)
                for value, convert, may_be_null in zip(values, converts, nullable, strict=True)
            ]
        except (ValueError, TypeError, ArithmeticError):
            raise BadUserInput("This is no cursor of ours. Use one from edges.cursor or pageInfo.") from None

    return read


def number_reader(own_tag: str) -> Callable[[str], int]:
    """What reads the number of a row out of a cursor that `written` made."""
    read = reader(own_tag, [Integer()], [False])
    return lambda cursor: int(read(cursor)[0])


def _convert(type_: SqlType) -> Callable[[Any], Any]:
    if isinstance(type_, Date):
        return dt.date.fromisoformat
    if isinstance(type_, Time):
        return dt.time.fromisoformat
    if isinstance(type_, Money):
        return _amount
    return _whole if isinstance(type_, Integer) else _text


def _amount(value: Any) -> Decimal:
    if not _AMOUNT.fullmatch(_text(value)):
        raise ValueError(value)
    return Decimal(value)


def _whole(value: Any) -> int:
    if type(value) is not int or abs(value) >= 2**31:
        raise ValueError(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(value)
    value.encode()
    return value
