"""The small company with many more interactions, on both databases."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from persistence.database import Database
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.conftest import NOW
from tests.schema.a_small_company import build
from tests.schema.compiler.test_paging import read
from tests.schema.filled_databases import filled_databases
from tests.schema.queries import GRAPH
from tests.schema.reference import Company
from tests.schema.statistics.figures_company import more_entries
from tests.schema.statistics.stored_states import dirty

Asking = Callable[..., Any]


@pytest.fixture(scope="session")
def figures_databases(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[dict[str, Database]]:
    """Some of their days are dirty."""
    with filled_databases(empty_copy, loop, build, more_entries, dirty) as databases:
        yield databases


@pytest.fixture(scope="session")
def figures_company(figures_databases: dict[str, Database], loop: asyncio.AbstractEventLoop) -> Company:
    """All rows, for the reference."""
    return loop.run_until_complete(figures_databases["sqlite"].querying(read))


@pytest.fixture(scope="session")
def ask_figures(figures_databases: dict[str, Database], loop: asyncio.AbstractEventLoop) -> Asking:
    """The response: `ask_figures("sqlite", text, {}, plain=True)` in default execution."""
    engines = {
        (kind, plain): Engine(GRAPH, database, clock=lambda: NOW, default_execution=plain)
        for kind, database in figures_databases.items()
        for plain in (False, True)
    }

    def asking(
        kind: str, text: str, variables: Mapping[str, Any], *, plain: bool = False, caller: Caller | None = None
    ) -> Any:
        request = GraphQLRequest(text, dict(variables))
        return json.loads(loop.run_until_complete(engines[kind, plain].answer(request, caller or Caller())).body)

    return asking
