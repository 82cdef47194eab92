"""The cache never exceeds its bounds."""

import threading
from typing import Any

import sqlalchemy
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import CacheStats

from persistence.cache import LARGEST_SHARE, Cache, CompiledStatements, Section


def test_the_least_recently_used_entry_is_evicted() -> None:
    kept: Section[str, int] = Section(Cache(max_entries=2), "numbers")
    kept.put("a", 1, 1)
    kept.put("b", 2, 1)
    assert kept.get("a") == 1
    kept.put("c", 3, 1)

    assert [kept.get(key) for key in "abc"] == [1, None, 3]
    assert kept.put("c", 4, 1) == 4
    assert (len(kept), kept.get("a"), kept.get("c")) == (2, 1, 4)


def test_the_sizes_of_all_entries_stay_within_the_bound() -> None:
    cache = Cache(max_bytes=1000)
    kept: Section[int, str] = Section(cache, "texts")

    for n in range(100):
        kept.put(n, "x", 1 + n % 100)
        assert cache.bytes <= 1000

    assert cache.bytes == sum(1 + n for n in range(100) if kept.get(n) is not None)
    assert kept.get(99) == "x"


def test_an_entry_that_is_put_again_counts_once() -> None:
    cache = Cache()
    kept: Section[str, int] = Section(cache, "numbers")
    kept.put("a", 1, 100)
    kept.put("a", 2, 50)

    assert (cache.bytes, len(cache), kept.get("a")) == (50, 1, 2)


def test_a_very_large_entry_is_not_kept() -> None:
    cache = Cache(max_bytes=1000)
    kept: Section[str, int] = Section(cache, "numbers")
    kept.put("small", 1, 10)

    assert kept.put("large", 2, 1000 // LARGEST_SHARE + 1) == 2
    assert (kept.get("large"), kept.get("small"), cache.bytes) == (None, 1, 10)


def test_sections_share_the_bounds_and_not_the_keys() -> None:
    cache = Cache(max_entries=2)
    texts: Section[str, str] = Section(cache, "texts")
    numbers: Section[str, int] = Section(cache, "numbers")
    texts.put("a", "A", 1)
    numbers.put("a", 1, 1)
    numbers.put("b", 2, 1)

    assert (texts.get("a"), numbers.get("a"), numbers.get("b")) == (None, 1, 2)
    assert (len(texts), len(numbers)) == (0, 2)


def test_an_entry_is_evicted_with_its_parent() -> None:
    cache = Cache(max_entries=3)
    documents: Section[str, str] = Section(cache, "documents")
    plans: Section[int, str] = Section(cache, "plans")
    documents.put("a", "A", 1)
    plans.put(1, "plan of A", 1, ("documents", "a"))
    documents.put("b", "B", 1)
    plans.put(2, "plan of B", 1, ("documents", "b"))

    assert (documents.get("a"), plans.get(1)) == (None, None)
    assert (documents.get("b"), plans.get(2)) == ("B", "plan of B")
    assert (len(cache), cache.bytes) == (2, 2)


def test_an_entry_whose_parent_is_gone_is_not_kept() -> None:
    cache = Cache()
    plans: Section[int, str] = Section(cache, "plans")

    assert plans.put(1, "plan", 1, ("documents", "a")) == "plan"
    assert (plans.get(1), len(cache), cache.bytes) == (None, 0, 0)


def test_several_threads_may_use_the_cache() -> None:
    cache = Cache(max_bytes=10_000, max_entries=50)

    def work(name: str) -> None:
        kept: Section[int, int] = Section(cache, name)
        for n in range(3000):
            kept.put(n % 70, n, 100 + n % 300)
            kept.get((n * 7) % 70)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(cache) <= 50
    assert 0 < cache.bytes <= 10_000


def test_databases_that_share_a_cache_compile_a_statement_once() -> None:
    cache, found = Cache(), list[CacheStats]()

    for _ in range(2):
        options = {"compiled_cache": CompiledStatements(cache)}
        engine = sqlalchemy.create_engine("sqlite://", execution_options=options)
        with engine.connect() as connection:
            result: Any = connection.execute(sqlalchemy.select(sqlalchemy.literal(len(found))))
            found.append(result.context.cache_hit)
            assert result.scalar() == len(found) - 1
        engine.dispose()

    assert found == [CacheStats.CACHE_MISS, CacheStats.CACHE_HIT]


def test_servers_of_other_versions_do_not_get_the_compiled_statement() -> None:
    dialects: list[Dialect] = [sqlalchemy.make_url("sqlite://").get_dialect()() for _ in range(3)]
    for dialect, version in zip(dialects, ((17, 0), (17, 0), (16, 4)), strict=True):
        dialect.server_version_info = version
    statements = CompiledStatements(Cache())
    compiled = sqlalchemy.select(sqlalchemy.literal(1)).compile(dialect=dialects[0])

    statements[dialects[0], "key"] = compiled

    assert [statements.get((dialect, "key")) for dialect in dialects] == [compiled, compiled, None]
