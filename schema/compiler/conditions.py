"""From a filter to SQL. Every condition is true or false, never unknown: `ne` and `not` are true for null.

A filter's input type declares for each of its fields how it becomes a condition; see `schema.comparisons`.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, and_, false, or_, true
from strawberry.types.base import get_object_definition

from persistence.columns import Money, MoneyLimit, limit_of
from persistence.conditions import Bracketed, IsIn, IsLike, IsNotTrue, like_pattern
from persistence.folding import Folded, Visible, fold, visible
from persistence.sql_types import SqlExpression
from resolvers import date_ranges
from resolvers.queries import SqlCondition, TableRow
from resolvers.visibility import Viewer
from resolvers.work import key
from schema.compiler.bounds import checked_list
from schema.compiler.errors import BadUserInput
from schema.compiler.statement import Rows, Statement
from schema.compiler.values import THE_CALENDAR, CompanyCalendar, KnownParameters, RequestValues
from schema.execution.graphql_internals import to_camel_case

ABREAST = 20
"""Conditions in a row before they are put in brackets together."""

Meaning = Callable[[TableRow, Statement, Any], SqlCondition]
"""What a field of a filter means, for a row, given its value."""


def condition(filter_: type, asked: Mapping[str, Any], row: TableRow, statement: Statement) -> SqlCondition:
    """Whether a row passes a filter of this input type; a field that is null is as good as absent."""
    statement.budget.take(asked)
    return inner_condition(filter_, asked, row, statement)


def inner_condition(filter_: type, asked: Mapping[str, Any], row: TableRow, statement: Statement) -> SqlCondition:
    """The same for a filter inside another one, whose size counts with it."""
    meanings = _meanings(filter_)
    parts: list[SqlCondition] = []
    for name, value in asked.items():
        if value is None:
            continue
        if name == "and":
            parts += [inner_condition(filter_, inside, row, statement) for inside in value]
        elif name == "or":
            parts.append(_joined(or_, false(), [inner_condition(filter_, inside, row, statement) for inside in value]))
        elif name == "not":
            parts.append(IsNotTrue(inner_condition(filter_, value, row, statement)))
        else:
            parts.append(meanings[name](row, statement, value))
    return _joined(and_, true(), parts)


def _joined(by: Callable[..., SqlCondition], none: SqlCondition, parts: Sequence[SqlCondition]) -> SqlCondition:
    """All or any of the parts, many of them as a tree: to SQLite a chain is as deep as it is long."""
    while len(parts) > ABREAST:
        parts = [Bracketed(by(none, *parts[place : place + ABREAST])) for place in range(0, len(parts), ABREAST)]
    return by(none, *parts)


def condition_on_rows(
    filter_: type, asked: Mapping[str, Any], rows: FromClause, viewer: Viewer, request_values: RequestValues
) -> SqlCondition:
    """The condition on the rows of a statement that others build, whose values are all known."""
    statement = Statement(viewer, KnownParameters(request_values), "f")
    return condition(filter_, asked, Rows(rows), statement)


@cache
def _meanings(filter_: type) -> dict[str, Meaning]:
    definition = get_object_definition(filter_, strict=True)
    return {
        field.graphql_name or to_camel_case(field.python_name): field.metadata["condition"]
        for field in definition.fields
        if "condition" in field.metadata
    }


def _as_is(value: Any) -> Any:
    return value


Comparison = Callable[[SqlExpression, Statement, Any], SqlCondition]


def compared(
    value: SqlExpression,
    statement: Statement,
    asked: Mapping[str, Any],
    convert: Callable[[Any], Any] = _as_is,
    more: Mapping[str, Comparison] | None = None,
) -> SqlCondition:
    """A value against eq, ne, in, gt, gte, lt, lte and isNull; and whatever `more` knows."""
    parts: list[SqlCondition] = []
    for name, wanted in asked.items():
        if wanted is None:
            continue
        if more is not None and name in more:
            parts.append(more[name](value, statement, wanted))
        elif name == "isNull":
            parts.append(value.is_(None) if wanted else value.is_not(None))
        elif name == "in":
            listed = statement.parameters.bind_list(convert, checked_list(wanted), value.type)
            parts.append(IsIn(value, listed))
        elif isinstance(value.type, Money):
            parts.append(_OPERATORS[name](value, statement.bind(partial(limit_of, name), wanted, type_=MoneyLimit())))
        else:
            parts.append(_OPERATORS[name](value, statement.bind(convert, wanted, type_=value.type)))
    return and_(true(), *parts)


_OPERATORS: dict[str, Callable[[Any, Any], SqlCondition]] = {
    "eq": lambda ours, theirs: ours == theirs,
    "ne": lambda ours, theirs: ours.is_distinct_from(theirs),
    "gt": lambda ours, theirs: ours > theirs,
    "gte": lambda ours, theirs: ours >= theirs,
    "lt": lambda ours, theirs: ours < theirs,
    "lte": lambda ours, theirs: ours <= theirs,
}


def text_compared(
    value: ColumnElement[str],
    statement: Statement,
    asked: Mapping[str, Any],
    *,
    folded: ColumnElement[str] | None = None,
) -> SqlCondition:
    """Texts: eq, ne and in compare exactly except for invisible characters; the others ignore case and accents."""
    inside = Folded(value) if folded is None else folded
    width = getattr(inside.type, "length", None)

    def cut(text: str) -> str:
        return fold(text)[:width]

    def exactly(equal: Callable[..., SqlCondition]) -> Comparison:
        """The folded column is compared first, because it has an index."""

        def both(_: SqlExpression, statement: Statement, wanted: Any) -> SqlCondition:
            same = equal(Visible(value), visible, statement, wanted)
            return same if folded is None else and_(equal(folded, cut, statement, wanted), same)

        return both

    def like(anywhere: bool) -> Comparison:
        def pattern(text: str) -> str:
            return like_pattern(fold(text), anywhere=anywhere)

        return lambda _, statement, wanted: IsLike(inside, statement.bind(pattern, wanted, type_=value.type))

    def ordered(name: str) -> Comparison:
        return lambda _, statement, wanted: _OPERATORS[name](inside, statement.bind(fold, wanted, type_=value.type))

    def differs(_: SqlExpression, statement: Statement, wanted: Any) -> SqlCondition:
        return Visible(value).is_distinct_from(statement.bind(visible, wanted, type_=value.type))

    return compared(
        value,
        statement,
        asked,
        more={
            "eq": exactly(_is),
            "in": exactly(_is_one_of),
            "ne": differs,
            "contains": like(True),
            "startsWith": like(False),
            "gte": ordered("gte"),
            "lte": ordered("lte"),
        },
    )


def _is(value: SqlExpression, form: Callable[[str], str], statement: Statement, wanted: Any) -> SqlCondition:
    same: SqlCondition = value == statement.bind(form, wanted, type_=value.type)
    return same


def _is_one_of(value: SqlExpression, form: Callable[[str], str], statement: Statement, wanted: Any) -> SqlCondition:
    return IsIn(value, statement.parameters.bind_list(form, checked_list(wanted), value.type))


def key_compared(value: ColumnElement[str], statement: Statement, asked: Mapping[str, Any]) -> SqlCondition:
    """Numbers and codes: trimmed and upper-cased before they are compared, in binary order."""

    def like(anywhere: bool) -> Comparison:
        def pattern(text: str) -> str:
            return like_pattern(fold(text).strip(), anywhere=anywhere)

        return lambda ours, statement, wanted: IsLike(Folded(ours), statement.bind(pattern, wanted, type_=value.type))

    return compared(value, statement, asked, as_key, {"contains": like(True), "startsWith": like(False)})


def as_key(value: Any) -> str:
    """A number or code as it is kept. Blank finds nothing, as nothing has a blank key."""
    return key(value) or ""


def date_compared(value: ColumnElement[dt.date], statement: Statement, asked: Mapping[str, Any]) -> SqlCondition:
    """Days, also as stretches of days from the company's today (K15)."""
    return compared(value, statement, asked, more=_STRETCHES)


