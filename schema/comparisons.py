"""Filters of single values. All conditions given must hold; what is null or absent asks nothing."""

import datetime as dt
from decimal import Decimal
from typing import Any, Optional

import strawberry
from strawberry import UNSET

from schema.compiler.conditions import Meaning, compared, date_compared, key_compared, text_compared
from schema.enums import ContactType, CorrespondenceType, DateUnit, Evaluation, InformationFlow, InitiatedBy

NOT_SET = "Whether there is no value."


def asks(description: str, name: str | None = None) -> Any:
    """A field of an input that may be left out."""
    return strawberry.field(default=UNSET, description=description, name=name)


@strawberry.input(
    description=(
        "Conditions on a text. Invisible characters are ignored. Codes and numbers are trimmed and upper-cased first."
    )
)
class StringFilter:
    eq: str | None = asks("Is this.")
    ne: str | None = asks("Is not this; also true where there is no value.")
    in_: list[str] | None = asks("Is one of these, at most 1,000; never true for an empty list.", "in")
    contains: str | None = asks("Contains this; case and accents do not matter.")
    starts_with: str | None = asks("Starts with this; case and accents do not matter.")
    gte: str | None = asks("Sorts at or behind this.")
    lte: str | None = asks("Sorts at or before this.")
    is_null: bool | None = asks(NOT_SET)


@strawberry.input(description="Conditions on a whole number.")
class IntFilter:
    eq: int | None = asks("Is this.")
    ne: int | None = asks("Is not this; also true where there is no value.")
    in_: list[int] | None = asks("Is one of these, at most 1,000; never true for an empty list.", "in")
    gt: int | None = asks("Is more than this.")
    gte: int | None = asks("Is this or more.")
    lt: int | None = asks("Is less than this.")
    lte: int | None = asks("Is this or less.")
    is_null: bool | None = asks(NOT_SET)


@strawberry.input(description="Conditions on an amount in company currency.")
class DecimalFilter:
    eq: Decimal | None = asks("Is this.")
    ne: Decimal | None = asks("Is not this; also true where there is no value.")
    gt: Decimal | None = asks("Is more than this.")
    gte: Decimal | None = asks("Is this or more.")
    lt: Decimal | None = asks("Is less than this.")
    lte: Decimal | None = asks("Is this or less.")
    is_null: bool | None = asks(NOT_SET)


@strawberry.input(description="A number of units of the calendar.")
class DateSpan:
    count: int = strawberry.field(description="How many, at least 1.")
    unit: DateUnit = strawberry.field(description="Of what.")


@strawberry.input(description="Conditions on a day; also as stretches of days from the company's today (K15).")
class DateFilter:
    eq: dt.date | None = asks("Is this day.")
    ne: dt.date | None = asks("Is not this day; also true where there is none.")
    gt: dt.date | None = asks("Is after this day.")
    gte: dt.date | None = asks("Is this day or later.")
    lt: dt.date | None = asks("Is before this day.")
    lte: dt.date | None = asks("Is this day or earlier.")
    is_null: bool | None = asks(NOT_SET)
    last: DateSpan | None = asks("Is within this span that ends with today, today included.")
    next: DateSpan | None = asks("Is within this span that begins with today, today included.")
    current: DateUnit | None = asks("Is in the same day, week, month, quarter or year as today.")
    previous: DateUnit | None = asks("Is in the day, week, month, quarter or year before the one that today is in.")
    past: bool | None = asks("Is before today; with false: is today or later.")
    future: bool | None = asks("Is after today; with false: is today or earlier.")


def _word_filter(name: str, enum: Any, about: str) -> Any:
    fields: dict[str, tuple[Any, Any]] = {
        "eq": (Optional[enum], asks("Is this.")),
        "ne": (Optional[enum], asks("Is not this; also true where there is no value.")),
        "in_": (Optional[list[enum]], asks("Is one of these; never true for an empty list.", "in")),
        "is_null": (Optional[bool], asks(NOT_SET)),
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


ContactTypeFilter = _word_filter("ContactTypeFilter", ContactType, "what a contact is")
CorrespondenceTypeFilter = _word_filter("CorrespondenceTypeFilter", CorrespondenceType, "the means of correspondence")
InformationFlowFilter = _word_filter("InformationFlowFilter", InformationFlow, "which way the information went")
InitiatedByFilter = _word_filter("InitiatedByFilter", InitiatedBy, "who began")
EvaluationFilter = _word_filter("EvaluationFilter", Evaluation, "how it went")


def meaning(of: Meaning, description: str, name: str | None = None) -> Any:
    """A field of a filter, with what it means in SQL."""
    return strawberry.field(default=UNSET, description=description, name=name, metadata={"meaning": of})


def of_key(description: str, column: str) -> Any:
    """A condition on a number or code."""
    return meaning(lambda row, statement, asked: key_compared(row.c[column], statement, asked), description)


def of_text(description: str, column: str, folded: str | None = None) -> Any:
    """A condition on words of people; `folded` is the column that has them folded already."""
    return meaning(
        lambda row, statement, asked: text_compared(
            row.c[column], statement, asked, folded=row.c[folded] if folded else None
        ),
        description,
    )


def of_value(description: str, column: str) -> Any:
    """A condition on a number, amount or word of a vocabulary."""
    return meaning(lambda row, statement, asked: compared(row.c[column], statement, asked, _plain), description)


def of_date(description: str, column: str) -> Any:
    """A condition on a day."""
    return meaning(lambda row, statement, asked: date_compared(row.c[column], statement, asked), description)


def of_flag(description: str, column: str) -> Any:
    """Yes or no."""
    return meaning(lambda row, _, asked: row.c[column].is_(asked), description)


def combined(name: str) -> Any:
    """The three ways to combine filters of one type: `and`, `or`, `not`."""
    about = {
        "and": "All of these hold.",
        "or": "At least one of these holds; never true for an empty list.",
        "not": "This does not hold.",
    }
    return strawberry.field(default=UNSET, description=about[name], name=name)


def _plain(value: Any) -> Any:
    return getattr(value, "value", value)
