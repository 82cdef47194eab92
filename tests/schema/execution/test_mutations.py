"""The fast path of mutations and default execution return equal responses on SQLite and PostgreSQL."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from persistence.database import Database
from persistence.entry_numbers import reserve
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.server.errors import report
from tests.conftest import NOW
from tests.schema.a_small_company import build
from tests.schema.queries import GRAPH

CALL = 'interaction: {contactNo: "P01", templateCode: "VISIT", salespersonCode: "JO"}'
OPERATIONS: list[tuple[str, dict[str, Any]]] = [
    (
        f"mutation {{ createInteraction(input: {{{CALL}}}) {{ interactionLogEntry {{ entryNo title contact {{ name company {{ name }} }} "
        "template { description } comments { comment } loggedAt cost } } }",
        {},
    ),
    (
        f"mutation {{ createInteraction(input: {{{CALL}}}) {{ interactionLogEntry {{ contact {{ dateOfLastInteraction "
        "interactionLogEntries(first: 3) { totalCount nodes { entryNo } } } } } }",
        {},
    ),
    (
        f"mutation {{ createInteraction(input: {{{CALL}}}) {{ interactionLogEntry {{ entryNo contact {{ name }} }} userErrors {{ code }} }} }}",
        {},
    ),
    (
        f"mutation {{ a: createInteraction(input: {{{CALL}}}) {{ __typename e: interactionLogEntry {{ ...E }} }} "
        f"b: createInteraction(input: {{{CALL}}}) {{ interactionLogEntry {{ ...E }} userErrors {{ code }} }} }} fragment E on InteractionLogEntry {{ no: entryNo cost }}",
        {},
    ),
    (
        f"mutation {{ a: createInteraction(input: {{{CALL}}}) {{ interactionLogEntry {{ entryNo }} }} "
        "b: createInteraction(input: {interaction: {}}) { interactionLogEntry { entryNo } userErrors { code message field } } "
        f"c: createInteraction(input: {{{CALL}}}) {{ interactionLogEntry {{ entryNo }} }} }}",
        {},
    ),
    (
        "mutation M($c: String!, $with: Boolean!) { postponeInteraction(input: {interaction: {contactNo: $c}}) "
        "{ postponedInteraction @include(if: $with) { entryNo missingFields } userErrors { code } } }",
        {"c": "P01", "with": False},
    ),
    (
        "mutation M($c: String!, $with: Boolean!) { postponeInteraction(input: {interaction: {contactNo: $c}}) "
        "{ postponedInteraction @include(if: $with) { entryNo missingFields } userErrors { code } } }",
        {"c": "P01", "with": True},
    ),
    (
        "mutation M($input: UpdateSegmentLinesInput!) { updateSegmentLines(input: $input) { matched changed lines { lineNo cost } segment { cost } } }",
        {
            "input": {
                "segmentNo": "SM1",
                "changes": [{"lines": {"lineNos": [7, 1]}, "set": {"cost": "3.5", "evaluation": "POSITIVE"}}],
            }
        },
    ),
    (
        "mutation { updateMarketingSetup(input: {marketingSetup: {segmentNos: null}}) { marketingSetup { segmentNos { code } today } } __typename }",
        {},
    ),
    (
        'mutation { createSegment(input: {segment: {description: "x"}}) { segment { no } userErrors { code message(language: FR) } } }',
        {},
    ),
    (
        f'mutation {{ createInteraction(input: {{{CALL}, idempotencyKey: "k"}}) {{ interactionLogEntry {{ entryNo }} }} }}',
        {},
    ),
    (
        f'mutation {{ createInteraction(input: {{{CALL}, idempotencyKey: "k"}}) {{ interactionLogEntry {{ entryNo }} }} }}',
        {},
    ),
    (
        'mutation { createSalesperson(input: {code: "ZZ", salesperson: {name: null}}) { salesperson { code } userErrors { code field } } }',
        {},
    ),
    (
        "{ interactionLogEntries(first: 100) { totalCount } postponedInteractions { totalCount } segments { totalCount } }",
        {},
    ),
]


@pytest.fixture(scope="module")
def engines(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[list[Engine]]:
    """For each database an engine with the fast path and one with default execution only, each over a company of its
    own.
    """
    opened = [(Database.at(empty_copy(kind)), plain) for kind in ("sqlite", "postgresql") for plain in (False, True)]
    made = []
    for opening, plain in opened:
        database = loop.run_until_complete(opening.__aenter__())
        loop.run_until_complete(database.writing(build))
        loop.run_until_complete(
            database.writing(lambda session: reserve(session, 10_000))
        )  # `build` gives its entries numbers below 10,000
        made.append(Engine(GRAPH, database, clock=lambda: NOW, default_execution=plain))
    yield made
    for opening, _ in opened:
        loop.run_until_complete(opening.__aexit__(None, None, None))


def test_the_fast_path_and_default_execution_give_equal_responses(
    engines: list[Engine], loop: asyncio.AbstractEventLoop
) -> None:
    for text, variables in OPERATIONS:
        answers = [
            json.loads(loop.run_until_complete(engine.answer(GraphQLRequest(text, variables), Caller())).body)
            for engine in engines
        ]

        assert "errors" not in answers[0], answers[0]
        assert json.dumps(answers[0]) == json.dumps(answers[1]), text
        for body in answers:
            body.get("extensions", {}).pop("readAfter", None)  # the read tokens differ: each names its database
        assert answers == [answers[0]] * 4, text


def test_an_exception_in_one_root_field_does_not_affect_the_others_and_its_rule_runs_once(
    database: Database, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from resolvers import master_data
    from resolvers.salespeople import rules as salespeople

    loop.run_until_complete(database.writing(build))
    engine, tried, insert = Engine(GRAPH, database), [], master_data.insert

    def faulty(work: Any, model: Any, values: Any, unique: str) -> Any:
        tried.append(values["code"])
        if values["code"] == "BAD":
            raise RuntimeError("a fault")
        return insert(work, model, values, unique)

    monkeypatch.setattr(salespeople, "insert", faulty)
    made = 'createSalesperson(input: {code: "%s", salesperson: {name: "N"}}) { salesperson { code } }'
    text = f"mutation {{ a: {made % 'A'} b: {made % 'BAD'} c: {made % 'C'} }}"
    answer = json.loads(loop.run_until_complete(engine.answer(GraphQLRequest(text), Caller())).body)

    assert answer["data"] == {"a": {"salesperson": {"code": "A"}}, "b": None, "c": {"salesperson": {"code": "C"}}}
    assert [error["path"] for error in answer["errors"]] == [["b"]]
    assert tried == ["A", "BAD", "C"]


class Faulty:
    """A reader whose first reads raise exceptions."""

    def __init__(self, reader: Any, faults: int) -> None:
        self._reader, self.left = reader, faults

    async def run(self, statements: Any) -> list[Any]:
        if self.left:
            self.left -= 1
            raise RuntimeError("a fault")
        values: list[Any] = await self._reader.run(statements)
        return values

    async def close(self) -> None:
        await self._reader.close()


RENAMED = 'mutation M {{ {} done: updateSalesperson(input: {{code: "JO", salesperson: {{name: "Jo"}}}}) {{ salesperson {{ name version }} }} {} }}'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        (
            'a: updateSalesperson(input: {code: "PS", salesperson: {name: "Paul"}}) { __typename }',
            'b: updateSalesperson(input: {code: "XX", salesperson: {name: ""}}) { userErrors { code } }',
        ),
    ],
)
@pytest.mark.parametrize("faults", [1, 99])
def test_an_exception_in_a_payload_is_logged_once_even_if_the_payload_is_made_again(
    faults: int, before: str, after: str, database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    loop.run_until_complete(database.writing(build))
    engine = Engine(GRAPH, database, report=report)
    reader, database.reader = database.reader, Faulty(database.reader, faults)

    with capture_logs() as logged:
        body = loop.run_until_complete(engine.answer(GraphQLRequest(RENAMED.format(before, after)), Caller())).body
    database.reader, answer = reader, json.loads(body)

    (fault,) = [each for each in logged if each["log_level"] == "error"]
    assert (fault["event"], fault["exception"].splitlines()[0]) == ("failed", "RuntimeError")
    assert "Faulty.run:" in fault["exception"]
    assert len(fault["reference"]) == 12
    renamed = {"salesperson": {"name": "Jo", "version": 2}}
    if faults == 1:
        assert ("errors" in answer, answer["data"]["done"]) == (False, renamed)
    else:
        (error,) = answer["errors"]
        assert error["path"][0] == "done"
        assert error["message"].endswith(fault["reference"])
    shown = json.loads(
        loop.run_until_complete(
            engine.answer(GraphQLRequest('{ salesperson(code: "JO") { name version } }'), Caller())
        ).body
    )
    assert shown == {"data": renamed}, "changed once"
