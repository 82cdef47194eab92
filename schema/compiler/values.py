"""Values of a plan: constants of the document, and slots that each request fills from its variables.

A plan is made once for a document and the *shape* of its variables: which keys are given, which are null, enums and
booleans. Everything else is a slot, so that the next request with other numbers and dates reuses the plan.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sqlalchemy import BindParameter, bindparam
from sqlalchemy.types import TypeEngine

from persistence.conditions import Listed
from resolvers import company_calendar as moments
from resolvers.company_calendar import Days
from resolvers.languages import Reader


@dataclass(frozen=True)
class Moment:
    """When and under which calendar a request is answered (K15)."""

    today: dt.date
    first_day_of_week: int


@dataclass(frozen=True)
class Occasion:
    """Values of a request beside its variables: the caller, the time, and the company's calendar if a plan needs it."""

    now: dt.datetime
    reader: Reader = field(default_factory=Reader)
    moment: Moment | None = None

    @property
    def days(self) -> Days:
        """The date in every time zone."""
        return moments.days(self.now)


@dataclass(frozen=True)
class Slot:
    """A place in the variables, for instance `("filter", "date", "gte")`."""

    path: tuple[str | int, ...]

    def take(self, variables: Mapping[str, Any]) -> Any:
        value: Any = variables
        for step in self.path:
            value = value[step]
        return value


class _Part(Enum):
    """Stands for a part of the occasion among the values of a parameter."""

    MOMENT = "moment"
    DAYS = "days"
    READER = "reader"


THE_MOMENT, THE_DAYS, THE_READER = _Part.MOMENT, _Part.DAYS, _Part.READER

TELLING = range(2)
"""Integers that change what SQL is best: `count: {eq: 0}` is NOT EXISTS. They are part of the shape, not slots."""

TELLING_SIZES = range(102)
"""A variable that is a small integer may be a page size. PostgreSQL plans a LIMIT it knows much better than a
parameter.
"""


def shape(value: Any, *, telling: range = TELLING_SIZES) -> Any:
    """What of a variable's value a plan depends on."""
    if isinstance(value, dict):
        return tuple((name, shape(inside, telling=TELLING)) for name, inside in value.items())
    if isinstance(value, list):
        if any(isinstance(item, dict) for item in value):
            return (list, *(shape(item, telling=TELLING) for item in value))
        return list if value else "empty"
    return value if _is_telling(value, telling) else type(value).__name__


def slotted(value: Any, path: tuple[str | int, ...]) -> Any:
    """The value with a slot for everything that is not part of its shape."""
    if isinstance(value, dict):
        return {name: slotted(inside, (*path, name)) for name, inside in value.items()}
    if isinstance(value, list) and (not value or any(isinstance(item, dict) for item in value)):
        return [slotted(item, (*path, index)) for index, item in enumerate(value)]
    return value if _is_telling(value, TELLING if len(path) > 1 else TELLING_SIZES) else Slot(path)


def _is_telling(value: Any, telling: range) -> bool:
    return value is None or isinstance(value, bool | Enum) or (isinstance(value, int) and value in telling)


Fill = Callable[[Mapping[str, Any], Occasion], Any]
"""How a request fills a parameter, from its variables and its occasion."""


def _filled(value: Any, variables: Mapping[str, Any], occasion: Occasion) -> Any:
    if isinstance(value, Slot):
        return value.take(variables)
    if isinstance(value, _Part):
        return getattr(occasion, value.value)
    if isinstance(value, list):
        return [_filled(item, variables, occasion) for item in value]
    return value.value if isinstance(value, Enum) else value


@dataclass
class Parameters:
    """The parameters of a statement in the making."""

    fills: dict[str, Fill] = field(default_factory=dict)
    needs_moment: bool = False

    def bind(self, convert: Callable[..., Any], *values: Any, type_: TypeEngine[Any]) -> BindParameter[Any]:
        """A parameter of the statement: `convert` of the values once the request has filled them."""

        def fill(variables: Mapping[str, Any], occasion: Occasion) -> Any:
            return convert(*(_filled(value, variables, occasion) for value in values))

        self.needs_moment |= any(value is THE_MOMENT for value in values)
        name = f"p{len(self.fills)}"
        self.fills[name] = fill
        return bindparam(name, type_=type_)

    def bind_list(self, convert: Callable[[Any], Any], values: Any, type_: TypeEngine[Any]) -> BindParameter[Any]:
        """A list as one parameter, each item converted."""
        return self.bind(lambda items: [convert(item) for item in items], values, type_=Listed(type_))


class Known(Parameters):
    """Parameters for a statement that is run at once and whose values are all known."""

    def __init__(self, occasion: Occasion) -> None:
        super().__init__()
        self._occasion = occasion

    def bind(self, convert: Callable[..., Any], *values: Any, type_: TypeEngine[Any]) -> BindParameter[Any]:
        known = convert(*(_filled(value, {}, self._occasion) for value in values))
        return bindparam(None, known, type_=type_, unique=True)
