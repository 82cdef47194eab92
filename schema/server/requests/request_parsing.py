"""Parses GraphQL requests from JSON and from query strings."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson

from schema.execution.request_size import CONTAINERS
from schema.execution.value_errors import Steps
from schema.server.errors import Rejected

MAX_NESTING = 40
"""The maximum number of levels of variables."""


def from_json(body: bytes) -> Mapping[str, Any]:
    """The members of the body of a POST request. Raises `Rejected`."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Rejected(400, _not_json(body, error)) from None
    if not isinstance(sent, dict):
        raise Rejected(400, 'Send a JSON object such as {"query": "{ viewer { userId } }"}.')
    return sent


def _not_json(body: bytes, error: orjson.JSONDecodeError) -> str:
    """What is wrong with a body, and where."""
    if not body:
        return "The body is empty. Send JSON in UTF-8."
    try:
        body.decode()
    except UnicodeDecodeError as wrong:
        return f"The body is not in UTF-8: byte {wrong.start + 1} is wrong."
    place = f"line {error.lineno}, column {error.colno}"
    if "surrogate" in error.msg:
        half = "half of a character, such as \\ud83d without \\ude00"
        return f"The text at {place} has {half}. Complete it or leave it out."
    return f"The body is not JSON in UTF-8. It is wrong at {place}."


def from_query_string(text: bytes) -> Mapping[str, Any]:
    """The members of a GET request, from its query string. Raises `Rejected`."""
    try:
        sent: dict[str, Any] = {
            name: values[-1] for name, values in parse_qs(text.decode(), keep_blank_values=True).items()
        }
        for name in ("variables", "extensions"):
            if name in sent and not sent[name]:
                del sent[name]
            elif name in sent:
                sent[name] = orjson.loads(sent[name])
    except ValueError:
        raise Rejected(
            400, "The query string cannot be read: `variables` and `extensions` must be JSON in UTF-8."
        ) from None
    return sent


def unstorable_text(value: object, level: int) -> Steps | None:
    """The path of the first text in variables that a database cannot store. orjson refuses lone surrogates already."""
    if level > MAX_NESTING:
        message = f"`variables` must not be nested deeper than {MAX_NESTING} levels."
        raise Rejected(400, message, "BAD_USER_INPUT")
    if isinstance(value, CONTAINERS):
        for step, inside in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(inside, str):  # most values are texts, so they need no call of their own
                if "\0" in inside:
                    return (step,)
            elif isinstance(inside, CONTAINERS) and (path := unstorable_text(inside, level + 1)) is not None:
                return (step, *path)
    return None
