"""Names of people, companies and places for the demo company: lists of our own, nobody in particular."""

from dataclasses import dataclass


@dataclass(frozen=True)
class City:
    """A place where contacts are. `areas` are telephone prefixes that are kept free for fiction."""

    name: str
    country_code: str
    territory_code: str
    language_code: str
    post_codes: tuple[str, ...]
    areas: tuple[str, ...]
    weight: int


def _quebec(name: str, post_codes: str, areas: str, weight: int) -> City:
    return City(name, "CA", "QC", "FRC", tuple(post_codes.split()), tuple(areas.split()), weight)


def _canada(name: str, territory: str, post_codes: str, areas: str, weight: int) -> City:
    return City(name, "CA", territory, "ENU", tuple(post_codes.split()), tuple(areas.split()), weight)


def _france(name: str, territory: str, post_codes: str, area: str, weight: int) -> City:
    return City(name, "FR", territory, "FRA", tuple(post_codes.split()), (area,), weight)


def _each(words: str, separator: str | None = None) -> list[str]:
    return words.split(separator)


CITIES = (
    _quebec("Montréal", "H2J H2T H2W H3B H4C", "514 438", 26),
    _quebec("Québec", "G1K G1R G1S", "418 581", 11),
    _quebec("Lévis", "G6V G6W", "418", 3),
    _quebec("Trois-Rivières", "G8Z G9A", "819", 4),
    _quebec("Sherbrooke", "J1E J1H", "819", 4),
    _quebec("Gatineau", "J8X J8Y", "819", 4),
    _quebec("Rimouski", "G5L", "418", 2),
    _quebec("Saint-Jérôme", "J7Y J7Z", "450", 2),
    _quebec("Baie-Saint-Paul", "G3Z", "418", 1),
    _canada("Ottawa", "ON", "K1N K1P", "613", 5),
    _canada("Toronto", "ON", "M4M M5V M6J", "416 647", 9),
    _canada("Moncton", "ATL", "E1A E1C", "506", 2),
    _canada("Halifax", "ATL", "B3H B3J", "902", 3),
    _canada("Vancouver", "WEST", "V5K V6B", "604", 3),
    _france("Nantes", "PDL", "44000 44100 44200 44300", "02 61 91", 15),
    _france("Saint-Nazaire", "PDL", "44600", "02 61 91", 3),
    _france("Angers", "PDL", "49000 49100", "02 61 91", 4),
    _france("Rennes", "BRE", "35000 35200 35700", "02 61 91", 7),
    _france("Brest", "BRE", "29200", "02 61 91", 3),
    _france("Quimper", "BRE", "29000", "02 61 91", 3),
    _france("Vannes", "BRE", "56000", "02 61 91", 3),
    _france("Lorient", "BRE", "56100", "02 61 91", 2),
    _france("La Rochelle", "NAQ", "17000", "05 36 49", 3),
    _france("Bordeaux", "NAQ", "33000 33300", "05 36 49", 4),
    _france("Paris", "IDF", "75010 75011 75018", "01 99 00", 7),
    _france("Lyon", "ARA", "69001 69007", "04 65 71", 4),
    City("Boston", "US", "EXPORT", "ENU", ("02110", "02127"), ("617",), 2),
    City("London", "GB", "EXPORT", "ENU", ("E2 8AA", "SE1 7TJ"), ("020 7946",), 2),
)

FIRST_NAMES = {
    "FRC": _each(
        "Adèle Alexis Ariane Bénédicte Benoît Camille Cédric Chloé Coralie Denis Édouard Élise Émile Étienne Félix "
        "Florence Frédérique Gabriel Geneviève Guillaume Hélène Isaïe Jacinthe Jérôme Joëlle Karl-Antoine Laurence Léa "
        "Louis-Philippe Maïka Marie-Ève Marie-Soleil Mathieu Maxime Mélanie Noémie Océane Olivier Pénélope Philippe "
        "Raphaëlle Rémi Rosalie Samuel Simon-Pierre Sophie Stéphanie Théo Valérie Véronique Xavier Yannick Zoé"
    ),
    "FRA": _each(
        "Aurélie Anaïs Armelle Bérénice Bleuenn Brieuc Clémence Corentin Damien Delphine Ewen Elouan Enora Erwan Fañch "
        "Gaël Gaëlle Goulven Gwénaëlle Gwendal Héloïse Hervé Inès Jérémie Joséphine Katell Killian Loïc Loïza Maël "
        "Maëlys Malo Manon Mathilde Morgane Nolwenn Nathanaël Pierrick Quentin Rozenn Ronan Sébastien Solène Soizic "
        "Tanguy Thaïs Tugdual Violaine Youenn Yaël"
    ),
    "ENU": _each(
        "Abigail Aidan Alice Amelia Andrew Beatrice Brendan Callum Charlotte Claire Connor Dylan Eleanor Emily Ethan "
        "Fiona Graham Hannah Harriet Heather Ian Isla Jack Jasmine Joanna Keira Laura Liam Logan Megan Nathan Nora "
        "Oscar Owen Paige Phoebe Rory Rosemary Ruth Scott Sean Sienna Thomas Tessa Victor Winona Zachary"
    ),
}

