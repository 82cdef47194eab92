"""The current keys of the issuer of JSON Web Tokens: read at the start, then again and again, while requests go on."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import jwt

from schema.server.authentication.key_set_address import is_url
from schema.server.authentication.key_sets import KeySetUnusable, chosen, parse, read
from schema.server.background.tasks import in_background
from schema.server.errors import log
from schema.server.host_names import Authority

URL_INTERVAL, FILE_INTERVAL = 300, 5
"""Seconds after which a key set is read again. A key that the issuer has withdrawn is accepted for so long."""

MAX_AGE = 24 * 3600
"""Seconds for which the last keys are used while no newer ones can be read."""

PATIENCE = 5
"""Seconds for which a request with an unknown key waits for the key set to be read."""

EXTRA_READS, SECONDS_PER_EXTRA_READ = 5, 10
"""Tokens with unknown keys, which anybody can make up, cause at most so many reads at once, and then one in so many
seconds.
"""


class KeysUnavailable(Exception):
    """No keys could be read for so long that no token can be verified."""


class IssuerKeys:
    """The keys from one address. Requests with known keys never wait for it."""

    def __init__(self, address: str, *, stopwatch: Callable[[], float] = time.monotonic) -> None:
        self.address, self._stopwatch = address, stopwatch
        self._text = b""
        self._keys: Sequence[jwt.PyJWK] = ()
        self._read_at: float | None = None
        self._problem = ""
        self._reading: asyncio.Task[None] | None = None
        self._extra_reads, self._counted_at = float(EXTRA_READS), stopwatch()

    async def key(self, kid: str | None, algorithm: str) -> jwt.PyJWK | None:
        """The key with this id, or None. For an unknown one the key set is read again, within limits.

        Raises KeysUnavailable if there are no keys at all.
        """
        found = self._find(kid, algorithm)
        if found is None and (self._is_reading() or self._may_read()):
            await asyncio.wait([self._start_reading()], timeout=PATIENCE)
            found = self._find(kid, algorithm)
        if not self._are_recent():
            raise KeysUnavailable
        return found

    def are_current(self, key: jwt.PyJWK) -> bool:
        """Whether a key that was found before is still one of the issuer's."""
        return self._are_recent() and any(each is key for each in self._keys)

    async def read_for_ever(self) -> None:
        """Read the key set now, and then again and again."""
        while True:
            await asyncio.wait([self._start_reading()])
            await asyncio.sleep(URL_INTERVAL if is_url(self.address) else FILE_INTERVAL)

    async def stop_reading(self) -> None:
        """Cancel a read that has not ended."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    async def replace(self) -> None:
        """Read the key set once. Raises KeySetUnusable, and keeps the keys."""
        text = await asyncio.to_thread(read, self.address)
        if text != self._text:
            self._keys, self._text = parse(text), text
        self._read_at = self._stopwatch()
        if not self._keys:
            raise KeySetUnusable("it has no public key for signatures with RS256, ES256 or EdDSA")

    def _find(self, kid: str | None, algorithm: str) -> jwt.PyJWK | None:
        return chosen(self._keys, kid, algorithm) if self._are_recent() else None

    def _are_recent(self) -> bool:
        return self._read_at is not None and self._stopwatch() - self._read_at < MAX_AGE

    def _is_reading(self) -> bool:
        return self._reading is not None and not self._reading.done()

    def _start_reading(self) -> asyncio.Task[None]:
        """Read the key set, unless it is being read already."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._try_to_replace())
        return self._reading

    async def _try_to_replace(self) -> None:
        problem = ""
        try:
            await self.replace()
        except KeySetUnusable as error:
            problem = str(error)
        if problem and problem != self._problem:
            log.warning(f"the keys of JSON Web Tokens cannot be read from CARNET_JWT_JWKS: {problem}")
        elif self._problem and not problem:
            log.info("the keys of JSON Web Tokens can be read again")
        self._problem = problem

    def _may_read(self) -> bool:
        now = self._stopwatch()
        self._extra_reads += (now - self._counted_at) / SECONDS_PER_EXTRA_READ
        self._extra_reads, self._counted_at = min(self._extra_reads, EXTRA_READS), now
        if self._extra_reads < 1:
            return False
        self._extra_reads -= 1
        return True


@asynccontextmanager
async def opened(address: str) -> AsyncIterator[IssuerKeys]:
    """The keys at an address, kept up to date while the block runs.

    Raises KeySetUnusable for an unusable file. A URL is read in the background: requests with keys wait for it.
    """
    keys = IssuerKeys(address)
    if not is_url(address):
        await keys.replace()
    elif _is_exposed(address):
        log.warning("the keys of JSON Web Tokens come without encryption: use https in CARNET_JWT_JWKS")
    try:
        async with in_background(keys.read_for_ever()):
            yield keys
    finally:
        await keys.stop_reading()


def _is_exposed(address: str) -> bool:
    """Whether others on the network could replace the keys, because they come without encryption."""
    parts = urlsplit(address)
    return parts.scheme == "http" and not Authority(parts.hostname or "", None).is_loopback
