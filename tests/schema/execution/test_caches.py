"""What is kept between requests is bounded by number, whatever differs between documents; on both databases."""

import asyncio
import json
from typing import Any

from persistence.database import Database
from persistence.dialects.postgresql.autocommit import COMPILED_KEPT
from persistence.lru import LRUCache
from persistence.numbers import reserve
from schema.execution.engine import CONSTANTS_KEPT, DOCUMENTS_KEPT, PLANS_KEPT, Caller, Engine, GraphQLRequest
from tests.schema.a_small_company import build
from tests.schema.queries import GRAPH

SALESPERSON = 'mutation { createSalesperson(input: {code: "JO", salesperson: {name: "Jo"}}) { userErrors { code } } }'
CREATE = """mutation {{ createInteraction(input: {{interaction: {{contactNo: "C1", templateCode: "VISIT", description: "{0}"}}}})
{{ userErrors {{ code }} interactionLogEntry {{ entryNo {1} }} }} }} {2}"""


def ask(engine: Engine, loop: asyncio.AbstractEventLoop, text: str, **variables: Any) -> Any:
    answer = json.loads(loop.run_until_complete(engine.answer(GraphQLRequest(text, variables), Caller())).body)
    assert "errors" not in answer, answer
    return answer["data"]


def test_different_documents_of_reads_leave_a_bounded_number_of_plans(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    engine = Engine(GRAPH, database)

    for n in range(DOCUMENTS_KEPT + 100):
        ask(engine, loop, f"{{ a{n}: __typename }} # {n}")

    assert (len(engine.documents), len(engine.plans)) == (DOCUMENTS_KEPT, PLANS_KEPT)


def test_shapes_of_variables_leave_a_bounded_number_of_plans(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """Of one document and of several together."""
    engine = Engine(GRAPH, database)
    texts = [
        f"query($n: Int, $o: Int) {{ salespeople(first: $n, last: $o) {{ totalCount }} }} # {n}" for n in range(12)
    ]

    for text in texts:
        for n in range(1, 101):
            ask(engine, loop, text, n=n)

    assert (len(engine.documents), len(engine.plans)) == (len(texts), PLANS_KEPT)


def test_different_documents_of_changes_leave_a_bounded_number_of_statements(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """They differ in a comment, a literal, or an alias of the payload."""
    engine = Engine(GRAPH, database)
    loop.run_until_complete(database.writing(build))
    loop.run_until_complete(database.writing(lambda session: reserve(session, 1000)))

    for n in range(COMPILED_KEPT + 30):
        made = (
            CREATE.format("x", "", f"# {n}"),
            CREATE.format(f"x{n}", "", ""),
            CREATE.format("x", f"a{n}: date", ""),
        )[n % 3]
        assert ask(engine, loop, made)["createInteraction"]["interactionLogEntry"]

    autocommit: Any = getattr(database.transactions, "autocommit", None)
    assert autocommit is None or len(autocommit.compiled) == COMPILED_KEPT
    assert len(engine.plans) <= PLANS_KEPT


def test_answers_about_the_schema_are_kept_for_a_bounded_number_of_documents(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    engine = Engine(GRAPH, database)

    for n in range(CONSTANTS_KEPT + 10):
        assert ask(engine, loop, f"{{ __schema {{ a{n}: queryType {{ name }} }} }}") == {
            "__schema": {f"a{n}": {"name": "Query"}}
        }

    assert len(engine.constants) == CONSTANTS_KEPT


def test_a_plan_never_serves_another_document(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    """Plans may be kept longer than their documents, whose nodes' identities come again."""
    engine = Engine(GRAPH, database)
    engine.documents = LRUCache(1)
    ask(engine, loop, SALESPERSON)
    update = 'mutation {{ updateSalesperson(input: {{code: "JO", salesperson: {{name: "{0}"}}}}) {{ salesperson {{ {1} }} userErrors {{ code }} }} }}'

    for n in range(50):
        shown = ask(engine, loop, update.format(n, f"a{n}: name"))["updateSalesperson"]["salesperson"]
        assert shown == {f"a{n}": str(n)}


def test_the_least_recently_used_entry_is_evicted() -> None:
    cache: LRUCache[str, int] = LRUCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)

    assert [cache.get(key) for key in "abc"] == [1, None, 3]
    assert cache.put("c", 4) == 4
    assert (len(cache), cache.get("a"), cache.get("c")) == (2, 1, 4)
