"""`carnet import salespeople`: imports a list of salespeople."""

from functools import partial

from sqlalchemy import Table as SqlTable

from persistence.enums import ImportKind
from persistence.salespeople import Salesperson
from persistence.sql.folding import fold
from resolvers.errors import Refusal, Translated, UserErrorCode
from resolvers.imports import cards, own_files
from resolvers.imports.checking import RowChecks
from resolvers.imports.columns import index_captions, recognize
from resolvers.imports.reading import FileKind
from resolvers.imports.rows import Values
from resolvers.imports.values.cells import code, formatted, line, yes_or_no
from resolvers.salespeople.rules import MAX_SEARCH_NAME_LENGTH

CAPTIONS: dict[str, tuple[str, ...]] = {
    "code": ("Code", "Salesperson Code", "Salespers./Purch. Code", "Code représentant", "Code vendeur"),
    "name": ("Name", "Nom"),
    "email": ("E-Mail", "Email", "E-mail Address", "Courriel", "Adresse e-mail", "Adresse courriel"),
    "job_title": ("Job Title", "Fonction", "Poste", "Titre du poste"),
    "phone_no": ("Phone No.", "Phone", "N° téléphone", "N° de téléphone", "Téléphone"),
    "blocked": ("Blocked", "Privacy Blocked", "Bloqué"),
}
KNOWN = index_captions(CAPTIONS)


class NotASalespersonList(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} is not a list of salespeople. Its first row must have captions such as Code and Name."
    french = (
        "{file} n’est pas une liste de représentants. Sa première ligne doit contenir des titres comme Code et Nom."
    )


def _folded(given: Values) -> Values:
    return {"search_name": fold(str(given["name"]))[:MAX_SEARCH_NAME_LENGTH]} if "name" in given else {}


def _no_checks(checks: RowChecks, staging: SqlTable) -> None:
    pass


SALESPEOPLE = cards.CardFile(
    Salesperson,
    ImportKind.SALESPEOPLE,
    FileKind(
        "salespeople",
        partial(recognize, known=KNOWN),
        lambda fields: {"code", "name"} <= fields,
        NotASalespersonList,
        frozenset(own_files.SALESPEOPLE),
    ),
    tuple(CAPTIONS),
    key="code",
    name="name",
    parsers=lambda formats: {
        "code": code,
        "name": line,
        "email": partial(formatted, "email"),
        "job_title": line,
        "phone_no": partial(formatted, "phone_no"),
        "blocked": yes_or_no,
    },
    texts=("code", "name", "email", "job_title", "phone_no"),
    key_missing=Translated(
        "A salesperson needs a code. Fill it in.", "Un représentant a besoin d’un code. Indiquez-le."
    ),
    name_missing=Translated(
        "{} is a new salesperson and needs a name. Fill it in.",
        "{} est un nouveau représentant et a besoin d’un nom. Indiquez-le.",
    ),
    check=_no_checks,
    phase="writing salespeople",
    folded=_folded,
    folded_fields=("search_name",),
)


run = partial(cards.run, cards=SALESPEOPLE)
"""Creates and updates salespeople from a file, by their codes, as `cards.run` does."""
