"""Positions in the log of a PostgreSQL server (WAL). A read that must not be older than a change names the position
after the change.

A client gets the position as an opaque token. Without a standby every read sees all changes; the token then only
says that another process of Carnet, which may have a standby, must read from the primary.
"""

import re

PRIMARY = -1
"""Instead of a position: read from the primary, which has every change."""

PRIMARY_TOKEN = "1.p"
"""The token of PRIMARY."""

ANY = 0
"""Instead of a position: any state of a standby is new enough."""

_TOKEN = re.compile(r"1\.([0-9a-f]{1,16}|p)")


def token_of(position: int) -> str:
    """The token of a position."""
    return PRIMARY_TOKEN if position == PRIMARY else f"1.{position:x}"


def position_of(token: str) -> int:
    """The position of a token. Raises ValueError if it is none."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise ValueError(token)
    return PRIMARY if match[1] == "p" else int(match[1], 16)


def later(one: int, other: int) -> int:
    """The position that satisfies both."""
    return PRIMARY if PRIMARY in (one, other) else max(one, other)
