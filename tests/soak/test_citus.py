"""Companies on a Citus cluster are moved, and a worker is killed, while clients work: nothing is lost or made twice, and
companies on the other worker do not notice it.

    CARNET_SOAK=1 CARNET_TEST_CITUS_URL=… pytest -s tests/soak/test_citus.py

The cluster has two workers on this machine, which the user of the tests may kill and start.
"""

import asyncio
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.benchmarks import data
from tests.commands import carnet
from tests.conftest import CITUS_URL
from tests.soak.citus_cluster import Worker, fetch, move, place_of, workers
from tests.soak.serving import Server
from tests.soaking import SOAKING

NAMES = ("north", "south", "east", "west")
"""The companies: two on each worker."""

LINES = 60_000
WRITERS = 6
SECONDS = 120
"""Seconds within which every request must be answered."""

NOTICED_SECONDS = 20
"""Seconds within which /ready tells that companies are not available any more, or are again."""

CREATE = """mutation($key: String!) { createInteraction(input: {idempotencyKey: $key, interaction: {
contactNo: "CT000001", templateCode: "TPL01", description: $key}}) { interactionLogEntry { entryNo } } }"""
READ = """query($key: String!) { interactionLogEntries(filter: {description: {eq: $key}}) { nodes { entryNo } } }"""
LOG = """mutation($no: String!) { logSegment(input: {segmentNo: $no, idempotencyKey: $no}) {
logged userErrors { code } } }"""
LOGGED = """SELECT count(*), count(DISTINCT logged_segment_entry_no) FROM interaction_log_entry
WHERE logged_segment_entry_no IS NOT NULL"""
DESCRIPTIONS = "SELECT description FROM interaction_log_entry WHERE description LIKE $1"
OUTAGE = {"UNAVAILABLE", "OUTCOME_UNKNOWN"}

pytestmark = [
    pytest.mark.skipif(not SOAKING, reason="runs in `make soak`"),
    pytest.mark.skipif(CITUS_URL not in os.environ, reason=f"needs {CITUS_URL}"),
]


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


@pytest.fixture(scope="module")
def companies(loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Companies]:
    url = os.environ[CITUS_URL]
    folder = tmp_path_factory.mktemp("citus") / "companies"
    made = Companies(loop, url, folder, loop.run_until_complete(workers(url)))
    try:
        for name in NAMES:
            made.create(name)
            segments = [LINES] if name == NAMES[0] else []
            made.run(
                data.fill(made.url_of(name), contacts=LINES + 1 if segments else 100, entries=1, segments=segments)
            )
        for place, name in enumerate(NAMES):
            if made.worker_of(name) is not made.workers[place % 2]:
                made.run(move(url, f"carnet_{name}", made.workers[place % 2]))
        yield made
    finally:
        for name in [path.stem for path in folder.glob("*.url")]:
            carnet(made.root_url, "company", "drop", name, "--yes", "--database-url", url, CARNET_COMPANIES=str(folder))


@pytest.fixture(scope="module")
def server(companies: Companies) -> Iterator[Server]:
    running = Server(companies.root_url, CARNET_COMPANIES=str(companies.folder), CARNET_RATE_LIMIT_LOOPBACK="false")
    yield running
    running.stop()


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


def test_a_company_is_moved_while_clients_write_and_read(companies: Companies, server: Server) -> None:
    name, other = NAMES[:2]
    target = companies.other(companies.worker_of(name))

    async def scenario(_: Any) -> None:
        print(f"\nmoved in {await move(companies.cluster_url, f'carnet_{name}', target):.1f} s", end="")

    seen = while_working(companies, server, {name: WRITERS, other: 1}, "moved", scenario)
    assert companies.worker_of(name) is target
    assert {*seen[name].codes} <= OUTAGE
    assert not seen[other].codes


def test_a_segment_is_logged_whole_and_once_while_its_company_is_moved(companies: Companies, server: Server) -> None:
    name, logged = NAMES[0], Seen()
    target = companies.other(companies.worker_of(name))

    async def scenario(http: httpx2.AsyncClient) -> None:
        token = companies.tokens[name]
        logging = asyncio.ensure_future(answered(http, token, name, logged, LOG, no=f"SM{LINES}"))
        await asyncio.sleep(0.5)
        assert not logging.done()
        print(f"\nmoved in {await move(companies.cluster_url, f'carnet_{name}', target):.1f} s,", end=" ")
        answer = await logging
        print(f"logged in {logged.durations[-1][1]:.1f} s, {dict(logged.codes)}", end="")
        assert answer["logSegment"] == {"logged": LINES, "userErrors": []}

    seen = while_working(companies, server, {name: WRITERS}, "logged", scenario)
    assert companies.worker_of(name) is target
    assert {*logged.codes, *seen[name].codes} <= OUTAGE
    assert [tuple(row) for row in companies.stored(name, LOGGED)] == [(LINES, 1)]


def test_a_killed_worker_stops_its_own_companies_only(companies: Companies, server: Server) -> None:
    worker = companies.workers[0]
    stopped = sorted(name for name in NAMES if companies.worker_of(name) is worker)
    others = [name for name in NAMES if name not in stopped]
    times: dict[str, float] = {}
    named: list[str] = []

    async def scenario(http: httpx2.AsyncClient) -> None:
        times["killed"] = time.monotonic()
        worker.kill()
        try:
            await outage(http)
        finally:
            worker.start()
        await worker.wait()
        times["answers"] = time.monotonic()
        while named:
            assert time.monotonic() < times["answers"] + SECONDS, named
            await asyncio.sleep(0.2)
            named[:] = (await http.get("/ready")).json()["companies"]["notReady"]
        times["ready"] = time.monotonic()

    async def outage(http: httpx2.AsyncClient) -> None:
        while named != stopped:
            assert time.monotonic() < times["killed"] + SECONDS, named
            await asyncio.sleep(0.2)
            ready = await http.get("/ready")
            assert ready.status_code == 200
            named[:] = ready.json()["companies"]["notReady"]
            assert not {*named} & {*others}
        times["named"] = time.monotonic()
        await asyncio.sleep(5)
        times["restarted"] = time.monotonic()

    began = time.monotonic()
    seen = while_working(companies, server, dict.fromkeys(NAMES, 2), "killed", scenario)
    print(f"\n/ready named them after {times['named'] - times['killed']:.1f} s,", end=" ")
    print(f"and none {times['ready'] - times['answers']:.1f} s after the worker took connections again", end="")
    assert times["named"] - times["killed"] < NOTICED_SECONDS
    assert times["ready"] - times["answers"] < NOTICED_SECONDS
    for name in others:
        before = seen[name].median(began, times["killed"])
        during = seen[name].median(times["killed"], times["restarted"])
        print(f"\n{name}: median {before:.0f} ms before, {during:.0f} ms meanwhile", end="")
        assert not seen[name].codes
        assert seen[name].silence < 5
    for name in stopped:
        first = min(moment for moment in seen[name].at if moment > times["answers"]) - times["answers"]
        print(f"\n{name}: first answer {first:.2f} s after the worker took connections again", end="")
        assert {*seen[name].codes} <= OUTAGE
        assert first < 15


def test_the_databases_have_no_errors_afterwards(companies: Companies) -> None:
    for name in NAMES:
        companies.carnet("refresh", "--company", name)
        companies.carnet("check", "--company", name)
    assert "ready" in companies.carnet("company", "list").stdout
    companies.carnet("company", "migrate", "--all")
