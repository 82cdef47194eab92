"""Companies on a Citus cluster are moved, and a worker is killed, while clients work: nothing is lost or made twice, and
companies on the other worker do not notice it.

    CARNET_SOAK=1 CARNET_TEST_CITUS_URL=… pytest -s tests/soak/test_citus.py

The cluster has two workers on this machine, which the user of the tests may kill and start.
"""

import asyncio
import os
import time
from typing import Any

import httpx2
import pytest

from tests.conftest import CITUS_URL
from tests.soak.citus_cluster import move
from tests.soak.citus_companies import LINES, NAMES, OUTAGE, SECONDS, Companies, Seen, answered, while_working
from tests.soak.serving import Server
from tests.soaking import SOAKING

WRITERS = 6
NOTICED_SECONDS = 20
"""Seconds within which /ready tells that companies are not available any more, or are again."""

LOG = """mutation($no: String!) { logSegment(input: {segmentNo: $no, idempotencyKey: $no}) {
logged userErrors { code } } }"""
LOGGED = """SELECT count(*), count(DISTINCT logged_segment_entry_no) FROM interaction_log_entry
WHERE logged_segment_entry_no IS NOT NULL"""

pytestmark = [
    pytest.mark.skipif(not SOAKING, reason="runs in `make soak`"),
    pytest.mark.skipif(CITUS_URL not in os.environ, reason=f"needs {CITUS_URL}"),
]


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
