"""The primary is killed while clients work, and the standby is promoted: what was confirmed is there, once."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import pytest

from tests.api import Api, create_company, running_app
from tests.benchmarks import data
from tests.conftest import _migrate
from tests.postgresql_pair import Pair, running_pair
from tests.soak.test_failing_database import CLIENTS, CREATE
from tests.soaking import SOAKING

LINES, ENTRIES = 60_000, 1000
LOG = """mutation($no: String!) { logSegment(input: {segmentNo: $no, idempotencyKey: $no}) {
logged userErrors { code } } }"""
SECONDS = 60
"""Seconds within which every request must be answered after the promotion."""

pytestmark = pytest.mark.skipif(not SOAKING, reason="runs in `make soak`")


@pytest.fixture
def empty_pair() -> Iterator[Pair]:
    """The primary confirms a change when the standby has it."""
    with running_pair("synchronous_standby_names=*") as pair:
        yield pair


@pytest.fixture
def pair(empty_pair: Pair, loop: asyncio.AbstractEventLoop) -> Pair:
    """The tables and a company are there."""
    loop.run_until_complete(_migrate(empty_pair.primary.url))
    with running_app(empty_pair.primary.url, loop) as api:
        create_company(api)
    return empty_pair


async def repeated(api: Api, document: str, **variables: Any) -> tuple[Any, Counter[str]]:
    """The data of the first answer without errors, and the codes of those before."""
    codes: Counter[str] = Counter()
    give_up = time.monotonic() + SECONDS
    while True:
        answer = (await api.send(document, variables)).json()
        if "errors" not in answer:
            return answer["data"], codes
        codes[answer["errors"][0]["extensions"]["code"]] += 1
        assert time.monotonic() < give_up, answer
        await asyncio.sleep(0.1)


async def fail_over(pair: Pair) -> float:
    """Kill the primary, promote the standby, and return when that was done."""
    await asyncio.to_thread(pair.primary.kill)
    await asyncio.sleep(1)
    await asyncio.to_thread(pair.standby.promote)
    return time.monotonic()


def test_no_change_is_lost_or_made_twice_when_the_primary_is_killed(
    pair: Pair, loop: asyncio.AbstractEventLoop
) -> None:
    codes: Counter[str] = Counter()
    made: dict[str, int] = {}
    at: list[float] = []

    async def client(api: Api, number: int, stop: Callable[[], bool]) -> None:
        while not stop():
            name = f"{number}-{len(made)}"
            _, seen = await repeated(api, CREATE, key=name, name=name)
            made[name] = 1
            at.append(time.monotonic())
            codes.update(seen)

    async def scenario(api: Api) -> float:
        stopping = False
        clients = [asyncio.ensure_future(client(api, number, lambda: stopping)) for number in range(CLIENTS)]
        await asyncio.sleep(2)
        promoted = await fail_over(pair)
        await asyncio.sleep(5)
        stopping = True
        await asyncio.gather(*clients)
        return promoted

    with running_app(pair.url, loop) as api:
        promoted = loop.run_until_complete(scenario(api))
    entries = loop.run_until_complete(_descriptions(pair.standby.url))
    first = min(moment for moment in at if moment > promoted) - promoted
    print(f"{len(made)} made, first {first:.2f} s after the promotion, {dict(codes)}")
    assert entries == Counter(made)
    assert {*codes} <= {"UNAVAILABLE", "OUTCOME_UNKNOWN", "OVERLOADED", "TIMEOUT"}
    assert first < 3


def test_a_segment_is_logged_once_and_whole_when_the_primary_is_killed(
    empty_pair: Pair, loop: asyncio.AbstractEventLoop
) -> None:
    pair = empty_pair

    async def scenario(api: Api) -> Any:
        no = await _value(pair.primary.url, "SELECT no FROM segment")
        logging = asyncio.ensure_future(repeated(api, LOG, no=no))
        await asyncio.sleep(0.7)
        assert not logging.done()
        await fail_over(pair)
        return await logging

    loop.run_until_complete(data.fill(pair.primary.url, contacts=LINES, entries=ENTRIES, segments=[LINES]))
    with running_app(pair.url, loop) as api:
        answer, codes = loop.run_until_complete(scenario(api))
    print(dict(codes))
    assert answer["logSegment"] == {"logged": LINES, "userErrors": []}
    logged = "SELECT count(*) FROM interaction_log_entry WHERE logged_segment_entry_no IS NOT NULL"
    assert loop.run_until_complete(_value(pair.standby.url, logged)) == LINES
    assert loop.run_until_complete(_value(pair.standby.url, "SELECT count(*) FROM logged_segment")) == 1


async def _value(url: str, sql: str) -> Any:
    connection = await asyncpg.connect(url)
    found = await connection.fetchval(sql)
    await connection.close()
    return found


async def _descriptions(url: str) -> Counter[str]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT description FROM interaction_log_entry")
    await connection.close()
    return Counter(str(row["description"]) for row in rows)
