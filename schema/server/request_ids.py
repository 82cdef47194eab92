"""The id of a request: what the client sent as `X-Request-Id`, or a new one. It is in the header of the response, in
`extensions.requestId` of each error and in each line of the log, so that the three can be brought together.
"""

import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from itertools import count

HEADER = b"x-request-id"
VALID = re.compile(rb"[A-Za-z0-9._:/=+-]{1,128}")
"""Ids that are taken from clients. A line of the log can show them: they have no spaces and cannot imitate a line."""

_PROCESS = secrets.token_hex(6)
_NUMBERS = count(1)
_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def begin(headers: Mapping[bytes, bytes]) -> bytes:
    """The id of the request that begins: that of the client if it is valid, else a new one."""
    given = headers.get(HEADER)
    if given is not None and VALID.fullmatch(given):
        _current.set(given.decode())
        return given
    made = f"{_PROCESS}-{next(_NUMBERS)}"
    _current.set(made)
    return made.encode()


def current() -> str | None:
    """The id of the request that is being answered; None outside of requests."""
    return _current.get()
