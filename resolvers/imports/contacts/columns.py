"""Which columns a list of contacts has: two captions are only understood beside others."""

from collections.abc import Sequence
from dataclasses import replace

from resolvers.errors import Refusal, UserErrorCode
from resolvers.imports.columns import Column, in_order, meanings, plain, recognized
from resolvers.imports.contacts.captions import CAPTIONS
from resolvers.imports.reading import Kind

NAMING = {"no", "name", "first_name", "last_name", "company_name"}
KNOWN = meanings(CAPTIONS)


class NoKnownColumn(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} has no column that names a contact. Its first row must have captions such as No., Name or First Name."
    )
    french = (
        "{file} n’a pas de colonne qui désigne un contact. Sa première ligne doit contenir des titres comme "
        "N°, Nom ou Prénom."
    )


def recognize(captions: Sequence[str]) -> list[Column]:
    """The columns whose caption is known, those first that win over others of their field."""
    return in_order([*_french_names(recognized(captions, KNOWN)), *_french_job_title(captions)])


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


CONTACTS = Kind(recognize, lambda fields: bool(fields & NAMING), NoKnownColumn)
"""A file that is a list of contacts."""
