"""Messages of clients in the protocol `graphql-transport-ws`, and the codes with which it closes WebSockets."""

from collections.abc import Mapping

import orjson
from starlette.types import Message

from resolvers.unique_names import NameRepeated
from schema.server.requests.unique_names import check_names

BAD_REQUEST, UNAUTHORIZED, SUBPROTOCOL_REFUSED = 4400, 4401, 4406
INIT_TIMEOUT, DUPLICATE_ID, INIT_TWICE = 4408, 4409, 4429
SLOW_READER = 4413
"""Carnet's own code: the client reads too slowly."""

MAX_ID = 200
"""The maximum length of the id of an operation."""

TOKENS = ("authorization", "token")
"""The members of the payload of `connection_init` that may have the token, in any case."""


class InvalidMessage(Exception):
    """A message that the protocol does not allow. The WebSocket is closed with the message as its reason."""


def parsed(received: Message) -> Mapping[str, object]:
    """A message of the client, which has a type. Raises InvalidMessage."""
    text = received.get("text")
    if text is None:
        raise InvalidMessage("Messages must be text")
    try:
        message = orjson.loads(text)
        check_names(text.encode(), message)
    except NameRepeated:
        raise InvalidMessage("A name is more than once in an object") from None
    except (ValueError, RecursionError):
        raise InvalidMessage("Messages must be JSON") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise InvalidMessage("Messages must be objects with a type")
    return message


def pong(ping: Mapping[str, object]) -> str:
    """The answer to a ping, with its payload. Raises InvalidMessage for one that is nested too deeply to be written."""
    payload = {"payload": ping["payload"]} if isinstance(ping.get("payload"), dict) else {}
    try:
        return orjson.dumps({"type": "pong", **payload}).decode()
    except TypeError:
        raise InvalidMessage("The payload of ping is nested too deeply") from None


def token_of(init: Mapping[str, object]) -> bytes | None:
    """The token in the payload of `connection_init`, as the value of a header Authorization; None without a token.
    Raises InvalidMessage.
    """
    payload = init.get("payload")
    if payload is None:
        return None
    if not isinstance(payload, dict):
        raise InvalidMessage("The payload of connection_init must be an object")
    for name, value in payload.items():
        if name.lower() in TOKENS and value is not None:
            if not isinstance(value, str) or not value.isascii():
                raise InvalidMessage("The token must be text")
            return (value if " " in value.strip() else f"Bearer {value}").encode()
    return None


def language_of(init: Mapping[str, object]) -> bytes | None:
    """The value of the header Accept-Language in the payload of `connection_init`, with which pages choose a language;
    None without one.
    """
    payload = init.get("payload")
    for name, value in payload.items() if isinstance(payload, dict) else ():
        if name.lower() == "accept-language" and isinstance(value, str) and value.isascii():
            return value.encode()
    return None


def subscribed(message: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
    """The id and the payload of a message `subscribe`. Raises InvalidMessage."""
    id, payload = message.get("id"), message.get("payload")
    if not isinstance(id, str) or not 0 < len(id) <= MAX_ID:
        raise InvalidMessage(f"subscribe needs an id, a text of at most {MAX_ID} characters")
    if not isinstance(payload, dict):
        raise InvalidMessage("The payload of subscribe must be an object")
    return id, payload
