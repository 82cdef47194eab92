"""How large a filter may be, so that no question can be made endless and either database can answer it."""

from collections.abc import Mapping, Sequence
from typing import Any

from schema.planning.errors import BadUserInput

LONGEST_LIST = 1000
MOST_PARTS, MOST_LEVELS = 500, 20
"""SQLite takes expressions 1,000 deep, a long `and` or `or` being as deep as it has parts, and 28 negations inside each other."""


def check_size(filter_: Mapping[str, Any]) -> None:
    """Refuse a filter of too many parts or levels."""
    level, parts = [filter_], 0
    for _ in range(MOST_LEVELS + 1):
        level = [part for outer in level for part in _parts(outer)]
        parts += len(level)
        if not level:
            return
        if parts > MOST_PARTS:
            raise BadUserInput(
                f"A filter has at most {MOST_PARTS} parts, each field and each member of `and` and `or` counting as one. "
                "Use `in` where one field has many values, or ask several times."
            )
    raise BadUserInput(f"A filter has at most {MOST_LEVELS} levels inside each other. Say it with fewer.")


def _parts(filter_: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = [part for name in ("and", "or") for part in filter_.get(name) or ()]
    return listed + [part for part in filter_.values() if isinstance(part, Mapping)]


def checked_list(values: Any) -> Any:
    """The values of a list in a filter, if they are not too many; a single value is a list of one."""
    if isinstance(values, Sequence) and len(values) > LONGEST_LIST:
        raise BadUserInput(f"A list in a filter has at most {LONGEST_LIST} values, {len(values)} were given.")
    return values
