"""From captions to fields."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from resolvers.contact_import.captions import PLAIN, plain

NAMING = {"no", "name", "first_name", "last_name", "company_name"}


@dataclass(frozen=True)
class Column:
    """A column that is read: its place in the row, and how it ranks among those that fill the same field."""

    place: int
    caption: str
    field: str
    rank: int


def recognize(captions: Sequence[str]) -> list[Column]:
    """The columns whose caption is known, those first that win over others of their field."""
    found = [
        Column(place, caption, *PLAIN[plain(caption)])
        for place, caption in enumerate(captions) if plain(caption) in PLAIN
    ]
    return sorted([*_french_names(found), *_french_job_title(captions)], key=lambda column: (column.rank, column.place))


def identifies(columns: Sequence[Column]) -> bool:
    """Whether these columns say which contact a row is about."""
    return any(column.field in NAMING for column in columns)


def _french_names(columns: list[Column]) -> list[Column]:
    """`Nom` is the whole name in NAV, and beside `Prénom` in Outlook only the last name."""
    fields = {column.field for column in columns}
    if "first_name" not in fields or "last_name" in fields:
        return columns
    return [replace(column, field="last_name") if plain(column.caption) == "nom" else column for column in columns]


def _french_job_title(captions: Sequence[str]) -> list[Column]:
    """Outlook in French has `Titre` twice: how to address somebody, then what their job is."""
    titles = [place for place, caption in enumerate(captions) if plain(caption) == "titre"]
    return [Column(titles[1], captions[titles[1]], "job_title", 0)] if len(titles) == 2 else []
