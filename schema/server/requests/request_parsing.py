"""Parses GraphQL requests from JSON and from query strings."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from resolvers.unique_names import NameRepeated, unique
from schema.execution.request_size import CONTAINERS
from schema.execution.value_errors import Steps
from schema.server.errors import Rejected
from schema.server.requests.unique_names import check_names
from schema.server.responses.bodies import JSON

MAX_NESTING = 40
"""The maximum number of levels of variables."""

UTF_8 = (b"utf-8", b"utf8")
"""The values of `charset` that stand for UTF-8."""

SHOWN_CHARACTERS = 100
"""The characters of a name that a message quotes, at most."""


def check_encoding(headers: Mapping[bytes, bytes]) -> None:
    """Raises `Rejected` unless the headers of a POST request say that its body is JSON in UTF-8, not compressed.
    Without a charset, JSON is in UTF-8.
    """
    content_type = headers.get(b"content-type", b"")
    if content_type != JSON:  # most clients send no parameters
        _check_content_type(content_type)
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise Rejected(415, "Send the request without compression.")


def _check_content_type(content_type: bytes) -> None:
    media_type, *parameters = content_type.lower().split(b";")
    if media_type.strip() != JSON:
        raise Rejected(415, "Send the request as application/json.")
    for name, _, value in (each.partition(b"=") for each in parameters):
        if name.strip() == b"charset" and value.strip().strip(b'"') not in UTF_8:
            raise Rejected(415, "Send the request in UTF-8, as `application/json; charset=utf-8`.")


def from_json(body: bytes) -> Mapping[str, Any]:
    """The members of the body of a POST request. Raises `Rejected`."""
    try:
        sent = orjson.loads(body)
        check_names(body, sent)
    except orjson.JSONDecodeError as error:
        raise Rejected(400, _not_json(body, error)) from None
    except NameRepeated as repeated:
        raise Rejected(400, message_of_repeated(str(repeated), "an object in the body")) from None
    except RecursionError:
        raise Rejected(400, "The body is nested too deeply. Send fewer levels.") from None
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


def message_of_repeated(name: str, where: str) -> str:
    """The message for a name that was sent more than once, in the object or string that `where` describes."""
    return f"`{name[:SHOWN_CHARACTERS]}` is more than once in {where}. Send it once."


def from_query_string(text: bytes) -> Mapping[str, Any]:
    """The members of a GET request, from its query string. Raises `Rejected`."""
    try:
        sent: dict[str, Any] = {**unique(parse_qsl(text.decode(), keep_blank_values=True))}
        for name in ("variables", "extensions"):
            value = sent.pop(name, "")
            if value:
                sent[name] = orjson.loads(value)
                check_names(value.encode(), sent[name])
    except NameRepeated as repeated:
        raise Rejected(400, message_of_repeated(str(repeated), "the query string")) from None
    except (ValueError, RecursionError):
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
