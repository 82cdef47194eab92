"""A server that is stopped refuses new requests, waits for those under way, and ends those that take too long."""

import json
import signal
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import make_url

from tests.forks import Process
from tests.schema.server.cli.test_interrupting import serve

CREATE = 'mutation { createSalesperson(input: {code: "AB", salesperson: {name: "Ann"}}) { userErrors { code } } }'
READ = "{ viewer { userId } }"


@contextmanager
def served(url: str, **environment: str) -> Iterator[tuple[Process, str]]:
    """A server and its address."""
    running = serve(url, **environment)
    line = ""
    while "Carnet runs at " not in line:
        line = running.stderr.readline()
        assert running.poll() is None
    try:
        yield running, line.split("Carnet runs at ")[1].split()[0].rstrip(".")
    finally:
        if running.poll() is None:
            running.kill()
        running.communicate()


def ask(address: str, query: str) -> tuple[int, Any]:
    body = json.dumps({"query": query}).encode()
    request = urllib.request.Request(address, body, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def begun(address: str) -> Callable[[], Any]:
    """Send the mutation and wait until the server, which answers one request at a time, has begun with it. The function
    that is returned waits for the response.
    """
    results: list[Any] = []

    def create() -> None:
        answer = ask(address, CREATE)
        while "OVERLOADED" in str(answer):  # the first query is still being answered
            answer = ask(address, CREATE)
        results.append(answer)

    thread = threading.Thread(target=create)
    thread.start()
    while ask(address, READ)[0] == 200:
        assert thread.is_alive(), results
        time.sleep(0.05)

    def result() -> Any:
        thread.join(60)
        return results[0]

    return result


@pytest.fixture
def locked(empty_copy: Any) -> Iterator[tuple[str, sqlite3.Connection]]:
    """A database that this test has locked, so that a mutation waits."""
    url = empty_copy("sqlite")
    with closing(sqlite3.connect(str(make_url(url).database), isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield url, other


def test_a_request_under_way_is_finished_and_new_ones_are_refused(locked: tuple[str, sqlite3.Connection]) -> None:
    url, other = locked
    with served(url, CARNET_MAX_REQUESTS="1") as (running, address):
        made = begun(address)
        running.terminate()
        refused = ask(address, READ)
        while refused[1]["errors"][0]["extensions"]["code"] == "OVERLOADED":
            refused = ask(address, READ)
        other.execute("ROLLBACK")
        status, answer = made()
        assert running.wait(60) == 0

    assert (refused[0], refused[1]["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert (status, answer["data"], "errors" in answer) == (200, {"createSalesperson": {"userErrors": []}}, False)
    assert other.execute("SELECT code FROM salesperson").fetchall() == [("AB",)]


def test_a_request_that_takes_too_long_is_ended_with_nothing_changed(locked: tuple[str, sqlite3.Connection]) -> None:
    url, other = locked
    with served(url, CARNET_MAX_REQUESTS="1", CARNET_SHUTDOWN_SECONDS="0.5") as (running, address):
        made = begun(address)
        running.send_signal(signal.SIGTERM)
        status, answer = made()
        assert running.wait(60) == 0
    other.execute("ROLLBACK")

    assert (status, answer["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert other.execute("SELECT code FROM salesperson").fetchall() == []


def test_more_requests_than_are_allowed_are_refused(locked: tuple[str, sqlite3.Connection]) -> None:
    url, other = locked
    with served(url, CARNET_MAX_REQUESTS="1") as (running, address):
        made = begun(address)
        status, answer = ask(address, READ)
        other.execute("ROLLBACK")
        assert made()[0] == 200
        assert ask(address, READ)[0] == 200
        running.terminate()
        assert running.wait(60) == 0

    assert (status, answer["errors"][0]["extensions"]["code"]) == (503, "OVERLOADED")
