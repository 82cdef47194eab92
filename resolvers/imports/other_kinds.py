"""Recognizes files that were given to the import of another kind, such as a log of interactions to that of contacts.

Some captions are common to all kinds: a log of interactions has the numbers, names and companies of contacts, and would
be read as a list of contacts. So each kind has typical captions, which files of other kinds do not have.
"""

from collections.abc import Iterable
from functools import cache

from resolvers.errors import Refusal, Translated, UserErrorCode
from resolvers.imports import own_files
from resolvers.imports.columns import normalized

LEAST_TYPICAL = 2
"""With fewer typical captions of another kind, a file is not refused."""

LISTED = {
    "contacts": Translated("contacts", "de contacts"),
    "interactions": Translated("interactions", "d’interactions"),
    "templates": Translated("interaction templates", "de modèles interaction"),
    "campaigns": Translated("campaigns", "de campagnes"),
    "salespeople": Translated("salespeople", "de représentants"),
}
"""What files of each kind list, in French with `de`. The keys are the names of the commands."""

TYPICAL = {
    "contacts": (
        "First Name|Last Name|Full Name|Given Name|Family Name|Prénom|Nom de famille|Nom complet|Job Title|Fonction|"
        "Address|Adresse|City|Ville|Post Code|Postal Code|Code postal|Country/Region|Pays/Région|Country/Region Code|"
        "Code pays/région|Phone No.|N° téléphone|Phone Number|Mobile Phone|Mobile Phone No.|N° téléphone mobile|"
        "E-mail Address|Adresse de messagerie|E-mail 1 - Value|Phone 1 - Value|Business Phone|Company No.|Company Name|"
        "Mailing Street|Mailing City|Street Address|Business Street|Business City|Territory Code|Home Page"
    ),
    "interactions": (
        "Entry No.|N° séquence|N° écriture|Contact No.|N° contact|Date|Interaction Date|Date interaction|"
        "Time of Interaction|Heure interaction|Attempt Failed|Tentative échouée|Échec tentative|Evaluation|"
        "Évaluation|Contact Via|Contact Name|Nom contact|Contact Company No.|N° société contact|Contact Company Name|"
        "Segment No.|N° segment|Canceled|Annulé|Activity Date|Date de l’activité|Activity Type|Type d’activité|Subject|"
        "Objet|Activity Assigned To|Assigned|Attribué|Call Duration|Call Direction|Call Outcome|Call Type|Due Date|"
        "Date d’échéance|Regarding|Concernant|Actual Start|Actual End|ActivityDate|Task Subtype|WhoId|WhatId|Who.Name|"
        "CallDurationInSeconds|Meeting Outcome|Activity Status"
    ),
    "templates": (
        "Unit Cost (LCY)|Coût unitaire (DS)|Coût unitaire DS|Unit Duration (Min.)|"
        "Durée unitaire (min.)|Correspondence Type (Default)|Type correspondance (par défaut)|Language Code (Default)|"
        "Code langue (par défaut)|Ignore Contact Corres. Type|Unit Cost|Unit Duration|Interaction Group Code|"
        "Code groupe interaction|Campaign Target|Campaign Response"
    ),
    "campaigns": "Starting Date|Ending Date|Date de début|Date de fin|Date début|Date fin|Campaign No.|N° campagne",
    "salespeople": "Code|Commission %|% commission|Salespers./Purch. Code",
}
"""The captions of each kind that files of other kinds usually do not have."""

OF_SALESPEOPLE = (
    "Code|Salespers./Purch. Code|Name|Nom|Commission %|% commission|Phone No.|N° téléphone|E-Mail|Email|Courriel|"
    "Job Title|Fonction|Blocked|Bloqué|Privacy Blocked|Image"
)
"""All captions of a list of salespeople. Most of them occur in lists of contacts, too."""


class OtherKind(Refusal):
    code = UserErrorCode.INVALID
    english = (
        "{file} looks like a list of {found}. Import it with `carnet import {command} FILE`. If it is a list of "
        "{wanted}, correct its captions."
    )
    french = (
        "{file} ressemble à une liste {found}. Importez-la avec `carnet import {command} FICHIER`. Si c’est une "
        "liste {wanted}, corrigez ses titres de colonne."
    )


def other_kind(captions: Iterable[str], wanted: str) -> str | None:
    """The kind of a file with these captions, if it is clearly not the wanted one; None if it may be the wanted one."""
    names = {*map(normalized, captions)} - {""}
    if {"code", "name"} <= names <= _normalized(OF_SALESPEOPLE) | _own_captions("salespeople"):
        return None if wanted == "salespeople" else "salespeople"
    counts = {kind: len(names & (_normalized(typical) | _own_captions(kind))) for kind, typical in TYPICAL.items()}
    found = max(counts, key=lambda kind: (counts[kind], kind == wanted))
    return found if counts[found] >= LEAST_TYPICAL and counts[found] > counts[wanted] else None


def refusal(file_name: str, *, found: str, wanted: str) -> OtherKind:
    """The refusal of a file of another kind."""
    return OtherKind(file=file_name, found=LISTED[found], command=found, wanted=LISTED[wanted])


@cache
def _own_captions(kind: str) -> frozenset[str]:
    """The captions that exports of Carnet of this kind have, and its other exports do not have."""
    exported = {
        "contacts": own_files.CONTACTS,
        "interactions": own_files.INTERACTIONS,
        "templates": own_files.TEMPLATES,
        "campaigns": own_files.CAMPAIGNS,
        "salespeople": own_files.SALESPEOPLE,
    }
    others = {name for other, names in exported.items() if other != kind for name in names}
    return frozenset(map(normalized, {*exported[kind]} - others))


@cache
def _normalized(captions: str) -> frozenset[str]:
    return frozenset(map(normalized, captions.split("|")))
