"""How new the state must be that a request reads: it must have the changes of the token in the header
`Carnet-Read-After`, and those that the user made in the last seconds. Operations over a WebSocket have the token in
`extensions.readAfter` of their payload.
"""

import time
from collections import OrderedDict
from collections.abc import Mapping

from persistence.dialects.read_positions import ANY, at_primary, later, position_of, token_of
from schema.server.errors import Rejected

READ_AFTER = b"carnet-read-after"
"""The header with the token of a position, in requests and in responses to changes."""

KEPT_SECONDS = 30
"""Seconds for which the position of a user's last change is remembered. If a standby is further behind, only clients
that hand their token back are sure to see their changes.
"""

MAX_USERS = 10_000
"""Users whose last change is remembered, at most."""


class ReadAfter:
    """The positions of requests, of answers, and of the last changes of each user."""

    def __init__(self, *, remembers: bool) -> None:
        """`remembers`: a standby may answer reads, so the changes of users are remembered."""
        self._remembers = remembers
        self._last: OrderedDict[str, tuple[float, int]] = OrderedDict()
        """By user, the oldest change first: when it was made, and its position."""

    def of_request(self, user_id: str, headers: Mapping[bytes, bytes]) -> int:
        """The position up to which a request must read everything. Raises `Rejected` for a header that is no token."""
        token = headers.get(READ_AFTER)
        if token is None:
            return self._remembered_position(user_id)
        return self._position(user_id, "Carnet-Read-After", token.decode("latin-1"))

    def of_operation(self, user_id: str, payload: Mapping[str, object]) -> int:
        """The position up to which an operation over a WebSocket must read everything. Only a primary reaches it,
        because such operations do not read from a standby. Raises `Rejected` for a member that is no token.
        """
        extensions = payload.get("extensions")
        token = extensions.get("readAfter") if isinstance(extensions, dict) else None
        own = self._remembered_position(user_id)
        return at_primary(own if token is None else self._position(user_id, "extensions.readAfter", str(token)))

    def of_answer(self, user_id: str, position: int) -> tuple[bytes, bytes]:
        """The header of the response to a change of a user. The position of the change is remembered."""
        if self._remembers:
            self._last[user_id] = time.monotonic(), later(position, self._remembered_position(user_id))
            self._last.move_to_end(user_id)
            if len(self._last) > MAX_USERS:
                self._last.popitem(last=False)
        return READ_AFTER, token_of(position).encode()

    def _position(self, user_id: str, name: str, token: str) -> int:
        """The position after the changes of a token and those that the user made. `name` is where the token stands."""
        try:
            return later(self._remembered_position(user_id), position_of(token))
        except ValueError:
            message = f"`{name}` must be a value of readAfter, or of the header Carnet-Read-After, in a response to a "
            raise Rejected(400, f"{message}mutation.") from None

    def _remembered_position(self, user_id: str) -> int:
        """The position of the last change of a user, or ANY if none is remembered."""
        if user_id not in self._last:
            return ANY
        at, position = self._last[user_id]
        return position if time.monotonic() - at < KEPT_SECONDS else ANY


NO_STANDBY = ReadAfter(remembers=False)
"""For a server without a standby: all reads are from the primary, so no change needs to be remembered."""
