"""Compares the CPU time that PostgreSQL takes for the pages W1 to W3 with that of hand-written statements, the limit.

`compare_commits` calls it for two versions of Carnet. Each participant has its own connection. All get the same requests
in short turns, in an order that changes from round to round, so that the load of the machine hits all alike. Linux counts
the nanoseconds that the process of a connection has been running (`/proc/PID/schedstat`). The ratios of the turns of one
round, and their median, are steady to some percent even on a busy machine; the milliseconds are not.

All statements are prepared; PostgreSQL has made its generic plans before the first round that counts.
"""

import asyncio
import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from persistence.database import Database
from persistence.dialects.postgresql.connections import KEEP_FREED_MEMORY
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.root import schema
from tests.benchmarks import handwritten_sql
from tests.benchmarks.workloads import CARNET

READS = {"W1": 40, "W2": 150, "W3": 30}
"""The requests of one turn."""
ROUNDS, WARM_UP = 40, 2
GOALS = {"W1": 1.3, "W3": 1.3}

Requests = Callable[[str, int, int], object]
"""Sends this number of requests of a workload, from a request on: `(workload, first, number)`."""


class Participant(Protocol):
    """Who answers the requests, with the processes of its connections."""

    @property
    def pids(self) -> Sequence[int]: ...
    def send(self, workload: str, first: int, number: int) -> None: ...


class Served:
    """A version of Carnet with a database of its own."""

    def __init__(self, url: str, requests: Requests) -> None:
        self._url, self._requests = url, requests
        self.pids: Sequence[int] = ()

    def send(self, workload: str, first: int, number: int) -> None:
        """Send the requests, and find the connections: it may have opened another one."""
        self._requests(workload, first, number)
        self.pids = asyncio.run(_connections(self._url))


class Limit:
    """The hand-written statements over one connection, which is opened as Carnet opens its own."""

    def __init__(self, url: str, variables: Callable[[str, int], Mapping[str, object]]) -> None:
        self._runner, self._variables = asyncio.Runner(), variables
        self._connection: Any = self._runner.run(asyncpg.connect(url, server_settings={"jit": "off"}))
        self._runner.run(self._connection.execute(KEEP_FREED_MEMORY))
        self.pids: Sequence[int] = [self._connection.get_server_pid()]

    def send(self, workload: str, first: int, number: int) -> None:
        """Execute the statement for each request."""

        async def run() -> None:
            for each in range(first, first + number):
                await self.answer(workload, each)

        self._runner.run(run())

    async def answer(self, workload: str, number: int) -> Any:
        """The JSON of one request."""
        sql, names = handwritten_sql.READS[workload.lower()]
        variables = self._variables(workload, number)
        return json.loads(await self._connection.fetchval(sql, *(variables[name] for name in names)))

    def check(self, url: str) -> None:
        """Exit if Carnet answers the first request of a workload differently."""

        async def run() -> None:
            async with Database.at(url) as database:
                engine = Engine(schema._schema, database)
                for workload in READS:
                    request = GraphQLRequest(CARNET[workload.lower()], dict(self._variables(workload, 0)))
                    answer = json.loads((await engine.answer(request, Caller())).body)["data"]
                    if _rows(answer) != await self.answer(workload, 0):
                        raise SystemExit(f"The hand-written statement of {workload} does not answer as Carnet does.")

        self._runner.run(run())

    def close(self) -> None:
        """Close the connection."""
        self._runner.run(self._connection.close())
        self._runner.close()


def compare(participants: Mapping[str, Participant]) -> None:
    """Print the CPU time of the connections of each participant, and its ratio to the last one: the limit."""
    *_, limit = participants
    print(
        f"\nPostgreSQL: milliseconds of its own CPU a request, medians; goal {GOALS['W1']} × the hand-written statement"
    )
    for workload, requests in READS.items():
        turns = _turns(participants, workload, requests)
        for name, times in turns.items():
            ratio = statistics.median(mine / least for mine, least in zip(times, turns[limit], strict=True))
            goal = GOALS.get(workload)
            over = "   above the goal" if goal and ratio > goal and name == list(turns)[-2] else ""
            print(f"  {workload:<4}{name:<14}{statistics.median(times):>9.3f}   {ratio:.3f} ×{over}", flush=True)


def _turns(participants: Mapping[str, Participant], workload: str, requests: int) -> dict[str, list[float]]:
    """Milliseconds a request of each participant in each round."""
    found: dict[str, list[float]] = {name: [] for name in participants}
    names = list(participants)
    for number in range(ROUNDS + WARM_UP):
        names = [*names[1:], names[0]]
        for name in names:
            participant = participants[name]
            if number < WARM_UP:
                participant.send(workload, number * requests, requests)
                continue
            before = _nanoseconds(participant.pids)
            participant.send(workload, number * requests, requests)
            found[name].append((_nanoseconds(participant.pids) - before) / 1e6 / requests)
    return found


def _nanoseconds(pids: Sequence[int]) -> int:
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids)


async def _connections(url: str) -> list[int]:
    """The processes of the connections that others have to this database."""
    connection: Any = await asyncpg.connect(url)
    rows = await connection.fetch(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        " AND pid <> pg_backend_pid() AND application_name LIKE 'carnet%'"
    )
    await connection.close()
    return [row["pid"] for row in rows]


def _rows(answer: Any) -> Any:
    """The answer without `nodes` and `pageInfo`, which the hand-written statements do not have."""
    if isinstance(answer, dict) and "nodes" in answer:
        return _rows(answer["nodes"])
    if isinstance(answer, dict) and list(answer) in (["log"], ["contact"], ["contacts"]):
        return _rows(next(iter(answer.values())))
    if isinstance(answer, dict):
        return {name: _rows(value) for name, value in answer.items()}
    return [_rows(value) for value in answer] if isinstance(answer, list) else answer
