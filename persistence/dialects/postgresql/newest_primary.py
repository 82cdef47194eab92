"""Whether the primary is new enough for a request.

A server can go on as a primary after another one was promoted. The changes of the promoted server never reach it.
"""

import asyncio
import time

from persistence.dialects.postgresql.connections import PostgresqlReader
from persistence.dialects.postgresql.copies import REPLAYED
from persistence.dialects.postgresql.hosts import UNKNOWN, Promotion
from persistence.dialects.postgresql.server import Server
from persistence.dialects.read_positions import PRIMARY, cluster_of, is_reached, position_at, timeline_of
from persistence.exceptions import EarlierPrimary, Unavailable

SEARCH_SECONDS, SEARCH_PAUSE = 5, 0.2
"""Seconds for which a request waits for a later primary to be found, and seconds between two searches."""

ANSWER_SECONDS = 1
"""The time limit of one search, in seconds."""


class NewestPrimary:
    """Makes this process use the primary that was promoted last. A request whose position is of a later timeline tells
    that there is another one.
    """

    def __init__(self, server: Server, reader: PostgresqlReader) -> None:
        self._server, self._reader = server, reader
        self._search: asyncio.Future[None] | None = None

    @property
    def promotion(self) -> Promotion:
        """The promotion of the primary that is used."""
        return self._server.promotion

    @property
    def position(self) -> int:
        """A position after all changes of this process that are committed now, without a place in the log; PRIMARY if
        the server does not say which timeline it has.
        """
        promotion = self.promotion
        return position_at(*promotion) if promotion.timeline else PRIMARY

    async def reach(self, wanted: int) -> None:
        """From now on use a primary that has everything up to the position `wanted`. If none is found within
        SEARCH_SECONDS, raises EarlierPrimary, or Unavailable if no server answers.
        """
        give_up = time.monotonic() + SEARCH_SECONDS
        while not await self._has(wanted):
            if time.monotonic() > give_up:
                raise EarlierPrimary if self._server.is_verified() else Unavailable
            if self._search is None or self._search.done():
                self._search = asyncio.ensure_future(self._look())
            ended, _ = await asyncio.wait([self._search], timeout=give_up - time.monotonic())
            for search in ended:
                search.result()

    async def _has(self, wanted: int) -> bool:
        """Whether the primary that is used has everything up to the position. A primary of a later timeline always
        counts as new enough, because no server has a newer state. A position of another cluster cannot be compared, nor
        can any position if the server does not say which cluster it belongs to: then any primary counts as new enough.
        """
        promotion = self.promotion
        if promotion == UNKNOWN or promotion.cluster != cluster_of(wanted):
            return True
        if promotion.timeline:
            return promotion.timeline >= timeline_of(wanted) and self._server.is_verified()
        (replayed,) = await self._reader.run([(REPLAYED, ())])  # the URL is that of a standby
        return is_reached(wanted, int(replayed))

    async def _look(self) -> None:
        """Look for a later primary once, for all requests that wait."""
        before = self.promotion
        await self._server.look_for_later_primary(limit=ANSWER_SECONDS)
        if self.promotion == before and not self._server.is_verified():
            await self._server.answers(limit=ANSWER_SECONDS)  # a new connection verifies the primary
        if self.promotion == before:
            await asyncio.sleep(SEARCH_PAUSE)
