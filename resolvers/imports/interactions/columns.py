"""The captions of the Interaction Log Entries in NAV, in English and French, by field."""

from functools import partial

from resolvers.errors import Refusal, UserErrorCode
from resolvers.imports import captions, own_files
from resolvers.imports.columns import index_captions, recognize
from resolvers.imports.reading import FileKind

CAPTIONS: dict[str, tuple[str, ...]] = {
    "entry_no": (
        "Entry No.",
        "N° séquence",
        "N° écriture",
        "N° d'écriture",
        "N° de séquence",
        "Numéro d'écriture",
        "Interaction No.",
        "N° interaction",
    ),
    "contact_no": ("Contact No.", "N° contact", "N° de contact", "Contact"),
    "contact_name": ("Contact Name", "Nom contact", "Nom du contact"),
    "contact_email": ("Contact E-Mail", "Contact Email", "E-mail contact", "Courriel contact", "Courriel du contact"),
    "company_no": (
        "Contact Company No.",
        "Company No.",
        "N° société contact",
        "N° compagnie contact",
        "N° entreprise contact",
        "N° société",
        "N° compagnie",
        "N° entreprise",
        "N° société du contact",
        "N° compagnie du contact",
    ),
    "date": ("Date", "Interaction Date", "Date interaction", "Date d'interaction", "Date de l'interaction"),
    "time_of_interaction": (
        "Time of Interaction",
        "Heure interaction",
        "Heure d'interaction",
        "Heure de l'interaction",
        "Time",
        "Heure",
    ),
    "description": ("Description", "Désignation"),
    "subject": ("Subject", "Sujet", "Objet"),
    "template_code": (
        "Interaction Template Code",
        "Code modèle interaction",
        "Code modèle d'interaction",
        "Template Code",
        "Interaction Template",
        "Modèle interaction",
        "Code modèle",
    ),
    "group_code": captions.GROUP,
    "salesperson_code": captions.SALESPERSON,
    "campaign_no": captions.CAMPAIGN,
    "campaign_target": captions.TARGET,
    "campaign_response": captions.RESPONSE,
    "information_flow": captions.FLOW,
    "initiated_by": captions.INITIATOR,
    "correspondence_type": ("Correspondence Type", "Type correspondance", "Type de correspondance", "Type courrier"),
    "language_code": (
        "Interaction Language Code",
        "Code langue interaction",
        "Code langue d'interaction",
        "Language Code",
        "Code langue",
    ),
    "evaluation": ("Evaluation", "Évaluation"),
    "attempt_failed": ("Attempt Failed", "Tentative échouée", "Échec tentative", "Échec de la tentative", "Échec"),
    "cost": (
        "Cost (LCY)",
        "Cost",
        "Coût (DS)",
        "Coût DS",
        "Coût ($)",
        "Coût",
        "Coût (devise locale)",
        "Coût (devise société)",
        "Coût DL",
        "Coût (DL)",
    ),
    "duration": ("Duration (Min.)", "Duration", "Durée (min.)", "Durée (mn)", "Durée (minutes)", "Durée"),
    "contact_via": ("Contact Via", "Contact via", "Contact par", "Contacté par", "Contacté via"),
    "segment_no": ("Segment No.", "N° segment", "N° de segment"),
    "canceled": ("Canceled", "Cancelled", "Annulé", "Annulée"),
    "postponed": ("Postponed", "Reporté", "Reportée", "Différé", "Différée"),
    "resume_on": ("Resume On", "Reprendre le"),
    "reason": ("Reason", "Motif"),
    "user_id": ("User ID", "Code utilisateur", "ID utilisateur", "Utilisateur", "Nom utilisateur"),
    "comments": ("Comments",),
}
KNOWN = index_captions(CAPTIONS)


class NotAnInteractionList(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} is not a list of interactions. Its first row must have the captions of the interaction log entries, "
        "such "
        "as Entry No., Contact No., Date and Description."
    )
    french = (
        "{file} n’est pas une liste d’interactions. Sa première ligne doit contenir les titres des écritures journal "
        "interaction, comme N° séquence, N° contact, Date et Description."
    )


INTERACTION_LIST = FileKind(
    partial(recognize, known=KNOWN),
    lambda fields: "date" in fields and bool(fields & {"entry_no", "contact_no", "contact_name", "contact_email"}),
    NotAnInteractionList,
    frozenset(own_files.INTERACTIONS),
    frozenset({"comments"}),
)
"""Files that list interactions."""
