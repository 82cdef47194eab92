"""Ctrl-C and SIGTERM end each command without a stack trace, and the database is complete or unchanged."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlalchemy import event

from resolvers.work import Work
from schema.server.cli.interrupting import CTRL_C
from schema.server.cli.running import in_transaction
from tests.commands import NO_LOCALE, carnet
from tests.forks import Process, forked

START = """
import sys
from schema.server.start import main

class ImportBegins:
    def find_spec(self, name, *_):
        if name == "schema.server.cli":
            sys.meta_path.remove(self)
            print("begun", flush=True)

sys.meta_path.insert(0, ImportBegins())
main()
"""
"""Runs `carnet`. Prints a line when it handles Ctrl-C and begins to import its modules."""

CALLS = (30, 5_000, 15_000, 25_500)
PRESS_AT_A_CALL = f"""
left = {CALLS}[number]

def count(*_):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGINT)

sys.setprofile(count)
"""
"""Presses Ctrl-C when Python has called and left so many functions."""

MOMENTS = ((1, 1), (11, 3), (30, 2), (50, 3), (0, 1))
"""The statements of an import before which Ctrl-C is pressed, and how many times. The last is the commit."""

PRESS_AT_A_STATEMENT = """
from sqlalchemy import Engine, event

def press():
    for _ in range(times):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)

def count(*_):
    global left
    left -= 1
    if not left:
        press()

if left:
    event.listen(Engine, "before_cursor_execute", count)
else:
    event.listen(Engine, "commit", lambda _: press())
"""
"""Presses Ctrl-C so many `times` before the statement whose number is `left`, or if that is 0, before the commit."""


def test_ctrl_c_is_handled_before_other_modules_are_loaded() -> None:
    code = "import sys, os, signal; before = {*sys.modules}; import schema.server.start; print(*sorted({*sys.modules} - before))"
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])},
    )

    assert loaded.stdout.split() == ["schema", "schema.server", "schema.server.locales", "schema.server.start"]


def test_ctrl_c_before_a_command_runs_is_reported() -> None:
    """After the modules were imported."""
    results = forked([["--version"]] * len(CALLS), prepare=PRESS_AT_A_CALL)

    assert [(code, output.strip()) for code, output in results] == [(130, "Stopped. Nothing was changed.")] * len(CALLS)


def serve(url: str, *options: str, **environment: str) -> Process:
    """A server that is starting."""
    settings = {"CARNET_DATABASE_URL": url, "CARNET_PORT": "0", "PYTHONWARNINGS": "error"}
    return Process("serve", *options, environment=settings | environment)


def press_ctrl_c(running: Process, *, times: int, may_be_done: bool = False) -> str:
    """Press Ctrl-C and return what the command prints. With `may_be_done` the command may have ended before."""
    for _ in range(times):
        running.send_signal(signal.SIGINT)
        time.sleep(0.05)
    _, result = running.communicate(timeout=60)
    assert running.returncode == 130 or (may_be_done and running.returncode == 0), result
    assert "Traceback" not in result, result
    assert "Error" not in result, result
    return result


def test_ctrl_c_after_the_commit_does_not_hide_that_changes_are_saved(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is pressed while the database is being closed."""
    monkeypatch.setenv("CARNET_DATABASE_URL", database_url)

    def rule(work: Work) -> str:
        event.listen(work.session, "after_commit", lambda _: os.kill(os.getpid(), signal.SIGINT))
        return work.time_zone

    with CTRL_C.handled():
        assert in_transaction(rule) == "UTC"
        assert CTRL_C.pressed


def test_ctrl_c_while_modules_are_imported_is_reported() -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", START, "--version"],
        env={name: value for name, value in os.environ.items() if name not in NO_LOCALE}
        | {"PYTHONPATH": str(Path(__file__).parents[4]), "PYTHONWARNINGS": "error"},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "begun\n"
    running.send_signal(signal.SIGINT)
    _, result = running.communicate(timeout=60)

    assert (running.returncode, result.strip()) == (130, "Stopped. Nothing was changed.")


