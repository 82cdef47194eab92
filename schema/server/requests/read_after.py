"""How new the state must be that a request reads: with the changes that the header `Carnet-Read-After` stands for, and
those that the user made in the last seconds.
"""

import time
from collections import OrderedDict
from collections.abc import Mapping

from persistence.dialects.read_positions import ANY, later, position_of, token_of
from schema.server.errors import Rejected

READ_AFTER = b"carnet-read-after"
"""The header with the token of a position, in requests and in answers of changes."""

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
        """The position that the reads of a request must have."""
        own, token = self._remembered_position(user_id), headers.get(READ_AFTER)
        if token is None:
            return own
        try:
            return later(own, position_of(token.decode("latin-1")))
        except ValueError:
            message = "`Carnet-Read-After` must be a value of this header, or of readAfter, in an answer to a mutation."
            raise Rejected(400, message) from None

    def of_answer(self, user_id: str, position: int) -> tuple[bytes, bytes]:
        """The header of the answer to a change of a user, which is remembered."""
        if self._remembers:
            self._last[user_id] = time.monotonic(), later(position, self._remembered_position(user_id))
            self._last.move_to_end(user_id)
            if len(self._last) > MAX_USERS:
                self._last.popitem(last=False)
        return READ_AFTER, token_of(position).encode()

    def _remembered_position(self, user_id: str) -> int:
        """That of the last change of a user, if it is remembered."""
        if user_id not in self._last:
            return ANY
        at, position = self._last[user_id]
        return position if time.monotonic() - at < KEPT_SECONDS else ANY


NO_STANDBY = ReadAfter(remembers=False)
"""Without a standby there is nothing to remember."""