LAST_NAMES = {
    "FRC": _each(
        "Arsenault|Asselin|Beauchemin|Bélanger|Bérubé|Bolduc|Boucher|Brisebois|Charbonneau|Châtelain|Côté|Crête|Désilets|"
        "Desrosiers|Dubé|Duchesne|Fréchette|Gagné|Gaudreault|Gélinas|Giguère|Girouard|Hébert|Huard|Laflèche|Lachance|"
        "Laframboise|Lamontagne|Larivière|Lavallée|Lavigueur|L’Écuyer|Lépine|L’Heureux|Marcoux|Ménard|Mérineau|Nadeau|Ouellet|"
        "Paré|Pépin|Plamondon|Pronovost|Quévillon|Rhéaume|Robitaille|Sansfaçon|Séguin|St-Amour|Thériault|Tétreault|Tremblay|"
        "Vaillancourt|Vézina|Villeneuve",
        "|",
    ),
    "FRA": _each(
        "Abgrall|Aubrée|Béchard|Bertrand|Bévan|Bihan|Bizien|Boisdron|Bréhier|Cadoret|Cariou|Chauvière|Corbière|"
        "Corre|Daniélou|Delaunay|Éveno|Falc’hun|Fleuriot|Garnier|Gautreau|Goasdoué|Guégan|Guéhenneuc|Guillou|"
        "Hamonic|Hervouët|Jaouen|Jézéquel|Kerbrat|Kerdiles|Kergoat|Le Abgrall|Aubrée|Béchard|Bertrand|Bévan|Bihan|"
        "Bizien|Boisdron|Bréhier|Cadoret|Cariou|Chauvière|Corbière|Corre|Daniélou|Delaunay|Éveno|Falc’hun|"
        "Fleuriot|Garnier|Gautreau|Goasdoué|Guégan|Guéhenneuc|Guillou|Hamonic|Hervouët|Jaouen|Jézéquel|Kerbrat|"
        "Kerdiles|Kergoat|Le Bras|Le Dantec|Le Floc’h|Le Guennec|Le Meur|Lebœuf|Madec|Marchadour|Morvan|Nédélec|"
        "Noël|Ollivier|Pérennès|Piriou|Quéré|Riou|Rouzé|Salaün|Sévère|Tanguy|Thébaud|Trévidic|Youinou",
        "|",
    ),
    "ENU": _each(
        "Abernathy|Ashworth|Barlow|Blackwood|Brannigan|Caldwell|Chisholm|Crawford|Dalgleish|Davenport|Ellery|Fairbanks|Fenwick|"
        "Galbraith|Greer|Halloran|Hargrove|Inglis|Jardine|Kavanagh|Kilbride|Lockhart|MacAskill|MacIsaac|Marlowe|McCrimmon|Newcombe|"
        "O’Dowd|O’Malley|Pemberton|Prescott|Quigley|Radcliffe|Ridgeway|Sinclair|Standish|Thackeray|Underhill|Vickers|Wainwright|"
        "Whitfield|Winslow|Yeats",
        "|",
    ),
}

TRADES = {
    "FR": (
        "Le Café",
        "Le Bistro",
        "L’Hôtel",
        "L’Auberge",
        "La Crêperie",
        "La Brasserie",
        "La Galerie",
        "La Librairie",
        "Le Studio d’architecture",
        "Le Théâtre",
        "L’Espace de cotravail",
        "La Maison",
        "Les Meubles",
        "La Brocante",
        "Le Traiteur",
        "La Salle de réception",
        "L’École",
        "La Médiathèque",
        "Le Camping",
        "Le Chantier naval",
        "La Résidence",
        "La Boulangerie",
        "Les Jardins",
        "La Coopérative",
        "Le Musée",
    ),
    "EN": (
        "Interiors",
        "Furniture",
        "Coffee House",
        "Architects",
        "Inn",
        "Events",
        "Gallery",
        "Bookshop",
        "Outfitters",
        "Catering",
        "Design Studio",
        "Playhouse",
        "Boatworks",
        "Kitchen",
        "Coworking",
        "Brewing",
        "Supply",
        "Hotel",
    ),
}

"""The beginning of French names, with an article so that titles read well (Appel entrant du Café de la Baie); the
end of English names."""

