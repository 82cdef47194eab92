"""The captions of a list of interaction templates in NAV, in English and French, by field."""

from functools import partial

from resolvers.errors import Refusal, UserErrorCode
from resolvers.imports import captions, own_files
from resolvers.imports.columns import index_captions, recognize
from resolvers.imports.reading import FileKind

CAPTIONS: dict[str, tuple[str, ...]] = {
    "code": ("Code", "Interaction Template Code", "Template Code", "Code modèle interaction", "Code modèle"),
    "description": ("Description", "Désignation"),
    "group_code": captions.GROUP,
    "group_description": ("Group Description", "Désignation groupe"),
    "unit_cost": (
        "Unit Cost (LCY)",
        "Unit Cost",
        "Coût unitaire (DS)",
        "Coût unitaire DS",
        "Coût unitaire ($)",
        "Coût unitaire",
        "Coût unitaire (devise locale)",
        "Coût unitaire (devise société)",
    ),
    "unit_duration": (
        "Unit Duration (Min.)",
        "Unit Duration",
        "Durée unitaire (min.)",
        "Durée unitaire (mn)",
        "Durée unitaire (minutes)",
        "Durée unitaire",
    ),
    "information_flow": captions.FLOW,
    "initiated_by": captions.INITIATOR,
    "correspondence_type_default": (
        "Correspondence Type (Default)",
        "Type correspondance (par défaut)",
        "Type correspondance par défaut",
        "Type de correspondance (par défaut)",
        "Correspondence Type",
        "Type correspondance",
        "Type de correspondance",
    ),
    "ignore_contact_correspondence_type": (
        "Ignore Contact Corres. Type",
        "Ignore Contact Correspondence Type",
        "Ignorer type correspondance contact",
        "Ignorer type corres. contact",
        "Ignorer le type de correspondance du contact",
    ),
    "language_code_default": (
        "Language Code (Default)",
        "Code langue (par défaut)",
        "Code langue par défaut",
        "Language Code",
        "Code langue",
    ),
    "campaign_no": captions.CAMPAIGN,
    "campaign_target": captions.TARGET,
    "campaign_response": captions.RESPONSE,
    "follow_up_after_days": (
        "Follow-up After (Days)",
        "Follow-up After Days",
        "followUpAfterDays",
        "Suivi après (jours)",
        "Relance après (jours)",
    ),
    "blocked": ("Blocked", "Bloqué"),
    "translations": ("Translations",),
    "group_translations": ("Group Translations",),
}
KNOWN = index_captions(CAPTIONS)


class NotATemplateList(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} is not a list of interaction templates. Its first row must have captions such as Code and Description."
    )
    french = (
        "{file} n’est pas une liste de modèles interaction. Sa première ligne doit contenir des titres comme "
        "Code et Description."
    )


TEMPLATE_LIST = FileKind(
    "templates",
    partial(recognize, known=KNOWN),
    lambda fields: "code" in fields and len(fields) > 1,
    NotATemplateList,
    frozenset(own_files.TEMPLATES),
    frozenset({"translations", "group_translations"}),
)
"""Files that list interaction templates."""
