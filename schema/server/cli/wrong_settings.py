"""Messages about invalid and unknown settings in the environment."""

import difflib
import os
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from persistence.database_urls import SUPPORTED_URLS
from resolvers.errors import as_given
from schema.server.cli import sentences
from schema.server.cli.output import visible
from schema.server.settings import Settings

PREFIX = "CARNET_"
OF_TESTS = ("CARNET_TEST_", "CARNET_SOAK")
"""Prefixes of variables that only the tests use."""


def describe(error: ValidationError) -> str:
    """A message about all invalid settings."""
    reasons = {str(each["loc"][0]): each["msg"].removeprefix("Value error, ") for each in error.errors()}
    return sentences.SETTING_WRONG(problems=" ".join(_describe(name, reason) for name, reason in reasons.items()))


def unknown() -> Iterator[str]:
    """A message for each variable that begins with CARNET_ but is not a setting."""
    known = [name.upper() for name in Settings.model_fields]
    for name in sorted(os.environ):
        own = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and own not in known and not name.upper().startswith(OF_TESTS):
            nearest = difflib.get_close_matches(own, known, 1)
            sentence = sentences.SETTING_UNKNOWN if nearest else sentences.SETTING_UNKNOWN_AT_ALL
            yield visible(sentence(name=name, nearest=PREFIX + "".join(nearest)))


def _describe(name: str, reason: str) -> str:
    """A message about one setting. The database URL is not shown, because it may have a password."""
    variable = f"{PREFIX}{name.upper()}"
    if name == "database_url":
        return sentences.NOT_A_DATABASE_URL() if reason == SUPPORTED_URLS else sentences.DATABASE_URL_WRONG(reason=reason)
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
