"""Interaction templates with their translations (A.4, R-TPL)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict

from sqlmodel import col

from persistence.campaigns import Campaign
from persistence.templates import InteractionGroup, InteractionTemplate, InteractionTemplateTranslation
from resolvers import master_data
from resolvers import usages as uses
from resolvers.amounts import check_cost, check_duration
from resolvers.errors import Invalid, Refusal, Translated, as_given, refuse_any
from resolvers.master_data import CardDeleted, CardUpdated, insert, is_there, new_key, required
from resolvers.refusals import CampaignNotFound, GroupNotFound, TemplateNotFound
from resolvers.templates import translations
from resolvers.templates.translations import TranslationFields, Translations
from resolvers.work import Work, key, unfit_texts

ROOM = "interaction_template"
TEXTS = (InteractionTemplateTranslation, "template_code")
INSTEAD = Translated("Block it instead (blocked).", "Bloquez-le plutôt (blocked).")
CODES = ("group_code", "campaign_no", "language_code_default")
MARKS = ("ignore_contact_correspondence_type", "campaign_target", "campaign_response", "blocked")


class InteractionTemplateFields(TypedDict, total=False):
    description: str | None
    translations: list[TranslationFields] | None
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


@dataclass(frozen=True)
class TemplateCreated:
    id: int
    code: str


def create(work: Work, code: str, fields: InteractionTemplateFields) -> TemplateCreated:
    """A new interaction template (R-TPL-1, R-TPL-2).

    Its group and campaign must exist. Its default language is one of its translations.
    """
    kept, refusals = new_key(InteractionTemplate, code, "code")
    texts = translations.as_kept(InteractionTemplateTranslation, fields.get("translations"), refusals, ROOM)
    values = _normalized({"description": None, **fields}, refusals)
    refusals += _unfit(work, values, values.get("language_code_default"), texts)
    refuse_any(refusals)
    made = insert(work, InteractionTemplate, values | {"code": kept}, "code", beside=translations.shown(texts))
    translations.replace(work, *TEXTS, kept, texts)
    return TemplateCreated(made, kept)


def update(
    work: Work, code: str, fields: InteractionTemplateFields, *, expected_version: int | None = None
) -> CardUpdated:
    """Change what is given; translations are replaced as a set. No entry and no segment line changes (R-TPL-5)."""
    template = _held(work, code, expected_version)
    refusals: list[Refusal] = []
    before = texts = translations.stored(work, *TEXTS, template.code)
    if "translations" in fields:
        texts = translations.as_kept(InteractionTemplateTranslation, fields["translations"], refusals, ROOM, before)
    values = _normalized(fields, refusals)
    refusals += _unfit(
        work, values, values.get("language_code_default", template.language_code_default), texts, template
    )
    refuse_any(refusals)
    if texts != before:
        translations.replace(work, *TEXTS, template.code, texts)
    return master_data.change(work, template, values, beside=translations.changed(before, texts))


def delete(work: Work, code: str) -> CardDeleted:
    """Delete a template with its translations (R-TPL-4), unless history or anything open uses it (K6)."""
    template = _held(work, code)
    uses.refuse_if_used(work, InteractionTemplate, template.code, "code", INSTEAD)
    texts = translations.stored(work, *TEXTS, template.code)
    translations.replace(work, *TEXTS, template.code, [])
    return master_data.remove(work, template, beside=translations.shown(texts))


def _held(work: Work, code: str, expected_version: int | None = None) -> InteractionTemplate:
    kept = key(code) or ""
    lost = TemplateNotFound("code", key=kept)
    return master_data.held(work, InteractionTemplate, lost, expected_version=expected_version, code=kept)


def _normalized(fields: InteractionTemplateFields, refusals: list[Refusal]) -> dict[str, Any]:
    """What was given, as it is kept. A description must be there; no cost is 0, an unmarked box is false."""
    given: dict[str, Any] = {**fields}
    given.pop("translations", None)
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name == "description":
            values[name] = required(value, refusals, ROOM, name)
        elif name in CODES:
            values[name] = key(value)
        elif name in MARKS:
            values[name] = bool(value)
        elif name in ("unit_cost", "unit_duration") and value is None:
            values[name] = Decimal(0) if name == "unit_cost" else 0
        else:
            values[name] = value
    return values


def _unfit(
    work: Work,
    values: dict[str, Any],
    language: str | None,
    texts: Translations,
    before: InteractionTemplate | None = None,
) -> list[Refusal]:
    refusals: list[Refusal] = []
    group, campaign = values.get("group_code"), values.get("campaign_no")
    if group and not is_there(work, col(InteractionGroup.code), group):
        refusals.append(GroupNotFound(ROOM, "group_code", key=group))
    if campaign and not is_there(work, col(Campaign.no), campaign):
        refusals.append(CampaignNotFound(ROOM, "campaign_no", no=campaign))
    refusals += check_cost(values.get("unit_cost"), ROOM, "unit_cost")
    refusals += check_duration(values.get("unit_duration"), ROOM, "unit_duration")
    if language and all(language != text["language_code"] for text in texts):
        given = as_given(language)
        refusals.append(
            Invalid(
                ROOM,
                "language_code_default",
                english=f"The template has no translation in {given}. Add one, or set languageCodeDefault to null.",
                french=(
                    f"Le modèle n’a pas de traduction dans la langue {given}. Ajoutez-en une, ou mettez "
                    "languageCodeDefault à null."
                ),
            )
        )
    return refusals + unfit_texts(InteractionTemplate, values, ROOM, before=before)
