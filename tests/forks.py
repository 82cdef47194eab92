"""Runs `carnet` in processes of its own. They are forks of one process that has imported its modules, because importing
them takes two seconds of processor time, which is more than most commands take.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from threading import Timer
from typing import IO

from tests.commands import FEWER_DEMO_ENTRIES, NO_LOCALE

TIMEOUT = 60
"""The seconds after which a process that does not end is an error."""


class Process:
    """A running `carnet`, with the methods and attributes of `subprocess.Popen` that the tests need.

    It first executes the code `prepare`, in which `number` is the given one. Its demo company is smaller.
    """

    def __init__(
        self,
        *arguments: str,
        prepare: str = "",
        number: int = 0,
        output: IO[bytes] | None = None,
        held: bool = False,
        environment: Mapping[str, str],
    ) -> None:
        """Start the process. It writes to `stdout` and `stderr`, or both to the file `output`. One that is `held` waits
        for `begin`.
        """
        request = {
            "arguments": arguments,
            "prepare": prepare,
            "number": number,
            "folder": str(Path.cwd()),
            "environment": _environment() | {**environment},
        }
        (read_output, write_output), (read_errors, write_errors) = os.pipe(), os.pipe()
        written = [write_output, write_errors] if output is None else [output.fileno()] * 2
        self._status, reported = socket.socketpair()
        with reported:
            files = [reported.fileno(), *written]
            socket.send_fds(_warm_process(), [json.dumps(request).encode() + b"\n"], files)
        os.close(write_output)
        os.close(write_errors)
        self.stdout, self.stderr = os.fdopen(read_output), os.fdopen(read_errors)
        self.pid, self.returncode = self._number(), None
        if not held:
            self.begin()

    returncode: int | None

    def begin(self) -> None:
        """Let a process that is held begin with its command."""
        self._status.sendall(b"\n")

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def poll(self) -> int | None:
        """The exit status, or None while the process runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float = TIMEOUT) -> int:
        """Wait for the exit status."""
        if self.returncode is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("carnet", timeout)
            self.returncode = self._number()
            self._status.close()
        return self.returncode

    def communicate(self, timeout: float = TIMEOUT) -> tuple[str, str]:
        """Wait for the end of the process and return what it has printed since the last read. Kills it at the timeout."""
        timer = Timer(timeout, self.kill)
        timer.start()
        with self.stdout, self.stderr, ThreadPoolExecutor() as together:
            output, errors = together.map(lambda file: file.read(), (self.stdout, self.stderr))
        self.wait(timeout + TIMEOUT)
        timer.cancel()
        return output, errors

    def _number(self) -> int:
        """The next number that the process which started this one reports: its id, then its exit status."""
        line = b""
        while not line.endswith(b"\n"):
            line += (more := self._status.recv(1))
            assert more, "the process could not be started"
        return int(line)


def forked(
    commands: Sequence[Sequence[str]], *, prepare: str = "", together: bool = False, **environment: str
) -> list[tuple[int, str]]:
    """The exit status and output of `carnet` with each of these arguments, in a process each: one after the other, or
    all from the same moment. In the code `prepare`, `number` is the place of the arguments.
    """

    def started(number: int) -> tuple[Process, IO[bytes]]:
        output = tempfile.TemporaryFile()  # noqa: SIM115  # `ended` closes it
        process = Process(
            *commands[number], prepare=prepare, number=number, output=output, held=together, environment=environment
        )
        return process, output

    def ended(process: Process, output: IO[bytes]) -> tuple[int, str]:
        process.communicate(300)
        with output:
            output.seek(0)
            return process.wait(), output.read().decode()

    if not together:
        return [ended(*started(number)) for number in range(len(commands))]
    running = [started(number) for number in range(len(commands))]
    for process, _ in running:
        process.begin()
    return [ended(*each) for each in running]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in NO_LOCALE} | {
        "COLUMNS": "200",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }


@cache
def _warm_process() -> socket.socket:
    """The socket to the process that starts the others. It ends with this one, which closes the socket."""
    requests, received = socket.socketpair()
    with received:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm_process", str(received.fileno()), str(FEWER_DEMO_ENTRIES)],
            env=_environment(),
            pass_fds=[received.fileno()],
        )

    def end() -> None:
        requests.close()
        process.wait(TIMEOUT)

    atexit.register(end)
    return requests
