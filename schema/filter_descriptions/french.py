"""French phrases for filters."""

from resolvers.french_grammar import day, number
from schema.filter_descriptions.grammar import CombinationPhrases, CountPhrases, DatePhrases, Grammar

WEEKDAYS = dict(
    zip(
        "1234567",
        ("le lundi", "le mardi", "le mercredi", "le jeudi", "le vendredi", "le samedi", "le dimanche"),
        strict=True,
    )
)
CORRESPONDENCE = {"HARD_COPY": "le papier", "EMAIL": "le courriel", "FAX": "la télécopie"}


FRENCH = Grammar(
    language="FR",
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
    in_empty_list="est dans une liste vide",
    and_=" et ",
    or_=" ou ",
    more=(("un autre", "l’un des {} autres"), ("une autre", "l’une des {} autres")),
    number=number,
    empty="«\u00a0»",
    dates=DatePhrases(
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
    counted=CountPhrases(
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
        noun=("interaction {}", "interactions {}"),
        flows={"OUTBOUND": ("sortante", "sortantes"), "INBOUND": ("entrante", "entrantes")},
    ),
    contacts=CombinationPhrases("qui ne sont pas parmi ceux ({})", "qui ne peuvent pas exister", "de toute sorte"),
    interactions=CombinationPhrases(
        "qui ne sont pas parmi celles ({})", "qui ne peuvent pas exister", "de toute sorte"
    ),
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
