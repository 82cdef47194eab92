"""Ctrl-C and SIGTERM end each command without a stack trace, and the database is complete or unchanged."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import event

from resolvers.work import Work
from schema.server.cli.interrupting import CTRL_C
from schema.server.cli.running import in_transaction
from tests.commands import NO_LOCALE, carnet

START = [sys.executable, "-c", "from schema.server.start import main; print('begun', flush=True); main()"]


def process(url: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """A running command. Python has started and begun to run Carnet's own code."""
    env = {name: value for name, value in os.environ.items() if name not in NO_LOCALE} | {
        "CARNET_DATABASE_URL": url,
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "PYTHONWARNINGS": "error",
        **environment,
    }
    running = subprocess.Popen([*START, *arguments], env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    running.stdout.readline()
    return running


PRESS_AT_A_CALL = """
import os, signal, sys
import schema.server.cli.commands
from schema.server.start import main

left = int(sys.argv.pop())

def count(*_):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGINT)

sys.setprofile(count)
main()
"""
"""Runs `carnet` and presses Ctrl-C when Python has called and left so many functions, after Carnet's modules were
imported."""


def test_ctrl_c_is_handled_before_other_modules_are_loaded() -> None:
    code = "import sys, os, signal; before = {*sys.modules}; import schema.server.start; print(*sorted({*sys.modules} - before))"
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )

    assert loaded.stdout.split() == ["schema", "schema.server", "schema.server.locales", "schema.server.start"]


@pytest.mark.parametrize("calls", [30, 5_000, 15_000, 25_500])
def test_ctrl_c_before_a_command_runs_is_reported(calls: int) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PRESS_AT_A_CALL, "--version", str(calls)],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3])},
    )

    assert (result.returncode, result.stderr.strip()) == (130, "Stopped. Nothing was changed.")


def press_ctrl_c(running: subprocess.Popen[str], *, times: int, may_be_done: bool = False) -> str:
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


@pytest.mark.parametrize(("after", "times"), [(0.2, 1), (2.0, 3), (3.5, 2)])
def test_ctrl_c_at_any_moment_leaves_an_import_complete_or_not_done(
    after: float, times: int, database_url: str, tmp_path: Path
) -> None:
    many = tmp_path / "many.csv"
    many.write_text("No.,Name\n" + "".join(f"C{no},Name\n" for no in range(15_000)))
    running = process(database_url, "import", "contacts", str(many))
    time.sleep(after)

    if running.poll() is None:
        result = press_ctrl_c(running, times=times, may_be_done=True)
    else:
        _, result = running.communicate(timeout=60)
    done = running.returncode == 0 or "too late" in result
    assert done or "Nothing was changed" in result, result
    again = carnet(database_url, "import", "contacts", str(many))
    assert again.exit_code == 0
    assert ("15,000 rows: 0 created" if done else "15,000 rows: 15,000 created") in again.stderr


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_ctrl_c_shuts_a_server_down(times: int, language: str, database_url: str) -> None:
    running = process(database_url, "serve", CARNET_PORT="0", LANG=language)
    assert running.stderr is not None
    while "graphql" not in running.stderr.readline():
        assert running.poll() is None
    time.sleep(1)

    result = press_ctrl_c(running, times=times)

    assert {"en": "Carnet has stopped. All changes", "fr": "Carnet est arrêté."}[language] in result


def test_sigterm_shuts_a_server_down(database_url: str) -> None:
    running = process(database_url, "serve", CARNET_PORT="0")
    assert running.stderr is not None
    while "graphql" not in running.stderr.readline():
        assert running.poll() is None
    time.sleep(2)

    running.terminate()
    _, result = running.communicate(timeout=30)

    assert running.returncode == 0, result
    assert "Traceback" not in result


def test_an_interrupted_creation_leaves_no_empty_file(folder: Path) -> None:
    for after in (1.0, 2.0, 3.0):
        running = process("sqlite:///stopped.db", "migrate")
        time.sleep(after)
        running.send_signal(signal.SIGINT)
        _, result = running.communicate(timeout=60)
        assert running.returncode in (0, 130), result
        complete = running.returncode == 0 or "is complete" in result or "too late" in result
        assert (folder / "stopped.db").exists() == complete, result
        if (folder / "stopped.db").exists():
            with sqlite3.connect(folder / "stopped.db") as opened:
                assert opened.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
            for left in folder.glob("stopped.db*"):
                left.unlink()


def test_an_interrupted_demo_is_loaded_at_the_next_start(database_url: str, folder: Path) -> None:
    running = process(database_url, "serve", "--demo", CARNET_PORT="0")
    assert running.stderr is not None
    line = ""
    while "graphql" not in line:
        line = running.stderr.readline()
        assert running.poll() is None
        if "Atelier Boréal is loaded" in line:
            break
    else:
        raise AssertionError("the demo company was not loaded")
    press_ctrl_c(running, times=1)
