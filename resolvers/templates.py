"""Interaction groups and templates with their translations (A.4, R-TPL)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict

from sqlalchemy import insert as insert_rows
from sqlmodel import col

from persistence.campaigns import Campaign
from persistence.columns import Table
from persistence.templates import (
    InteractionGroup,
    InteractionGroupTranslation,
    InteractionTemplate,
    InteractionTemplateTranslation,
)
from resolvers.amounts import check_cost, check_duration
from resolvers.errors import Invalid, Refusal, TooMany, refuse_any
from resolvers.master_data import insert, is_there, new_key, required
from resolvers.refusals import CampaignNotFound, GroupNotFound
from resolvers.work import Work, key, too_long

MOST_TRANSLATIONS = 100
CHOICES = ("information_flow", "initiated_by", "correspondence_type_default")
MARKS = ("ignore_contact_correspondence_type", "campaign_target", "campaign_response", "blocked")


class TranslationFields(TypedDict):
    language_code: str
    description: str


class InteractionGroupFields(TypedDict, total=False):
    description: str | None
    translations: list[TranslationFields] | None


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
class GroupCreated:
    id: int
    code: str


@dataclass(frozen=True)
class TemplateCreated:
    id: int
    code: str


def create_group(work: Work, code: str, fields: InteractionGroupFields) -> GroupCreated:
    """A new interaction group. Code and description must be there."""
    kept, refusals = new_key(InteractionGroup, code, "code")
    description = required(fields.get("description"), refusals, "interaction_group", "description")
    refusals += too_long(InteractionGroup, {"description": description}, "interaction_group")
    translations = _translations(InteractionGroupTranslation, fields.get("translations"), refusals, "interaction_group")
    refuse_any(refusals)
    made = insert(work, InteractionGroup, {"code": kept, "description": description}, "code")
    _translate(work, InteractionGroupTranslation, {"group_code": kept}, translations)
    return GroupCreated(made, kept)


def create(work: Work, code: str, fields: InteractionTemplateFields) -> TemplateCreated:
    """A new interaction template (R-TPL-1, R-TPL-2).

    Its group and campaign must exist. With translations, the default language is one of them.
    """
    kept, refusals = new_key(InteractionTemplate, code, "code")
    given = fields.get("translations")
    translations = _translations(InteractionTemplateTranslation, given, refusals, "interaction_template")
    values: dict[str, Any] = {
        "description": required(fields.get("description"), refusals, "interaction_template", "description"),
        "group_code": key(fields.get("group_code")),
        "unit_cost": fields.get("unit_cost") or Decimal(0),
        "unit_duration": fields.get("unit_duration") or 0,
        "campaign_no": key(fields.get("campaign_no")),
        "language_code_default": key(fields.get("language_code_default")),
    }
    values |= {name: fields.get(name) for name in CHOICES} | {name: bool(fields.get(name)) for name in MARKS}
    refusals += _unfit(work, values, [translation["language_code"] for translation in translations])
    refuse_any(refusals)
    made = insert(work, InteractionTemplate, values | {"code": kept}, "code")
    _translate(work, InteractionTemplateTranslation, {"template_code": kept}, translations)
    return TemplateCreated(made, kept)


def _unfit(work: Work, values: dict[str, Any], languages: list[str]) -> list[Refusal]:
    room = "interaction_template"
    refusals: list[Refusal] = []
    group, campaign, language = values["group_code"], values["campaign_no"], values["language_code_default"]
    if group and not is_there(work, col(InteractionGroup.code), group):
        refusals.append(GroupNotFound(room, "group_code", key=group))
    if campaign and not is_there(work, col(Campaign.no), campaign):
        refusals.append(CampaignNotFound(room, "campaign_no", no=campaign))
    refusals += check_cost(values["unit_cost"], room, "unit_cost")
    refusals += check_duration(values["unit_duration"], room, "unit_duration")
    if language and language not in languages:
        refusals.append(Invalid(
            room, "language_code_default",
            english=f"The template has no translation in {language}. Add one, or leave the default language out.",
            french=f"Le modèle n'a pas de traduction en {language}. Ajoutez-en une, ou omettez la langue par défaut.",
        ))
    return refusals + too_long(InteractionTemplate, values, room)


def _translations(
    table: type[Table], given: Sequence[TranslationFields] | None, refusals: list[Refusal], room: str
) -> list[dict[str, str]]:
    """The translations as they are kept; each language once, each with a description."""
    if given and len(given) > MOST_TRANSLATIONS:
        refusals.append(TooMany(room, "translations", most=MOST_TRANSLATIONS, count=len(given)))
        return []
    kept: list[dict[str, str]] = []
    for index, translation in enumerate(given or []):
        path = (room, "translations", str(index))
        row = {
            "language_code": (required(translation["language_code"], refusals, *path, "language_code")).upper(),
            "description": required(translation["description"], refusals, *path, "description"),
        }
        if any(row["language_code"] == other["language_code"] for other in kept):
            refusals.append(Invalid(
                *path, "language_code", english=f"{row['language_code']} is there twice. Keep one of the two.",
                french=f"{row['language_code']} figure deux fois. Gardez-en une.",
            ))
        refusals += too_long(table, row, *path)
        kept.append(row)
    return kept


def _translate(work: Work, table: type[Table], owner: dict[str, str], translations: list[dict[str, str]]) -> None:
    if translations:
        rows = table.__table__  # type: ignore[attr-defined]  # made by SQLModel for every table
        work.session.execute(insert_rows(rows), [owner | translation for translation in translations])
