"""Every module can be imported alone, whichever is asked for first: no ring of imports is hidden by a lucky order."""

import os
import subprocess
import sys

import pytest

from tests.test_house import FLOORS, ROOT, modules, name_of

NOT_ALONE = {"persistence.migrations.env"}
"""Alembic runs it; it is no module to import."""

NOT_OURS = (
    "alembic.command",
    "asyncpg",
    "orjson",
    "pydantic_settings",
    "rich.progress",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.ext.asyncio",
    "sqlmodel",
    "starlette.applications",
    "strawberry.dataloader",
    "strawberry.schema",
    "structlog",
    "typer",
    "uvicorn",
)

IMPORTER = """
import gc, importlib, os, sys, traceback
below, alone, not_ours = (part.split() for part in sys.stdin.read().split(";"))
gc.disable()
for name in not_ours + below:
    importlib.import_module(name)
for name in alone:
    child = os.fork()
    if not child:
        try:
            importlib.import_module(name)
        except BaseException:
            print("cannot import", name, flush=True)
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.waitpid(child, 0)
    print("tried", name, flush=True)
"""
"""A process of its own for each module. What is not ours, and the layers below, are there already: imports point down, so
they cannot hide a ring, and each module would take a second to import them again."""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are copied")
@pytest.mark.parametrize("floor", FLOORS)
def test_every_module_can_be_imported_first(floor: str) -> None:
    below = [name for lower in FLOORS[: FLOORS.index(floor)] for name in _names(lower)]
    alone = _names(floor)

    asked = ";".join(map(" ".join, (below, alone, NOT_OURS)))
    told = subprocess.run(
        [sys.executable, "-c", IMPORTER], input=asked, capture_output=True, text=True, cwd=ROOT, check=False
    )

    assert [line for line in told.stdout.splitlines() if not line.startswith("tried")] == [], told.stderr
    assert told.stdout.splitlines() == [f"tried {name}" for name in alone], told.stderr


def _names(floor: str) -> list[str]:
    return [name for name in map(name_of, modules(floor)) if name not in NOT_ALONE]
