"""Messages about invalid and unknown settings in the environment."""

import difflib
import os
from collections.abc import Iterator
from typing import Any

from pydantic import SecretStr, ValidationError

from persistence.dialects import url_errors
from persistence.enums import Role
from persistence.exceptions import InvalidDatabaseUrl
from resolvers.errors import as_given
from schema.server.authentication.jwt_settings import JwtSettingsMissing
from schema.server.cli.output import printable
from schema.server.cli.texts import messages
from schema.server.language import Message
from schema.server.settings import Settings

PREFIX = "CARNET_"
TEST_PREFIXES = ("CARNET_TEST_", "CARNET_SOAK")
"""Prefixes of variables that only the tests use."""

FRENCH_URL_MESSAGES = [
    Message(
        url_errors.SUPPORTED_URLS,
        "Carnet conserve ses données dans `sqlite:///fichier` ou `postgresql://utilisateur@serveur/nom`. Aucune autre "
        "base de données n’est prise en charge.",
    ),
    Message(
        url_errors.FILE_URL_WITH_MORE,
        "L’adresse d’une base de données SQLite est `sqlite:///fichier`, sans serveur ni paramètres.",
    ),
    Message(
        url_errors.FILE_MISSING,
        "Carnet conserve une base de données SQLite dans un fichier. Écrivez `sqlite:///fichier`.",
    ),
    Message(
        url_errors.STANDBY_OF_FILE,
        "Indiquez l’adresse d’un serveur PostgreSQL qui suit celui de CARNET_DATABASE_URL. Omettez ce paramètre pour "
        "SQLite.",
    ),
    Message(
        url_errors.PORT_NOT_A_NUMBER,
        "Le port, dans l’adresse de la base de données, n’est pas un nombre. Écrivez par exemple `@serveur:5432/nom`.",
    ),
    Message(
        url_errors.SEVERAL_SERVERS,
        "Plusieurs serveurs s’écrivent `?host=h1,h2&port=p1,p2&target_session_attrs=primary`, sans rien entre @ et /, "
        "pour que chaque connexion aille au serveur principal.",
    ),
    Message(
        url_errors.SET_ON_ROLE,
        "`{name}` n’est pas admis dans l’adresse de la base de données, car Carnet choisit lui-même les paramètres de "
        "ses connexions. Attribuez-le plutôt au rôle, par exemple `ALTER ROLE nom SET search_path = …`.",
    ),
    Message(
        url_errors.NOT_PRIMARY,
        "`target_session_attrs` doit être `primary`\u00a0: Carnet lit et modifie sur le même serveur.",
    ),
    Message(
        url_errors.PARAMETER_TWICE,
        "`{name}` figure deux fois dans l’adresse de la base de données. Indiquez-le une fois.",
    ),
    Message(
        url_errors.ON_BOTH_SIDES,
        "`{name}` figure deux fois dans l’adresse de la base de données\u00a0: avant et après le point "
        "d’interrogation. Indiquez-le une fois.",
    ),
    Message(
        url_errors.UNKNOWN_PARAMETER,
        "`{name}` n’est pas admis dans l’adresse de la base de données. Paramètres admis\u00a0: {all}.",
    ),
    Message(
        url_errors.HOSTS_AND_PORTS_DIFFER,
        "Les serveurs et les ports, dans l’adresse de la base de données, ne correspondent pas.",
    ),
]
"""The messages of `persistence.dialects.url_errors` with their French translations."""


def describe(error: ValidationError) -> str:
    """A message about all invalid settings."""
    causes = {str(*each["loc"][:1]): each.get("ctx", {}).get("error") for each in error.errors()}
    return messages.INVALID_SETTINGS(problems=" ".join(_describe(name, cause) for name, cause in causes.items()))


def unknown() -> Iterator[str]:
    """A message for each variable that begins with CARNET_ but is not a setting."""
    known = [name.upper() for name in Settings.model_fields]
    for name in sorted(os.environ):
        own = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and own not in known and not name.upper().startswith(TEST_PREFIXES):
            nearest = difflib.get_close_matches(own, known, 1)
            message = messages.SETTING_MISSPELLED if nearest else messages.SETTING_UNKNOWN
            yield printable(message(name=name, nearest=PREFIX + "".join(nearest)))


def _describe(name: str, cause: object) -> str:
    """A message about one setting. URLs are not shown, because they may have a password."""
    variable = f"{PREFIX}{name.upper()}"
    if isinstance(cause, InvalidDatabaseUrl):
        return describe_url(cause, variable)
    if isinstance(cause, JwtSettingsMissing):
        return messages.JWT_SETTINGS_MISSING(missing=", ".join(f"{PREFIX}{name.upper()}" for name in cause.missing))
    value = next((value for name, value in os.environ.items() if name.upper() == variable), "")
    if name == "jwt_jwks" and value.strip():
        return messages.JWT_JWKS_INVALID()
    if name == "metrics_token":
        value = ""
    message = messages.SETTING_INVALID if value.strip() else messages.SETTING_EMPTY
    return message(name=variable, value=as_given(value), wanted=_wanted(name))


def describe_url(error: InvalidDatabaseUrl, source: str) -> str:
    """A message about an invalid database URL, which comes from this setting, file or option."""
    return messages.INVALID_DATABASE_URL(source=source, reason=reason_of_url(error))


def reason_of_url(error: InvalidDatabaseUrl) -> str:
    """Why a database URL is invalid."""
    messages_by_english = {message.english: message for message in FRENCH_URL_MESSAGES}
    return " ".join(messages_by_english[each](**error.facts) for each in error.sentences)


def _wanted(name: str) -> str:
    field = Settings.model_fields[name]
    least, most = _bound(field, "ge"), _bound(field, "le")
    if field.annotation is int and most is None:
        return messages.WHOLE_NUMBER(least=str(least))
    if field.annotation is int:
        return messages.WHOLE_NUMBER_WITHIN(least=str(least), most=str(most))
    if field.annotation is float:
        return messages.SECONDS(least=str(least), most=most)
    if name == "jwt_roles":
        return messages.JSON_ROLES(roles=", ".join(Role))
    if field.annotation == str | None and field.examples:
        return messages.WEB_ADDRESS(example=field.examples[0])
    if field.annotation in (str, str | None, SecretStr | None):
        return messages.SOME_TEXT()
    if field.annotation == list[str]:
        return messages.JSON_LIST(example=(field.examples or [""])[0])
    return messages.YES_OR_NO()


def _bound(field: Any, kind: str) -> Any:
    return next((getattr(each, kind) for each in field.metadata if hasattr(each, kind)), None)
