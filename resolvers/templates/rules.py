"""Creating, updating and deleting interaction templates (A.4, R-TPL)."""

from decimal import Decimal
from typing import TypedDict

from persistence.templates import InteractionTemplate, InteractionTemplateTranslation
from resolvers import master_data
from resolvers.amounts import check_cost, check_days, check_duration, cost, days, duration
from resolvers.errors import Invalid, Refusal, Translated, as_given, refuse_any
from resolvers.master_data import (
    CardCreated,
    CardDeleted,
    CardKind,
    CardUpdated,
    Normalizer,
    check_new_key,
    insert,
    normalized,
    required_text,
)
from resolvers.references import check_existence
from resolvers.refusals import TemplateNotFound
from resolvers.templates.translations import TranslationFields, Translations, TranslationTable, as_child_rows
from resolvers.work import Work, check_texts, key

INPUT = "interaction_template"
TRANSLATIONS = TranslationTable(InteractionTemplateTranslation, "template_code", INPUT)
TEMPLATES = CardKind(
    InteractionTemplate,
    "code",
    TemplateNotFound,
    advice=Translated("Block it instead (blocked).", "Bloquez-le plutôt (blocked)."),
)
NORMALIZERS: dict[str, Normalizer] = {
    "group_code": key,
    "campaign_no": key,
    "language_code_default": key,
    "ignore_contact_correspondence_type": bool,
    "campaign_target": bool,
    "campaign_response": bool,
    "blocked": bool,
    "unit_cost": cost,
    "unit_duration": duration,
    "follow_up_after_days": days,
}


class TemplateColumns(TypedDict, total=False):
    """The fields of an interaction template that are columns. Absent fields are not changed; null clears a field."""

    description: str | None
    group_code: str | None
    unit_cost: Decimal | None
    unit_duration: int | None
    information_flow: str | None
    initiated_by: str | None
    correspondence_type_default: str | None
    ignore_contact_correspondence_type: bool | None
    campaign_no: str | None
    campaign_target: bool | None
    campaign_response: bool | None
    language_code_default: str | None
    blocked: bool | None
    follow_up_after_days: int | None


class InteractionTemplateFields(TemplateColumns, total=False):
    """The fields of an interaction template. `translations` replaces all translations."""

    translations: list[TranslationFields] | None


def create(work: Work, code: str, fields: InteractionTemplateFields) -> CardCreated:
    """Create an interaction template (R-TPL-1, R-TPL-2).

    Code and description are required. Its group and campaign must exist, and its default language must be one of its
    translations.
    """
    new_code, refusals = check_new_key(InteractionTemplate, code, "code")
    translations = TRANSLATIONS.normalized(fields.get("translations"), refusals)
    values = _normalized({"description": None, **fields}, refusals)
    refusals += _check(work, values, values.get("language_code_default"), translations)
    refuse_any(refusals)
    columns = {**values, "code": new_code}
    id = insert(work, InteractionTemplate, columns, "code", child_rows=as_child_rows(translations))
    TRANSLATIONS.replace(work, new_code, translations)
    return CardCreated(id, new_code)


def update(
    work: Work, code: str, fields: InteractionTemplateFields, *, expected_version: int | None = None
) -> CardUpdated:
    """Change the given fields of a template; existing entries and segment lines stay as they are (R-TPL-5).

    Given translations replace all translations of the template.
    """
    template = TEMPLATES.lock(work, code, expected_version)
    refusals: list[Refusal] = []
    translations = TRANSLATIONS.update_of(work, template.code, fields, refusals)
    values = _normalized(fields, refusals)
    language = values.get("language_code_default", template.language_code_default)
    refusals += _check(work, values, language, translations.after, template)
    refuse_any(refusals)
    child_rows = TRANSLATIONS.apply(work, template.code, translations)
    return master_data.update(work, template, values, child_rows=child_rows)


def delete(work: Work, code: str) -> CardDeleted:
    """Delete a template, with its translations (R-TPL-4), that no other record uses (K6)."""
    return TEMPLATES.delete(work, code, TRANSLATIONS.remove)


def _normalized(fields: InteractionTemplateFields, refusals: list[Refusal]) -> TemplateColumns:
    """The columns as they are stored. The description is required."""
    values = normalized(fields, NORMALIZERS)
    values.pop("translations", None)
    if "description" in values:
        values["description"] = required_text(values["description"], refusals, INPUT, "description")
    return values


def _check(
    work: Work,
    values: TemplateColumns,
    language: str | None,
    translations: Translations,
    before: InteractionTemplate | None = None,
) -> list[Refusal]:
    refusals = check_existence(work, values, ["group_code", "campaign_no"], INPUT)
    refusals += check_cost(values.get("unit_cost"), INPUT, "unit_cost")
    refusals += check_duration(values.get("unit_duration"), INPUT, "unit_duration")
    refusals += check_days(values.get("follow_up_after_days"), INPUT, "follow_up_after_days")
    if language and all(language != translation["language_code"] for translation in translations):
        given = as_given(language)
        refusals.append(
            Invalid(
                INPUT,
                "language_code_default",
                english=f"The template has no translation in {given}. Add one, or set languageCodeDefault to null.",
                french=(
                    f"Le modèle n’a pas de traduction dans la langue {given}. Ajoutez-en une, ou mettez "
                    "languageCodeDefault à null."
                ),
            )
        )
    return refusals + check_texts(InteractionTemplate, values, INPUT, before=before)
