"""What the demo company writes down about its interactions, in French and in English."""

from random import Random

PRODUCTS = {
    "FR": (
        "la table pliante Fjord", "la chaise Bouleau", "la console Grand-Large", "le banc Goéland", "le bureau rabattable Boréal",
        "la desserte Écluse", "le lit escamotable Aurore", "la table de terrasse Marée", "le tabouret Épinette",
        "le paravent Lumière",
    ),
    "EN": (
        "the Fjord folding table", "the Birch chair", "the Grand-Large console", "the Gull bench", "the Boréal fold-down desk",
        "the Écluse trolley", "the Aurora wall bed", "the Tide terrace table", "the Spruce stool", "the Lumière screen",
    ),
}

DESCRIPTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "VISIT": {
        "FR": ("Visite\u00a0: démonstration de {p}", "Prise de mesures pour {p}", "Tournée trimestrielle, essai de {p}"),
        "EN": ("Visit: showed {p}", "Took measurements for {p}", "Quarterly visit, tried {p}"),
    },
    "SHOWROOM": {
        "FR": ("Passage à l’atelier, intérêt pour {p}", "Essai de {p} à la salle d’exposition"),
        "EN": ("Came by to see {p}", "Tried {p} in the showroom"),
    },
    "FAIR": {
        "FR": ("Au salon\u00a0: carte laissée, veut voir {p}", "Au salon\u00a0: parlé de {p}"),
        "EN": ("At the fair: left a card, wants to see {p}", "At the fair: talked about {p}"),
    },
    "CALLOUT": {
        "FR": ("Appel\u00a0: délai de livraison de {p}", "Relance au sujet de {p}", "Appel\u00a0: nouvelles couleurs pour {p}"),
        "EN": ("Call: delivery time of {p}", "Called again about {p}", "Call: new colours of {p}"),
    },
    "CALLIN": {
        "FR": ("Demande le prix de {p}", "Question sur l’entretien de {p}", "Veut changer sa commande\u00a0: {p}"),
        "EN": ("Asks for the price of {p}", "Question about cleaning {p}", "Wants to change an order: {p}"),
    },
    "EMAIL": {
        "FR": ("Fiche technique envoyée\u00a0: {p}", "Photos de {p} envoyées", "Confirmation du rendez-vous"),
        "EN": ("Sent the data sheet of {p}", "Sent pictures of {p}", "Confirmed the appointment"),
    },
    "LETTER": {
        "FR": ("Échantillons de bois pour {p}", "Lettre de remerciement"),
        "EN": ("Wood samples for {p}", "Thank-you letter"),
    },
    "FAX": {"FR": ("Bon de commande par télécopie\u00a0: {p}",), "EN": ("Order form by fax: {p}",)},
    "QUOTE": {
        "FR": ("Devis\u00a0: {n} × {p}", "Devis révisé\u00a0: {n} × {p}"),
        "EN": ("Quote: {n} × {p}", "Revised quote: {n} × {p}"),
    },
    "ANSWER": {
        "FR": ("Réponse à la campagne\u00a0: veut essayer {p}", "Réponse\u00a0: demande une offre pour {p}"),
        "EN": ("Answered the campaign: wants to try {p}", "Answer: asks for an offer for {p}"),
    },
    "CLAIM": {
        "FR": ("Charnière bloquée sur {p}", "Rayure à la livraison\u00a0: {p}", "Pièce manquante\u00a0: {p}"),
        "EN": ("Hinge stuck on {p}", "Scratched on delivery: {p}", "Part missing: {p}"),
    },
    "REPAIR": {
        "FR": ("Charnière remplacée sur {p}", "Ajustement de {p} sur place"),
        "EN": ("Replaced a hinge of {p}", "Adjusted {p} on site"),
    },
}

COMMENTS = {
    "FR": (
        "Décision après la réunion du conseil; rappeler le mardi.", "Préfère le chêne clair. Budget serré avant l’été.",
        "Très content de la dernière livraison!", "Compare avec un concurrent moins cher, mais tient à la garantie de dix ans.",
        "Parler d’abord à l’adjointe, jamais le matin.", "A déménagé\u00a0: vérifier l’adresse avant d’envoyer quoi que ce soit.",
        "Demande une remise à partir de vingt pièces.", "Le monte-charge fait 1,80 m\u00a0: livrer démonté.",
    ),
    "EN": (
        "Decides after the board meeting; call back on a Tuesday.", "Prefers light oak. Tight budget before summer.",
        "Very happy with the last delivery!", "Compares us with a cheaper brand, but likes the ten-year warranty.",
        "Talk to the assistant first, never in the morning.", "Has moved: check the address before sending anything.",
        "Asks for a discount from twenty pieces on.", "The lift is 1.80 m high: deliver in parts.",
    ),
}

REASONS = {
    "FR": ("Absente jusqu’à lundi", "Attend le budget", "Rappeler après les vacances", "Compte rendu à compléter", None),
    "EN": ("Out of office until Monday", "Waiting for the budget", "Call back after the holidays", "Notes to complete", None),
}


def tongue(language_code: str | None) -> str:
    """The language of the phrases for a language code."""
    return "FR" if language_code in ("FRC", "FRA") else "EN"


def description(random: Random, template_code: str, language_code: str | None) -> str:
    """A line about such an interaction."""
    spoken = tongue(language_code)
    phrase = random.choice(DESCRIPTIONS[template_code][spoken])
    return phrase.format(p=random.choice(PRODUCTS[spoken]), n=random.randrange(2, 60))


def comment(random: Random, language_code: str | None) -> str:
    """A remark."""
    return random.choice(COMMENTS[tongue(language_code)])


def reason(random: Random, language_code: str | None) -> str | None:
    """Why something waits."""
    return random.choice(REASONS[tongue(language_code)])
