"""Cursors: the values by which a row is ordered. They are opaque to clients; the database encodes them, and this module
decodes them.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Date, Integer, Time, Unicode

from persistence.columns import Instant, Money
from persistence.sql_types import SqlType
from schema.compiler.errors import BadUserInput
from schema.compiler.values import Placeholder


class Cursor(NamedTuple):
    """A cursor in a request, and the argument that has it: `after` or `before`."""

    given: str | Placeholder
    argument: str


def cursor_of(argument: str, given: str | Placeholder | None) -> Cursor | None:
    """The cursor in an argument. A text that is empty is no cursor."""
    return None if given is None or given == "" else Cursor(given, argument)


class Faults(NamedTuple):
    """The messages about a cursor that cannot be decoded, and about one of another list or order. `{argument}` is the
    argument that has the cursor.
    """

    invalid: str
    foreign: str


OF_CONNECTION = Faults(
    "Invalid cursor in `{argument}`. Use edges.cursor or pageInfo of this connection.",
    "The cursor in `{argument}` belongs to another list or order. Use edges.cursor or pageInfo of this connection, in "
    "the same order.",
)
OF_CHANGES = Faults(
    "Invalid cursor in `{argument}`. Use the `cursor` of a change or an event, or an `endCursor` of changeFeed.",
    "The cursor in `{argument}` belongs to another list. Use the `cursor` of a change or an event, or an `endCursor` "
    "of changeFeed.",
)
_AMOUNT = re.compile(r"-?[0-9]{1,16}\.[0-9]{2}")


def tag(entity: str, order: Sequence[str]) -> str:
    """Identifies a list and its order in its cursors: a cursor of another list or order is refused."""
    return hashlib.sha256("|".join((entity, *order)).encode()).hexdigest()[:6]


def encode(own_tag: str, *values: int | str) -> str:
    """The cursor of a row that was not read by a planned statement."""
    return json.dumps([own_tag, *values], separators=(",", ":")).encode().hex()


def decoder(
    own_tag: str, types: Sequence[SqlType], nullable: Sequence[bool], faults: Faults = OF_CONNECTION
) -> Callable[..., list[object]]:
    """A function that returns the values in a cursor of an argument, `after` unless it is named. The function raises
    BadUserInput, with one of the messages `faults`.
    """
    converts = [_convert(type_) for type_ in types]

    def read(cursor: str, argument: str = "after") -> list[object]:
        try:
            found, *values = json.loads(bytes.fromhex(cursor))
        except (ValueError, TypeError, RecursionError):
            raise BadUserInput(faults.invalid.format(argument=argument)) from None
        if found != own_tag or len(values) != len(converts):
            raise BadUserInput(faults.foreign.format(argument=argument))
        try:
            return [
                None if value is None and may_be_null else convert(value)
                for value, convert, may_be_null in zip(values, converts, nullable, strict=True)
            ]
        except (ValueError, TypeError, ArithmeticError):
            raise BadUserInput(faults.invalid.format(argument=argument)) from None

    return read


def number_decoder(own_tag: str) -> Callable[..., int]:
    """A function that returns the number of a row in a cursor that `encode` made, of an argument as in `decoder`."""
    read = decoder(own_tag, [Integer()], [False])
    return lambda cursor, argument="after": _whole(read(cursor, argument)[0])


class ChangeCursor(NamedTuple):
    """What is in a cursor of the change feed: the number of a change, the key if it is that of one of several objects,
    and the mark of the last change up to there. Without a mark, nothing shows whether it is of another history.
    """

    no: int
    key: int | None
    mark: int | None


def change_decoder(own_tag: str, *, of_object: bool = False) -> Callable[[str], ChangeCursor]:
    """A function that decodes a cursor of the change feed that `encode` made."""
    types = [BigInteger(), *([Integer()] if of_object else [])]
    bare, marked = (
        decoder(own_tag, [*types, *more], [False] * (len(types) + len(more)), OF_CHANGES)
        for more in ([], [BigInteger()])
    )

    def decode(cursor: str) -> ChangeCursor:
        try:
            *numbers, mark = map(_big_whole, marked(cursor))
        except BadUserInput:
            numbers, mark = [*map(_big_whole, bare(cursor))], None
        return ChangeCursor(numbers[0], numbers[1] if of_object else None, mark)

    return decode


def day_and_text_decoder(own_tag: str) -> Callable[[str], tuple[dt.date, str]]:
    """A function that returns the day and the text in a cursor that `encode` made."""
    read = decoder(own_tag, [Date(), Unicode()], [False, False])

    def decode(cursor: str) -> tuple[dt.date, str]:
        day, text = read(cursor)
        assert isinstance(day, dt.date)
        return day, _text(text)

    return decode


def _convert(type_: SqlType) -> Callable[[Any], object]:
    if isinstance(type_, Date):
        return dt.date.fromisoformat
    if isinstance(type_, Time):
        return dt.time.fromisoformat
    if isinstance(type_, Money):
        return _amount
    if isinstance(type_, Instant):
        return _instant
    if isinstance(type_, BigInteger):
        return _big_whole
    return _whole if isinstance(type_, Integer) else _text


def _amount(value: object) -> Decimal:
    text = _text(value)
    if not _AMOUNT.fullmatch(text):
        raise ValueError(value)
    return Decimal(text)


def _instant(value: object) -> dt.datetime:
    instant = dt.datetime.fromisoformat(_text(value))
    if instant.tzinfo is None:
        raise ValueError(value)
    return instant.astimezone(dt.UTC)


def _whole(value: object) -> int:
    number = _big_whole(value)
    if abs(number) >= 2**31:
        raise ValueError(value)
    return number


def _big_whole(value: object) -> int:
    if type(value) is not int or abs(value) >= 2**63:
        raise ValueError(value)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(value)
    value.encode()
    return value
