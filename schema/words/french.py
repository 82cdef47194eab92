"""French phrases for filters."""

import datetime as dt

from schema.words.tongue import Combined, Counted, Dates, Day, Flag, Interactions, ItsContact, Noun, Tongue

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)
WEEKDAYS = dict(zip("1234567", ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"), strict=True))
CORRESPONDENCE = {"HARD_COPY": "papier", "EMAIL": "courriel", "FAX": "télécopie"}


def _day(day: dt.date) -> str:
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def _text(noun: str, blank: tuple[str, str] | None = None) -> Noun:
    return Noun(noun, is_text=True, blank=blank)


FRENCH = Tongue(
    whose="dont {} {}",
    compared={
        "eq": "est {}", "ne": "n’est pas {}", "in": "est {}", "gt": "dépasse {}", "gte": "est {} ou plus",
        "lt": "reste en dessous de {}", "lte": "est {} ou moins",
    },
    text_compared={
        "contains": "contient «\u00a0{}\u00a0»", "startsWith": "commence par «\u00a0{}\u00a0»",
        "gte": "est {} ou plus loin dans l’ordre", "lte": "est {} ou plus tôt dans l’ordre",
    },
    blank=("est vide", "n’est pas vide"),
    of_no_list="est dans une liste vide",
    and_=" et ",
    or_=" ou ",
    one_of_more="l’un de {} autres",
    decimal_sign=",",
    dates=Dates(
        day=_day,
        compared={
            "eq": "le {}", "ne": "le {}", "gt": "après le {}", "gte": "le {} ou après", "lt": "avant le {}",
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
            "DAY": "aujourd’hui", "WEEK": "cette semaine", "MONTH": "ce mois-ci", "QUARTER": "ce trimestre", "YEAR": "cette année",
        },
        previous={
            "DAY": "hier", "WEEK": "la semaine dernière", "MONTH": "le mois dernier", "QUARTER": "le trimestre dernier",
            "YEAR": "l’année dernière",
        },
        past=("avant aujourd’hui", "aujourd’hui ou plus tard"),
        future=("après aujourd’hui", "aujourd’hui ou plus tôt"),
    ),
    counted=Counted(
        had="qui ont eu", had_none="qui n’ont eu", had_not="qui n’ont pas eu", none="aucune", at_least_one="au moins une",
        quantities={
            "eq": "exactement {}", "in": "{}", "gt": "plus de {}", "gte": "au moins {}", "lt": "moins de {}", "lte": "au plus {}",
            "unknown": "un nombre inconnu parmi les", "known": "un certain nombre parmi les",
            "impossible": "un nombre impossible parmi les",
        },
        thing=("interaction {}", "interactions {}"),
        flows={"OUTBOUND": ("sortante", "sortantes"), "INBOUND": ("entrante", "entrantes")},
    ),
    contacts=Combined("qui ne sont pas parmi ceux ({})", "qui ne peuvent exister", "de toute sorte"),
    interactions=Combined("qui ne sont pas parmi celles ({})", "qui ne peuvent exister", "de toute sorte"),
    contact={
        "no": _text("le numéro"),
        "name": _text("le nom"),
        "type": Noun("le type", {"COMPANY": "compagnie", "PERSON": "personne"}),
        "companyNo": _text("le numéro de compagnie", ("sans compagnie", "avec une compagnie")),
        "companyName": _text("la compagnie", ("sans compagnie", "avec une compagnie")),
        "salespersonCode": _text("le représentant", ("sans représentant", "avec un représentant")),
        "city": _text("la ville"),
        "postCode": _text("le code postal"),
        "countryCode": _text("le pays"),
        "territoryCode": _text("le secteur"),
        "languageCode": _text("la langue"),
        "email": _text("le courriel", ("sans courriel", "avec un courriel")),
        "phone": _text("le numéro de téléphone ou de cellulaire", ("sans numéro de téléphone", "avec un numéro de téléphone")),
        "correspondenceType": Noun("le type de correspondance", CORRESPONDENCE),
        "excludeFromSegment": Flag("qui sont exclus des segments", "qui ne sont pas exclus des segments"),
        "privacyBlocked": Flag(
            "qui sont bloqués pour des raisons de confidentialité", "qui ne sont pas bloqués pour des raisons de confidentialité"
        ),
        "dateOfLastInteraction": Day(
            "dont la dernière interaction a eu lieu", "dont la dernière interaction n’a pas eu lieu",
            ("qui n’ont jamais eu d’interaction", "qui ont déjà eu une interaction"),
        ),
        "lastDateAttempted": Day(
            "dont notre dernière tentative a eu lieu", "dont notre dernière tentative n’a pas eu lieu",
            ("que nous n’avons jamais tenté de joindre", "que nous avons déjà tenté de joindre"),
        ),
        "segmentNo": _text("le segment actif", ("qui ne sont sur aucun segment actif", "qui sont sur un segment actif")),
        "interactions": Interactions(),
    },
    interaction={
        "entryNo": Noun("le numéro"),
        "date": Day("qui ont eu lieu", "qui n’ont pas eu lieu", ("sans date", "avec une date")),
        "description": _text("la description"),
        "subject": _text("le sujet"),
        "contactNo": _text("le contact"),
        "companyNo": _text("la compagnie"),
        "contact": ItsContact("avec l’un des contacts ({})", "avec n’importe quel contact"),
        "templateCode": _text("le modèle"),
        "groupCode": _text("le groupe"),
        "salespersonCode": _text("le représentant"),
        "campaignNo": _text("la campagne", ("sans campagne", "avec une campagne")),
        "campaignEntryNo": Noun("l’écriture campagne"),
        "segmentNo": _text("le segment", ("journalisées une à une", "journalisées depuis un segment")),
        "loggedSegmentEntryNo": Noun("le segment journalisé"),
        "userId": _text("l’utilisateur"),
        "languageCode": _text("la langue"),
        "evaluation": Noun("l’évaluation", {
            "VERY_POSITIVE": "très positive", "POSITIVE": "positive", "NEUTRAL": "neutre", "NEGATIVE": "négative",
            "VERY_NEGATIVE": "très négative",
        }, blank=("sans évaluation", "avec une évaluation")),
        "informationFlow": Noun("le flux d’information", {"OUTBOUND": "sortant", "INBOUND": "entrant"}),
        "initiatedBy": Noun("l’initiative", {"US": "la nôtre", "THEM": "la leur"}),
        "correspondenceType": Noun("le type de correspondance", CORRESPONDENCE),
        "attemptFailed": Flag("dont la tentative a échoué", "dont la tentative n’a pas échoué"),
        "canceled": Flag("avec la marque annulée", "sans la marque annulée"),
        "campaignTarget": Flag(
            "qui font du contact une cible de la campagne", "qui ne font pas du contact une cible de la campagne"
        ),
        "campaignResponse": Flag("qui comptent comme réponse à la campagne", "qui ne comptent pas comme réponse à la campagne"),
        "hasComments": Flag("avec commentaires", "sans commentaires"),
        "imported": Flag("importées", "non importées"),
        "cost": Noun("le coût"),
        "duration": Noun("la durée en minutes"),
        "dayOfWeek": Noun("le jour de la semaine", WEEKDAYS),
        "hourOfDay": Noun("l’heure de la journée"),
    },
    all_contacts="Tous les contacts",
    some_contacts="Contacts {}",
    of_logged_segment="Contacts du segment journalisé {}",
    options={
        "expand_companies": ", avec tous les contacts de leurs compagnies",
        "allow_related_companies": ", avec la compagnie de chacun",
        "ignore_exclusion": ", même s’ils sont exclus des segments",
        "allow_existing_contacts": ", même s’ils sont déjà sur le segment",
        "entire_companies": ", avec leurs compagnies entières",
    },
)
