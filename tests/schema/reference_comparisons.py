"""The expected results of comparisons in filters, written in Python."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from persistence.sql.folding import fold, visible
from persistence.texts.phones_v1 import Number, number

Row = Mapping[str, Any]
Conditions = Mapping[str, Any]
Test = Callable[[Any, Any], bool]
ORDERED = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


def matches(value: Any, conditions: Conditions, read: Callable[[Any], Any] = lambda given: given) -> bool:
    """Whether a value meets the conditions. Null equals nothing and is neither more nor less."""

    def one(name: str, wanted: Any) -> bool:
        if name == "isNull":
            return bool(wanted == (value is None))
        if name == "in":
            return value is not None and value in [read(each) for each in wanted]
        if name in ("eq", "ne"):
            return bool(value == read(wanted)) == (name == "eq")
        if value is None:
            return False
        return bool(ORDERED[name](value, read(wanted)))

    return all(one(name, wanted) for name, wanted in conditions.items() if wanted is not None)


def text_matches(value: str | None, conditions: Conditions, folded: str | None = None) -> bool:
    """Texts: eq, ne and in ignore only invisible characters; the others ignore case and accents."""
    folded = fold(value) if folded is None and value is not None else folded
    to_the_letter = {name: wanted for name, wanted in conditions.items() if name in ("eq", "ne", "in", "isNull")}
    order = {name: wanted for name, wanted in conditions.items() if name in ("gte", "lte")}
    return (
        matches(None if value is None else visible(value), to_the_letter, visible)
        and matches(folded, order, fold)
        and contains(folded, conditions, fold)
    )


def email_matches(row: Row, conditions: Conditions) -> bool:
    """E-mail addresses: case does not matter."""
    exactly = {name: wanted for name, wanted in conditions.items() if name in ("eq", "ne", "in")}
    rest = {name: wanted for name, wanted in conditions.items() if name not in exactly}
    value = row["email"]
    return matches(value and value.casefold(), exactly, str.casefold) and text_matches(value, rest)


def code_matches(value: str | None, conditions: Conditions) -> bool:
    """Numbers and codes: operands are trimmed and upper-cased; contains and startsWith ignore accents."""
    rest = {name: wanted for name, wanted in conditions.items() if name not in ("contains", "startsWith")}
    folded = None if value is None else fold(value)
    return matches(value, rest, lambda text: text.strip().upper()) and contains(
        folded, conditions, lambda text: fold(text.strip())
    )


def contains(value: str | None, conditions: Conditions, read: Callable[[str], str]) -> bool:
    within, before = conditions.get("contains"), conditions.get("startsWith")
    if value is None:
        return within is None and before is None
    return (within is None or read(within) in value) and (before is None or value.startswith(read(before)))


def phone_matches(row: Row, conditions: Conditions) -> bool:
    """Phone numbers: each condition has to hold for one of the two numbers."""
    found = [number(row[name], row["country_code"]) for name in ("phone_no", "mobile_phone_no") if row[name]]
    return any_matches([each for each in found if each is not None], conditions, number_matches)


def number_matches(stored: Number, conditions: Conditions) -> bool:
    """Numbers with country codes are equal by all digits, others by the digits of the shorter one. Parts are compared with
    every form of the number.
    """
    ways = (
        {f"+{stored.international}", stored.national, stored.digits}
        if stored.country_code
        else {stored.digits, stored.digits.lstrip("0")}
    )

    def one(name: str, wanted: Any) -> bool:
        operands = [each for each in map(number, wanted if name == "in" else [wanted]) if each is not None]
        if name in ("eq", "ne", "in"):
            return any(same_number(stored, each) for each in operands) == (name != "ne")
        if not operands:
            return False
        part = f"+{operands[0].international}" if operands[0].country_code else re.sub("[^0-9+]", "", wanted)
        begins = any(way.startswith(part) or way.lstrip("+").startswith(part) for way in ways)
        whole = bool(operands[0].country_code) and same_number(stored, operands[0])
        return whole or (begins if name == "startsWith" else any(part in way for way in ways))

    return all(one(name, wanted) for name, wanted in conditions.items() if wanted is not None)


def same_number(one: Number, other: Number) -> bool:
    if one.country_code and other.country_code:
        return one.international == other.international
    pairs = [
        (left.lstrip("0"), right.lstrip("0"))
        for left in (one.international, one.national, one.digits)
        if left
        for right in (other.international, other.national, other.digits)
        if right
    ]
    return any(
        left == right or (min(len(left), len(right)) >= 7 and (left.endswith(right) or right.endswith(left)))
        for left, right in pairs
    )


def any_matches(values: Sequence[Any], conditions: Conditions, each_matches: Callable[[Any, Conditions], bool]) -> bool:
    """Conditions on several values: each has to hold for one of them; `ne` and `isNull: true` for all of them."""

    def one(name: str, wanted: Any) -> bool:
        if name == "isNull":
            return bool(wanted) == (not values)
        return (all if name == "ne" else any)(each_matches(value, {name: wanted}) for value in values)

    return all(one(name, wanted) for name, wanted in conditions.items() if wanted is not None)


def has_condition_on_canceled(where: Any) -> bool:
    """Whether a filter has a condition on `canceled`, also inside `and`, `or` and `not`."""
    if not isinstance(where, dict):
        return any(map(has_condition_on_canceled, where or ()))
    return where.get("canceled") is not None or any(
        has_condition_on_canceled(where.get(name)) for name in ("and", "or", "not")
    )


def by_column(test: Test, *columns: str) -> dict[str, Test]:
    """The same test for several columns, by the names of their filter fields."""

    def of(column: str) -> Test:
        return lambda row, conditions: test(row[column], conditions)

    return {camel(name): of(name) for name in columns}


def codes(*columns: str) -> dict[str, Test]:
    return by_column(code_matches, *columns)


def texts(*columns: str, **folded: str) -> dict[str, Test]:
    """Texts; some have a column that holds them without case and accents."""

    def beside(column: str, other: str) -> Test:
        return lambda row, conditions: text_matches(row[column], conditions, row[other])

    return {**by_column(text_matches, *columns), **{camel(name): beside(name, other) for name, other in folded.items()}}


def values(*columns: str) -> dict[str, Test]:
    """Numbers, enum values and flags."""
    return by_column(
        lambda value, conditions: value is conditions if isinstance(conditions, bool) else matches(value, conditions),
        *columns,
    )


def amounts(*columns: str) -> dict[str, Test]:
    return by_column(lambda value, conditions: matches(value, conditions, lambda given: Decimal(str(given))), *columns)


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
