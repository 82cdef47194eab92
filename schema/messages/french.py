"""French phrases for filters."""

from resolvers.french import day, number
from schema.messages.grammar import Combined, Counted, Dates, Day, Flag, Interactions, ItsContact, Noun, Tongue

WEEKDAYS = dict(
    zip(
        "1234567",
        ("le lundi", "le mardi", "le mercredi", "le jeudi", "le vendredi", "le samedi", "le dimanche"),
        strict=True,
    )
)
CORRESPONDENCE = {"HARD_COPY": "le papier", "EMAIL": "le courriel", "FAX": "la télécopie"}


def _text(noun: str, blank: tuple[str, str] | None = None, *, feminine: bool = False) -> Noun:
    return Noun(noun, is_text=True, blank=blank, feminine=feminine)


FRENCH = Tongue(
    whose="dont {} {}",
    compared={
        "eq": "est {}",
        "ne": "n’est pas {}",
        "in": "est {}",
        "gt": "est supérieur{e} à {}",
        "gte": "est {} ou plus",
        "lt": "est inférieur{e} à {}",
        "lte": "est {} ou moins",
    },
    text_compared={
        "contains": "contient «\u00a0{}\u00a0»",
        "startsWith": "commence par «\u00a0{}\u00a0»",
        "gte": "est {} ou vient après dans l’ordre",
        "lte": "est {} ou vient avant dans l’ordre",
    },
    blank=("est vide", "n’est pas vide"),
    of_no_list="est dans une liste vide",
    and_=" et ",
    or_=" ou ",
    more=(("un autre", "l’un des {} autres"), ("une autre", "l’une des {} autres")),
    number=number,
    empty="«\u00a0»",
    dates=Dates(
        day=day,
        compared={
            "eq": "le {}",
            "ne": "le {}",
            "gt": "après le {}",
            "gte": "le {} ou après",
            "lt": "avant le {}",
            "lte": "le {} ou avant",
        },
        last={
            "DAY": ("au cours du dernier jour", "au cours des {} derniers jours"),
            "WEEK": ("au cours de la dernière semaine", "au cours des {} dernières semaines"),
            "MONTH": ("au cours du dernier mois", "au cours des {} derniers mois"),
            "QUARTER": ("au cours du dernier trimestre", "au cours des {} derniers trimestres"),
            "YEAR": ("au cours de la dernière année", "au cours des {} dernières années"),
        },
        next={
            "DAY": ("au cours du prochain jour", "au cours des {} prochains jours"),
            "WEEK": ("au cours de la prochaine semaine", "au cours des {} prochaines semaines"),
            "MONTH": ("au cours du prochain mois", "au cours des {} prochains mois"),
            "QUARTER": ("au cours du prochain trimestre", "au cours des {} prochains trimestres"),
            "YEAR": ("au cours de la prochaine année", "au cours des {} prochaines années"),
        },
        current={
            "DAY": "aujourd’hui",
            "WEEK": "cette semaine",
            "MONTH": "ce mois-ci",
            "QUARTER": "ce trimestre",
            "YEAR": "cette année",
        },
        previous={
            "DAY": "hier",
            "WEEK": "la semaine dernière",
            "MONTH": "le mois dernier",
            "QUARTER": "le trimestre dernier",
            "YEAR": "l’année dernière",
        },
        past=("avant aujourd’hui", "aujourd’hui ou plus tard"),
        future=("après aujourd’hui", "aujourd’hui ou plus tôt"),
    ),
    counted=Counted(
        had="qui ont eu",
        had_none="qui n’ont eu",
        had_not="qui n’ont pas eu",
        none="aucune",
        at_least_one="au moins une",
        quantities={
            "eq": "exactement {}",
            "in": "{}",
            "gt": "plus de {}",
            "gte": "au moins {}",
            "lt": "moins de {}",
            "lte": "au plus {}",
            "unknown": "un nombre inconnu d’",
            "known": "un certain nombre d’",
            "impossible": "un nombre impossible d’",
        },
        more=("un autre nombre d’", "l’un des {} autres nombres d’"),
        thing=("interaction {}", "interactions {}"),
        flows={"OUTBOUND": ("sortante", "sortantes"), "INBOUND": ("entrante", "entrantes")},
    ),
    contacts=Combined("qui ne sont pas parmi ceux ({})", "qui ne peuvent pas exister", "de toute sorte"),
    interactions=Combined("qui ne sont pas parmi celles ({})", "qui ne peuvent pas exister", "de toute sorte"),
    contact={
        "no": _text("le numéro"),
        "name": _text("le nom"),
        "type": Noun("le type", {"COMPANY": "compagnie", "PERSON": "personne"}),
        "companyNo": _text("le numéro de compagnie", ("sans compagnie", "avec une compagnie")),
        "companyName": _text("la compagnie", ("sans compagnie", "avec une compagnie"), feminine=True),
        "salespersonCode": _text("le représentant", ("sans représentant", "avec un représentant")),
        "city": _text("la ville", feminine=True),
        "postCode": _text("le code postal"),
        "countryCode": _text("le pays"),
        "territoryCode": _text("le secteur"),
        "languageCode": _text("la langue", feminine=True),
        "email": _text("l’adresse courriel", ("sans adresse courriel", "avec une adresse courriel"), feminine=True),
        "phone": _text(
            "le numéro de téléphone ou de cellulaire", ("sans numéro de téléphone", "avec un numéro de téléphone")
        ),
        "correspondenceType": Noun("le type de correspondance", CORRESPONDENCE),
        "excludeFromSegment": Flag("qui sont exclus des segments", "qui ne sont pas exclus des segments"),
        "privacyBlocked": Flag(
            "qui sont bloqués pour des raisons de confidentialité",
            "qui ne sont pas bloqués pour des raisons de confidentialité",
        ),
        "dateOfLastInteraction": Day(
            "dont la dernière interaction a eu lieu",
            "dont la dernière interaction n’a pas eu lieu",
            ("qui n’ont jamais eu d’interaction", "qui ont déjà eu une interaction"),
        ),
        "lastDateAttempted": Day(
            "dont notre dernière tentative a eu lieu",
            "dont notre dernière tentative n’a pas eu lieu",
            ("que nous n’avons jamais tenté de joindre", "que nous avons déjà tenté de joindre"),
        ),
        "segmentNo": _text(
            "le segment actif", ("qui ne figurent sur aucun segment actif", "qui figurent sur un segment actif")
        ),
        "interactions": Interactions(),
    },
    interaction={
        "entryNo": Noun("le numéro"),
        "date": Day("qui ont eu lieu", "qui n’ont pas eu lieu", ("sans date", "avec une date")),
        "description": _text("la description", feminine=True),
        "subject": _text("le sujet"),
        "contactNo": _text("le contact"),
        "companyNo": _text("la compagnie", feminine=True),
        "contact": ItsContact("avec l’un des contacts ({})", "avec n’importe quel contact"),
        "templateCode": _text("le modèle"),
        "groupCode": _text("le groupe"),
        "salespersonCode": _text("le représentant"),
        "campaignNo": _text("la campagne", ("sans campagne", "avec une campagne"), feminine=True),
        "campaignEntryNo": Noun("l’écriture campagne", feminine=True),
        "segmentNo": _text("le segment", ("journalisées une à une", "journalisées depuis un segment")),
        "loggedSegmentEntryNo": Noun("le segment journalisé"),
        "userId": _text("l’utilisateur"),
        "languageCode": _text("la langue", feminine=True),
        "evaluation": Noun(
            "l’évaluation",
            {
                "VERY_POSITIVE": "très positive",
                "POSITIVE": "positive",
                "NEUTRAL": "neutre",
                "NEGATIVE": "négative",
                "VERY_NEGATIVE": "très négative",
            },
            blank=("sans évaluation", "avec une évaluation"),
            feminine=True,
        ),
        "informationFlow": Noun("le flux d’information", {"OUTBOUND": "sortant", "INBOUND": "entrant"}),
        "initiatedBy": Noun("l’initiative", {"US": "la nôtre", "THEM": "la leur"}),
        "correspondenceType": Noun("le type de correspondance", CORRESPONDENCE),
        "attemptFailed": Flag("dont la tentative a échoué", "dont la tentative n’a pas échoué"),
        "canceled": Flag("annulées", "non annulées"),
        "campaignTarget": Flag(
            "qui font du contact une cible de la campagne", "qui ne font pas du contact une cible de la campagne"
        ),
        "campaignResponse": Flag(
            "qui comptent comme réponse à la campagne", "qui ne comptent pas comme réponse à la campagne"
        ),
        "hasComments": Flag("avec commentaires", "sans commentaires"),
        "imported": Flag("importées", "non importées"),
        "cost": Noun("le coût", is_quantity=True),
        "duration": Noun("la durée en minutes", is_quantity=True, feminine=True),
        "dayOfWeek": Noun("le jour de la semaine", WEEKDAYS),
        "hourOfDay": Noun("l’heure de la journée", feminine=True),
    },
    all_contacts="Tous les contacts",
    some_contacts="Contacts {}",
    of_logged_segment="Contacts du segment journalisé {}",
    options={
        "expand_companies": ", avec tous les contacts de leurs compagnies",
        "allow_related_companies": ", avec la compagnie de chacun",
        "ignore_exclusion": ", même s’ils sont exclus des segments",
        "allow_existing_contacts": ", même s’ils figurent déjà sur le segment",
        "entire_companies": ", avec leurs compagnies entières",
    },
)
