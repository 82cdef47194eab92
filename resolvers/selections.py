"""Limits and types of selections of rows, by number or by filter."""

from collections.abc import Callable, Sequence

from resolvers.errors import Refused, TooMany
from resolvers.queries import SqlCondition, SqlRows

MAX_NUMBERS = 1000
"""The maximum number of numbers in one selection."""

MAX_SHOWN = 100
"""The number of selected rows that a payload shows."""

Matching = Callable[[SqlRows], SqlCondition]
"""A filter: creates the condition on the rows of a table."""


def check_count(numbers: Sequence[object], *field: str) -> None:
    """Refuse too many numbers or names. `field` is their path in the input."""
    if len(numbers) > MAX_NUMBERS:
        raise Refused(TooMany(*field, maximum=MAX_NUMBERS, count=len(numbers)))
