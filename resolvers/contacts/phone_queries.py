"""Comparisons of the phone numbers of contacts, in SQL. `resolvers.contacts.phones` makes the patterns."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from sqlalchemy import Unicode, and_, func, or_, true

from persistence.sql.conditions import IsIn, IsLikeAny, IsNotTrue, ListParameter
from persistence.texts.phones_v1 import LEAST_DIGITS, search_form
from resolvers.contacts import phones
from resolvers.queries import Comparison, SqlBuilder, SqlCondition, SqlExpression, TableRow

TEXTS = ListParameter(Unicode())

Matches: TypeAlias = Callable[[SqlExpression], SqlCondition]
"""Whether the search column of a number matches."""

AFTER_ALL, BEFORE_ALL = "\U0010ffff", ""
"""Operands for a text that is no number: no number is after the one or before the other."""


def phone(contact: TableRow, number: Comparison, sql: SqlBuilder) -> SqlCondition:
    """Whether the phone or the mobile phone number meets the comparison; `ne` if neither is equal. A text without
    digits matches no number.
    """
    columns = search_columns(contact)
    parts: list[SqlCondition] = [true()]
    for name, operand in number.operators.items():
        if name == "isNull":
            blank = [column.is_(None) for column in columns]
            given = [column.is_not(None) for column in columns]
            parts.append(and_(*blank) if operand else or_(*given))
            continue
        matches = _OPERATORS["eq" if name == "ne" else name](operand, sql)
        either = or_(*map(matches, columns))
        parts.append(IsNotTrue(either) if name == "ne" else either)
    return and_(*parts)


def search_columns(contact: TableRow) -> Sequence[SqlExpression]:
    """The search columns of the telephone numbers of a contact."""
    return contact.c.search_phone, contact.c.search_mobile_phone


def _equal(operand: object, sql: SqlBuilder) -> Matches:
    return _one_of([operand], sql)


def _one_of(operands: object, sql: SqlBuilder) -> Matches:
    """Longer numbers are first narrowed down by their last digits, which have no index but are cheap to compare."""

    def bound(convert: Callable[[str], list[str]]) -> SqlExpression:
        def each(texts: list[str]) -> list[str]:
            return [found for text in texts for found in convert(text)]

        return sql.bind(each, operands, type_=TEXTS)

    equal, last_digits, longer, short = map(bound, (phones.equal, _last_digits, _ending_long, _ending_short))
    return lambda number: or_(IsIn(number, equal), ends_in(number, last_digits, longer), IsLikeAny(number, short))


def ends_in(number: SqlExpression, last_digits: SqlExpression, patterns: SqlExpression) -> SqlCondition:
    """Whether a number matches one of the patterns; only numbers that end in one of the digits are compared."""
    end = func.substr(number, func.length(number) - LEAST_DIGITS, LEAST_DIGITS, type_=number.type)
    return and_(IsIn(end, last_digits), IsLikeAny(number, patterns))


def _last_digits(text: str) -> list[str]:
    digits = phones.last_digits(text)
    return [digits] if digits else []


def _ending_long(text: str) -> list[str]:
    return phones.ending(text) if phones.last_digits(text) else []


def _ending_short(text: str) -> list[str]:
    return [] if phones.last_digits(text) else phones.ending(text)


def _part(patterns: Callable[[str], list[str]]) -> Callable[[object, SqlBuilder], Matches]:
    """Comparison with a part of a number, or with a full number with country code."""

    def comparison(operand: object, sql: SqlBuilder) -> Matches:
        whole = sql.bind(phones.equal_if_known, operand, type_=TEXTS)
        parts = sql.bind(patterns, operand, type_=TEXTS)
        return lambda number: or_(IsLikeAny(number, parts), IsIn(number, whole))

    return comparison


def _at_or_after(operand: object, sql: SqlBuilder) -> Matches:
    bound = _bound(operand, AFTER_ALL, sql)
    return lambda number: number >= bound


def _at_or_before(operand: object, sql: SqlBuilder) -> Matches:
    bound = _bound(operand, BEFORE_ALL, sql)
    return lambda number: number <= bound


def _bound(operand: object, no_number: str, sql: SqlBuilder) -> SqlExpression:
    return sql.bind(lambda text: search_form(text, None) or no_number, operand, type_=Unicode())


_OPERATORS: dict[str, Callable[[object, SqlBuilder], Matches]] = {
    "eq": _equal,
    "in": _one_of,
    "contains": _part(phones.containing),
    "startsWith": _part(phones.starting),
    "gte": _at_or_after,
    "lte": _at_or_before,
}
