"""Maps the captions of a file to fields. Case, accents and punctuation do not matter."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from persistence.sql.folding import fold
from resolvers.imports.values.escapes import unescaped

Captions = Mapping[str, Sequence[str]]
"""For each field its possible captions, the preferred ones first."""

CaptionIndex = Mapping[str, tuple[str, int]]
"""For each normalized caption its field, and its rank among the captions of that field."""


@dataclass(frozen=True)
class Column:
    """A column of the file that is read into a field.

    If several columns have a value for one field, the one with the lowest rank counts.
    """

    index: int
    caption: str
    field: str
    rank: int


def normalized(caption: str) -> str:
    """A caption without case, accents, punctuation and spaces, so that `E-Mail`, `Email` and `e_mail` are equal, and
    `MailingCity` and `Mailing City`: `N° téléphone` becomes `ntelephone`.
    """
    return re.sub("[^0-9a-z]+", "", fold(unescaped(caption)))


def index_captions(captions: Captions) -> CaptionIndex:
    """The inverse of a mapping of fields to captions. The names of the API, such as `jobTitle`, are captions too."""
    names = {normalized(field): (field, len(several)) for field, several in captions.items()}
    return names | {
        normalized(caption): (field, rank)
        for field, several in captions.items()
        for rank, caption in reversed([*enumerate(several)])
    }


def recognize(captions: Sequence[str], known: CaptionIndex) -> list[Column]:
    """The columns whose caption is known, by rank."""
    return by_rank(
        [
            Column(index, caption, *known[normalized(caption)])
            for index, caption in enumerate(captions)
            if normalized(caption) in known
        ]
    )


def by_rank(columns: Sequence[Column]) -> list[Column]:
    """Columns by rank; those of equal rank in the order of the file."""
    return sorted(columns, key=lambda column: (column.rank, column.index))
