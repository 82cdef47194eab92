"""The captions of the Interaction Log Entries in NAV, in English and French, by field. Those of activities of other
programs are in `activity_captions`.
"""

from collections.abc import Sequence
from dataclasses import replace

from resolvers.errors import Refusal, UserErrorCode
from resolvers.imports import captions, columns, own_files
from resolvers.imports.columns import Column, by_rank, index_captions, normalized
from resolvers.imports.interactions import activity_captions
from resolvers.imports.interactions.activity_captions import NAMES_CONTACT, OF_ACTIVITIES, OF_NAV
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
    "contact_company_name": ("Contact Company Name", "Nom société contact", "Nom compagnie contact"),
    "salesperson_name": ("Salesperson Name", "Nom représentant", "Nom du représentant", "Nom vendeur"),
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
ACTIVITIES = index_captions(activity_captions.CAPTIONS)
OWN = frozenset(own_files.INTERACTIONS)


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


def recognize(captions: Sequence[str]) -> list[Column]:
    """The columns whose caption is known, by rank. Files of NAV and Business Central have other meanings for some
    captions than the activities of other programs, of which `Contact` is a name and `Description` a long text.
    """
    found = columns.recognize(captions, KNOWN)
    if {*captions} >= OWN:
        return found
    of_activities = columns.recognize(captions, ACTIVITIES)
    taken = {column.index for column in of_activities}
    merged = [*of_activities, *(column for column in found if column.index not in taken)]
    if {column.field for column in merged} & OF_ACTIVITIES and not is_of_nav(found):
        return _with_comments(_of_activities(merged))
    taken = {column.index for column in found}
    extra = [column for column in of_activities if column.index not in taken and column.field == "comment"]
    return _with_comments([*found, *extra])


def is_of_nav(recognized: Sequence[Column]) -> bool:
    """Whether the file is one of NAV, Business Central or Carnet, by the columns that other programs do not have."""
    return any(
        column.field in OF_NAV or (column.field == "contact_no" and normalized(column.caption) != "contact")
        for column in recognized
    )


def _of_activities(recognized: list[Column]) -> list[Column]:
    """The columns of a file that lists activities. Without a date they have a start, else the day they were entered."""
    fields = {column.field for column in recognized}
    day = next((field for field in ("date", "start", "created") if field in fields), "date")
    meaning = {"contact": "contact_name"}
    if fields & {"title", "subject"}:
        meaning |= {"description": "comment", "designation": "comment"}
    return [
        replace(column, field="date" if column.field == day else meaning.get(normalized(column.caption), column.field))
        for column in recognized
        if column.field in ("date", day) or column.field != "created"
    ]


def _with_comments(recognized: list[Column]) -> list[Column]:
    """All columns with comments are kept: each has a field of its own."""
    named = [replace(column, field="comment") if column.field == "comments" else column for column in recognized]
    of_comments = sorted((column for column in named if column.field == "comment"), key=lambda column: column.index)
    numbered = {column: replace(column, field=f"{n}.comment") for n, column in enumerate(of_comments) if n}
    return by_rank([numbered.get(column, column) for column in named])


INTERACTION_LIST = FileKind(
    "interactions",
    recognize,
    lambda fields: "date" in fields and bool(fields & {"entry_no", *NAMES_CONTACT}),
    NotAnInteractionList,
    OWN,
    frozenset({"comments"}),
)
"""Files that list interactions."""