def _stretch(
    of: Callable[..., date_ranges.DateRange], value: Any, statement: Statement, *arguments: Any
) -> SqlCondition:
    def end(place: int) -> SqlExpression:
        def day(company: CompanyCalendar, *filled: Any) -> dt.date:
            try:
                return of(company, *filled)[place]
            except OverflowError:
                raise BadUserInput("That many units lie outside the date_ranges. Ask for fewer.") from None

        return statement.bind(day, THE_CALENDAR, *arguments, type_=Date())

    return value.between(end(0), end(1))


def _count(count: int) -> int:
    if count < 1:
        raise BadUserInput(f"Count at least 1 unit, {count} were given.")
    return count


def _last(company: CompanyCalendar, count: int, unit: str) -> date_ranges.DateRange:
    return date_ranges.last(company.today, _count(count), date_ranges.DateUnit(unit))


def _next(company: CompanyCalendar, count: int, unit: str) -> date_ranges.DateRange:
    return date_ranges.following(company.today, _count(count), date_ranges.DateUnit(unit))


def _current(company: CompanyCalendar, unit: str) -> date_ranges.DateRange:
    return date_ranges.current(company.today, date_ranges.DateUnit(unit), company.first_day_of_week)


def _previous(company: CompanyCalendar, unit: str) -> date_ranges.DateRange:
    return date_ranges.previous(company.today, date_ranges.DateUnit(unit), company.first_day_of_week)


_STRETCHES: dict[str, Comparison] = {
    "last": lambda value, statement, asked: _stretch(_last, value, statement, asked["count"], asked["unit"]),
    "next": lambda value, statement, asked: _stretch(_next, value, statement, asked["count"], asked["unit"]),
    "current": lambda value, statement, unit: _stretch(_current, value, statement, unit),
    "previous": lambda value, statement, unit: _stretch(_previous, value, statement, unit),
    "past": lambda value, statement, yes: value < statement.today if yes else value >= statement.today,
    "future": lambda value, statement, yes: value > statement.today if yes else value <= statement.today,
}
