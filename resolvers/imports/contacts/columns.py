"""Recognizes the columns of a list of contacts. The meaning of some captions depends on the other captions."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from resolvers.errors import Refusal, UserErrorCode
from resolvers.imports import columns, own_files
from resolvers.imports.columns import CaptionIndex, Column, by_rank, index_captions, normalized
from resolvers.imports.contacts.address_captions import address_index
from resolvers.imports.contacts.captions import CAPTIONS, NUMBERED
from resolvers.imports.reading import FileKind

IDENTIFYING = {"no", "name", "first_name", "last_name", "company_name", "email", "phone_no", "mobile_phone_no"}
OF_ACCOUNTS = {"accountname", "accountid", "accountowner", "recordid", "industry", "parentaccount", "secteurdactivite"}
"""Captions of lists of accounts, in which `Type` is no type of a contact but says `Customer` or `Partner`."""

ADDRESS_1 = re.compile(r"1\.(?!whole)")


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


@cache
def known_captions() -> CaptionIndex:
    """For each normalized caption its field, and its rank among the captions of that field. Some 12,000 captions: they
    are computed at the first use.
    """
    return {**address_index(), **index_captions(CAPTIONS)}


def recognize(captions: Sequence[str]) -> list[Column]:
    """The columns whose caption is known, by rank."""
    found = columns.recognize(captions, known_captions())
    found += _numbered(captions, {column.index for column in found})
    for adapt in (_french_names, _first_address, _notes):
        found = adapt(found)
    if OF_ACCOUNTS & {*map(normalized, captions)}:
        found = [column for column in found if normalized(column.caption) != "type"]
    return by_rank([*found, *_job_title(captions, found)])


def _numbered(captions: Sequence[str], recognized: set[int]) -> list[Column]:
    """The columns whose caption has a number, such as `Phone 2 - Value`."""
    found = []
    for index, caption in enumerate(captions):
        if index in recognized:
            continue
        name = normalized(caption)
        for pattern, field in NUMBERED.items():
            match = re.fullmatch(pattern, name)
            if match is not None:
                found.append(Column(index, caption, f"{match[1] or 1}.{field}", 0))
                break
    return found


def _french_names(recognized: list[Column]) -> list[Column]:
    """`Nom` is the full name in NAV. In Outlook, which also has `Prénom`, it is the last name."""
    fields = {column.field for column in recognized}
    if "first_name" not in fields or "last_name" in fields:
        return recognized
    return [
        replace(column, field="last_name") if normalized(column.caption) == "nom" else column for column in recognized
    ]


def _first_address(recognized: list[Column]) -> list[Column]:
    """`Address 1` is the first line of an address, unless the file has its parts, too, as Dynamics 365 does."""
    if any(ADDRESS_1.match(column.field) for column in recognized):
        parts = {"address_2": "2.whole", "address_3": "3.whole"}
        return [
            replace(column, field=parts.get(column.field, column.field))
            if re.fullmatch("(?:address|adresse)[23]", normalized(column.caption))
            else column
            for column in recognized
        ]
    return [replace(column, field="address") if column.field == "1.whole" else column for column in recognized]


def _notes(recognized: list[Column]) -> list[Column]:
    """All columns with notes are kept: each has a field of its own."""
    of_notes = [column for column in recognized if column.field == "notes"]
    numbered = {column: replace(column, field=f"{n}.notes") for n, column in enumerate(of_notes) if n}
    return [numbered.get(column, column) for column in recognized]


def _job_title(captions: Sequence[str], recognized: list[Column]) -> list[Column]:
    """French Outlook has two columns `Titre`: the form of address, then the job title. Salesforce has `Title` alone,
    which is the job title. Beside a job title it is the form of address.
    """
    titles = [index for index, caption in enumerate(captions) if normalized(caption) in ("titre", "title")]
    has_job_title = any(
        column.field == "job_title" and normalized(column.caption) != "profession" for column in recognized
    )
    if not titles or (has_job_title and len(titles) < 2):
        return []
    return [Column(titles[-1], captions[titles[-1]], "job_title", -1)]


CONTACT_LIST = FileKind(
    "contacts", recognize, lambda fields: bool(fields & IDENTIFYING), NotAContactList, frozenset(own_files.CONTACTS)
)
"""Files that list contacts."""
