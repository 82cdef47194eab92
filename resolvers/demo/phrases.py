"""Descriptions, comments and reasons for the interactions of the demo company, in French and English."""

from dataclasses import dataclass
from functools import cached_property
from random import Random

from resolvers.french_grammar import de


@dataclass(frozen=True)
class Product:
    """A product with its article: la table pliante Fjord."""

    article: str
    noun: str

    @cached_property
    def with_article(self) -> str:
        """The product with its article."""
        return f"{self.article} {self.noun}"

    @cached_property
    def of(self) -> str:
        """`de` with the product, contracted: du banc, de la chaise."""
        return de(self.with_article)


PRODUCTS = {
    "FR": (
        Product("la", "table pliante Fjord"),
        Product("la", "chaise Bouleau"),
        Product("la", "console Grand-Large"),
        Product("le", "banc Goéland"),
        Product("le", "bureau rabattable Boréal"),
        Product("la", "desserte Écluse"),
        Product("le", "lit escamotable Aurore"),
        Product("la", "table de terrasse Marée"),
        Product("le", "tabouret Épinette"),
        Product("le", "paravent Lumière"),
    ),
    "EN": (
        Product("the", "Fjord folding table"),
        Product("the", "Birch chair"),
        Product("the", "Grand-Large console"),
        Product("the", "Gull bench"),
        Product("the", "Boréal fold-down desk"),
        Product("the", "Écluse trolley"),
        Product("the", "Aurora wall bed"),
        Product("the", "Tide terrace table"),
        Product("the", "Spruce stool"),
        Product("the", "Lumière screen"),
    ),
}

DESCRIPTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "VISIT": {
        "FR": (
            "Visite\u00a0: démonstration {of}",
            "Prise de mesures pour {p}",
            "Visite trimestrielle\u00a0: essai {of}",
        ),
        "EN": ("Visit: showed {p}", "Took measurements for {p}", "Quarterly visit: tried {p}"),
    },
    "SHOWROOM": {
        "FR": ("Passage à l’atelier pour voir {p}", "Essai {of} dans la salle d’exposition"),
        "EN": ("Came by to see {p}", "Tried {p} in the showroom"),
    },
    "FAIR": {
        "FR": ("Au salon\u00a0: a laissé sa carte, veut voir {p}", "Au salon\u00a0: discussion sur {p}"),
        "EN": ("At the fair: left a card, wants to see {p}", "At the fair: talked about {p}"),
    },
    "CALLOUT": {
        "FR": (
            "Appel\u00a0: délai de livraison pour {p}",
            "Relance au sujet {of}",
            "Appel\u00a0: nouvelles couleurs pour {p}",
        ),
        "EN": ("Call: delivery time of {p}", "Called again about {p}", "Call: new colours of {p}"),
    },
    "CALLIN": {
        "FR": ("Demande le prix {of}", "Question sur l’entretien {of}", "Veut modifier sa commande\u00a0: {noun}"),
        "EN": ("Asks for the price of {p}", "Question about cleaning {p}", "Wants to change an order: {noun}"),
    },
    "EMAIL": {
        "FR": ("Fiche technique envoyée\u00a0: {noun}", "Envoi de photos {of}", "Confirmation du rendez-vous"),
        "EN": ("Sent the data sheet of {p}", "Sent pictures of {p}", "Confirmed the appointment"),
    },
    "LETTER": {
        "FR": ("Échantillons de bois pour {p}", "Lettre de remerciement"),
        "EN": ("Wood samples for {p}", "Thank-you letter"),
    },
    "FAX": {"FR": ("Bon de commande par télécopie\u00a0: {noun}",), "EN": ("Order form by fax: {noun}",)},
    "QUOTE": {
        "FR": ("Devis\u00a0: {n} × {noun}", "Devis révisé\u00a0: {n} × {noun}"),
        "EN": ("Quote: {n} × {noun}", "Revised quote: {n} × {noun}"),
    },
    "ANSWER": {
        "FR": (
            "Réponse à la campagne\u00a0: veut essayer {p}",
            "Réponse à la campagne\u00a0: demande un devis pour {p}",
        ),
        "EN": ("Answered the campaign: wants to try {p}", "Answered the campaign: asks for a quote for {p}"),
    },
    "CLAIM": {
        "FR": (
            "Charnière bloquée\u00a0: {noun}",
            "Rayure à la livraison\u00a0: {noun}",
            "Pièce manquante\u00a0: {noun}",
        ),
        "EN": ("Hinge stuck: {noun}", "Scratched on delivery: {noun}", "Part missing: {noun}"),
    },
    "REPAIR": {
        "FR": ("Charnière remplacée\u00a0: {noun}", "Ajustement {of} sur place"),
        "EN": ("Replaced a hinge of {p}", "Adjusted {p} on site"),
    },
}
"""`{p}` is the product with its article, `{of}` is `de` with it, contracted; `{noun}` is the product without
article.
"""

COMMENTS = {
    "FR": (
        "Décision après la réunion du conseil; rappeler un mardi.",
        "Préfère le chêne clair. Budget serré avant l’été.",
        "La dernière livraison a beaucoup plu!",
        "Nous compare à un concurrent moins cher, mais tient à la garantie de dix ans.",
        "Parler d’abord à l’adjointe, jamais le matin.",
        "A déménagé\u00a0: vérifier l’adresse avant d’envoyer quoi que ce soit.",
        "Demande une remise à partir de vingt pièces.",
        "Le monte-charge fait 1,80\u00a0m\u00a0: livrer démonté.",
    ),
    "EN": (
        "Decides after the board meeting; call back on a Tuesday.",
        "Prefers light oak. Tight budget before summer.",
        "Very happy with the last delivery!",
        "Compares us with a cheaper brand, but likes the ten-year warranty.",
        "Talk to the assistant first, never in the morning.",
        "Has moved: check the address before sending anything.",
        "Asks for a discount from twenty pieces on.",
        "The lift is 1.80 m high: deliver in parts.",
    ),
}

REASONS = {
    "FR": (
        "En congé jusqu’à lundi",
        "En attente du budget",
        "Rappeler après les vacances",
        "Compte rendu à compléter",
        None,
    ),
    "EN": (
        "Out of office until Monday",
        "Waiting for the budget",
        "Call back after the holidays",
        "Notes to complete",
        None,
    ),
}


def phrase_language(language_code: str | None) -> str:
    """The language of the phrases for a language code."""
    return "FR" if language_code in ("FRC", "FRA") else "EN"


def description(random: Random, template_code: str, language_code: str | None) -> str:
    """A description of an interaction with this template."""
    language = phrase_language(language_code)
    phrase, product = random.choice(DESCRIPTIONS[template_code][language]), random.choice(PRODUCTS[language])
    return phrase.format(p=product.with_article, of=product.of, noun=product.noun, n=random.randrange(2, 60))


def comment(random: Random, language_code: str | None) -> str:
    """A comment on an interaction."""
    return random.choice(COMMENTS[phrase_language(language_code)])


def reason(random: Random, language_code: str | None) -> str | None:
    """The reason for which an interaction is postponed, None for some."""
    return random.choice(REASONS[phrase_language(language_code)])
