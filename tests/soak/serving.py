"""Runs Carnet as a separate process on the local machine, for tests that kill or overload it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2

HERE = Path(__file__).parents[2]
START_TIMEOUT = 300

SETTINGS = {"CARNET_READ_TIMEOUT_SECONDS": "120"}
"""A longer read timeout: the tests read totals over millions of canceled entries."""


class Server:
    """A running `carnet serve`, which first executes the Python statements `first`."""

    def __init__(self, url: str, *, first: str = "", **environment: str) -> None:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            port = trial.getsockname()[1]
        self.base_url = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"{first}\nfrom schema.server.cli.commands import main; main()", "serve"],
            cwd=HERE,
            env={
                **os.environ,
                **SETTINGS,
                "CARNET_DATABASE_URL": url,
                "CARNET_PORT": str(port),
                "PYTHONPATH": str(HERE),
                **environment,
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self) -> None:
        ends = time.monotonic() + START_TIMEOUT
        while time.monotonic() < ends:
            assert self._process.poll() is None, "the server ended while it started"
            with suppress(httpx2.HTTPError):
                if httpx2.get(f"{self.base_url}/health", timeout=10).status_code == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def execute(self, query: str, **variables: Any) -> Any:
        """Execute a GraphQL document and return its data. The response must have no errors."""
        answer = httpx2.post(
            f"{self.base_url}/graphql", json={"query": query, "variables": variables}, timeout=300
        ).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def kill(self) -> None:
        """Kill the process, as a power failure would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(30)

    def stop(self) -> None:
        """Terminate the process, as an operator would."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def serving(url: str) -> Iterator[Server]:
    """A running server, until the block ends."""
    server = Server(url)
    try:
        yield server
    finally:
        server.stop()