OWNED_TRADES = {
    "FR": (
        "Architectes",
        "Mobilier",
        "Décoration",
        "Traiteur",
        "Événements",
        "Antiquités",
        "Paysagistes",
        "Rénovation",
        "Hôtellerie",
        "Immobilier",
        "et Filles",
        "et Fils",
    ),
    "EN": TRADES["EN"],
}
"""Last part of names that begin with the name of an owner."""

PLACES = {
    "FR": (
        "de l’Île",
        "du Fjord",
        "des Érables",
        "du Vieux-Port",
        "de la Grève",
        "des Trois Chênes",
        "du Marché",
        "de l’Écluse",
        "de la Côte",
        "des Goélands",
        "du Bout du Monde",
        "de l’Étang",
        "de la Forêt",
        "des Bouleaux",
        "du Phare",
        "de l’Étoile",
        "du Héron Bleu",
        "des Épinettes",
        "de la Lune",
        "du Quai",
        "des Ajoncs",
        "du Moulin",
        "de la Baie",
        "des Marées",
        "Saint-Élie",
        "Sainte-Anne",
        "Saint-Gildas",
        "de l’Horloge",
        "des Âtres",
        "du Cèdre",
        "de la Cité",
        "des Forgerons",
    ),
    "EN": (
        "Maple & Main",
        "Harbour Light",
        "Juniper",
        "Northern Pine",
        "Red Barn",
        "Salt Marsh",
        "Two Rivers",
        "Birch Lane",
        "Cedar Point",
        "Fiddlehead",
        "Foxglove",
        "Granite Street",
        "Heron Bay",
        "Ivy & Oak",
        "Lantern",
        "Millstone",
        "Nine Elms",
        "Old Ferry",
        "Puffin",
        "Quarry Hill",
        "Rosewood",
        "Stonebridge",
        "Thistle",
        "Windward",
    ),
}

STREETS = {
    "FRC": (
        "rue des Érables",
        "avenue du Mont-Royal",
        "rue Saint-Denis",
        "chemin du Fleuve",
        "boulevard Curé-Labelle",
        "rue de l’Église",
        "rang Saint-Édouard",
        "rue Notre-Dame",
    ),
    "FRA": (
        "rue de la Fosse",
        "quai des Antilles",
        "rue Crébillon",
        "avenue de la République",
        "place du Bouffay",
        "rue du Château",
        "allée des Tanneurs",
        "chemin de Kerhuon",
    ),
    "ENU": (
        "Queen Street",
        "Harbour Road",
        "Bank Street",
        "Mill Lane",
        "King Street West",
        "Water Street",
        "Elm Avenue",
    ),
}

JOB_TITLES = {
    "FR": (
        ("Gérante", "Gérant"),
        ("Directrice générale", "Directeur général"),
        ("Directrice technique", "Directeur technique"),
        ("Acheteuse", "Acheteur"),
        ("Adjointe administrative", "Adjoint administratif"),
        ("Architecte", "Architecte"),
        ("Cheffe de projet", "Chef de projet"),
        ("Cheffe de rang", "Chef de rang"),
        ("Décoratrice", "Décorateur"),
        ("Responsable des achats", "Responsable des achats"),
        ("Intendante", "Intendant"),
        ("Comptable", "Comptable"),
        ("Régisseuse", "Régisseur"),
        ("Bibliothécaire", "Bibliothécaire"),
        ("Propriétaire", "Propriétaire"),
        ("Coordonnatrice d’événements", "Coordonnateur d’événements"),
    ),
    "EN": tuple(
        (title, title)
        for title in (
            "Owner",
            "General Manager",
            "Buyer",
            "Head of Purchasing",
            "Architect",
            "Project Manager",
            "Event Planner",
            "Office Manager",
            "Interior Designer",
            "Accountant",
            "Facilities Manager",
            "Chef",
        )
    ),
}
"""Feminine and masculine form."""

MEN = frozenset(
    _each(
        "Alexis Benoît Cédric Denis Édouard Émile Étienne Félix Gabriel Guillaume Isaïe Jérôme Karl-Antoine "
        "Louis-Philippe Mathieu Maxime Olivier Philippe Rémi Samuel Simon-Pierre Théo Xavier Yannick Brieuc Corentin "
        "Damien Ewen Elouan Erwan Fañch Gaël Goulven Gwendal Hervé Jérémie Killian Loïc Maël Malo Nathanaël Pierrick "
        "Quentin Ronan Sébastien Tanguy Tugdual Youenn Aidan Andrew Brendan Callum Connor Dylan Ethan Graham Ian Jack "
        "Liam Logan Nathan Oscar Owen Rory Scott Sean Thomas Victor Zachary"
    )
)
"""First names with which the masculine job titles are used."""
