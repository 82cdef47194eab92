"""How large a request is: what is large is worked on in threads, so that the event loop goes on."""

from collections.abc import Mapping
from typing import Any

LONG_DOCUMENT = 4000
"""Characters from which on misspelt names get no suggestions: finding them costs too much."""

MANY_VALUES = 100
"""Arguments, aliases and members of inputs from which on a document is long, however few characters it has."""

LARGE_VARIABLES = 100
"""Values in variables from which on a request is prepared in a thread each time, as it is if its document is long
and new.
"""


def is_long(document: str) -> bool:
    """Whether what a document asks for may take long to be put into SQL."""
    return len(document) > LONG_DOCUMENT or document.count(":") > MANY_VALUES


def are_large(variables: Mapping[str, Any] | None) -> bool:
    """Whether variables hold so many values that it takes long to look at all."""
    return _items(variables, LARGE_VARIABLES) > LARGE_VARIABLES


def _items(value: Any, most: int) -> int:
    """How many values there are in a value; counting ends above `most`."""
    found = 1
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, list):
        return found
    for inside in value:
        found += _items(inside, most - found)
        if found > most:
            break
    return found
