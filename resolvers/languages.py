"""Languages: those of Carnet's own words, English and French; and those of the data, which have codes such as ENU or
FRC (K21).
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, select

USUAL = {"EN": "ENU", "FR": "FRA"}
"""The code of the data that a language has unless a region says otherwise."""

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
    """In which language somebody reads.

    `language` is that of Carnet's own words, `EN` or `FR`. `tag` is the language preferred to all others, such as
    `fr-ca`; without one, texts of the data are shown as they are.
    """

    language: str = "EN"
    tag: str | None = None

    @property
    def of_data(self) -> str | None:
        """With which two letters the codes of the data begin that are read: `FR`."""
        return None if self.tag is None else self.tag[:2].upper()

    @property
    def code(self) -> str | None:
        """The code that is preferred among them: `FRC` for `fr-ca`, `FRA` for `fr`."""
        return None if self.of_data is None else REGIONAL.get((self.tag or "").lower(), USUAL.get(self.of_data))

    def code_in(self, language: str) -> str:
        """The code that is preferred for one of Carnet's own languages."""
        return (self.code if self.of_data == language else None) or USUAL[language]


def translated(
    row: Any, translations: Any, belongs: ColumnElement[bool], language: ColumnElement[str], code: ColumnElement[str]
) -> ColumnElement[Any]:
    """The description of a row in a language, two letters: the translation with this code if there is one, else the
    first of that language by code; the row's own where there is none, or where the language is null."""
    its = translations.c.language_code
    begins = func.substr(its, literal_column("1"), literal_column("2"))
    found = select(translations.c.description).select_from(translations.source).where(belongs, begins == language)
    first = found.order_by(its != code, its).limit(literal_column("1")).scalar_subquery()
    return func.coalesce(case((language.is_not(None), first)), row.c.description)
