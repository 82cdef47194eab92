"""The size of a request. Large requests are processed in threads, so that they do not block the event loop."""

from collections.abc import Mapping
from typing import Any

LONG_DOCUMENT = 4000
"""Documents with more characters get no suggestions for misspelt names, because finding them takes too long."""

MANY_VALUES = 100
"""A document with more colons, one for each argument, alias and input field, counts as long, even if it has few
characters.
"""

LARGE_VARIABLES = 100
"""A request with more values in its variables is prepared in a thread, even if its document is cached."""

CONTAINERS = (dict, list)
"""The types of JSON values that have others inside. `dict | list` would be made anew for each check, which takes longer
than the check.
"""


def is_long(document: str) -> bool:
    """Whether compiling a document to SQL may take long."""
    return len(document) > LONG_DOCUMENT or document.count(":") > MANY_VALUES


def are_large(variables: Mapping[str, Any] | None) -> bool:
    """Whether variables have so many values that processing them may take long."""
    return _count_values(variables, LARGE_VARIABLES) > LARGE_VARIABLES


def _count_values(value: Any, limit: int) -> int:
    """The number of values in a value; counting ends above `limit`."""
    if not isinstance(value, CONTAINERS):
        return 1
    found = 1 + len(value)
    if found > limit:
        return found
    members = value.values() if isinstance(value, dict) else value
    for inside in [each for each in members if isinstance(each, CONTAINERS)]:
        found += _count_values(inside, limit - found + 1) - 1
        if found > limit:
            break
    return found
