"""Values of a plan: constants of the document, and placeholders for the variables of each request.

A plan is made once for a document and the *shape* of its variables: which keys are given, which are null, enums and
booleans, and which days begin or end a month. Everything else is a placeholder, so that the next request with other
numbers and dates reuses the plan.
"""

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from graphql import FieldNode
from sqlalchemy import bindparam

from persistence.sql.conditions import ListParameter
from persistence.sql_types import SqlExpression, SqlType
from resolvers import company_calendar
from resolvers.company_calendar import Days
from resolvers.date_ranges import PlaceInMonth, place_in_month
from resolvers.languages import ReaderLanguage
from resolvers.queries import InvalidOperand
from schema.compiler.errors import BadUserInput

GraphQLValues: TypeAlias = Mapping[str, Any]
"""Coerced values by their GraphQL names: variables, arguments of a field, or fields of an input."""

Convert: TypeAlias = Callable[..., object]
"""Converts values of a request to the value of a parameter. May raise BadUserInput or InvalidOperand."""


@dataclass(frozen=True)
class CompanyCalendar:
    """The company's date at the time of the request, and the first day of its week, where 1 is Monday (K15)."""

    today: dt.date
    first_day_of_week: int


class RequestValues(NamedTuple):
    """Values of a request beside its variables: the time, the caller's languages and salesperson, and the company's
    calendar if a plan needs it.
    """

    now: dt.datetime
    language: str = "EN"
    language_tag: str | None = None
    calendar: CompanyCalendar | None = None
    salesperson_code: str | None = None
    """The code of the caller's salesperson, on which the rows that they may see depend."""

    @property
    def language_choice(self) -> ReaderLanguage:
        """The language in which the caller gets translated texts of the data."""
        return ReaderLanguage(self.language, self.language_tag)

    @property
    def days(self) -> Days:
        """The date in every time zone."""
        return company_calendar.days(self.now)


@dataclass(frozen=True)
class Placeholder:
    """Represents the value at a path of the variables, for instance `("filter", "date", "gte")`."""

    path: tuple[str | int, ...]

    def take(self, variables: GraphQLValues) -> Any:
        """The value at the path."""
        value: Any = variables
        for step in self.path:
            value = value[step]
        return value


@dataclass(frozen=True)
class DayPlaceholder(Placeholder):
    """Represents a day, of which a plan knows where in its month it is: figures of whole months need other SQL."""

    place_in_month: PlaceInMonth


class _RequestPart(Enum):
    """Represents an attribute of RequestValues among the values of a parameter."""

    CALENDAR = "calendar"
    DAYS = "days"
    LANGUAGE_CHOICE = "language_choice"
    SALESPERSON_CODE = "salesperson_code"


CALENDAR, DAYS = _RequestPart.CALENDAR, _RequestPart.DAYS
LANGUAGE_CHOICE, SALESPERSON_CODE = _RequestPart.LANGUAGE_CHOICE, _RequestPart.SALESPERSON_CODE

SHAPING = range(2)
"""Integers for which other SQL is better: `count: {eq: 0}` becomes NOT EXISTS. They are part of the shape."""

SHAPING_SIZES = range(102)
"""A variable that is a small integer may be a page size. PostgreSQL plans a LIMIT it knows much better than a
parameter. A variable that is an empty text may be a cursor, which then is left out.
"""

CHOICES = (bool, Enum)
"""The types whose values are always part of the shape."""

ENDS = frozenset(("gt", "gte", "lt", "lte"))
"""The operators whose day may begin or end a month. Of other days in an object, plans know nothing: a mutation with a
list of objects, each with a date, would have a plan for each combination.
"""


def shape(value: object, *, name: str | None = None, shaping: range = SHAPING_SIZES) -> Hashable:
    """The part of the value of a variable that a plan depends on; with `name`, of a value inside an object."""
    if type(value) is str:  # most values are texts, so they are tried first
        return value if value == "" and shaping is SHAPING_SIZES else "str"
    if isinstance(value, dict):
        return tuple((each, shape(inside, name=each, shaping=SHAPING)) for each, inside in value.items())
    if isinstance(value, list):
        if any(isinstance(item, dict) for item in value):
            return (list, *(shape(item, shaping=SHAPING) for item in value))
        return list if value else "empty"
    if type(value) is dt.date and (name is None or name in ENDS):
        return place_in_month(value)
    return value if _is_shaping(value, shaping) else type(value).__name__


