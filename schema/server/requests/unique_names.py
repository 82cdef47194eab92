"""Refuses JSON objects that have a name more than once.

RFC 8259 says that programs read such an object differently: a proxy may have checked another value than Carnet would
use. GraphQL refuses repeated arguments and fields of input objects, too.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

import orjson

T = TypeVar("T")

ESCAPED_COLON = re.compile(rb"\\u003a", re.IGNORECASE)


class NameRepeated(ValueError):
    """An object has this name more than once."""


def unique(members: Sequence[tuple[str, T]]) -> dict[str, T]:
    """The object with these members. Raises NameRepeated."""
    made = dict(members)
    if len(made) < len(members):
        raise NameRepeated(Counter(name for name, _ in members).most_common(1)[0][0])
    return made


def check_names(text: bytes, parsed: object) -> None:
    """Raises NameRepeated if an object in this JSON has a name more than once, of which orjson has `parsed` the last
    value; and RecursionError for JSON that is nested too deeply to tell.

    Each member has a colon, so most texts need no second parser: written again, they have as many colons as before.
    """
    if not ESCAPED_COLON.search(text):
        try:
            if orjson.dumps(parsed).count(b":") == text.count(b":"):
                return
        except TypeError:  # nested too deeply for orjson to write it
            pass
    json.loads(text, object_pairs_hook=unique)
