"""A Citus cluster on this machine: its coordinator is named by CARNET_TEST_CITUS_URL. Workers are killed and started."""

import shlex
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import make_url

from tests.citus_schemas import PLACE
from tests.postgresql_pair import processes_of, send_signal

WORKERS = "SELECT nodename, nodeport FROM pg_dist_node WHERE shouldhaveshards ORDER BY nodeport"
MOVE = "SELECT citus_schema_move(CAST(CAST($1 AS text) AS regnamespace), CAST($2 AS text), CAST($3 AS integer))"
START_SECONDS = 60


class Worker:
    """A server that has companies."""

    def __init__(self, url: str, data: Path) -> None:
        self.url, self.data = url, data
        self.port = make_url(url).port or 0
        self._command = shlex.split((data / "postmaster.opts").read_text())
        self._owner = data.stat()
        main = (data / "postmaster.pid").read_text().split()[0]
        variables = Path(f"/proc/{main}/environ").read_bytes().split(b"\0")
        self._environment = dict(each.split(b"=", 1) for each in variables if each)

    def kill(self) -> None:
        """End all processes at once."""
        send_signal(processes_of(self.data), signal.SIGKILL)

    def start(self) -> None:
        """Start it again, with the same options."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        with (self.data / "log").open("a") as log:
            subprocess.run(
                ["setsid", "--fork", *self._command],
                check=True,
                stdout=log,
                stderr=log,
                cwd="/",
                user=self._owner.st_uid,
                group=self._owner.st_gid,
                env=self._environment,
            )

    async def wait(self) -> None:
        """Wait until it takes connections."""
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends:
            with suppress(OSError, asyncpg.PostgresError):
                await fetch(self.url, "SELECT 1")
                return
        raise AssertionError("the worker did not start")


async def fetch(url: str, statement: str, *values: object) -> list[Any]:
    """The rows of a statement, executed as the user of the URL."""
    connection = await asyncpg.connect(make_url(url).render_as_string(hide_password=False))
    try:
        return list(await connection.fetch(statement, *values))
    finally:
        await connection.close()


async def workers(url: str) -> list[Worker]:
    """The workers of a cluster."""
    found = []
    for host, port in await fetch(url, WORKERS):
        of_worker = make_url(url).set(host=host, port=port).render_as_string(hide_password=False)
        ((folder,),) = await fetch(of_worker, "SHOW data_directory")
        found.append(Worker(of_worker, Path(folder)))
    return found


async def place_of(url: str, schema: str) -> int:
    """The port of the worker that has the schema of a company."""
    ((_, port),) = await fetch(url, PLACE, schema)
    return int(port)


async def move(url: str, schema: str, worker: Worker) -> float:
    """Move a company to a worker. Returns the seconds that it took. What is left there of an earlier move is deleted."""
    await fetch(url, "CALL citus_cleanup_orphaned_resources()")
    began = time.monotonic()
    host = make_url(worker.url).host
    await fetch(url, MOVE, schema, host, worker.port)
    return time.monotonic() - began
