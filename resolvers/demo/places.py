"""Cities, streets and company names for the demo company. All of them are invented or public names of places."""

from dataclasses import dataclass


@dataclass(frozen=True)
class City:
    """A city with contacts. `areas` are telephone prefixes that are reserved for fiction."""

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

"""The first words of French company names, with an article (le Café de la Baie), and the last words of English ones."""

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
"""The last words of company names that begin with the name of the owner."""

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
