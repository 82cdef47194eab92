"""How large filters may be, so that no question can be made endless and either database can answer it."""

from collections.abc import Mapping, Sequence
from typing import Any

from schema.compiler.errors import BadUserInput

LONGEST_LIST = 1000
MOST_PARTS, MOST_LEVELS = 500, 15
"""Of one filter. SQLite takes expressions 1,000 deep, a long `and` or `or` being as deep as it has parts, and 100
open brackets.
"""

MOST_IN_ALL = 1000
"""Parts of all filters of an operation; of a list below a contact twice, as it is written for people and for
companies.
"""

WRITTEN, NESTED = 2, 5
"""`where` is written twice, for people and for companies, inside more brackets than any other field."""


class FilterBudget:
    """What is left for the filters of one operation."""

    def __init__(self) -> None:
        self._left = MOST_IN_ALL

    def take(self, filter_: Mapping[str, Any]) -> None:
        """Refuse a filter of too many parts or levels, or one too many."""
        parts = _parts(filter_, 0)
        if parts > MOST_PARTS:
            raise BadUserInput(
                f"A filter has at most {MOST_PARTS} parts, each comparison and each member of `and` and `or` "
                "counting as one, "
                f"inside `where` as {WRITTEN}. Use `in` where one field has many values, or ask several times."
            )
        self._left -= parts
        if self._left < 0:
            raise BadUserInput("The filters of this operation are too large together. Ask in several operations.")


def _parts(filter_: Mapping[str, Any], level: int) -> int:
    if level > MOST_LEVELS:
        raise BadUserInput(
            f"A filter has at most {MOST_LEVELS} levels inside each other, `where` being {NESTED}. Say it with fewer."
        )
    parts = 0
    for name, value in filter_.items():
        if name in ("and", "or"):
            parts += sum(1 + _parts(inside, level + 1) for inside in value or ())
        elif name == "where" and value is not None:
            parts += WRITTEN * _parts(value, level + NESTED)
        elif isinstance(value, Mapping):
            parts += max(1, _parts(value, level + 1))
        elif value is not None:
            parts += 1
    return parts


def checked_list(values: Any) -> Any:
    """The values of a list in a filter, if they are not too many; a single value is a list of one."""
    if isinstance(values, Sequence) and len(values) > LONGEST_LIST:
        raise BadUserInput(f"A list in a filter has at most {LONGEST_LIST} values, {len(values)} were given.")
    return values
