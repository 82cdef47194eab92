"""`carnet serve --workers`: several processes behind one port, replaced when they die, and stopped together."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from schema.server.cli import workers
from tests.commands import assert_refused, carnet
from tests.forks import Process

ROOT = Path(__file__).parents[4]
WAIT = 60
CREATE = 'mutation { createSalesperson(input: {code: "JO", salesperson: {name: "Jo"}}) { userErrors { code } } }'
QUERY = {"query": "query Find { viewer { userId } }"}


def test_sqlite_has_one_process(empty_copy: Callable[[str], str]) -> None:
    assert_refused(carnet(empty_copy("sqlite"), "serve", "--workers", "2"), "Several workers need PostgreSQL")
    assert carnet(empty_copy("sqlite"), "serve", "--workers", "0").exit_code == 2


def until(holds: Callable[[], object]) -> Any:
    """Wait until a function returns something true, and return it."""
    ends = time.monotonic() + WAIT
    while time.monotonic() < ends:
        if found := holds():
            return found
        time.sleep(0.1)
    raise AssertionError("waited in vain")


def children(process: int) -> set[int]:
    """The ids of the processes that a process has started and that run."""
    found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return {int(each) for each in found}


def runs(process: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


@contextmanager
def serving(url: str, log: Path) -> Iterator[tuple[Process, str]]:
    """A server with two workers, and its URL."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    environment = {"CARNET_DATABASE_URL": url, "CARNET_MAX_CONNECTIONS": "18"}
    with log.open("wb") as output:
        server = Process("serve", "--workers", "2", "--port", str(port), output=output, environment=environment)
    try:
        yield server, f"http://127.0.0.1:{port}"
    finally:
        if server.poll() is None:
            server.kill()
        server.communicate()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads /proc")
def test_workers_share_a_port_are_replaced_and_end_together(empty_copy: Callable[[str], str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(empty_copy("postgresql"), log) as (server, address):

        def ask() -> Any:
            try:
                return httpx2.post(f"{address}/graphql", json=QUERY, timeout=60).json()
            except httpx2.HTTPError:
                return None

        def counted() -> int:
            text = httpx2.get(f"{address}/metrics", timeout=60).text
            found = re.search(r'carnet_requests_total\{code="OK",operation="Find"\} (\d+)', text)
            return int(found[1]) if found else 0

        until(ask)
        processes = until(lambda: len(found := children(server.pid)) == 2 and found)
        answers = [ask() for _ in range(40)]
        assert answers == [{"data": {"viewer": {"userId": "local"}}}] * 40
        seen = until(lambda: (found := counted()) >= 40 and found)
        killed = min(processes)
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(found := children(server.pid)) == 2 and killed not in found)
        until(ask)
        assert counted() >= seen
        processes = children(server.pid)
        server.terminate()
        assert server.wait(WAIT) == 0
        assert not [each for each in processes if runs(each)]
        with pytest.raises(httpx2.HTTPError):
            httpx2.get(f"{address}/live", timeout=60)
    printed = log.read_text()
    assert printed.count('"worker died"') == 1
    assert "Traceback" not in printed


def test_metrics_of_killed_parents_are_removed_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    mine, other, earlier = (
        tmp_path / name
        for name in (f"carnet-metrics-{os.getpid()}-a", f"carnet-metrics-{ended.pid}-b", "carnet-metrics-c")
    )
    for folder in (mine, other, earlier):
        folder.mkdir()
        (folder / "1.json").write_text("{}")
    link = tmp_path / f"carnet-metrics-{ended.pid}-link"
    link.symlink_to(mine)

    workers.remove_folders_of_killed()

    assert {*tmp_path.iterdir()} == {mine, link}
    assert (mine / "1.json").exists()


@pytest.mark.slow
def test_a_worker_whose_parent_has_died_frees_the_port_finishes_its_requests_and_ends(
    empty_copy: Callable[[str], str],
) -> None:
    """The next parent can use the port while a request is still under way."""
    url = empty_copy("sqlite")
    lifeline, held = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        inherited = (lifeline, listening.fileno())
        worker = subprocess.Popen(
            [sys.executable, "-m", "schema.server.cli.workers", *map(str, inherited)],
            env={**os.environ, "CARNET_DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.DEVNULL,
            pass_fds=inherited,
        )
        os.close(lifeline)
        place = listening.getsockname()
        answer = httpx2.get(f"http://127.0.0.1:{place[1]}/live", timeout=WAIT)
    assert answer.status_code == 200
    body = json.dumps({"query": CREATE}).encode()
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # so that the request waits
        with socket.create_connection(place, timeout=WAIT) as client:
            client.sendall(b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
            client.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            time.sleep(0.5)  # until the worker has the request
            os.close(held)
            until(lambda: is_free(place))
            assert worker.poll() is None
            other.execute("ROLLBACK")
            assert client.recv(100).startswith(b"HTTP/1.1 200")
    worker.wait(WAIT)


def is_free(place: tuple[str, int]) -> bool:
    """Whether a new server can listen there."""
    try:
        socket.create_server(place).close()
    except OSError:
        return False
    return True
