"""Interaction groups (A.4)."""

from dataclasses import dataclass
from typing import Any, TypedDict

from persistence.templates import InteractionGroup, InteractionGroupTranslation
from resolvers import master_data
from resolvers import usages as uses
from resolvers.errors import Refusal, Translated, refuse_any
from resolvers.master_data import CardDeleted, CardUpdated, insert, new_key, required
from resolvers.refusals import GroupNotFound
from resolvers.templates import translations
from resolvers.templates.translations import TranslationFields
from resolvers.work import Work, key, unfit_texts

ROOM = "interaction_group"
TEXTS = (InteractionGroupTranslation, "group_code")
INSTEAD = Translated("Take it off what uses it first.", "Retirez-le d’abord de ce qui l’utilise.")
IN_HISTORY = Translated(
    "The log keeps it. Give its templates another group, so that nothing new uses it.",
    "Le journal le garde. Donnez un autre groupe à ses modèles, pour que rien de nouveau ne l’utilise.",
)


class InteractionGroupFields(TypedDict, total=False):
    description: str | None
    translations: list[TranslationFields] | None


@dataclass(frozen=True)
class GroupCreated:
    id: int
    code: str


def create(work: Work, code: str, fields: InteractionGroupFields) -> GroupCreated:
    """A new interaction group. Code and description must be there."""
    kept, refusals = new_key(InteractionGroup, code, "code")
    values = _normalized({"description": None, **fields}, refusals)
    texts = translations.as_kept(InteractionGroupTranslation, fields.get("translations"), refusals, ROOM)
    refuse_any(refusals)
    made = insert(work, InteractionGroup, values | {"code": kept}, "code", beside=translations.shown(texts))
    translations.replace(work, *TEXTS, kept, texts)
    return GroupCreated(made, kept)


def update(
    work: Work, code: str, fields: InteractionGroupFields, *, expected_version: int | None = None
) -> CardUpdated:
    """Change what is given; translations are replaced as a set."""
    group = _held(work, code, expected_version)
    refusals: list[Refusal] = []
    values = _normalized(fields, refusals, group)
    before = texts = translations.stored(work, *TEXTS, group.code)
    if "translations" in fields:
        texts = translations.as_kept(InteractionGroupTranslation, fields["translations"], refusals, ROOM, before)
    refuse_any(refusals)
    if texts != before:
        translations.replace(work, *TEXTS, group.code, texts)
    return master_data.change(work, group, values, beside=translations.changed(before, texts))


def delete(work: Work, code: str) -> CardDeleted:
    """Delete a group, with its translations, that no template and no history uses (K6)."""
    group = _held(work, code)
    uses.refuse_if_used(work, InteractionGroup, group.code, "code", INSTEAD, in_history=IN_HISTORY)
    texts = translations.stored(work, *TEXTS, group.code)
    translations.replace(work, *TEXTS, group.code, [])
    return master_data.remove(work, group, beside=translations.shown(texts))


def _held(work: Work, code: str, expected_version: int | None = None) -> InteractionGroup:
    kept = key(code) or ""
    lost = GroupNotFound("code", key=kept)
    return master_data.held(work, InteractionGroup, lost, expected_version=expected_version, code=kept)


def _normalized(
    fields: InteractionGroupFields, refusals: list[Refusal], before: InteractionGroup | None = None
) -> dict[str, Any]:
    if "description" not in fields:
        return {}
    values = {"description": required(fields["description"], refusals, ROOM, "description")}
    refusals += unfit_texts(InteractionGroup, values, ROOM, before=before)
    return values