def test_ctrl_c_at_any_moment_leaves_an_import_complete_or_not_done(database_url: str, tmp_path: Path) -> None:
    """The import whose commit is not stopped creates all contacts, so those before it have created none."""
    many = tmp_path / "many.csv"
    many.write_text("No.,Name\n" + "".join(f"C{no},Name\n" for no in range(2_000)))
    prepare = f"left, times = {MOMENTS}[number]\n{PRESS_AT_A_STATEMENT}"

    *stopped, (last, result) = forked(
        [["import", "contacts", str(many)]] * len(MOMENTS),
        prepare=prepare,
        CARNET_DATABASE_URL=database_url,
        PYTHONWARNINGS="error",
    )

    for code, output in stopped:
        assert (code, "Nothing was changed" in output) == (130, True), output
        assert "Traceback" not in output, output
        assert "Error" not in output, output
    assert "too late" in result or (last, "2,000 rows: 2,000 created" in result) == (0, True), result
    assert "Traceback" not in result, result
    again = carnet(database_url, "import", "contacts", str(many))
    assert again.exit_code == 0
    assert "2,000 rows: 0 created, 0 updated" in again.stderr


def test_ctrl_c_at_the_commit_of_the_first_migration_prints_whether_it_was_committed(tmp_path: Path) -> None:
    """The file is read again, so that the outcome is known."""
    url = f"sqlite:///{tmp_path / 'new.db'}"
    prepare = f"left, times = 0, 1\n{PRESS_AT_A_STATEMENT}"

    ((code, output),) = forked([["migrate", "--time-zone", "UTC"]], prepare=prepare, CARNET_DATABASE_URL=url)

    assert code == 130, output
    assert "Stopped. The database" in output, output
    assert "is complete" in output or "is still empty" in output, output
    assert carnet(url, "migrate").exit_code == 0


def wait_until_it_serves(running: Process) -> None:
    """Return when the server of this process has answered a request."""
    while (found := re.search(r"(http://\S+)/graphql", running.stderr.readline())) is None:
        assert running.poll() is None
    with urlopen(found[1] + "/live", timeout=60) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(("times", "language"), [(1, "en"), (3, "fr")])
def test_ctrl_c_shuts_a_server_down(times: int, language: str, database_url: str) -> None:
    running = serve(database_url, LANG=language)
    wait_until_it_serves(running)

    result = press_ctrl_c(running, times=times)

    assert {"en": "Carnet has stopped. All changes", "fr": "Carnet est arrêté."}[language] in result


def test_sigterm_shuts_a_server_down(database_url: str) -> None:
    running = serve(database_url)
    wait_until_it_serves(running)

    running.terminate()
    _, result = running.communicate(timeout=60)

    assert running.returncode == 0, result
    assert "Traceback" not in result


def test_an_interrupted_creation_leaves_no_empty_file(folder: Path) -> None:
    """Ctrl-C is pressed before these statements. The last command is not stopped."""
    moments = (1, 60, 300, 1_000_000)
    prepare = f"""
os.environ["CARNET_DATABASE_URL"] = f"sqlite:///{{number}}.db"
left, times = {moments}[number], 1
{PRESS_AT_A_STATEMENT}
"""
    results = forked([["migrate"]] * len(moments), prepare=prepare, PYTHONWARNINGS="error")

    assert [code for code, _ in results] == [130, 130, 130, 0], results
    for number, (code, result) in enumerate(results):
        complete = code == 0 or "is complete" in result or "too late" in result
        created = folder / f"{number}.db"
        assert created.exists() == complete, result
        if created.exists():
            with sqlite3.connect(created) as opened:
                assert opened.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_an_interrupted_demo_is_loaded_at_the_next_start(database_url: str, folder: Path) -> None:
    running = serve(database_url, "--demo")
    line = ""
    while "graphql" not in line:
        line = running.stderr.readline()
        assert running.poll() is None
        if "Atelier Boréal is loaded" in line:
            break
    else:
        raise AssertionError("the demo company was not loaded")
    press_ctrl_c(running, times=1)
