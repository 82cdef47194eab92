"""Limits of filters, so that requests stay within a reasonable time and within the limits of both databases."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from schema.compiler.errors import BadUserInput
from schema.compiler.values import GraphQLValues

T = TypeVar("T")

MAX_LIST = 1000
MAX_PARTS, MAX_LEVELS = 500, 15
"""Limits of one filter. SQLite accepts expressions at most 1,000 levels deep, where a chain of `AND` or `OR` has a
level for each of its parts, and at most 100 open brackets.
"""

MAX_PARTS_OF_OPERATION = 1000
"""Limit of all filters of an operation together. A filter of a list that belongs to a contact counts twice, because the
SQL contains it once for people and once for companies.
"""

WHERE_PARTS, WHERE_LEVELS = 2, 5
"""The factor for the parts of `where`, and the levels that it adds: the SQL contains it once for people and once for
companies, inside further brackets.
"""


class FilterBudget:
    """The number of parts that the filters of one operation may still have."""

    def __init__(self) -> None:
        self._left = MAX_PARTS_OF_OPERATION

    def take(self, filter_: GraphQLValues) -> None:
        """Subtract the parts of a filter. Raises BadUserInput if the filter, or all filters together, are too large."""
        parts = _parts(filter_, 0)
        if parts > MAX_PARTS:
            raise BadUserInput(
                f"A filter has at most {MAX_PARTS} parts: each comparison and each member of `and` and `or` is one, "
                f"inside `where` it counts as {WHERE_PARTS}. Use `in` for many values of one field, or send several "
                "requests."
            )
        self._left -= parts
        if self._left < 0:
            raise BadUserInput(
                f"The filters of an operation have at most {MAX_PARTS_OF_OPERATION:,} parts in total. Send several "
                "operations."
            )


def _parts(filter_: GraphQLValues, level: int) -> int:
    if level > MAX_LEVELS:
        raise BadUserInput(
            f"A filter has at most {MAX_LEVELS} levels; `where` counts as {WHERE_LEVELS}. Use fewer levels."
        )
    parts = 0
    for name, value in filter_.items():
        if name in ("and", "or"):
            parts += sum(1 + _parts(inside, level + 1) for inside in value or ())
        elif name == "where" and value is not None:
            parts += WHERE_PARTS * _parts(value, level + WHERE_LEVELS)
        elif isinstance(value, Mapping):
            parts += max(1, _parts(value, level + 1))
        elif value is not None:
            parts += 1
    return parts


def checked_list(values: T, name: str) -> T:
    """The values of a list in a filter, if they are not too many; a placeholder is unchanged. Errors name the list."""
    if isinstance(values, Sequence) and len(values) > MAX_LIST:
        raise BadUserInput(
            f"The list {name} has at most {MAX_LIST:,} values; {len(values):,} were given. Send several requests."
        )
    return values
