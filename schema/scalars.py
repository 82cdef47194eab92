"""Scalars. They refuse values that a database would reject or change silently."""

import datetime as dt
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NewType

import strawberry
from graphql import FloatValueNode, GraphQLError, IntValueNode, StringValueNode, ValueNode, value_from_ast_untyped
from strawberry.schema.config import StrawberryConfig

from schema.execution.graphql_internals import ScalarDefinition

BigInt = NewType("BigInt", int)
Filter = NewType("Filter", object)

RFC_3339 = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"
RFC_8259 = "https://www.rfc-editor.org/rfc/rfc8259"
XML_DECIMAL = "https://www.w3.org/TR/xmlschema11-2/#decimal"

SHOWN = 40
"""The maximum number of characters of a value in a message."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_DECIMAL = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,10})?")
_LARGEST_EXACT = 2**53
_CENTS_KNOWN_BELOW = 2**46
"""Larger amounts that differ by a cent may be the same double."""


class InvalidValue(GraphQLError):
    """A value that a scalar refuses. `hint` says which form it must have, without naming the scalar."""

    def __init__(self, type_: str, value: object, hint: str, node: ValueNode | None = None) -> None:
        message = f"{type_} cannot represent {text_of_value(value)}. {hint}"
        super().__init__(message, node, extensions={"code": "BAD_USER_INPUT"})
        self._type, self._value, self.hint = type_, value, hint

    def at(self, node: ValueNode) -> "InvalidValue":
        """The same error with the location of the value in the document."""
        return InvalidValue(self._type, self._value, self.hint, node)


def text_of_value(value: object) -> str:
    """A value that was sent, as messages show it: a text in quotes, anything else as JSON; shortened if it is long."""
    if isinstance(value, str):
        return repr(value[:SHOWN])
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def parse_date(value: object) -> dt.date:
    """A date such as `2026-03-18`."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise InvalidValue("Date", value, "There is no such date.") from None
    raise InvalidValue("Date", value, "Write a date as YYYY-MM-DD.")


def parse_time(value: object) -> dt.time:
    """A time of day such as `10:16` or `10:16:00`."""
    if isinstance(value, str) and _TIME.fullmatch(value):
        try:
            if value.startswith("24"):  # newer versions of Python read 24:00 as 00:00
                raise ValueError(value)
            return dt.time.fromisoformat(value)
        except ValueError:
            raise InvalidValue("Time", value, "There is no such time of day.") from None
    raise InvalidValue("Time", value, "Write a time of day as HH:MM or HH:MM:SS, 24 hours, without time zone.")


def parse_instant(value: object) -> dt.datetime:
    """A point in time, in UTC, from a text with an offset from UTC."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return dt.datetime.fromisoformat(value).astimezone(dt.UTC)
        except (ValueError, OverflowError):
            raise InvalidValue("DateTime", value, "There is no such point in time.") from None
    raise InvalidValue("DateTime", value, "Write a point in time as 2026-03-18T10:16:00Z or with an offset from UTC.")


def parse_decimal(value: object) -> Decimal:
    """An amount, given as text or number, without exponent or NaN. Negative zero becomes zero."""
    if isinstance(value, float) and abs(value) >= _CENTS_KNOWN_BELOW:
        raise InvalidValue(
            "Decimal",
            value,
            'A JSON number is not exact for an amount this large. Write it as a string, such as "12.50".',
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = repr(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(value) or Decimal(0)
    raise InvalidValue("Decimal", value, 'Write an amount as "12.50" or 12.50, at most 16 digits before the point.')


def parse_big_int(value: object) -> int:
    """A whole number between -2^53 and 2^53."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST_EXACT:
        return value
    raise InvalidValue("BigInt", value, "Write a whole number between -2^53 and 2^53.")


def serialize_decimal(value: Decimal) -> str:
    """The amount with two decimals, more only if they are not zero; never with an exponent."""
    amount = Decimal(value)
    cents = f"{amount:.2f}"
    return cents if Decimal(cents) == amount else f"{amount:f}".rstrip("0")


def _decimal_literal(node: ValueNode, variables: object = None) -> Decimal:
    if isinstance(node, StringValueNode | IntValueNode | FloatValueNode):
        return parse_decimal(node.value)
    raise InvalidValue("Decimal", node.kind, 'Write an amount as "12.50" or 12.50.')


def _scalar(
    name: str,
    description: str,
    parse: Callable[[Any], object],
    serialize: Callable[[Any], object],
    specified_by: str,
    literal: Callable[[ValueNode, object], object] | None = None,
) -> ScalarDefinition:
    def parse_literal(node: ValueNode, variables: dict[str, object] | None = None) -> object:
        try:
            return parse(value_from_ast_untyped(node, variables)) if literal is None else literal(node, variables)
        except InvalidValue as error:
            raise error.at(node) from None

    return strawberry.scalar(
        name=name,
        description=description,
        parse_value=parse,
        serialize=serialize,
        parse_literal=parse_literal,
        specified_by_url=specified_by,
    )


CONFIG = StrawberryConfig(
    default_resolver=lambda source, name: source[name] if isinstance(source, dict) else getattr(source, name),
    scalar_map={
        dt.date: _scalar("Date", "A date in the company's time zone, such as `2026-03-18`.", parse_date, str, RFC_3339),
        dt.time: _scalar(
            "Time",
            "A time of day in the company's time zone, such as `10:16:00`. The seconds may be left out in input.",
            parse_time,
            lambda time: time.isoformat("seconds"),
            RFC_3339,
        ),
        dt.datetime: _scalar(
            "DateTime",
            "A point in time with its offset from UTC, such as `2026-03-18T10:16:00+00:00`, in whole seconds.",
            parse_instant,
            lambda moment: moment.isoformat(),
            RFC_3339,
        ),
        Decimal: _scalar(
            "Decimal",
            'An amount in company currency, as a string with at least two decimals, such as `"12.50"`. Input may '
            "also be a number.",
            parse_decimal,
            serialize_decimal,
            XML_DECIMAL,
            _decimal_literal,
        ),
        Filter: _scalar(
            "Filter",
            "A filter as a JSON object in the shape of its input type, for instance to pass it as a variable again.",
            lambda given: given,
            lambda kept: kept,
            f"{RFC_8259}#section-4",
        ),
        BigInt: _scalar(
            "BigInt",
            "A whole number between -2^53 and 2^53, as a JSON integer.",
            parse_big_int,
            int,
            f"{RFC_8259}#section-6",
        ),
    },
)
