"""The translations of interaction groups and templates, which are always replaced as a set (K21)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict, cast

from sqlalchemy import ColumnElement, delete, insert, select

from persistence.columns import Table, table_of
from resolvers.changes.rules import ChildRowsChange, as_text
from resolvers.errors import NOTHING, Invalid, Refusal, TooManyItems, as_given
from resolvers.master_data import ChildRows, required_text
from resolvers.work import Work, check_texts, key

MAX_TRANSLATIONS = 100


class TranslationFields(TypedDict):
    """A description in one language, such as `FRC`."""

    language_code: str
    description: str


Translations = list[TranslationFields]


@dataclass(frozen=True)
class TranslationsUpdate:
    """The stored translations of a record, and those that replace them; equal where nothing changes."""

    before: Translations
    after: Translations


@dataclass(frozen=True)
class TranslationTable:
    """The translations of one kind of card. `owner` is the column with the card's code, `input` its input field."""

    model: type[Table]
    owner: str
    input: str

    def normalized(
        self,
        given: Sequence[TranslationFields] | None,
        refusals: list[Refusal],
        stored: Sequence[TranslationFields] = (),
    ) -> Translations:
        """The translations as they are stored, by language code. Adds a refusal for each that is wrong.

        Each language may occur once and needs a description. A translation that is equal to a stored one is not
        checked.
        """
        if given and len(given) > MAX_TRANSLATIONS:
            refusals.append(TooManyItems(self.input, "translations", maximum=MAX_TRANSLATIONS, count=len(given)))
            return []
        translations: Translations = []
        for index, translation in enumerate(given or []):
            path = (self.input, "translations", str(index))
            row: TranslationFields = {
                "language_code": required_text(key(translation["language_code"]), refusals, *path, "language_code"),
                "description": required_text(translation["description"], refusals, *path, "description"),
            }
            if any(row["language_code"] == other["language_code"] for other in translations):
                refusals.append(_given_twice(row["language_code"], *path, "language_code"))
            if row not in stored:
                refusals += check_texts(self.model, row, *path)
            translations.append(row)
        return sorted(translations, key=lambda row: row["language_code"])

    def stored(self, work: Work, code: str) -> Translations:
        """The translations of the card with this code, by language code."""
        rows = table_of(self.model)
        statement = select(rows.c.language_code, rows.c.description).where(self._belongs(code))
        found = work.session.execute(statement.order_by(rows.c.language_code))
        return [{"language_code": language_code, "description": description} for language_code, description in found]

    def update_of(
        self, work: Work, code: str, fields: Mapping[str, object], refusals: list[Refusal]
    ) -> TranslationsUpdate:
        """The update of a card's translations by its `fields`; without `translations` among them nothing changes."""
        before = self.stored(work, code)
        if "translations" not in fields:
            return TranslationsUpdate(before, before)
        given = cast("Sequence[TranslationFields] | None", fields["translations"])
        return TranslationsUpdate(before, self.normalized(given, refusals, before))

    def apply(self, work: Work, code: str, update: TranslationsUpdate) -> Mapping[str, ChildRowsChange]:
        """Store the new translations if they differ, and return the change for the change log."""
        if update.after != update.before:
            self.replace(work, code, update.after)
        return {"translations": ChildRowsChange(as_text(update.before), as_text(update.after))}

    def replace(self, work: Work, code: str, translations: Translations) -> None:
        """Replace all translations of the card with this code."""
        rows = table_of(self.model)
        work.session.execute(delete(rows).where(self._belongs(code)))
        if translations:
            work.session.execute(insert(rows), [{self.owner: code, **translation} for translation in translations])

    def remove(self, work: Work, code: str) -> ChildRows:
        """Delete all translations of the card with this code, and return them for the change log (R-TPL-4)."""
        translations = self.stored(work, code)
        self.replace(work, code, [])
        return as_child_rows(translations)

    def _belongs(self, code: str) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = table_of(self.model).c[self.owner] == code
        return condition


def as_child_rows(translations: Translations) -> ChildRows:
    """The translations for the change log."""
    return {"translations": as_text(translations)}


def _given_twice(language_code: str, *field: str) -> Refusal:
    return Invalid(
        *field,
        english=f"There are two translations in {as_given(language_code)}. Keep one of them.",
        french=(
            f"Il y a deux traductions dans la langue {as_given(language_code, NOTHING.french)}. Gardez-en une seule."
        ),
    )
