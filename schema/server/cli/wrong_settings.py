"""Messages about invalid and unknown settings in the environment."""

import difflib
import os
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from persistence.dialects import url_errors
from persistence.exceptions import InvalidDatabaseUrl
from resolvers.errors import as_given
from schema.server.cli import sentences
from schema.server.cli.output import visible
from schema.server.language import Sentence
from schema.server.settings import Settings

PREFIX = "CARNET_"
OF_TESTS = ("CARNET_TEST_", "CARNET_SOAK")
"""Prefixes of variables that only the tests use."""

ADDRESSES = [
    Sentence(
        url_errors.SUPPORTED_URLS,
        "Carnet conserve ses données dans `sqlite:///fichier` ou `postgresql://utilisateur@serveur/nom`. Aucune autre "
        "base de données n’est prise en charge.",
    ),
    Sentence(
        url_errors.FILE_URL_WITH_MORE,
        "L’adresse d’une base de données SQLite est `sqlite:///fichier`, sans serveur ni paramètres.",
    ),
    Sentence(
        url_errors.FILE_MISSING,
        "Carnet conserve une base de données SQLite dans un fichier. Écrivez `sqlite:///fichier`.",
    ),
    Sentence(url_errors.PORT_NOT_A_NUMBER, "Le port, dans l’adresse de la base de données, n’est pas un nombre."),
    Sentence(
        url_errors.SEVERAL_SERVERS,
        "Plusieurs serveurs s’écrivent `?host=h1,h2&port=p1,p2&target_session_attrs=primary`, sans rien entre @ et /, "
        "pour que chaque connexion aille au serveur principal.",
    ),
    Sentence(
        url_errors.SET_ON_ROLE,
        "`{name}` n’est pas admis dans l’adresse de la base de données, car Carnet choisit lui-même les paramètres de "
        "ses connexions. Attribuez-le plutôt au rôle, par exemple `ALTER ROLE nom SET search_path = …`.",
    ),
    Sentence(
        url_errors.NOT_PRIMARY,
        "`target_session_attrs` doit être `primary`\u00a0: Carnet lit et modifie sur le même serveur.",
    ),
    Sentence(url_errors.PARAMETER_TWICE, "`{name}` figure deux fois dans l’adresse de la base de données."),
    Sentence(
        url_errors.ON_BOTH_SIDES,
        "`{name}` figure deux fois dans l’adresse de la base de données\u00a0: avant et après le point "
        "d’interrogation.",
    ),
    Sentence(
        url_errors.UNKNOWN_PARAMETER,
        "`{name}` n’est pas admis dans l’adresse de la base de données. Paramètres admis\u00a0: {all}.",
    ),
    Sentence(
        url_errors.HOSTS_AND_PORTS_DIFFER,
        "Les serveurs et les ports, dans l’adresse de la base de données, ne correspondent pas.",
    ),
]
"""French for the sentences of `persistence.dialects.url_errors`."""


def describe(error: ValidationError) -> str:
    """A message about all invalid settings."""
    causes = {str(each["loc"][0]): each.get("ctx", {}).get("error") for each in error.errors()}
    return sentences.SETTING_WRONG(problems=" ".join(_describe(name, cause) for name, cause in causes.items()))


def unknown() -> Iterator[str]:
    """A message for each variable that begins with CARNET_ but is not a setting."""
    known = [name.upper() for name in Settings.model_fields]
    for name in sorted(os.environ):
        own = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and own not in known and not name.upper().startswith(OF_TESTS):
            nearest = difflib.get_close_matches(own, known, 1)
            sentence = sentences.SETTING_UNKNOWN if nearest else sentences.SETTING_UNKNOWN_AT_ALL
            yield visible(sentence(name=name, nearest=PREFIX + "".join(nearest)))


def _describe(name: str, cause: object) -> str:
    """A message about one setting. The database URL is not shown, because it may have a password."""
    variable = f"{PREFIX}{name.upper()}"
    if isinstance(cause, InvalidDatabaseUrl):
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
