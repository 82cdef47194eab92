"""Recognizes the columns of a list of contacts. The meaning of two French captions depends on the other captions."""

from collections.abc import Sequence
from dataclasses import replace

from resolvers.errors import Refusal, UserErrorCode
from resolvers.imports import columns, own_files
from resolvers.imports.columns import Column, by_rank, index_captions, normalized
from resolvers.imports.contacts.captions import CAPTIONS
from resolvers.imports.reading import FileKind

IDENTIFYING = {"no", "name", "first_name", "last_name", "company_name"}
KNOWN = index_captions(CAPTIONS)


class NotAContactList(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} has no column with the numbers or names of contacts. Its first row must have captions such as No., "
        "Name or First Name."
    )
    french = (
        "{file} n’a pas de colonne de numéros ou de noms de contacts. Sa première ligne doit contenir des titres comme "
        "N°, Nom ou Prénom."
    )


def recognize(captions: Sequence[str]) -> list[Column]:
    """The columns whose caption is known, by rank."""
    return by_rank([*_french_names(columns.recognize(captions, KNOWN)), *_french_job_title(captions)])


def _french_names(recognized: list[Column]) -> list[Column]:
    """`Nom` is the full name in NAV. In Outlook, which also has `Prénom`, it is the last name."""
    fields = {column.field for column in recognized}
    if "first_name" not in fields or "last_name" in fields:
        return recognized
    return [
        replace(column, field="last_name") if normalized(column.caption) == "nom" else column for column in recognized
    ]


def _french_job_title(captions: Sequence[str]) -> list[Column]:
    """French Outlook has two columns `Titre`: the form of address, then the job title."""
    titles = [index for index, caption in enumerate(captions) if normalized(caption) == "titre"]
    return [Column(titles[1], captions[titles[1]], "job_title", 0)] if len(titles) == 2 else []


CONTACT_LIST = FileKind(
    recognize, lambda fields: bool(fields & IDENTIFYING), NotAContactList, frozenset(own_files.CONTACTS)
)
"""Files that list contacts."""
