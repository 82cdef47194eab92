"""One bounded cache for everything that is kept between requests: documents, plans, compiled statements, responses."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MEGABYTE = 1024 * 1024
MAX_BYTES, MAX_ENTRIES = 64 * MEGABYTE, 4096
LARGEST_SHARE = 8
"""An entry takes at most this part of the cache: a larger one is not kept, because it would evict too many others."""

EntryKey = tuple[str, Hashable]
"""The name of a section and the key in it."""

StatementKey = tuple[Hashable, ...]
"""The key by which SQLAlchemy finds a statement that it has compiled."""

STATEMENT_BYTES, BYTES_PER_CHARACTER, BYTES_PER_PARAMETER = 16_000, 16, 1_000
"""Measured sizes of a statement that SQLAlchemy has compiled, per statement, character of its SQL, and parameter."""


@dataclass(slots=True)
class _Entry:
    value: Any
    size: int
    parent: EntryKey | None
    children: set[EntryKey] | None = None


class Cache:
    """A least-recently-used cache, bounded by the number of entries and by bytes, with sections. Safe for threads.

    The caller of `put` estimates the size of the entry. An entry may have a parent: it is evicted with it, and not kept
    if the parent is gone.
    """

    def __init__(self, max_bytes: int = MAX_BYTES, max_entries: int = MAX_ENTRIES) -> None:
        self.max_bytes, self.max_entries = max_bytes, max_entries
        self.bytes = 0
        """The estimated size of all entries."""
        self.hits = self.misses = 0
        """How often an entry was found, and not found."""
        self._lock = Lock()
        self._entries: OrderedDict[EntryKey, _Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def count(self, section: str) -> int:
        """The number of entries of a section."""
        with self._lock:
            return sum(name == section for name, _ in self._entries)

    def get(self, key: EntryKey) -> Any:
        """The value, or None if it is not cached."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                self.misses += 1
                return None
            self.hits += 1
            self._entries.move_to_end(key)
            return entry.value

    def put(self, key: EntryKey, value: Any, size: int, parent: EntryKey | None = None) -> None:
        """Store a value, and evict the least recently used ones until the cache is within its bounds."""
        if size > self.max_bytes // LARGEST_SHARE:
            return
        with self._lock:
            above = self._entries.get(parent) if parent is not None else None
            if parent is not None and above is None:
                return
            self._remove(key)
            self._entries[key] = _Entry(value, size, parent)
            self.bytes += size
            if above is not None:
                above.children = above.children or set()
                above.children.add(key)
            while self.bytes > self.max_bytes or len(self._entries) > self.max_entries:
                self._remove(next(iter(self._entries)))

    def _remove(self, key: EntryKey) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self.bytes -= entry.size
        above = self._entries.get(entry.parent) if entry.parent is not None else None
        if above is not None and above.children is not None:
            above.children.discard(key)
        for child in tuple(entry.children or ()):
            self._remove(child)


class Section(Generic[K, V]):
    """The entries of a cache that are of one kind."""

    def __init__(self, cache: Cache, name: str) -> None:
        self.name, self._cache = name, cache

    def __len__(self) -> int:
        return self._cache.count(self.name)

    def entry(self, key: K) -> EntryKey:
        """The key of an entry in the whole cache, for entries of which it is the parent."""
        return self.name, key

    def get(self, key: K) -> V | None:
        """The value, or None if it is not cached."""
        found: V | None = self._cache.get((self.name, key))
        return found

    def put(self, key: K, value: V, size: int, parent: EntryKey | None = None) -> V:
        """Keep a value of `size` bytes, if it is not too large, and return it."""
        self._cache.put((self.name, key), value, size, parent)
        return value


class CompiledStatements(Section[StatementKey, Any]):
    """The statements that SQLAlchemy has compiled, as its execution option `compiled_cache` expects them.

    Databases that share a cache find the statements of each other. The keys of SQLAlchemy begin with the dialect, and
    each engine has a dialect of its own. Dialects of one kind and version of the server write equal SQL, so these take
    its place.
    """

    def __init__(self, cache: Cache) -> None:
        super().__init__(cache, "statements")

    def get(self, key: StatementKey) -> Any:
        return super().get(_of_any_engine(key))

    def __setitem__(self, key: StatementKey, compiled: Any) -> None:
        self.put(_of_any_engine(key), compiled, compiled_size(compiled.string, len(compiled.binds)))


def _of_any_engine(key: StatementKey) -> StatementKey:
    dialect, *rest = key
    return type(dialect), getattr(dialect, "server_version_info", None), *rest


def compiled_size(sql: str, parameters: int) -> int:
    """The bytes of a statement that SQLAlchemy has compiled, with its key in the cache."""
    return STATEMENT_BYTES + BYTES_PER_CHARACTER * len(sql) + BYTES_PER_PARAMETER * parameters
