"""Several processes that serve one port: the parent starts them, replaces those that die, and stops them.

    python -m schema.server.cli.workers LIFELINE SOCKET …

is a worker, with inherited file descriptors: the sockets, and a pipe that ends when the parent has died.
"""

import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import typer

from schema.server.cli import running, serving
from schema.server.errors import log
from schema.server.logs import log_output
from schema.server.metrics import SHARED_FOLDER, is_running

MOST = 64
"""Workers at most."""

METRICS = "carnet-metrics-"
"""The beginning of the name of the folder in which workers share their metrics. Then comes the id of the parent."""

POLL_SECONDS = 0.2
RESTART_SECONDS, LONGEST_RESTART_SECONDS = 1, 30
"""The pause before a worker is replaced that lived for less than the longest pause; it doubles each time."""

PATIENCE = 3
"""Seconds after the first signal from which on another one kills the workers."""

END = (signal.SIGINT, signal.SIGTERM)


def serve(sockets: list[socket.socket], number: int) -> None:
    """Serve with so many workers until SIGTERM or Ctrl-C; then the workers finish their requests. Raises
    KeyboardInterrupt after Ctrl-C.
    """
    remove_folders_of_killed()
    with tempfile.TemporaryDirectory(prefix=f"{METRICS}{os.getpid()}-") as folder, _signals() as signals:
        parent = _Parent(sockets, folder)
        parent.start(number)
        try:
            while not signals.received:
                parent.replace_dead()
                signals.wait(POLL_SECONDS)
        finally:
            parent.stop(signals)
    if signal.SIGINT in signals.received:
        raise KeyboardInterrupt


def remove_folders_of_killed() -> None:
    """Remove the folders with metrics of parents that were killed before they could do so."""
    for folder in Path(tempfile.gettempdir()).glob(f"{METRICS}*"):
        process = folder.name.removeprefix(METRICS).partition("-")[0]
        with suppress(OSError):
            if folder.lstat().st_uid == os.getuid() and not (process.isdecimal() and is_running(int(process))):
                shutil.rmtree(folder)  # refuses symbolic links


class _Signals:
    """The signals that this process has received, and when it received the first."""

    def __init__(self) -> None:
        self.received: list[int] = []
        self.kills = False
        self._first = 0.0

    def receive(self, number: int, _: FrameType | None) -> None:
        now = time.monotonic()
        self._first = self._first if self.received else now
        self.kills = now - self._first > PATIENCE
        self.received.append(number)

    def wait(self, seconds: float) -> None:
        """Wait for so long; a signal ends the wait."""
        if not self.received:
            time.sleep(seconds)


@contextmanager
def _signals() -> Iterator[_Signals]:
    signals = _Signals()
    before = {number: signal.signal(number, signals.receive) for number in END}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Worker:
    """A process, and the pauses before it is replaced."""

    def __init__(self, process: "subprocess.Popen[bytes]", pause: float) -> None:
        self.process, self.began, self.pause = process, time.monotonic(), pause
        self.replace_at: float | None = None


class _Parent:
    """Starts and stops workers."""

    def __init__(self, sockets: list[socket.socket], metrics_folder: str) -> None:
        self._sockets = [each.fileno() for each in sockets]
        self._environment = {**os.environ, SHARED_FOLDER: metrics_folder}
        self._lifeline, self._held = os.pipe()
        self._workers: list[_Worker] = []

    def start(self, number: int) -> None:
        self._workers = [self._started(RESTART_SECONDS) for _ in range(number)]

    def _started(self, pause: float) -> _Worker:
        inherited = [self._lifeline, *self._sockets]
        process = subprocess.Popen(
            [sys.executable, "-m", "schema.server.cli.workers", *map(str, inherited)],
            env=self._environment,
            pass_fds=inherited,
            start_new_session=True,  # Ctrl-C on the terminal reaches the parent only
        )
        return _Worker(process, pause)

    def replace_dead(self) -> None:
        """Replace the workers that have died: at once, or after a pause if they lived for a short time."""
        now = time.monotonic()
        for place, worker in enumerate(self._workers):
            if worker.process.poll() is None:
                continue
            if worker.replace_at is None:
                log.error("worker died", code=str(worker.process.returncode))
                lived_long = now - worker.began > LONGEST_RESTART_SECONDS
                worker.pause = 0 if lived_long else worker.pause
                worker.replace_at = now + worker.pause
            if now >= worker.replace_at:
                pause = min(max(worker.pause * 2, RESTART_SECONDS), LONGEST_RESTART_SECONDS)
                self._workers[place] = self._started(pause)

    def stop(self, signals: _Signals) -> None:
        """Have the workers finish their requests, and wait until they have ended."""
        for worker in self._workers:
            worker.process.terminate()
        while any(worker.process.poll() is None for worker in self._workers):
            if signals.kills:
                for worker in self._workers:
                    worker.process.kill()
            time.sleep(POLL_SECONDS / 4)
        os.close(self._lifeline)
        os.close(self._held)


def main(lifeline: int, *sockets: int) -> None:
    """Run a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = running.settings()
    log_output.configure(settings.log_json)
    carnet = serving.application(settings)
    orphaned = threading.Event()
    threading.Thread(target=_end_with_parent, args=(lifeline, orphaned), daemon=True).start()
    gc.freeze()
    parent = os.getppid()
    serving.run(carnet, settings, [socket.socket(fileno=each) for each in sockets], orphaned)
    if os.getppid() != parent:
        shutil.rmtree(os.environ[SHARED_FOLDER], ignore_errors=True)  # the parent cannot do it any more


def _end_with_parent(lifeline: int, orphaned: threading.Event) -> None:
    """Stop this process as SIGTERM does when the parent has died."""
    os.read(lifeline, 1)
    orphaned.set()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    try:
        main(*map(int, sys.argv[1:]))
    except typer.Exit as ended:
        sys.exit(ended.exit_code)
