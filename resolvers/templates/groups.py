"""Creating, updating and deleting interaction groups (A.4)."""

from typing import TypedDict

from persistence.templates import InteractionGroup, InteractionGroupTranslation
from resolvers import master_data
from resolvers.errors import Refusal, Translated, refuse_any
from resolvers.master_data import CardCreated, CardDeleted, CardKind, CardUpdated, check_new_key, insert, required_text
from resolvers.refusals import GroupNotFound
from resolvers.templates.translations import TranslationFields, TranslationTable, as_child_rows
from resolvers.work import Work, check_texts

INPUT = "interaction_group"
TRANSLATIONS = TranslationTable(InteractionGroupTranslation, "group_code", INPUT)
GROUPS = CardKind(
    InteractionGroup,
    "code",
    GroupNotFound,
    advice=Translated("Remove it from the records that use it first.", "Retirez-le d’abord de ce qui l’utilise."),
    advice_if_logged=Translated(
        "The log keeps it. Give its templates another group, so that no new interaction uses it.",
        "Le journal le garde. Donnez un autre groupe à ses modèles, pour qu’aucune nouvelle interaction ne l’utilise.",
    ),
)


class InteractionGroupFields(TypedDict, total=False):
    """The fields of an interaction group. Absent fields are not changed; `translations` replaces all translations."""

    description: str | None
    translations: list[TranslationFields] | None


def create(work: Work, code: str, fields: InteractionGroupFields) -> CardCreated:
    """Create an interaction group. Code and description are required."""
    new_code, refusals = check_new_key(InteractionGroup, code, "code")
    columns = _columns({"description": None, **fields}, refusals)
    translations = TRANSLATIONS.normalized(fields.get("translations"), refusals)
    refuse_any(refusals)
    columns["code"] = new_code
    id = insert(work, InteractionGroup, columns, "code", child_rows=as_child_rows(translations))
    TRANSLATIONS.replace(work, new_code, translations)
    return CardCreated(id, new_code)


def update(
    work: Work, code: str, fields: InteractionGroupFields, *, expected_version: int | None = None
) -> CardUpdated:
    """Change the given fields of a group. Given translations replace all translations of the group."""
    group = GROUPS.lock(work, code, expected_version)
    refusals: list[Refusal] = []
    columns = _columns(fields, refusals, group)
    translations = TRANSLATIONS.update_of(work, group.code, fields, refusals)
    refuse_any(refusals)
    child_rows = TRANSLATIONS.apply(work, group.code, translations)
    return master_data.update(work, group, columns, child_rows=child_rows)


def delete(work: Work, code: str) -> CardDeleted:
    """Delete a group, with its translations, that no other record uses (K6)."""
    return GROUPS.delete(work, code, TRANSLATIONS.remove)


def _columns(
    fields: InteractionGroupFields, refusals: list[Refusal], before: InteractionGroup | None = None
) -> dict[str, object]:
    if "description" not in fields:
        return {}
    columns: dict[str, object] = {"description": required_text(fields["description"], refusals, INPUT, "description")}
    refusals += check_texts(InteractionGroup, columns, INPUT, before=before)
    return columns
