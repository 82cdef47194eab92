"""New documents are parsed, checked and planned in threads; cached ones are answered on the event loop."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from persistence.concurrency.time_limits import TimeLimits
from persistence.database import Database
from persistence.exceptions import Overloaded
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.execution.request_size import LARGE_VARIABLES, LONG_DOCUMENT
from tests.schema.queries import GRAPH

COUNT = "{ contacts { totalCount } }"
LONG = COUNT + " #" + "x" * LONG_DOCUMENT
FILTERED = "query($filter: ContactFilter) { contacts(filter: $filter) { totalCount } }"
LARGE = {"filter": {"or": [{"name": {"eq": "x"}}] * LARGE_VARIABLES}}
SMALL_THREAD, LARGE_THREAD = "carnet-plan_0", "carnet-plan-large_0"


def ask(engine: Engine, loop: asyncio.AbstractEventLoop, text: str, variables: Any = None) -> Any:
    return json.loads(loop.run_until_complete(engine.answer(GraphQLRequest(text, variables), Caller())).body)


@contextmanager
def compiling(database: Database) -> Iterator[list[str]]:
    """The threads in which statements are compiled while the block runs."""
    threads: list[str] = []
    compiler: Any = database.dialect.statement_compiler

    class Noting(compiler):  # type: ignore[misc]  # whichever the database has
        def __init__(self, *arguments: Any, **choices: Any) -> None:
            threads.append(threading.current_thread().name)
            super().__init__(*arguments, **choices)

    database.dialect.statement_compiler = Noting
    try:
        yield threads
    finally:
        database.dialect.statement_compiler = compiler


def test_documents_are_parsed_and_checked_in_a_thread(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    """Long and short documents use different threads; a cached document uses none."""
    checked: list[str] = []
    engine = Engine(GRAPH, database, check=lambda _: checked.append(threading.current_thread().name))

    for text in (COUNT, LONG, COUNT, LONG):
        assert ask(engine, loop, text) == {"data": {"contacts": {"totalCount": 0}}}

    assert checked == [SMALL_THREAD, LARGE_THREAD]


def test_plans_are_made_in_a_thread(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    """Also for a cached document, if its variables have another shape."""
    engine = Engine(GRAPH, database)
    ask(engine, loop, FILTERED)

    with compiling(database) as threads:
        for variables in (LARGE, LARGE, {"filter": {"city": {"eq": "x"}}}, {"filter": {"city": {"eq": "y"}}}):
            assert ask(engine, loop, FILTERED, variables) == {"data": {"contacts": {"totalCount": 0}}}

    assert threads == [LARGE_THREAD, SMALL_THREAD]


@pytest.mark.parametrize(
    "text",
    [
        "{ segments(first: 1) { nodes { logProgress { phase } lines(first: 3) { nodes { contact { no name } } } } } }",
        'mutation { createSegment(input: {segment: {description: "x"}}) { segment { logProgress { phase } lines { totalCount } } } }',
        'mutation { createContact(input: {contact: {type: PERSON, name: "x"}}) { contact { no salesperson { name } } } }',
        "{ __schema { types { name } } }",
    ],
)
def test_nested_plans_of_the_default_execution_are_made_in_a_thread_too(
    database: Database, loop: asyncio.AbstractEventLoop, text: str
) -> None:
    engine = Engine(GRAPH, database)
    planned: list[str] = []
    put = database.cache.put

    def noted(key: Any, *rest: Any) -> None:
        if key[0] == "plans":
            planned.append(threading.current_thread().name)
        put(key, *rest)

    database.cache.put = noted  # type: ignore[assignment, method-assign]  # only here, only for noting who plans
    assert "errors" not in ask(engine, loop, text)
    first = len(planned)
    ask(engine, loop, text)

    assert set(planned) == {SMALL_THREAD}
    assert len(planned) == first, "nothing is planned twice"


def test_short_requests_do_not_wait_for_long_ones(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    engine, going_on = Engine(GRAPH, database, check=lambda node: held(node)), threading.Event()

    def held(node: Any) -> None:
        if len(node.loc.source.body) > LONG_DOCUMENT:
            going_on.wait(10)

    async def both() -> Any:
        long = asyncio.ensure_future(engine.answer(GraphQLRequest(LONG), Caller()))
        await asyncio.sleep(0.05)
        short = await engine.answer(GraphQLRequest(COUNT), Caller())
        assert not long.done()
        going_on.set()
        return short.body, (await long).body

    short, long = loop.run_until_complete(both())
    assert short == long


def wait_for(event: threading.Event) -> Callable[[object], None]:
    """A check of documents that ends when the event is set."""

    def check(_: object) -> None:
        event.wait(10)

    return check


def test_a_request_that_waits_too_long_for_planning_is_overloaded(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    going_on = threading.Event()

    async def wait(url: str) -> None:
        async with Database.at(url, limits=TimeLimits(patience=0.1)) as database:
            engine = Engine(GRAPH, database, check=wait_for(going_on))
            first = asyncio.ensure_future(engine.answer(GraphQLRequest(LONG), Caller()))
            await asyncio.sleep(0.05)
            with pytest.raises(Overloaded):
                await engine.answer(GraphQLRequest(LONG + "!"), Caller())
            going_on.set()
            assert json.loads((await first).body) == {"data": {"contacts": {"totalCount": 0}}}

    loop.run_until_complete(wait(empty_copy("sqlite")))


def test_a_canceled_request_frees_its_thread(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    going_on = threading.Event()
    engine = Engine(GRAPH, database, check=wait_for(going_on))

    async def go_away() -> Any:
        first = asyncio.ensure_future(engine.answer(GraphQLRequest(LONG), Caller()))
        await asyncio.sleep(0.05)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        second = asyncio.ensure_future(engine.answer(GraphQLRequest(LONG + " "), Caller()))
        going_on.set()
        return (await second).body

    assert json.loads(loop.run_until_complete(go_away())) == {"data": {"contacts": {"totalCount": 0}}}
