"""What a process counts for its metrics.

All labels have few values: codes, fields of the schema, names of pools, and a limited number of operation names. Where
several processes share the port, each writes its counts to a file, and whichever is asked shows the sum.
"""

import asyncio
import os
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypedDict

import orjson
from starlette.types import Scope

from persistence.concurrency.time_limits import Usage
from persistence.database import Database
from schema.execution.observing import RequestRecord
from schema.server.background.tasks import in_background
from schema.server.background.webhook_counts import WebhookCounts
from schema.server.connections.client_connections import ClientConnections
from schema.server.errors import OPERATION_NAME
from schema.server.observing import GRAPHQL, OTHER, code_of
from schema.server.requests.running_requests import RunningRequests
from schema.server.websockets.registry import WebSockets

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the histogram of durations, in seconds."""

MAX_OPERATIONS, MAX_NAME = 200, 80
"""The operation names that have metrics of their own: the first ones, if they are not too long. Others share one."""

MAX_COMPANIES = 500
"""The companies that have metrics of their own: the first ones. Others share one."""

MAX_KINDS = 2_000
"""The combinations of operation name, root fields and code that are counted by themselves."""

WRITE_SECONDS = 5
"""How often a process writes its counts to its file."""

SHARED_FOLDER = "METRICS_FOLDER_OF_CARNET"
"""The environment variable with the folder of these files, which `carnet serve --workers` sets for its workers."""


class Counts(TypedDict):
    """Everything that a process has counted, as JSON. `kinds` are operation name, root fields, code, and the numbers of
    `Metrics`; `gauges` are the name of a metric, that of a pool, and the value now.
    """

    kinds: list[tuple[str | None, list[str], str, list[float]]]
    fields: list[tuple[str, str, int]]
    companies: list[tuple[str, str, int]]
    counters: dict[str, int]
    gauges: list[tuple[str, str, int]]


Kind = tuple[str | None, tuple[str, ...], str]
"""The operation name, the root fields and the code of requests."""


class Metrics:
    """The counts of one process."""

    def __init__(
        self,
        database: Database,
        running: RunningRequests,
        connections: ClientConnections,
        webhooks: WebhookCounts | None = None,
        sockets: WebSockets | None = None,
        companies: Callable[[], Mapping[str, Usage]] = dict,
    ) -> None:
        """`companies` says how many companies are open."""
        self._database, self._running, self._connections, self._companies = database, running, connections, companies
        self._webhooks, self._sockets = webhooks or WebhookCounts(), sockets
        self._of_companies = Counter[tuple[str, str]]()
        """The requests to each company, by code."""
        self._kinds: dict[Kind, list[float]] = {}
        """For each kind of request the sum of the durations, and how many requests are in each bucket."""
        self._fields: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        """The root fields of requests that are no kind of their own, by code."""
        self._operations: set[str] = set()
        self._labels: set[str] = set()
        """The companies that have metrics of their own."""
        self._lines = 0
        folder = os.environ.get(SHARED_FOLDER)
        self._folder = None if folder is None else Path(folder)

    def observe(self, scope: Scope, record: RequestRecord, seconds: float) -> None:
        """Count a request to `/graphql`."""
        if scope["path"] != GRAPHQL:
            return
        operation, document = record.operation, record.document
        if operation is None or document is None:
            kind: Kind = (None, (), code_of(record))
        else:
            kind = (operation.name, operation.root_fields or document.root_fields(operation), code_of(record))
        counts = self._kinds.get(kind)
        if counts is None:
            counts = self._first_of(kind)
        counts[0] += seconds
        counts[bisect_left(BUCKETS, seconds) + 1] += 1
        if record.company is not None:
            self._of_companies[self._label(record.company), code_of(record)] += 1
        if record.lines_logged:
            self._lines += record.lines_logged

    def _label(self, company: str) -> str:
        """The name of a company that has metrics of its own."""
        if company not in self._labels and len(self._labels) < MAX_COMPANIES:
            self._labels.add(company)
        return company if company in self._labels else OTHER

    def _first_of(self, kind: Kind) -> list[float]:
        """The counts of a kind without counts yet. Where there are too many, only code and fields are counted."""
        name, fields, code = kind
        if len(self._kinds) < MAX_KINDS and self._has_own_metrics(name):
            return self._kinds.setdefault(kind, [0] * (len(BUCKETS) + 2))
        for field in fields:
            self._fields[code][field] += 1
        return self._kinds.setdefault((OTHER, (), code), [0] * (len(BUCKETS) + 2))

    def _has_own_metrics(self, name: str | None) -> bool:
        if name is None or name in self._operations:
            return True
        if len(self._operations) >= MAX_OPERATIONS or len(name) > MAX_NAME or not OPERATION_NAME.fullmatch(name):
            return False
        self._operations.add(name)
        return True

    def counts(self) -> list[Counts]:
        """The counts of all processes that share the port, this one first.

        The own counts are written first: otherwise the next process that is asked could show lower sums.
        """
        if self._folder is not None:
            self._write(self._folder)
        return [self._own_counts(), *self._counts_of_others()]

    @asynccontextmanager
    async def shared(self) -> AsyncIterator[None]:
        """Write the counts to a file regularly while the block runs, if several processes share the port."""
        if self._folder is None:
            yield
            return
        try:
            async with in_background(self._write_regularly(self._folder)):
                yield
        finally:
            self._write(self._folder)

    async def _write_regularly(self, folder: Path) -> None:
        while True:
            self._write(folder)
            await asyncio.sleep(WRITE_SECONDS)

    def _write(self, folder: Path) -> None:
        unfinished = folder / f".{os.getpid()}"
        with suppress(OSError):  # metrics are not worth failing for
            unfinished.write_bytes(orjson.dumps(self._own_counts()))
            unfinished.replace(folder / f"{os.getpid()}.json")

    def _counts_of_others(self) -> Iterator[Counts]:
        """The counts of the other processes. Those of a process that has ended still count, but nothing of it is in
        use.
        """
        for path in [] if self._folder is None else self._folder.glob("*.json"):
            if path.stem != str(os.getpid()):
                with suppress(OSError, ValueError):
                    counts: Counts = orjson.loads(path.read_bytes())
                    if not is_running(int(path.stem)):
                        counts["gauges"] = []
                    yield counts

    def _own_counts(self) -> Counts:
        cache, connections = self._database.cache, self._connections
        usage = {**self._database.usage(), **self._companies()}
        usage |= {"requests": self._running.usage, "client_connections": connections.usage}
        usage |= {} if self._sockets is None else self._sockets.usage
        counters = {"lines": self._lines, "hits": cache.hits, "misses": cache.misses, "dropped": connections.dropped}
        counters |= {f"webhooks_{name}": number for name, number in vars(self._webhooks).items()}
        return {
            "kinds": [(name, [*fields], code, counts) for (name, fields, code), counts in self._kinds.items()],
            "fields": [(field, code, n) for code, fields in self._fields.items() for field, n in fields.items()],
            "companies": [(company, code, number) for (company, code), number in self._of_companies.items()],
            "counters": counters,
            "gauges": [
                *(("most", pool, each.most) for pool, each in usage.items()),
                *(("in_use", pool, each.in_use) for pool, each in usage.items()),
                ("bytes", "", cache.bytes),
                ("entries", "", len(cache)),
            ],
        }


def is_running(process: int) -> bool:
    """Whether there is a process with this id."""
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True
