"""Every module can be imported first, so no import cycle is hidden by the order of imports."""

import os
import subprocess
import sys

import pytest

from tests.test_house import LAYERS, ROOT, modules, name_of

NOT_ALONE = {"persistence.migrations.env"}
"""Modules that are not imported: Alembic executes them."""

THIRD_PARTY = (
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
from importlib.machinery import SourceFileLoader

below, alone, third_party = (part.split() for part in sys.stdin.read().split(";"))

def in_a_copy(work):
    "What this function returns in a copy of this process, as words."
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writer, " ".join(work()).encode())
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        words = answer.read().split()
    return None if os.waitpid(child, 0)[1] else words

def loaded_with(name):
    "The modules that are loaded when this one is imported first."
    importlib.import_module(name)
    return [each for each in alone if each in sys.modules]

def in_order():
    "All modules, each after those that it imports."
    finished, execute = [], SourceFileLoader.exec_module
    def note(loader, module):
        execute(loader, module)
        finished.append(module.__name__)
    SourceFileLoader.exec_module = note
    for name in alone:
        importlib.import_module(name)
    return finished

def without_others():
    "The next modules that load no other one, up to the first that loads others or cannot be imported."
    done = []
    for name in todo_in_order():
        before = [each for each in alone if each in sys.modules]
        try:
            loaded = loaded_with(name)
        except BaseException:
            break
        if {*loaded} - {*before} != {name}:
            break
        done.append(name)
    return done

def todo_in_order():
    return [name for name in order if name not in sys.modules]

def try_each_that_is_loaded_with(name):
    before = {*sys.modules}
    todo, tried = [name], set()
    while todo:
        one = todo.pop()
        tried.add(one)
        found = in_a_copy(lambda: loaded_with(one))
        print("cannot import" if found is None else "tried", one, flush=True)
        todo += [each for each in found or () if each not in tried and each not in before and each not in todo]

gc.disable()
for name in third_party + below:
    importlib.import_module(name)
order = [name for name in in_a_copy(in_order) or alone if name in alone]
while todo_in_order():
    for name in in_a_copy(without_others):
        print("tried", name, flush=True)
        importlib.import_module(name)
    for name in todo_in_order()[:1]:
        try_each_that_is_loaded_with(name)
        importlib.import_module(name)
"""
"""Imports each module when only third-party modules, the layers below, and modules of this layer are loaded that do not
import the one that is tried, so they cannot hide a cycle. If a module loads others that were not loaded before, each of
them is tried in the same state, in a copy of this process, before the module is imported here for those that follow.
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are copied")
@pytest.mark.parametrize("layer", LAYERS)
def test_every_module_can_be_imported_first(layer: str) -> None:
    below = [name for lower in LAYERS[: LAYERS.index(layer)] for name in _names(lower)]
    alone = _names(layer)

    input = ";".join(map(" ".join, (below, alone, THIRD_PARTY)))
    done = subprocess.run(
        [sys.executable, "-c", IMPORTER], input=input, capture_output=True, text=True, cwd=ROOT, check=False
    )

    assert sorted(done.stdout.splitlines()) == sorted(f"tried {name}" for name in alone), done.stderr


def _names(layer: str) -> list[str]:
    return [name for name in map(name_of, modules(layer)) if name not in NOT_ALONE]
