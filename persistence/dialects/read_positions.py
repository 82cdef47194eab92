"""Positions in the log of a PostgreSQL server (WAL). A read that must not be older than a change names the position
after the change.

A position is a number: the cluster, shifted by 96 bits, the timeline of the log, shifted by 64 bits, and the place in
the log (LSN). A cluster is a server with all its copies. Each promotion of a standby begins a timeline. Servers of two
timelines may have different changes at the same place.

A client gets the position as an opaque token. Without a standby the place is not read: then the token says that a
primary must answer, of the timeline that it names or of a later one.
"""

import re

PRIMARY = -1
"""Instead of a position: read from the primary, whichever server that is."""

PRIMARY_TOKEN = "1.p"
"""The token of PRIMARY."""

ANY = 0
"""Instead of a position: every standby is new enough."""

PLACE_BITS, TIMELINE_BITS = 64, 32
"""The bits of a position that are the place in the log, and those before them that are the timeline."""

_LAST_PLACE = (1 << PLACE_BITS) - 1
"""Instead of a place: no standby is new enough, only a primary."""

_TOKEN = re.compile(
    r"(?:1\.(?:p|[0-9a-f]{1,16})|2\.[0-9a-f]{1,8}\.[0-9a-f]{1,16})"
    r"|3\.([0-9a-f]{1,16})\.([0-9a-f]{1,8})\.(p|[0-9a-f]{1,16})"
)


def token_of(position: int) -> str:
    """The token of a position."""
    if position == PRIMARY:
        return PRIMARY_TOKEN
    place = position & _LAST_PLACE
    return f"3.{cluster_of(position):x}.{timeline_of(position):x}.{'p' if place == _LAST_PLACE else f'{place:x}'}"


def position_of(token: str) -> int:
    """The position of a token. Raises ValueError if the text is no token."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise ValueError(token)
    cluster, timeline, place = match.groups()
    if cluster is None:  # also the tokens of earlier versions, which do not have the cluster
        return PRIMARY
    return position_at(int(cluster, 16), int(timeline, 16), _LAST_PLACE if place == "p" else int(place, 16))


def position_at(cluster: int, timeline: int, place: int = _LAST_PLACE) -> int:
    """The position at a place in the log; without a place, one that only a primary of the timeline has reached."""
    return cluster << TIMELINE_BITS + PLACE_BITS | timeline << PLACE_BITS | place


def cluster_of(position: int) -> int:
    """The identifier of the cluster of a position."""
    return position >> TIMELINE_BITS + PLACE_BITS


def timeline_of(position: int) -> int:
    """The timeline of a position."""
    return position >> PLACE_BITS & (1 << TIMELINE_BITS) - 1


def only_primary(position: int) -> bool:
    """Whether no standby can be new enough for the position."""
    return position & _LAST_PLACE == _LAST_PLACE


def at_primary(position: int) -> int:
    """A position that is reached only by a primary that has everything up to `position`."""
    return position | _LAST_PLACE if position else PRIMARY


def later(own: int, given: int) -> int:
    """A position after both. Positions of two clusters cannot be compared: then only a primary reaches it."""
    if ANY in (own, given):
        return own or given
    if cluster_of(own) == cluster_of(given):
        return max(own, given)
    return at_primary(given if own == PRIMARY else own)


def is_reached(wanted: int, replayed: int) -> bool:
    """Whether a standby that has everything up to the position `replayed` is new enough for the position `wanted`."""
    return wanted == ANY or (replayed >= wanted and replayed >> PLACE_BITS == wanted >> PLACE_BITS)
