"""Whether the primary is new enough for a request.

A server can go on as a primary although another one was promoted. It never has what was changed there.
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
"""Seconds for which a request waits until a later primary is found, and the pause between two searches."""

ANSWER_SECONDS = 1
"""The time limit of one search, in seconds."""


class NewestPrimary:
    """The primary that was promoted last, as far as this process and the positions of requests tell."""

    def __init__(self, server: Server, reader: PostgresqlReader) -> None:
        self._server, self._reader = server, reader
        self._search: asyncio.Future[None] | None = None

    @property
    def promotion(self) -> Promotion:
        """The promotion of the primary that is used."""
        return self._server.promotion

    @property
    def position(self) -> int:
        """A position after all changes of this process that are committed now. It has no place in the log."""
        promotion = self._server.promotion
        return position_at(*promotion) if promotion.timeline else PRIMARY

    async def reach(self, wanted: int) -> None:
        """Use a primary that has everything up to a position from now on. Raises EarlierPrimary if none is found, and
        Unavailable if no server answers.
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
        """Whether the primary that is used has everything up to the position. The one of a later timeline is the newest
        state that there is. Positions of another cluster mean nothing here, nor if the cluster is not known.
        """
        promotion = self._server.promotion
        if promotion == UNKNOWN or promotion.cluster != cluster_of(wanted):
            return True
        if promotion.timeline:
            return promotion.timeline >= timeline_of(wanted) and self._server.is_verified()
        (replayed,) = await self._reader.run([(REPLAYED, ())])  # the URL is that of a standby
        return is_reached(wanted, int(replayed))

    async def _look(self) -> None:
        """Look for a later primary once, for all requests that wait."""
        before = self._server.promotion
        await self._server.look_for_later_primary(limit=ANSWER_SECONDS)
        if self._server.promotion == before and not self._server.is_verified():
            await self._server.answers(limit=ANSWER_SECONDS)
        if self._server.promotion == before:
            await asyncio.sleep(SEARCH_PAUSE)
