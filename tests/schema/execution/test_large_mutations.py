"""Large filters are compiled to SQL outside the event loop; small ones are compiled on it."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine as AnyEngine
from sqlalchemy import event

from persistence.database import Database
from persistence.entry_numbers import reserve
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.execution.request_size import LARGE_VARIABLES, MANY_VALUES
from tests.schema.a_small_company import build
from tests.schema.compiler.test_large_queries import CHANGES
from tests.schema.queries import GRAPH

PART = {"name": {"startsWith": "x"}}
LARGE, SMALL = {"or": [PART] * LARGE_VARIABLES}, {"or": [PART]}
INLINE = "{or: [" + '{name: {startsWith: "x"}} ' * MANY_VALUES + "]}"
CREATE = 'mutation { createInteraction(input: {interaction: {contactNo: "C1", templateCode: "VISIT"}}) { userErrors { code } } }'
BESIDE = {"sqlite": {"carnet-change_0", "carnet-query_0", "carnet-query_1"}, "postgresql": {"carnet-rules-large"}}


@pytest.fixture
def engine(database: Database, loop: asyncio.AbstractEventLoop) -> Engine:
    loop.run_until_complete(database.writing(build))
    loop.run_until_complete(database.writing(lambda session: reserve(session, 1000)))
    return Engine(GRAPH, database)


@contextmanager
def sending(engine: Engine) -> Iterator[set[str]]:
    """The threads in which rules compile and send statements while the block runs. The statement that reads the time
    zone does not count.
    """
    threads: set[str] = set()
    single: Any = getattr(engine.database.transactions, "autocommit", None)
    row = single and single.row

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("SELECT marketing_setup.time_zone"):
            threads.add(threading.current_thread().name)

    def noted(*arguments: Any, **choices: Any) -> Any:
        threads.add(threading.current_thread().name)
        return row(*arguments, **choices)

    event.listen(AnyEngine, "before_cursor_execute", note)
    if single:
        single.row = noted
    try:
        yield threads
    finally:
        event.remove(AnyEngine, "before_cursor_execute", note)
        if single:
            del single.row


def ask(engine: Engine, loop: asyncio.AbstractEventLoop, text: str, filter_: Any = None) -> Any:
    variables = None if filter_ is None else {"filter": filter_}
    answer = json.loads(loop.run_until_complete(engine.answer(GraphQLRequest(text, variables), Caller())).body)
    assert "errors" not in answer, answer
    return answer["data"]


def small_thread(engine: Engine) -> set[str]:
    return {threading.main_thread().name} if engine.database.dialect.name == "postgresql" else {"carnet-change_0"}


@pytest.mark.parametrize("name", CHANGES)
def test_the_large_filter_of_a_change_is_compiled_in_a_thread(
    engine: Engine, loop: asyncio.AbstractEventLoop, name: str
) -> None:
    """In variables or in the document, cached or not."""
    arguments, shown = CHANGES[name]
    text = f"mutation($filter: ContactFilter!) {{ {name}(input: {arguments}) {{ userErrors {{ code }} {shown} }} }}"
    inline = f"mutation {{ {name}(input: {arguments.replace('$filter', INLINE)}) {{ userErrors {{ code }} {shown} }} }}"
    kind = engine.database.dialect.name

    for question, filter_ in ((text, LARGE), (text, LARGE), (inline, None), (inline, None)):
        with sending(engine) as threads:
            ask(engine, loop, question, filter_)
        assert threads
        assert threads <= BESIDE[kind]
    with sending(engine) as threads:
        ask(engine, loop, text, SMALL)
    assert threads & small_thread(engine)
    assert not threads & BESIDE["postgresql"]


def test_stored_filters_are_compiled_in_a_thread(engine: Engine, loop: asyncio.AbstractEventLoop) -> None:
    """The request is small, but the stored filter may be large."""
    made = ask(
        engine,
        loop,
        """mutation($filter: ContactFilter!) {
        addSegmentContacts(input: {segmentNo: "SM1", from: {filter: $filter}}) { userErrors { code } }
        saveSegmentCriteria(input: {segmentNo: "SM1", code: "X", description: "x"}) { userErrors { code } } }""",
        LARGE,
    )
    assert [payload["userErrors"] for payload in made.values()] == [[], []]

    with sending(engine) as threads:
        used = ask(
            engine,
            loop,
            'mutation { reuseSegmentCriteria(input: {segmentNo: "SM1", code: "X"}) { userErrors { code } } }',
        )

    assert used["reuseSegmentCriteria"]["userErrors"] == []
    assert threads <= BESIDE[engine.database.dialect.name]


@pytest.mark.parametrize(
    "text",
    [
        "query($filter: ContactFilter) { segments { nodes { logProgress { phase } lines(filter: {contact: $filter}) { totalCount } } } }",
        'query($filter: ContactFilter) { contacts(filter: $filter) { totalCount } logSegmentPreview(segmentNo: "SM1") { ready } }',
    ],
)
def test_large_queries_are_compiled_in_a_thread(engine: Engine, loop: asyncio.AbstractEventLoop, text: str) -> None:
    """Also in default execution."""
    with sending(engine) as threads:
        ask(engine, loop, text, LARGE)

    assert threads
    assert all(name.startswith("carnet-") for name in threads)


def test_a_small_change_is_not_planned_in_a_thread_once_its_document_is_cached(
    engine: Engine, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(engine, loop, CREATE)
    planned: list[str] = []
    for planning in (engine._for_small, engine._for_large):
        monkeypatch.setattr(planning, "start", lambda *_: planned.append("in a thread"))

    with sending(engine) as threads:
        assert ask(engine, loop, CREATE)["createInteraction"]["userErrors"] == []

    assert threads == small_thread(engine)
    assert planned == []
