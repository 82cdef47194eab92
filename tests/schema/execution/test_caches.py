"""Everything that is kept between requests is in one cache, bounded by number and by bytes, on both databases."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine.interfaces import CacheStats

from persistence.cache import MAX_BYTES, MEGABYTE, Cache
from persistence.database import Database
from persistence.entry_numbers import reserve
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.server.settings import Settings
from tests.schema.a_small_company import build
from tests.schema.queries import GRAPH

SALESPERSON = 'mutation { createSalesperson(input: {code: "JO", salesperson: {name: "Jo"}}) { userErrors { code } } }'
CREATE = """mutation {{ createInteraction(input: {{interaction: {{contactNo: "C1", templateCode: "VISIT", description: "{0}"}}}})
{{ userErrors {{ code }} interactionLogEntry {{ entryNo {1} }} }} }} {2}"""
ENTRIES = 60

Opening = Callable[[Cache], AbstractContextManager[Database]]


@pytest.fixture
def opened(database_url: str, loop: asyncio.AbstractEventLoop) -> Opening:
    """Opens a fresh database with a cache."""

    @contextmanager
    def open_with(cache: Cache) -> Iterator[Database]:
        opening = Database.at(database_url, cache=cache)
        database = loop.run_until_complete(opening.__aenter__())
        try:
            yield database
        finally:
            loop.run_until_complete(opening.__aexit__(None, None, None))

    return open_with


def ask(engine: Engine, loop: asyncio.AbstractEventLoop, text: str, name: str | None = None, **variables: Any) -> Any:
    request = GraphQLRequest(text, variables, name)
    answer = json.loads(loop.run_until_complete(engine.answer(request, Caller())).body)
    assert "errors" not in answer, answer
    return answer["data"]


def test_different_documents_of_reads_leave_a_bounded_number_of_entries(
    opened: Opening, loop: asyncio.AbstractEventLoop
) -> None:
    cache = Cache(max_entries=ENTRIES)
    with opened(cache) as database:
        engine = Engine(GRAPH, database)

        for n in range(ENTRIES + 20):
            ask(engine, loop, f"{{ a{n}: __typename }} # {n}")

        assert len(cache) == ENTRIES
        assert cache.count("documents") == cache.count("plans") == ENTRIES // 2


def test_shapes_of_variables_leave_a_bounded_number_of_plans(opened: Opening, loop: asyncio.AbstractEventLoop) -> None:
    """Of one document and of several together."""
    cache = Cache(max_entries=ENTRIES)
    with opened(cache) as database:
        engine = Engine(GRAPH, database)
        texts = [
            f"query($n: Int, $o: Int) {{ salespeople(first: $n, last: $o) {{ totalCount }} }} # {n}" for n in range(2)
        ]

        for text in texts:
            for n in range(1, 101):
                ask(engine, loop, text, n=n)

        assert len(cache) <= ENTRIES
        assert cache.count("documents") == 1, "plans that are used more recently have evicted the other one"
        assert cache.count("plans") == ENTRIES - 1


def test_different_documents_of_changes_leave_a_bounded_number_of_statements(
    opened: Opening, loop: asyncio.AbstractEventLoop
) -> None:
    """They differ in a comment, a literal, or an alias of the payload."""
    cache = Cache(max_entries=ENTRIES)
    with opened(cache) as database:
        engine = Engine(GRAPH, database)
        loop.run_until_complete(database.writing(build))
        loop.run_until_complete(database.writing(lambda session: reserve(session, 1000)))

        for n in range(ENTRIES + 30):
            made = (
                CREATE.format("x", "", f"# {n}"),
                CREATE.format(f"x{n}", "", ""),
                CREATE.format("x", f"a{n}: date", ""),
            )[n % 3]
            assert ask(engine, loop, made)["createInteraction"]["interactionLogEntry"]
            assert len(cache) <= ENTRIES

        assert cache.count("statements") + cache.count("autocommit statements") > 0


def test_statements_of_rules_are_compiled_into_the_cache(opened: Opening, loop: asyncio.AbstractEventLoop) -> None:
    cache = Cache()
    with opened(cache) as database:
        engine = Engine(GRAPH, database)
        ask(engine, loop, SALESPERSON)
        compiled = cache.count("statements") + cache.count("autocommit statements")

        assert ask(engine, loop, SALESPERSON)["createSalesperson"]["userErrors"] == [{"code": "DUPLICATE"}]
        assert compiled > 0
        ask(engine, loop, SALESPERSON)
        again = cache.count("statements") + cache.count("autocommit statements")
        ask(engine, loop, SALESPERSON)
        assert cache.count("statements") + cache.count("autocommit statements") == again, "nothing is compiled twice"


def test_responses_about_the_schema_are_kept_within_the_cache(opened: Opening, loop: asyncio.AbstractEventLoop) -> None:
    cache = Cache(max_entries=ENTRIES)
    with opened(cache) as database:
        engine = Engine(GRAPH, database)

        for n in range(ENTRIES):
            assert ask(engine, loop, f"{{ __schema {{ a{n}: queryType {{ name }} }} }}") == {
                "__schema": {f"a{n}": {"name": "Query"}}
            }

        assert len(cache) <= ENTRIES
        assert cache.count("responses") > 0


def test_large_documents_stay_within_the_bytes_of_the_cache(opened: Opening, loop: asyncio.AbstractEventLoop) -> None:
    """Documents of 250 kB each. `tests.benchmarks.memory --large` measures the memory of the process."""
    cache = Cache(max_bytes=8 * MEGABYTE)
    with opened(cache) as database:
        engine = Engine(GRAPH, database)

        for n in range(30):
            ask(engine, loop, f"{{ __typename }} # {n} {'x' * 250_000}")
            assert cache.bytes <= 8 * MEGABYTE

        assert 10 < cache.count("documents") < 20


def test_responses_of_many_operations_stay_within_the_bytes_of_the_cache(
    opened: Opening, loop: asyncio.AbstractEventLoop
) -> None:
    """Documents with 20 operations each, whose responses are large."""
    cache = Cache(max_bytes=2 * MEGABYTE)
    with opened(cache) as database:
        engine = Engine(GRAPH, database)
        part = "{ __schema { types { name description fields { name } } } }"

        for n in range(4):
            text = " ".join(f"query q{n}x{k} {part}" for k in range(20))
            for k in range(20):
                ask(engine, loop, text, f"q{n}x{k}")
                assert cache.bytes <= 2 * MEGABYTE

        assert 0 < cache.count("responses") < 60


def test_the_size_of_the_cache_is_a_setting() -> None:
    assert Settings(cache_mb=3).cache_bytes == 3 * MEGABYTE
    assert Settings().cache_bytes == MAX_BYTES


def test_a_plan_never_serves_another_document(opened: Opening, loop: asyncio.AbstractEventLoop) -> None:
    """Syntax nodes of a new document may have the identities of nodes of one that was evicted."""
    update = 'mutation {{ updateSalesperson(input: {{code: "JO", salesperson: {{name: "{0}"}}}}) {{ salesperson {{ {1} }} userErrors {{ code }} }} }}'
    with opened(Cache(max_entries=3)) as database:
        engine = Engine(GRAPH, database)
        ask(engine, loop, SALESPERSON)

        for n in range(50):
            shown = ask(engine, loop, update.format(n, f"a{n}: name"))["updateSalesperson"]["salesperson"]
            assert shown == {f"a{n}": str(n)}


@asynccontextmanager
async def without_cache(url: str) -> AsyncIterator[Database]:
    async with Database.at(url, cache=Cache(max_entries=0)) as database:
        yield database


def test_everything_works_without_a_cache(database_url: str, loop: asyncio.AbstractEventLoop) -> None:
    async def answers() -> list[Any]:
        async with without_cache(database_url) as database:
            engine = Engine(GRAPH, database)
            texts = [
                SALESPERSON,
                "{ salespeople { nodes { code name } } segments { nodes { no logProgress { phase } } } }",
            ]
            return [json.loads((await engine.answer(GraphQLRequest(text), Caller())).body) for text in texts]

    created, found = loop.run_until_complete(answers())
    assert created["data"] == {"createSalesperson": {"userErrors": []}}
    assert found["data"]["salespeople"] == {"nodes": [{"code": "JO", "name": "Jo"}]}


def test_a_second_salesperson_is_created_by_statements_that_are_compiled(
    opened: Opening, loop: asyncio.AbstractEventLoop
) -> None:
    """Also those that write the change log, whose compilation takes longer than everything else."""
    found: list[CacheStats] = []
    with opened(Cache()) as database:
        engine = Engine(GRAPH, database)
        ask(engine, loop, SALESPERSON)

        @event.listens_for(database.engine, "before_cursor_execute")
        def note(_connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, *_: Any) -> None:
            if not statement.startswith(("BEGIN", "SET LOCAL")):  # the driver sends these as they are
                found.append(context.cache_hit)

        ask(engine, loop, SALESPERSON.replace("JO", "PS"))

    assert {*found} == {CacheStats.CACHE_HIT}
