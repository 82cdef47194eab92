"""Three nodes under Patroni fail in several ways while clients work. Each confirmed change is stored once, no refused
change is stored, and a large segment is logged as a whole.

    CARNET_SOAK=1 pytest -s tests/soak/test_patroni.py

It needs Patroni, etcd and haproxy, which it does not install.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx2
import pytest

from tests.benchmarks import data
from tests.commands import carnet
from tests.soak.patroni_cluster import Cluster, Node, missing_programs, running_cluster
from tests.soak.serving import Server
from tests.soak.test_failover import LOG
from tests.soaking import SOAKING

CLIENTS, WITHOUT_KEY = 16, 4
"""Clients of each Carnet: with keys, who repeat each request until it is answered; and without, who never do."""

CREATE = """mutation($key: String, $name: String) { createInteraction(input: {idempotencyKey: $key,
interaction: {contactNo: "CT000001", templateCode: "TPL01", description: $name}}) { userErrors { code } } }"""
READ = (
    """query($name: String!) { interactionLogEntries(first: 0, filter: {description: {eq: $name}}) { totalCount } }"""
)
SEGMENTS = {"three hosts": 60_000, "haproxy": 60_001}
"""The lines of the segment that is logged through each Carnet. Its number is `SM` and this number."""

SECONDS = 90
"""Seconds within which every request must be answered after a fault."""

LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=2)
"""The clients close idle connections before Carnet does, so that no request is sent over a connection that Carnet is
closing.
"""

STARTED = "SELECT pg_postmaster_start_time() WHERE NOT pg_is_in_recovery()"
"""When a primary has started; nothing on a standby."""

DESCRIPTIONS = "SELECT description FROM interaction_log_entry WHERE description LIKE '{}-%'"
LOGGED = """SELECT count(*), count(DISTINCT logged_segment_entry_no) FROM interaction_log_entry
WHERE logged_segment_entry_no IN (SELECT entry_no FROM logged_segment WHERE segment_no = 'SM{}')"""
STANDBY_KILLED = "synchronous standby killed"
THAWED = "node frozen until another one is the primary"
PROBE = "CREATE TABLE IF NOT EXISTS probe (); INSERT INTO probe DEFAULT VALUES"
FAULTS: dict[str, Callable[[Cluster, Node], None]] = {
    "switchover": lambda cluster, _: cluster.switch_over(),
    "PostgreSQL killed": lambda _, primary: primary.kill_postgresql(),
    "node killed": lambda _, primary: primary.kill(),
    "node frozen": lambda _, primary: primary.freeze(),
    THAWED: lambda _, primary: primary.freeze(),
    "Patroni killed": lambda _, primary: primary.kill_patroni(),
    STANDBY_KILLED: lambda cluster, _: cluster.wait_for(lambda: cluster.synchronous_standby).kill(),
}

pytestmark = [
    pytest.mark.skipif(not SOAKING, reason="runs in `make soak`"),
    pytest.mark.skipif(bool(missing_programs()), reason=f"not on the PATH: {', '.join(missing_programs())}"),
]


@dataclass
class Seen:
    """What the clients of one Carnet have seen."""

    confirmed: Counter[str] = field(default_factory=Counter)
    refused: set[str] = field(default_factory=set)
    at: list[float] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    stale: set[str] = field(default_factory=set)
    """Changes that a read with their token did not find."""


@pytest.fixture(scope="module")
def cluster(loop: asyncio.AbstractEventLoop) -> Iterator[Cluster]:
    with running_cluster() as running:
        loop.run_until_complete(data.fill(running.url, contacts=60_001, entries=1, segments=[*SEGMENTS.values()]))
        running.psql("DELETE FROM interaction_log_entry")  # what `fill` inserts has no words for search
        yield running


@pytest.fixture(scope="module")
def addresses(cluster: Cluster) -> Iterator[dict[str, str]]:
    """The addresses of two servers: one knows the three nodes, one knows haproxy. Standbys answer queries of both.
    Neither is ever restarted.
    """
    reads = {"CARNET_READ_DATABASE_URL": cluster.read_url}
    servers = {"three hosts": Server(cluster.url, **reads), "haproxy": Server(cluster.haproxy_url, **reads)}
    yield {name: f"{server.base_url}/graphql" for name, server in servers.items()}
    for server in servers.values():
        server.stop()


@pytest.mark.parametrize("fault", FAULTS)
def test_no_change_is_lost_or_made_twice(
    fault: str, cluster: Cluster, addresses: dict[str, str], loop: asyncio.AbstractEventLoop
) -> None:
    seen = {name: Seen() for name in addresses}

    async def scenario() -> float:
        async with httpx2.AsyncClient(timeout=SECONDS, limits=LIMITS) as http:
            stopping = asyncio.Event()
            clients = [
                _work(
                    http, (address, others), f"{fault}-{name}-{number}", seen[name], stopping, with_key=number < CLIENTS
                )
                for (name, address), others in zip(addresses.items(), reversed([*addresses.values()]), strict=True)
                for number in range(CLIENTS + WITHOUT_KEY)
            ]
            working = asyncio.gather(*clients)
            await asyncio.sleep(3)
            promoted = await asyncio.to_thread(_break, cluster, fault)
            if fault == THAWED:
                _thaw(cluster)
            await asyncio.to_thread(cluster.psql, PROBE)
            print(f"\n{fault}: PostgreSQL itself confirmed {time.monotonic() - promoted:.2f} s after it", end="")
            await asyncio.sleep(8)
            stopping.set()
            await working
            return promoted

    promoted = loop.run_until_complete(scenario())
    _recover(cluster)
    found = Counter(cluster.psql(DESCRIPTIONS.format(fault)).splitlines())
    confirmed = sum((each.confirmed for each in seen.values()), Counter[str]())
    for name, each in seen.items():
        first = min(moment for moment in each.at if moment > promoted) - promoted
        silence = max(after - before for before, after in zip(each.at, each.at[1:], strict=False))
        print(f"\n{fault}, {name}: {len(each.confirmed)} made, first {first:.2f} s after the promotion,", end=" ")
        print(f"longest silence {silence:.1f} s, {dict(each.codes)}")
        assert {*each.codes} <= {"OUTCOME_UNKNOWN", "UNAVAILABLE"}
        assert not each.stale
        assert not each.refused & {*found}, "refused, but made"
        assert first < 3
    assert not confirmed - found, "lost"
    assert max(found.values()) == 1, "made twice"


@pytest.mark.parametrize("name", SEGMENTS)
def test_a_segment_is_logged_once_and_whole(
    name: str, cluster: Cluster, addresses: dict[str, str], loop: asyncio.AbstractEventLoop
) -> None:
    lines = SEGMENTS[name]

    async def scenario() -> tuple[Any, Counter[str]]:
        async with httpx2.AsyncClient(timeout=SECONDS, limits=LIMITS) as http:
            logging = asyncio.ensure_future(_repeated(http, addresses[name], LOG, {"no": f"SM{lines}"}))
            await asyncio.sleep(0.7)
            assert not logging.done()
            await asyncio.to_thread(_break, cluster, "node killed")
            return await logging

    answer, codes = loop.run_until_complete(scenario())
    _recover(cluster)
    print(f"\nnode killed during a log of {lines} lines, {name}: {dict(codes)}")
    assert answer["data"]["logSegment"] == {"logged": lines, "userErrors": []}
    assert {*codes} <= {"OUTCOME_UNKNOWN", "UNAVAILABLE"}
    assert cluster.psql(LOGGED.format(lines)) == f"{lines}|1"


def test_the_database_has_no_errors_afterwards(cluster: Cluster) -> None:
    checked = carnet(cluster.url, "check")
    assert checked.exit_code == 0, checked.stdout + checked.stderr


def _break(cluster: Cluster, fault: str) -> float:
    """Let a node fail, and return when changes can be confirmed again: when there is a primary, or another synchronous
    standby.
    """
    primary, synchronous = cluster.primary, cluster.synchronous_standby
    others = [node for node in cluster.nodes if node is not primary]
    watched = [*others, primary] if fault == "PostgreSQL killed" else others
    started = cluster.psql(STARTED, node=primary)
    FAULTS[fault](cluster, primary)
    if fault == STANDBY_KILLED:
        cluster.wait_for(lambda: cluster.synchronous_standby not in (None, synchronous))
        return time.monotonic()
    cluster.wait_for(lambda: any(cluster.psql(STARTED, node=node) not in ("", started) for node in watched))
    return time.monotonic()


def _thaw(cluster: Cluster) -> None:
    """Let all nodes take part again."""
    for node in cluster.nodes:
        node.recover()


def _recover(cluster: Cluster) -> None:
    """Let all nodes take part again, and wait until they do."""
    _thaw(cluster)
    cluster.wait_until_complete()


async def _work(
    http: httpx2.AsyncClient,
    addresses: tuple[str, str],
    name: str,
    seen: Seen,
    stopping: asyncio.Event,
    *,
    with_key: bool,
) -> None:
    """Create interactions one after the other. Those with an idempotency key are sent again after an error, those
    without a key are not. Each that was made is read with its token at the other server.
    """
    address, other = addresses
    for number in count():
        if stopping.is_set():
            return
        change = f"{name}-{number}"
        if with_key:
            answer, codes = await _repeated(http, address, CREATE, {"key": change, "name": change})
            seen.codes.update(codes)
        elif (code := _code(answer := await _sent(http, address, CREATE, {"name": change}))) is not None:
            seen.codes[code] += 1
            if code == "UNAVAILABLE":
                seen.refused.add(change)
            await asyncio.sleep(0.2)
            continue
        seen.confirmed[change] += 1
        seen.at.append(time.monotonic())
        token = answer["extensions"]["readAfter"]
        found, codes = await _repeated(http, other, READ, {"name": change}, **{"carnet-read-after": token})
        seen.codes.update(codes)
        if found["data"]["interactionLogEntries"]["totalCount"] != 1:
            seen.stale.add(change)
        await asyncio.sleep(0.05)


async def _repeated(
    http: httpx2.AsyncClient, address: str, document: str, variables: dict[str, str], **headers: str
) -> tuple[Any, Counter[str]]:
    """The first answer without errors, and the codes of those before."""
    codes: Counter[str] = Counter()
    give_up = time.monotonic() + SECONDS
    while (code := _code(answer := await _sent(http, address, document, variables, **headers))) is not None:
        codes[code] += 1
        assert time.monotonic() < give_up, answer
        await asyncio.sleep(0.2)
    return answer, codes


async def _sent(
    http: httpx2.AsyncClient, address: str, document: str, variables: dict[str, str], **headers: str
) -> Any:
    return (await http.post(address, json={"query": document, "variables": variables}, headers=headers)).json()


def _code(answer: Any) -> str | None:
    """The code of the error; None if there is none."""
    return str(answer["errors"][0]["extensions"]["code"]) if "errors" in answer else None
