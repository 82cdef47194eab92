"""Captions that files of several kinds share, in English and French."""

GROUP = (
    "Interaction Group Code",
    "Code groupe interaction",
    "Code groupe interactions",
    "Code groupe d'interactions",
    "Group Code",
    "Interaction Group",
    "Groupe interaction",
    "Code groupe",
)
FLOW = ("Information Flow", "Flux d'informations", "Flux d'information", "Flux information", "Flux informations")
INITIATOR = ("Initiated By", "Initié par", "Initialisé par", "À l'initiative de", "Initiateur")
CAMPAIGN = ("Campaign No.", "N° campagne", "N° de campagne", "N° promotion", "N° de promotion", "Campaign", "Campagne")
TARGET = ("Campaign Target", "Cible campagne", "Cible (campagne)", "Cible de la campagne", "Cible promotion")
RESPONSE = (
    "Campaign Response",
    "Réponse campagne",
    "Réponse à la campagne",
    "Réponse promotion",
    "Réponse à la promotion",
)
SALESPERSON = ("Salesperson Code", "Salesperson", "Code représentant", "Représentant", "Code vendeur", "Vendeur")
