"""The id of a request: what the client sent as `X-Request-Id`, or a new one. It is in the header of the response, in
`extensions.requestId` of each error and in each line of the log, so that the three can be brought together.
"""

import re
import secrets
from collections.abc import Mapping
from itertools import count

HEADER = b"x-request-id"
VALID = re.compile(rb"[A-Za-z0-9._:/=+-]{1,128}")
"""Ids that are taken from clients. A line of the log can show them: they have no spaces and cannot imitate a line."""

_PROCESS = secrets.token_hex(6)
_NUMBERS = count(1)


def new() -> str:
    """An id for a request without a valid one."""
    return f"{_PROCESS}-{next(_NUMBERS)}"


def of_request(headers: Mapping[bytes, bytes]) -> str:
    """The id of a request: that of the client if it is valid, else a new one."""
    given = headers.get(HEADER)
    return new() if given is None or not VALID.fullmatch(given) else given.decode()
