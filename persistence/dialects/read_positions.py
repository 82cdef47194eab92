"""Positions in the log of a PostgreSQL server (WAL). A read that must not be older than a change names the position
after the change.

A position is a number: the timeline of the log, shifted by 64 bits, and the place in the log (LSN). Each promotion of a
standby begins a timeline. A server of another timeline may have other changes at the same place.

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

PLACE_BITS = 64
"""The bits of a position that are the place in the log."""

_TOKEN = re.compile(r"1\.(?:p|[0-9a-f]{1,16})|2\.([0-9a-f]{1,8})\.([0-9a-f]{1,16})")


def token_of(position: int) -> str:
    """The token of a position."""
    if position == PRIMARY:
        return PRIMARY_TOKEN
    return f"2.{position >> PLACE_BITS:x}.{position & (1 << PLACE_BITS) - 1:x}"


def position_of(token: str) -> int:
    """The position of a token. Raises ValueError if it is none."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise ValueError(token)
    if match[1] is None:  # also the tokens of earlier versions, which do not have the timeline
        return PRIMARY
    return int(match[1], 16) << PLACE_BITS | int(match[2], 16)


def later(one: int, other: int) -> int:
    """The position that satisfies both."""
    return PRIMARY if PRIMARY in (one, other) else max(one, other)


def is_reached(wanted: int, replayed: int) -> bool:
    """Whether a standby that has everything up to the position `replayed` is new enough for the position `wanted`."""
    return wanted == ANY or (replayed >= wanted and replayed >> PLACE_BITS == wanted >> PLACE_BITS)
