"""From captions to fields. Case, accents and punctuation do not matter."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from persistence.folding import fold

Captions = Mapping[str, Sequence[str]]
"""For each field the captions that mean it. Of several columns the first that has something in a row wins."""

Meanings = Mapping[str, tuple[str, int]]
"""For each plain caption its field, and its place among the captions of that field."""


@dataclass(frozen=True)
class Column:
    """A column that is read: its place in the row, and how it ranks among those that fill the same field."""

    place: int
    caption: str
    field: str
    rank: int


def plain(caption: str) -> str:
    """A caption without case, accents and punctuation: `N° téléphone` is `n telephone`."""
    return re.sub("[^0-9a-z]+", " ", fold(caption)).strip()


def meanings(captions: Captions) -> Meanings:
    """The captions the other way round."""
    return {
        plain(caption): (field, rank)
        for field, several in captions.items()
        for rank, caption in reversed([*enumerate(several)])
    }


def recognized(captions: Sequence[str], known: Meanings) -> list[Column]:
    """The columns whose caption is known, those first that win over others of their field."""
    return in_order(
        [
            Column(place, caption, *known[plain(caption)])
            for place, caption in enumerate(captions)
            if plain(caption) in known
        ]
    )


def in_order(columns: Sequence[Column]) -> list[Column]:
    """Those first that win over others of their field."""
    return sorted(columns, key=lambda column: (column.rank, column.place))
