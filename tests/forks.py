"""Runs `carnet` in several processes for the time of one start: they are forks of one that has imported the modules."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.commands import FEWER_DEMO_ENTRIES, NO_LOCALE

SCRIPT = f"""
import gc, json, os, signal, sys, tempfile, time
import alembic.command
import persistence.migrations.texts_0008
import schema.server.cli.commands
from resolvers.demo import loading
from schema.server.start import main

loading.ENTRIES = {FEWER_DEMO_ENTRIES}
commands, prepare, together = json.loads(sys.argv[1])
reading, writing = os.pipe()
gc.freeze()  # else each process would copy these objects

def started(number):
    output = tempfile.TemporaryFile()
    process = os.fork()
    if process:
        return process, output
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    output.close()
    os.close(writing)
    if together:
        os.read(reading, 1)
    sys.argv[1:] = commands[number]
    exec(prepare, {{**globals(), "number": number}})
    main()

def ended(process, output):
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with output:
        output.seek(0)
        return code, output.read().decode()

if together:
    running = [started(number) for number in range(len(commands))]
    os.close(writing)
    results = [ended(*each) for each in running]
else:
    results = [ended(*started(number)) for number in range(len(commands))]
print(json.dumps(results))
"""


def forked(
    commands: Sequence[Sequence[str]], *, prepare: str = "", together: bool = False, **environment: str
) -> list[tuple[int, str]]:
    """The exit status and output of `carnet` with each of these arguments, in a process each: one after the other, or
    all from the same moment.

    Each process first executes the code `prepare`, in which `number` is the place of its arguments. The demo company
    is smaller.
    """
    env = {name: value for name, value in os.environ.items() if name not in NO_LOCALE}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps([commands, prepare, together])],
        env=env | {"COLUMNS": "200", "PYTHONPATH": str(Path(__file__).parents[1]), **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=300,
    )
    return [(code, output) for code, output in json.loads(done.stdout)]
