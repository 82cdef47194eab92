"""The captions of postal addresses: of each kind of address, in English and French, for each of its parts.

Programs combine a kind and a part in either order: `Business City`, `Ville (bureau)`, `Address 1: City`, `MailingCity`.
"""

import re

from persistence.sql.folding import fold
from resolvers.imports.columns import CaptionIndex, normalized

KINDS: dict[str, str] = {
    "business": "Business|Work|Office|Bureau|Travail|Professionnel|Professionnelle|Adresse professionnelle",
    "mailing": "Mailing|Adresse postale|Primary Address|Adresse principale",
    "billing": "Billing|Facturation|Adresse de facturation",
    **{str(number): f"Address {number}|Adresse {number}" for number in range(1, 10)},
    "shipping": "Shipping|Livraison|Adresse de livraison|Expédition",
    "home": "Home|Domicile|Personal|Personnel|Personnelle|Adresse personnelle",
    "other": "Other|Autre|Other Address|Autre adresse|Alternate Address|Alt Address",
}
"""The kinds of addresses and their words, the preferred kinds first; an address without a kind comes before them. The
numbers are those of Google and Dynamics 365.
"""

PARTS: dict[str, str] = {
    "address": (
        "Street|Street 1|Street Address|Street Address 1|Street Line 1|Address Line 1|Line 1|Address Street|Rue|Rue 1|"
        "Adresse rue|Ligne 1|Adresse ligne 1|Numéro et rue"
    ),
    "address_2": (
        "Street 2|Street Address 2|Street Line 2|Address Line 2|Line 2|Address 2|Adresse 2|Rue 2|Ligne 2|"
        "Adresse ligne 2|Extended Address|Adresse étendue|Complément d’adresse"
    ),
    "address_3": "Street 3|Street Line 3|Address Line 3|Line 3|Rue 3|Ligne 3|Adresse ligne 3",
    "po_box": "PO Box|P.O. Box|Post Office Box|Postal Box|Address PO Box|Boîte postale|Boîte postale du|Case postale",
    "city": "City|Town|Address City|Ville|Localité|Municipalité|Adresse ville",
    "post_code": (
        "Postal Code|Post Code|Postcode|Zip|ZIP Code|ZIP/Postal Code|Zip/Post Code|Postal/ZIP Code|Address PostalCode|"
        "Code postal|Code postal/ZIP|Code postal/code ZIP|Adresse code postal"
    ),
    "country_code": (
        "Country|Country/Region|Country Code|Country/Region Code|Country/Territory|Address Country|Pays|Pays/Région|"
        "Code pays|Code pays/région|Adresse pays"
    ),
    "whole": "Address|Adresse|Full Address|Formatted|Composite|Adresse complète",
    "label": "Label|Type|Address Type|Libellé",
}
"""The parts of an address with their words. `whole` is all of it in one cell; `label` says which kind it is."""

MAIN_PARTS: dict[str, str] = {
    "address": PARTS["address"] + "|Address|Adresse",
    "address_2": PARTS["address_2"] + "|Address 2|Adresse 2|Adresse (2ème ligne)|Adresse (suite)",
    "address_3": PARTS["address_3"] + "|Address 3|Adresse 3",
    **{part: PARTS[part] for part in ("po_box", "city", "post_code", "country_code")},
    "whole": "Full Address|Formatted Address|Adresse complète|Mailing Address Full",
}
"""The words of the address without a kind."""

LABELS = {
    "business": frozenset(map(fold, ("Work", "Business", "Travail", "Professionnel", "Bureau"))),
    "home": frozenset(map(fold, ("Home", "Domicile", "Personnel", "Maison"))),
}
"""The kinds that a label gives to a numbered address."""

ADDRESS = re.compile("address|adresse")


def field_of(kind: str, part: str) -> str:
    """The field of a part of a kind of address: that of the table for the main address, else such as `home.city`."""
    return f"{kind}.{part}" if kind else part


def address_index() -> CaptionIndex:
    """For each normalized caption of an address of some kind its field, and its rank among the captions of that field.

    The address without a kind is not in it.
    """
    index: dict[str, tuple[str, int]] = {}
    parts = {part: [normalized(word) for word in words.split("|")] for part, words in PARTS.items()}
    for kind, words in KINDS.items():
        for part, part_words in parts.items():
            orders = ((normalized(word), each) for word in words.split("|") for each in part_words)
            for rank, (first, second) in enumerate(orders):
                for caption in (first + second, second + first, second[:-1] + first + second[-1]):
                    index.setdefault(caption, (field_of(kind, part), rank))
            for word in words.split("|"):
                if ADDRESS.search(fold(word)):
                    index.setdefault(normalized(word), (field_of(kind, "whole"), 0))
    return index
