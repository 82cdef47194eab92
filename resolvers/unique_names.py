"""Objects of JSON, and other sets of members, without repeated names."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class NameRepeated(ValueError):
    """An object has a name more than once. The argument is the name."""


def unique(members: Sequence[tuple[str, T]]) -> dict[str, T]:
    """The object with these members. Raises NameRepeated if two of them have the same name."""
    made = dict(members)
    if len(made) < len(members):
        raise NameRepeated(Counter(name for name, _ in members).most_common(1)[0][0])
    return made
