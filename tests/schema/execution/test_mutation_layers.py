"""A warm logSegment passes from layer to layer a bounded number of times: schema → resolvers → persistence."""

import asyncio
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

import pytest

from persistence.database import Database
from persistence.entry_numbers import reserve
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.conftest import NOW, is_on_citus
from tests.schema.a_small_company import build
from tests.schema.queries import GRAPH

LAYERS = ("schema", "resolvers", "persistence")
LAYER_CHANGES = 16
MORE_ON_CITUS = 3
"""Citus takes no statement of several steps: closing the segment is a statement more, and so is finding the lines that are
not logged, which the later statements get as a list.
"""
CREATE = """mutation { createSegment(input: {
    segment: {description: "x", templateCode: "VISIT", salespersonCode: "JO"}, contactNos: ["P01"]
}) { segment { no } } }"""
LOG = """mutation Log($no: String!) { logSegment(input: {segmentNo: $no}) {
    logged loggedSegment { entryNo segmentNo } userErrors { code }
} }"""


class LayerChanges:
    """The calls from a function of one layer to a function of another one, in any thread, while it is `counting`.

    Continuing a coroutine that has begun is no call.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.counting = False
        self._start: dict[CodeType, int] = {}
        """For each function, the instruction at which a call begins."""

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        layer, caller = _layer(frame), frame.f_back
        if event != "call" or layer is None or frame.f_lasti > self._start.setdefault(frame.f_code, frame.f_lasti):
            return
        while caller is not None and _layer(caller) is None:
            caller = caller.f_back
        if self.counting and caller is not None and _layer(caller) != layer:
            self.calls.append(f"{_name(caller)}:{caller.f_lineno} → {_name(frame)}")


def _layer(frame: FrameType) -> str | None:
    package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return package if package in LAYERS else None


def _name(frame: FrameType) -> str:
    return f"{frame.f_globals['__name__']}.{frame.f_code.co_name}"


@contextmanager
def traced_threads(trace: LayerChanges) -> Iterator[None]:
    """Threads that start inside are traced, and so is this one."""
    threading.setprofile(trace)
    sys.setprofile(trace)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_warm_log_segment_changes_layer_at_most_16_times(
    kind: str, empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop
) -> None:
    trace, url = LayerChanges(), empty_copy(kind)

    async def log_three_segments() -> dict[str, Any]:
        async with Database.at(url) as database:
            await database.writing(build)
            await database.writing(lambda session: reserve(session, 10_000))
            engine = Engine(GRAPH, database, clock=lambda: NOW)

            async def answer(text: str, **variables: str) -> dict[str, Any]:
                body = (await engine.answer(GraphQLRequest(text, variables), Caller())).body
                data: dict[str, Any] = json.loads(body)["data"]
                return data

            numbers = [(await answer(CREATE))["createSegment"]["segment"]["no"] for _ in range(3)]
            for no in numbers[:2]:
                await answer(LOG, no=no)
            trace.counting = True
            try:
                logged: dict[str, Any] = (await answer(LOG, no=numbers[2]))["logSegment"]
                return logged
            finally:
                trace.counting = False

    with traced_threads(trace):
        logged = loop.run_until_complete(log_three_segments())

    assert (logged["logged"], logged["userErrors"]) == (1, [])
    most = LAYER_CHANGES + (MORE_ON_CITUS if is_on_citus(url) else 0)
    assert len(trace.calls) <= most, "\n".join(trace.calls)
