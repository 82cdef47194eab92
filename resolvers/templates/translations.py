"""Descriptions of groups and templates in other languages, kept as a set (K21)."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from sqlalchemy import ColumnElement, delete, insert, select

from persistence.columns import Table
from resolvers.changes.rules import Beside, as_text, table
from resolvers.errors import NOTHING, Invalid, Refusal, TooManyKept, as_given
from resolvers.master_data import required
from resolvers.work import Work, key, unfit_texts

MOST = 100
Translations = list[dict[str, str]]
"""By language: `language_code` and `description`."""


class TranslationFields(TypedDict):
    language_code: str
    description: str


def as_kept(
    model: type[Table],
    given: Sequence[TranslationFields] | None,
    refusals: list[Refusal],
    room: str,
    stored: Sequence[Mapping[str, str]] = (),
) -> Translations:
    """The translations as they are kept; each language once, each with a description. What is `stored` already is
    fine.
    """
    if given and len(given) > MOST:
        refusals.append(TooManyKept(room, "translations", most=MOST, count=len(given)))
        return []
    kept: Translations = []
    for index, translation in enumerate(given or []):
        path = (room, "translations", str(index))
        row = {
            "language_code": required(key(translation["language_code"]), refusals, *path, "language_code"),
            "description": required(translation["description"], refusals, *path, "description"),
        }
        if any(row["language_code"] == other["language_code"] for other in kept):
            code = row["language_code"]
            refusals.append(
                Invalid(
                    *path,
                    "language_code",
                    english=f"{as_given(code)} is there twice. Keep one of the two.",
                    french=(
                        f"La langue {as_given(code, NOTHING.french)} figure deux fois. Gardez une seule "
                        "des deux traductions."
                    ),
                )
            )
        if row not in stored:
            refusals += unfit_texts(model, row, *path)
        kept.append(row)
    return sorted(kept, key=lambda row: row["language_code"])


def stored(work: Work, model: type[Table], owner: str, code: str) -> Translations:
    """Those that a card has."""
    rows = table(model)
    columns = select(rows.c.language_code, rows.c.description).where(_of(model, owner, code))
    return [dict(row) for row in work.session.execute(columns.order_by(rows.c.language_code)).mappings()]


def replace(work: Work, model: type[Table], owner: str, code: str, translations: Translations) -> None:
    """Put these in the place of all that a card has, if it has any (R-TPL-4)."""
    work.session.execute(delete(table(model)).where(_of(model, owner, code)))
    if translations:
        work.session.execute(insert(table(model)), [{owner: code} | translation for translation in translations])


def shown(translations: Translations) -> dict[str, str | None]:
    """As the change log shows them."""
    return {"translations": as_text(translations)}


def changed(before: Translations, after: Translations) -> dict[str, Beside]:
    """As the change log shows what became of them."""
    return {"translations": Beside(as_text(before), as_text(after))}


def _of(model: type[Table], owner: str, code: str) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = table(model).c[owner] == code
    return condition
