"""What is wrong with settings in the environment, each in a sentence with its name."""

import difflib
import os
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from persistence import addresses
from persistence.trouble import WrongAddress
from resolvers.errors import as_given
from schema.server.cli import sentences
from schema.server.cli.speaking import visible
from schema.server.language import Sentence
from schema.server.settings import Settings

PREFIX = "CARNET_"
OF_TESTS = ("CARNET_TEST_", "CARNET_SOAK")
"""Names that mean something to the tests only."""

ADDRESSES = [
    Sentence(
        addresses.FORMS,
        "Carnet garde ses données dans `sqlite:///fichier` ou `postgresql://utilisateur@serveur/nom`, et nulle part "
        "ailleurs."
    ),
    Sentence(
        addresses.SQLITE_ALONE,
        "L’adresse d’une base de données SQLite est `sqlite:///fichier`, sans serveur ni paramètres."
    ),
    Sentence(
        addresses.IN_A_FILE,
        "Carnet garde une base de données SQLite dans un fichier. Écrivez `sqlite:///fichier`."
    ),
    Sentence(addresses.NO_PORT, "Le port, dans l’adresse de la base de données, n’est pas un nombre."),
    Sentence(
        addresses.SEVERAL,
        "Plusieurs serveurs s’écrivent `?host=h1,h2&port=p1,p2&target_session_attrs=primary`, avec rien entre @ et /, "
        "pour que chaque connexion aille à celui qui accepte les modifications."
    ),
    Sentence(
        addresses.OF_THE_ROLE,
        "`{name}` n’est pas admis dans l’adresse de la base de données, car Carnet choisit lui-même les paramètres de "
        "ses connexions. Donnez-le plutôt au rôle\u00a0: `ALTER ROLE nom SET search_path = …`, et de même pour "
        "d’autres paramètres."
    ),
    Sentence(
        addresses.READS_AND_CHANGES,
        "`target_session_attrs` doit être `primary`\u00a0: Carnet lit et modifie sur le même serveur."
    ),
    Sentence(addresses.TWICE, "`{name}` figure deux fois dans l’adresse de la base de données."),
    Sentence(
        addresses.ON_BOTH_SIDES,
        "`{name}` figure deux fois dans l’adresse de la base de données\u00a0: avant et après le point d’interrogation."
    ),
    Sentence(
        addresses.NO_PARAMETER,
        "`{name}` n’est pas admis dans l’adresse de la base de données. Paramètres admis\u00a0: {all}."
    ),
    Sentence(
        addresses.DO_NOT_FIT,
        "Les serveurs et les ports, dans l’adresse de la base de données, ne vont pas ensemble."
    ),
]
"""What is wrong with the address of a database."""


def told(error: ValidationError) -> str:
    """All that is wrong."""
    causes = {str(each["loc"][0]): each.get("ctx", {}).get("error") for each in error.errors()}
    return sentences.SETTING_WRONG(problems=" ".join(_told(name, cause) for name, cause in causes.items()))


def unknown() -> Iterator[str]:
    """A sentence for each name in the environment that looks like a setting and is none."""
    known = [name.upper() for name in Settings.model_fields]
    for name in sorted(os.environ):
        own = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and own not in known and not name.upper().startswith(OF_TESTS):
            nearest = difflib.get_close_matches(own, known, 1)
            sentence = sentences.SETTING_UNKNOWN if nearest else sentences.SETTING_UNKNOWN_AT_ALL
            yield visible(sentence(name=name, nearest=PREFIX + "".join(nearest)))


def _told(name: str, cause: object) -> str:
    """The address of the database is not shown: there may be a password in it."""
    variable = f"{PREFIX}{name.upper()}"
    if isinstance(cause, WrongAddress):
        said = {sentence.english: sentence for sentence in ADDRESSES}
        return sentences.DATABASE_URL_WRONG(reason=" ".join(said[each](**cause.facts) for each in cause.sentences))
    value = next((value for name, value in os.environ.items() if name.upper() == variable), "")
    sentence = sentences.SETTING_IS if value.strip() else sentences.SETTING_IS_EMPTY
    return sentence(name=variable, value=as_given(value), wanted=_wanted(name))


def _wanted(name: str) -> str:
    field = Settings.model_fields[name]
    least, most = _bound(field, "ge"), _bound(field, "le")
    if field.annotation is int and most is None:
        return sentences.WHOLE_NUMBER(least=str(least))
    if field.annotation is int:
        return sentences.WHOLE_NUMBER_WITHIN(least=str(least), most=str(most))
    if field.annotation is float:
        return sentences.SECONDS(least=str(least), most=most)
    if field.annotation == list[str]:
        return sentences.JSON_LIST(example='["https://app.example.com"]')
    return sentences.YES_OR_NO()


def _bound(field: Any, kind: str) -> Any:
    return next((getattr(each, kind) for each in field.metadata if hasattr(each, kind)), None)
