"""A cache of what tokens give, for a few seconds, so that a request with a token is cheap."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")

MAX_TOKENS = 2048
"""How many tokens are remembered at most; the one that was looked up first is forgotten for another one."""


class TokenCache(Generic[V]):
    """By the hash of a token, what was found out about it at most `seconds` ago."""

    def __init__(self, seconds: float, stopwatch: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._stopwatch = seconds, stopwatch
        self._found: OrderedDict[str, tuple[float, V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._found)

    def now(self) -> float:
        """The time, for `put`. Take it before the look-up: the answer may be outdated when it arrives."""
        return self._stopwatch()

    def get(self, key: str) -> V | None:
        """What is remembered of a token, or None."""
        entry = self._found.get(key)
        if entry is None:
            return None
        looked_up, value = entry
        if self._stopwatch() - looked_up < self._seconds:
            return value
        del self._found[key]
        return None

    def put(self, key: str, value: V, looked_up: float) -> None:
        """Remember a token that was looked up at that time."""
        self._found[key] = looked_up, value
        self._found.move_to_end(key)
        if len(self._found) > MAX_TOKENS:
            self._found.popitem(last=False)

    def clear(self) -> None:
        """Forget all tokens."""
        self._found.clear()
