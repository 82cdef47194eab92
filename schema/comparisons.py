"""Filters of single values, and how the filter of a type declares its fields.

All conditions given must hold. A condition that is null or left out is ignored.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Optional, TypeAlias, TypedDict, Unpack

import strawberry
from strawberry import UNSET

from resolvers.queries import Comparison as SqlComparison
from resolvers.queries import RowCondition, SqlBuilder, SqlCondition, TableRow
from schema.compiler.filters.comparison import Comparison
from schema.compiler.filters.conditions import inner_condition
from schema.compiler.statement import Statement
from schema.enums import ContactType, CorrespondenceType, DateUnit, Evaluation, InformationFlow, InitiatedBy
from schema.filter_descriptions.grammar import FieldPhrases

FieldOfFilter: TypeAlias = Any
"""A declaration of a field. The class that it is assigned in gives the field the type of its value instead."""

IS_NULL = "True: there is no value. False: there is one."
EQ = "Equal to this value."
NE = "Not equal to this value; also true if there is no value."
IN = "Equal to one of these values, at most 1,000. Never true for an empty list."


def operator(description: str, name: str | None = None) -> FieldOfFilter:
    """A comparison operator of a filter; it may be left out."""
    return strawberry.field(default=UNSET, description=description, name=name)


@strawberry.input(
    description=(
        "Conditions on a text. Invisible characters are ignored. Codes and numbers such as C00010 are trimmed and "
        "upper-cased before they are compared."
    )
)
class StringFilter:
    eq: str | None = operator(EQ)
    ne: str | None = operator(NE)
    in_: list[str] | None = operator(IN, "in")
    contains: str | None = operator("Contains this text, ignoring case and accents.")
    starts_with: str | None = operator("Starts with this text, ignoring case and accents.")
    gte: str | None = operator("Equal to this text or after it in sort order.")
    lte: str | None = operator("Equal to this text or before it in sort order.")
    is_null: bool | None = operator(IS_NULL)


@strawberry.input(description="Conditions on a whole number.")
class IntFilter:
    eq: int | None = operator(EQ)
    ne: int | None = operator(NE)
    in_: list[int] | None = operator(IN, "in")
    gt: int | None = operator("Greater than this number.")
    gte: int | None = operator("Greater than or equal to this number.")
    lt: int | None = operator("Less than this number.")
    lte: int | None = operator("Less than or equal to this number.")
    is_null: bool | None = operator(IS_NULL)


@strawberry.input(description="Conditions on an amount in company currency.")
class DecimalFilter:
    eq: Decimal | None = operator(EQ)
    ne: Decimal | None = operator(NE)
    gt: Decimal | None = operator("Greater than this amount.")
    gte: Decimal | None = operator("Greater than or equal to this amount.")
    lt: Decimal | None = operator("Less than this amount.")
    lte: Decimal | None = operator("Less than or equal to this amount.")
    is_null: bool | None = operator(IS_NULL)


@strawberry.input(description="A number of days, weeks, months, quarters or years.")
class DateSpan:
    count: int = strawberry.field(description="Number of units, at least 1.")
    unit: DateUnit = strawberry.field(description="The calendar unit that is counted.")


@strawberry.input(
    description=(
        "Conditions on a date. Relative ones (last, next, current, previous, past, future) start from today in the "
        "company's time zone."
    )
)
class DateFilter:
    eq: dt.date | None = operator("On this date.")
    ne: dt.date | None = operator("Not on this date; also true if there is no date.")
    gt: dt.date | None = operator("After this date.")
    gte: dt.date | None = operator("On this date or later.")
    lt: dt.date | None = operator("Before this date.")
    lte: dt.date | None = operator("On this date or earlier.")
    is_null: bool | None = operator("True: there is no date. False: there is one.")
    last: DateSpan | None = operator(
        "Within a period of this length that ends with today: `{count: 7, unit: DAY}` is today and the six days before."
    )
    next: DateSpan | None = operator(
        "Within a period of this length that begins with today: `{count: 7, unit: DAY}` is today and the next six days."
    )
    current: DateUnit | None = operator("In the same day, week, month, quarter or year as today.")
    previous: DateUnit | None = operator("In the day, week, month, quarter or year before the current one.")
    past: bool | None = operator("True: before today. False: today or later.")
    future: bool | None = operator("True: after today. False: today or earlier.")


def _enum_filter(name: str, enum: Any, about: str) -> FieldOfFilter:
    fields: dict[str, tuple[Any, Any]] = {
        "eq": (Optional[enum], operator(EQ)),
        "ne": (Optional[enum], operator(NE)),
        "in_": (Optional[list[enum]], operator("Equal to one of these values. Never true for an empty list.", "in")),
        "is_null": (Optional[bool], operator(IS_NULL)),
    }
    made = type(
        name,
        (),
        {
            "__module__": __name__,
            "__annotations__": {field: annotation for field, (annotation, _) in fields.items()},
            **{field: value for field, (_, value) in fields.items()},
        },
    )
    return strawberry.input(made, name=name, description=f"Conditions on {about}.")


ContactTypeFilter = _enum_filter("ContactTypeFilter", ContactType, "the type of a contact")
CorrespondenceTypeFilter = _enum_filter("CorrespondenceTypeFilter", CorrespondenceType, "the correspondence type")
InformationFlowFilter = _enum_filter("InformationFlowFilter", InformationFlow, "the direction of the information")
InitiatedByFilter = _enum_filter("InitiatedByFilter", InitiatedBy, "who initiated the interaction")
EvaluationFilter = _enum_filter("EvaluationFilter", Evaluation, "the evaluation")


class Phrases(TypedDict, total=False):
    """How conditions on a field are expressed in the criteria of a segment, in two languages."""

    english: FieldPhrases
    french: FieldPhrases


def filter_field(
    description: str, query: Callable[[TableRow, Any, SqlBuilder], SqlCondition], **phrases: Unpack[Phrases]
) -> FieldOfFilter:
    """A field of a filter: `query` makes the condition of a row and the value given.

    A value that is a comparison, such as a StringFilter, arrives as a `Comparison`, any other as it is. Filters that
    segments are built with need `phrases`.
    """

    def condition(row: TableRow, statement: Statement, value: object) -> SqlCondition:
        return query(row, Comparison(statement, value) if isinstance(value, dict) else value, statement)

    return condition_field(description, condition, **phrases)


def nested_filter_field(
    description: str,
    query: Callable[[TableRow, RowCondition, SqlBuilder], SqlCondition],
    filter_type: Callable[[], type],
    **phrases: Unpack[Phrases],
) -> FieldOfFilter:
    """A field that holds a filter of another type: `query` gets it as a condition on a row of that type's table."""

    def condition(row: TableRow, statement: Statement, value: Any) -> SqlCondition:
        return query(row, lambda other: inner_condition(filter_type(), value, other, statement), statement)

    return condition_field(description, condition, **phrases)


