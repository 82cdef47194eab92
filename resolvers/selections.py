"""What all selections of rows have in common: given by their numbers, or by what they have in common."""

from collections.abc import Callable, Sequence

from resolvers.errors import Refused, TooMany
from resolvers.queries import SqlCondition, SqlRows

MOST_NUMBERS = 1000

SHOWN = 100
"""So many of the selected rows a payload shows."""

Matching = Callable[[SqlRows], SqlCondition]
"""A condition on the rows of a table."""


def check_count(numbers: Sequence[int], *field: str) -> None:
    """Refuse more numbers than may be given at once."""
    if len(numbers) > MOST_NUMBERS:
        raise Refused(TooMany(*field, most=MOST_NUMBERS, count=len(numbers)))