def with_placeholders(value: object, path: tuple[str | int, ...]) -> object:
    """The value with a placeholder for everything that is not part of its shape."""
    if isinstance(value, dict):
        return {name: with_placeholders(inside, (*path, name)) for name, inside in value.items()}
    if isinstance(value, list) and (not value or any(isinstance(item, dict) for item in value)):
        return [with_placeholders(item, (*path, index)) for index, item in enumerate(value)]
    if type(value) is dt.date and (len(path) == 1 or path[-1] in ENDS):
        return DayPlaceholder(path, place_in_month(value))
    return value if _is_shaping(value, SHAPING if len(path) > 1 else SHAPING_SIZES) else Placeholder(path)


def _is_shaping(value: object, shaping: range) -> bool:
    if value is None or isinstance(value, CHOICES):
        return True
    return value in shaping if isinstance(value, int) else value == "" and shaping is SHAPING_SIZES


Binder: TypeAlias = Callable[[GraphQLValues, RequestValues], object]
"""Computes the value of a parameter from the variables and the other values of a request."""


def _with_request_values(value: object, variables: GraphQLValues, request_values: RequestValues) -> object:
    if isinstance(value, Placeholder):
        return value.take(variables)
    if isinstance(value, _RequestPart):
        part: object = getattr(request_values, value.value)
        return part
    if isinstance(value, list):
        return [_with_request_values(item, variables, request_values) for item in value]
    if isinstance(value, dict):
        return {name: _with_request_values(inside, variables, request_values) for name, inside in value.items()}
    return value.value if isinstance(value, Enum) else value


def _is_constant(value: object) -> bool:
    """Whether a value is the same for each request."""
    if isinstance(value, dict):
        return all(map(_is_constant, value.values()))
    if isinstance(value, list):
        return all(map(_is_constant, value))
    return not isinstance(value, Placeholder | _RequestPart)


def _converted(convert: Convert, values: Sequence[object]) -> object:
    try:
        return convert(*values)
    except InvalidOperand as error:
        raise BadUserInput(str(error)) from None


def filled(value: object, variables: GraphQLValues) -> object:
    """A value that `with_placeholders` has made, with the values of a request."""
    if isinstance(value, Placeholder):
        return value.take(variables)
    if isinstance(value, dict):
        return {name: filled(inside, variables) for name, inside in value.items()}
    return [filled(item, variables) for item in value] if isinstance(value, list) else value


@dataclass
class Parameters:
    """The parameters of a statement that is being built."""

    binders: dict[str, Binder] = field(default_factory=dict)
    needs_calendar: bool = False
    nodes: Sequence[FieldNode] = ()
    """The nodes of the list field that is being built. Errors about its arguments have their locations."""

    def bind(self, convert: Convert, *values: object, type_: SqlType) -> SqlExpression:
        """A parameter whose value is `convert(*values)`, computed for each request, or once if no value depends on the
        request. Lists and texts are computed each time, because the size of a plan in the cache does not include them.
        """

        nodes = self.nodes
        is_constant = all(map(_is_constant, values))
        known: list[object] = []

        def fill(variables: GraphQLValues, request_values: RequestValues) -> object:
            if known:
                return known[0]
            try:
                found = _converted(convert, [_with_request_values(each, variables, request_values) for each in values])
            except BadUserInput as error:
                raise error.of_field(nodes) from None
            if is_constant and not isinstance(found, list | str):
                known.append(found)
            return found

        self.needs_calendar |= any(value is CALENDAR for value in values)
        name = f"p{len(self.binders)}"
        self.binders[name] = fill
        return bindparam(name, type_=type_)

    def bind_list(self, convert: Callable[[Any], object], values: object, type_: SqlType) -> SqlExpression:
        """A list as one parameter, each item converted."""
        return self.bind(lambda items: [convert(item) for item in items], values, type_=ListParameter(type_))


class KnownParameters(Parameters):
    """Parameters of a statement that is built for one request, whose values are known already."""

    def __init__(self, request_values: RequestValues) -> None:
        super().__init__()
        self._request_values = request_values

    def bind(self, convert: Convert, *values: object, type_: SqlType) -> SqlExpression:
        known = _converted(convert, [_with_request_values(value, {}, self._request_values) for value in values])
        return bindparam(None, known, type_=type_, unique=True)