def condition_field(
    description: str, condition: Callable[[TableRow, Statement, Any], SqlCondition], **phrases: Unpack[Phrases]
) -> FieldOfFilter:
    """A field of a filter with its condition on a row, given the value."""
    metadata: dict[str, object] = {"condition": condition}
    if phrases:
        metadata["phrases"] = {"EN": phrases["english"], "FR": phrases["french"]}
    return strawberry.field(default=UNSET, description=description, metadata=metadata)


def code_filter(description: str, column: str, **phrases: Unpack[Phrases]) -> FieldOfFilter:
    """A condition on a number such as C00010, or a code."""

    def query(row: TableRow, comparison: SqlComparison, _: SqlBuilder) -> SqlCondition:
        return comparison.matches_code(row.c[column])

    return filter_field(description, query, **phrases)


def text_filter(description: str, column: str, folded: str | None = None, **phrases: Unpack[Phrases]) -> FieldOfFilter:
    """A condition on a text; `folded` is the column that holds it without case and accents, if there is one."""

    def query(row: TableRow, comparison: SqlComparison, _: SqlBuilder) -> SqlCondition:
        return comparison.matches_text(row.c[column], folded=row.c[folded] if folded else None)

    return filter_field(description, query, **phrases)


def value_filter(description: str, column: str, **phrases: Unpack[Phrases]) -> FieldOfFilter:
    """A condition on a whole number, an amount or an enum value."""

    def query(row: TableRow, comparison: SqlComparison, _: SqlBuilder) -> SqlCondition:
        return comparison.matches(row.c[column])

    return filter_field(description, query, **phrases)


def date_filter(description: str, column: str, **phrases: Unpack[Phrases]) -> FieldOfFilter:
    """A condition on a date."""

    def query(row: TableRow, comparison: SqlComparison, _: SqlBuilder) -> SqlCondition:
        return comparison.matches_date(row.c[column])

    return filter_field(description, query, **phrases)


def flag_filter(description: str, column: str, **phrases: Unpack[Phrases]) -> FieldOfFilter:
    """A condition on a column that is true or false."""

    def query(row: TableRow, expected: bool, _: SqlBuilder) -> SqlCondition:
        return row.c[column].is_(expected)

    return filter_field(description, query, **phrases)


def combined(name: str) -> FieldOfFilter:
    """One of the three ways to combine filters of one type: `and`, `or`, `not`."""
    about = {
        "and": "All of these filters hold.",
        "or": "At least one of these filters holds. Never true for an empty list.",
        "not": "This filter does not hold.",
    }
    return strawberry.field(default=UNSET, description=about[name], name=name)
