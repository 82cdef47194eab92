"""Languages: Carnet's own texts are in English and French; texts of the data have language codes such as ENU or FRC
(K21).
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, select

USUAL = {"EN": "ENU", "FR": "FRA"}
"""The code of a language without a region."""

REGIONAL = {
    "en-au": "ENA",
    "en-ca": "ENC",
    "en-gb": "ENG",
    "en-ie": "ENI",
    "en-nz": "ENZ",
    "en-za": "ENS",
    "fr-be": "FRB",
    "fr-ca": "FRC",
    "fr-ch": "FRS",
    "fr-lu": "FRL",
    "fr-mc": "FRM",
}


@dataclass(frozen=True)
class ReaderLanguage:
    """The language in which a client wants to read texts.

    `language` is that of Carnet's own texts, `EN` or `FR`. `tag` is the client's preferred language, such as `fr-ca`;
    without it, texts of the data are shown without translation.
    """

    language: str = "EN"
    tag: str | None = None

    @property
    def code_prefix(self) -> str | None:
        """The two letters with which the codes of the preferred language begin, such as `FR`."""
        return None if self.tag is None else self.tag[:2].upper()

    @property
    def code(self) -> str | None:
        """The code of the preferred language: `FRC` for `fr-ca`, `FRA` for `fr`."""
        return None if self.code_prefix is None else REGIONAL.get((self.tag or "").lower(), USUAL.get(self.code_prefix))

    def code_in(self, language: str) -> str:
        """The preferred code for a text in `EN` or `FR`."""
        return (self.code if self.code_prefix == language else None) or USUAL[language]


def translated(
    row: Any, translations: Any, belongs: ColumnElement[bool], language: ColumnElement[str], code: ColumnElement[str]
) -> ColumnElement[Any]:
    """The description of a row in a language of two letters: the translation with this code if there is one, or else
    the first translation of that language by code. Without a translation or a language it is the row's own
    description.
    """
    its = translations.c.language_code
    begins = func.substr(its, literal_column("1"), literal_column("2"))
    found = select(translations.c.description).select_from(translations.source).where(belongs, begins == language)
    first = found.order_by(its != code, its).limit(literal_column("1")).scalar_subquery()
    return func.coalesce(case((language.is_not(None), first)), row.c.description)
