"""The comparisons of filters as `resolvers/<subject>/queries.py` applies them to columns and expressions."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from persistence.columns import Money, MoneyLimit, limit_of
from persistence.sql.conditions import IsIn, IsLike, like_pattern
from persistence.sql.folding import Folded, FoldedIsLike, Visible, fold, rough_pattern, visible
from persistence.sql.totals import HighDigits, HighDigitsOf, LowDigits, LowDigitsOf
from persistence.sql_types import SqlExpression
from resolvers.queries import SqlCondition
from resolvers.work import key
from schema.compiler.filters.date_comparison import DATE_OPERATORS
from schema.compiler.filters.filter_limits import checked_list
from schema.compiler.statement import Operator, Statement
from schema.compiler.values import GraphQLValues


def enum_value(value: object) -> object:
    """The stored text of an enum value; other values as they are."""
    return getattr(value, "value", value)


class Comparison:
    """Operators of a filter field, such as `{gte: 3}`, with operands that the statement binds."""

    def __init__(self, statement: Statement, operators: GraphQLValues) -> None:
        self._statement = statement
        self.operators = {
            name: checked_list(operand, statement.list_name) if name == "in" else operand
            for name, operand in operators.items()
            if operand is not None
        }

    def with_operators(self, operators: GraphQLValues) -> "Comparison":
        """The same kind of comparison with other operators."""
        return Comparison(self._statement, operators)

    def matches(self, value: SqlExpression, convert: Callable[[Any], object] = enum_value) -> SqlCondition:
        """Whether a number, amount, enum value or converted text meets all operators."""
        return compare(value, self._statement, self.operators, convert)

    def matches_total(self, high: SqlExpression, low: SqlExpression) -> SqlCondition:
        """Whether a total meets all operators, given the sums of the high and the low parts of its amounts."""
        return compare_total(high, low, self._statement, self.operators)

    def matches_text(self, value: SqlExpression, *, folded: SqlExpression | None = None) -> SqlCondition:
        """Whether a text meets all operators; `folded` is the column that holds it without case and accents."""
        return compare_text(value, self._statement, self.operators, folded=folded)

    def matches_code(self, value: SqlExpression) -> SqlCondition:
        """Whether a number or code meets all operators."""
        return compare_code(value, self._statement, self.operators)

    def matches_date(self, value: SqlExpression) -> SqlCondition:
        """Whether a date meets all operators."""
        return compare_date(value, self._statement, self.operators)


def compare(
    value: SqlExpression,
    statement: Statement,
    operators: GraphQLValues,
    convert: Callable[[Any], object] = enum_value,
    special: Mapping[str, Operator] | None = None,
) -> SqlCondition:
    """Whether a value meets all operators: eq, ne, in, gt, gte, lt, lte and isNull, and those in `special`."""
    parts: list[SqlCondition] = []
    for name, operand in operators.items():
        if operand is None:
            continue
        if special is not None and name in special:
            parts.append(special[name](value, statement, operand))
        elif name == "isNull":
            parts.append(value.is_(None) if operand else value.is_not(None))
        elif name == "in":
            parts.append(IsIn(value, statement.bind_list(convert, operand, value.type)))
        elif isinstance(value.type, Money):
            parts.append(_OPERATORS[name](value, statement.bind(partial(limit_of, name), operand, type_=MoneyLimit())))
        else:
            parts.append(_OPERATORS[name](value, statement.bind(convert, operand, type_=value.type)))
    return and_(true(), *parts)


_OPERATORS: dict[str, Callable[[SqlExpression, SqlExpression], SqlCondition]] = {
    "eq": lambda value, operand: value == operand,
    "ne": lambda value, operand: value.is_distinct_from(operand),
    "gt": lambda value, operand: value > operand,
    "gte": lambda value, operand: value >= operand,
    "lt": lambda value, operand: value < operand,
    "lte": lambda value, operand: value <= operand,
}


def compare_total(
    high: SqlExpression, low: SqlExpression, statement: Statement, operators: GraphQLValues
) -> SqlCondition:
    """Whether a total, which is never null and may be larger than any amount, meets all operators."""
    more, rest = HighDigitsOf(high, low), LowDigitsOf(high, low)
    parts: list[SqlCondition] = []
    for name, operand in operators.items():
        if name == "isNull":
            parts.append(false() if operand else true())
            continue
        limit = partial(limit_of, name)
        more_given, rest_given = (statement.bind(limit, operand, type_=type_()) for type_ in (HighDigits, LowDigits))
        equal = and_(more == more_given, rest == rest_given)
        if name in ("eq", "ne"):
            parts.append(equal if name == "eq" else not_(equal))
            continue
        further = _OPERATORS[name[:2]]
        beyond = or_(further(more, more_given), and_(more == more_given, further(rest, rest_given)))
        parts.append(or_(beyond, equal) if name.endswith("e") else beyond)
    return and_(true(), *parts)


def compare_text(
    value: ColumnElement[str], statement: Statement, operators: GraphQLValues, *, folded: ColumnElement[str] | None
) -> SqlCondition:
    """Whether a text meets all operators. eq, ne and in compare exactly except for invisible characters; the others
    ignore case and accents.
    """
    without_case = Folded(value) if folded is None else folded
    width = getattr(without_case.type, "length", None)

    def cut(text: str) -> str:
        return fold(text)[:width]

    def exactly(equal: Callable[[SqlExpression, Callable[[str], str], Statement, Any], SqlCondition]) -> Operator:
        """An operator of exact comparison. The folded column is compared first, because it has an index."""

        def both(_: SqlExpression, statement: Statement, operand: object) -> SqlCondition:
            same = equal(Visible(value), visible, statement, operand)
            return same if folded is None else and_(equal(folded, cut, statement, operand), same)

        return both

    def like(anywhere: bool) -> Operator:
        def matches(_: SqlExpression, statement: Statement, operand: object) -> SqlCondition:
            if folded is None:
                return _folded_is_like(value, statement, operand, fold, anywhere=anywhere)
            pattern = partial(_pattern, fold, anywhere)
            return IsLike(folded, statement.bind(pattern, operand, type_=value.type))

        return matches

    def ordered(name: str) -> Operator:
        return lambda _, statement, operand: _OPERATORS[name](
            without_case, statement.bind(fold, operand, type_=value.type)
        )

    def differs(_: SqlExpression, statement: Statement, operand: object) -> SqlCondition:
        return Visible(value).is_distinct_from(statement.bind(visible, operand, type_=value.type))

    return compare(
        value,
        statement,
        operators,
        special={
            "eq": exactly(_is),
            "in": exactly(_is_one_of),
            "ne": differs,
            "contains": like(True),
            "startsWith": like(False),
            "gte": ordered("gte"),
            "lte": ordered("lte"),
        },
    )


def _is(value: SqlExpression, form: Callable[[str], str], statement: Statement, operand: object) -> SqlCondition:
    same: SqlCondition = value == statement.bind(form, operand, type_=value.type)
    return same


def _is_one_of(value: SqlExpression, form: Callable[[str], str], statement: Statement, operand: object) -> SqlCondition:
    return IsIn(value, statement.bind_list(form, operand, value.type))


def compare_code(value: ColumnElement[str], statement: Statement, operators: GraphQLValues) -> SqlCondition:
    """Whether a number or code meets all operators, whose operands are trimmed and upper-cased. Compares character by
    character.
    """

    def like(anywhere: bool) -> Operator:
        return partial(_folded_is_like, form=_folded_code, anywhere=anywhere)

    return compare(value, statement, operators, _as_key, {"contains": like(True), "startsWith": like(False)})


def _folded_is_like(
    value: ColumnElement[str], statement: Statement, operand: object, form: Callable[[str], str], *, anywhere: bool
) -> SqlCondition:
    pattern = partial(_pattern, form, anywhere)
    return FoldedIsLike(
        value,
        statement.bind(pattern, operand, type_=value.type),
        statement.bind(lambda text: rough_pattern(pattern(text)), operand, type_=value.type),
    )


def _pattern(form: Callable[[str], str], anywhere: bool, text: str) -> str:
    return like_pattern(form(text), anywhere=anywhere)


def _folded_code(text: str) -> str:
    return fold(text).strip()


def _as_key(value: str) -> str:
    """A number or code as it is stored. A blank one equals no stored one."""
    return key(value) or ""


def compare_date(value: ColumnElement[dt.date], statement: Statement, operators: GraphQLValues) -> SqlCondition:
    """Whether a date meets all operators, also those with ranges around the company's today (K15)."""
    return compare(value, statement, operators, special=DATE_OPERATORS)
