"""Companies on a Citus cluster, and clients that create interactions in them and read them back."""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx2

from tests.commands import carnet
from tests.soak.citus_cluster import Worker, fetch, place_of
from tests.soak.serving import Server

NAMES = ("north", "south", "east", "west")
"""The companies: two on each worker."""

LINES = 60_000
"""The lines of the segment of the first company, which has as many contacts."""

SECONDS = 120
"""Seconds within which every request must be answered."""

CREATE = """mutation($key: String!) { createInteraction(input: {idempotencyKey: $key, interaction: {
contactNo: "CT000001", templateCode: "TPL01", description: $key}}) { interactionLogEntry { entryNo } } }"""
READ = """query($key: String!) { interactionLogEntries(filter: {description: {eq: $key}}) { nodes { entryNo } } }"""
DESCRIPTIONS = "SELECT description FROM interaction_log_entry WHERE description LIKE $1"
OUTAGE = {"UNAVAILABLE", "OUTCOME_UNKNOWN"}


@dataclass
class Seen:
    """What the clients of one company have seen."""

    confirmed: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    at: list[float] = field(default_factory=list)
    """When each request was answered without an error."""
    durations: list[tuple[float, float]] = field(default_factory=list)
    """When each request began, and the seconds until its answer."""

    @property
    def silence(self) -> float:
        """The longest time without an answer."""
        return max((after - before for before, after in zip(self.at, self.at[1:], strict=False)), default=0)

    def median(self, begin: float, end: float) -> float:
        """The median duration in milliseconds of requests that began between two moments."""
        return 1000 * statistics.median(length for began, length in self.durations if begin <= began < end)


class Companies:
    """Companies on a cluster, and a server for all of them that is never restarted."""

    def __init__(self, loop: asyncio.AbstractEventLoop, server_url: str, folder: Path, nodes: list[Worker]) -> None:
        self.loop, self.cluster_url, self.folder, self.workers = loop, server_url, folder, nodes
        self.tokens: dict[str, str] = {}

    def carnet(self, *arguments: str) -> Any:
        """The result of a command that must succeed."""
        done = carnet(self.root_url, *arguments, CARNET_COMPANIES=str(self.folder))
        assert done.exit_code == 0, (arguments, done.stdout, done.stderr)
        return done

    @property
    def root_url(self) -> str:
        """The database of CARNET_DATABASE_URL, in which nothing is."""
        return f"sqlite:///{self.folder.parent / 'carnet.db'}"

    def url_of(self, name: str) -> str:
        return (self.folder / f"{name}.url").read_text().strip()

    def create(self, name: str) -> None:
        self.carnet("company", "create", name, "--database-url", self.cluster_url)
        made = self.carnet("token", "create", "--company", name, "--user", "ann", "--role", "admin")
        self.tokens[name] = made.stdout.strip()

    def worker_of(self, name: str) -> Worker:
        port = self.run(place_of(self.cluster_url, f"carnet_{name}"))
        return next(each for each in self.workers if each.port == port)

    def other(self, worker: Worker) -> Worker:
        return next(each for each in self.workers if each is not worker)

    def run(self, what: Any) -> Any:
        return self.loop.run_until_complete(what)

    def stored(self, name: str, statement: str, *values: object) -> list[Any]:
        return list(self.run(fetch(self.url_of(name), statement, *values)))

    def made(self, name: str, prefix: str) -> Counter[str]:
        """How often each description that begins so is stored."""
        return Counter(row["description"] for row in self.stored(name, DESCRIPTIONS, f"{prefix}%"))

    @asynccontextmanager
    async def clients(self, base_url: str) -> Any:
        limits = httpx2.Limits(max_connections=200)
        async with httpx2.AsyncClient(base_url=base_url, timeout=SECONDS, limits=limits) as http:
            yield http


async def send(http: httpx2.AsyncClient, token: str, name: str, query: str, **variables: Any) -> Any:
    response = await http.post(
        f"/companies/{name}/graphql",
        json={"query": query, "variables": variables},
        headers={"authorization": f"Bearer {token}"},
    )
    return response.json()


def code_of(answer: Any) -> str | None:
    """The code of the error; None if there is none."""
    return str(answer["errors"][0]["extensions"]["code"]) if "errors" in answer else None


async def answered(http: httpx2.AsyncClient, token: str, name: str, seen: Seen, query: str, **variables: Any) -> Any:
    """Send a request until the response has no error, and return its data."""
    give_up = time.monotonic() + SECONDS
    while True:
        began = time.monotonic()
        code = code_of(answer := await send(http, token, name, query, **variables))
        if code is None:
            seen.at.append(time.monotonic())
            seen.durations.append((began, time.monotonic() - began))
            return answer["data"]
        seen.codes[code] += 1
        assert time.monotonic() < give_up, answer
        await asyncio.sleep(0.1)


async def work(
    http: httpx2.AsyncClient, token: str, name: str, prefix: str, seen: Seen, stopping: asyncio.Event
) -> None:
    """Create interactions one after the other, and read each one back."""
    for number in count():
        if stopping.is_set():
            return
        key = f"{prefix}-{number}"
        created = (await answered(http, token, name, seen, CREATE, key=key))["createInteraction"]
        seen.confirmed[key] += 1
        read = (await answered(http, token, name, seen, READ, key=key))["interactionLogEntries"]["nodes"]
        assert read == [created["interactionLogEntry"]], (created, read)


def while_working(
    companies: Companies, server: Server, writers: dict[str, int], prefix: str, scenario: Callable[[Any], Any]
) -> dict[str, Seen]:
    """Run the scenario while so many clients work for each company. Returns what they have seen."""
    seen = {name: Seen() for name in writers}

    async def run() -> None:
        async with companies.clients(server.base_url) as http:
            stopping = asyncio.Event()
            working = [
                asyncio.ensure_future(
                    work(http, companies.tokens[name], name, f"{prefix}-{number}", seen[name], stopping)
                )
                for name, most in writers.items()
                for number in range(most)
            ]
            while any(len(seen[name].at) < 2 * most for name, most in writers.items()):
                await asyncio.sleep(0.1)  # those whose token was never valid get UNAUTHENTICATED in an outage
            await scenario(http)
            await asyncio.sleep(3)
            stopping.set()
            await asyncio.gather(*working)

    companies.run(run())
    for name, each in seen.items():
        print(f"\n{name}: {len(each.confirmed)} made, longest silence {each.silence:.2f} s, {dict(each.codes)}", end="")
        assert companies.made(name, prefix) == each.confirmed
    return seen
