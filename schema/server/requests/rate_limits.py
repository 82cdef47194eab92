"""How much each token and each address may ask for: token buckets over the cost of operations.

A bucket holds at most the cost that is allowed in a minute and is refilled evenly. A request is refused while its
bucket is empty. Its cost is taken after it was answered, when it is known; a bucket can owe something then.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from copy import copy

from starlette.types import Scope

from schema.server.authentication.authenticator import AUTHORIZATION
from schema.server.errors import Rejected
from schema.server.host_names import is_loopback

MAX_BUCKETS = 10_000
"""The maximum number of tokens, and of addresses, that are remembered. The one that has not asked for longest is
forgotten for another one.
"""

REQUEST_COST = 10
"""What a request costs in any case, also one that is refused: as much as ten objects."""

MINUTE = 60


class Bucket:
    """What one token or address may still ask for."""

    def __init__(self, size: float, now: float) -> None:
        self.size, self._level, self._filled_at = size, size, now

    def level(self, now: float) -> float:
        """What is left at this time; negative if it owes something."""
        self._level = min(self.size, self._level + (now - self._filled_at) * self.size / MINUTE)
        self._filled_at = now
        return self._level

    def take(self, cost: float) -> None:
        """Take a cost from what is left."""
        self._level -= cost


class Buckets:
    """The buckets of one kind, by token or address."""

    def __init__(self, size: float, stopwatch: Callable[[], float]) -> None:
        self.size, self._stopwatch = size, stopwatch
        self._kept: OrderedDict[bytes, Bucket] = OrderedDict()

    def of(self, key: bytes) -> list[Bucket]:
        """The bucket of a key; none if there is no limit."""
        if not self.size:
            return []
        bucket = self._kept.get(key)
        if bucket is None:
            bucket = self._kept[key] = Bucket(self.size, self._stopwatch())
            if len(self._kept) > MAX_BUCKETS:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return [bucket]


class RateLimits:
    """The limits of tokens and addresses."""

    def __init__(
        self, per_token: int, per_address: int, *, loopback: bool, stopwatch: Callable[[], float] = time.monotonic
    ) -> None:
        """The cost a minute that a token and an address may have; 0 for no limit. With `loopback` the limits hold for
        the machine itself, too.
        """
        self._tokens, self._addresses = Buckets(per_token, stopwatch), Buckets(per_address, stopwatch)
        self._loopback, self._stopwatch = loopback, stopwatch

    def with_own_tokens(self) -> "RateLimits":
        """The same limits for other tokens. Addresses have only one limit."""
        other = copy(self)
        other._tokens = Buckets(self._tokens.size, self._stopwatch)
        return other

    def _apply_to(self, scope: Scope) -> bool:
        """Whether the limits, if there are any, apply to the sender of a request: not to this machine by default."""
        return self._loopback or not is_loopback((scope.get("client") or ("",))[0])

    def of_address(self, scope: Scope) -> list[Bucket]:
        """The bucket of the address that a request comes from, if it has a limit."""
        address = (scope.get("client") or ("",))[0]
        return self._addresses.of(address.encode()) if self._apply_to(scope) else []

    def of_token(self, scope: Scope, headers: Mapping[bytes, bytes]) -> list[Bucket]:
        """The bucket of the token of a request, if it has one and there is a limit. Ask only for valid tokens: else
        strangers could make so many buckets that those of others are forgotten.
        """
        token = headers.get(AUTHORIZATION)
        return [] if token is None else self.of_secret(scope, token)

    def of_secret(self, scope: Scope, secret: bytes) -> list[Bucket]:
        """Like `of_token`, for the valid secret of an address that needs no token."""
        return self._tokens.of(secret) if self._apply_to(scope) else []

    def check(self, buckets: list[Bucket]) -> list[tuple[bytes, bytes]]:
        """The headers that say what is left in the emptiest of the buckets. Raises `Rejected` with status 429 if it is
        empty.
        """
        if not buckets:
            return []
        now = self._stopwatch()
        scarce = min(buckets, key=lambda bucket: bucket.level(now) / bucket.size)
        level = scarce.level(now)
        headers = [
            (b"ratelimit-limit", b"%d" % scarce.size),
            (b"ratelimit-remaining", b"%d" % max(0, level)),
            (b"ratelimit-reset", b"%d" % math.ceil((scarce.size - level) * MINUTE / scarce.size)),
        ]
        if level >= REQUEST_COST:
            return headers
        wait = math.ceil((REQUEST_COST - level) * MINUTE / scarce.size)
        raise Rejected(
            429,
            f"The operations of this token or address cost more than {scarce.size:.0f} a minute. Try again in {wait} "
            "seconds, or select less at once: the header X-Show-Cost: 1 shows what an operation costs.",
            "RATE_LIMITED",
            headers,
            retry_after=wait,
        )
