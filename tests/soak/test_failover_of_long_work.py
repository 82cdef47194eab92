"""An import, a stream and a subscription are under way when another server is promoted. The first primary is killed, or
goes on as a primary. Nothing is lost, made twice or left out.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.benchmarks import data
from tests.postgresql_pair import Pair, running_pair
from tests.soak.serving import HERE, Server
from tests.soak.test_failover import fail_over
from tests.soaking import SOAKING

CONTACTS, IMPORTED, CLIENTS = 15_000, 10_000, 4
CREATE = """mutation($key: String) { createInteraction(input: {idempotencyKey: $key,
interaction: {contactNo: "CT000001", templateCode: "TPL01", description: $key}}) { userErrors { code } } }"""
STREAM = """query($after: String) { contacts(after: $after) {
edges { cursor node { no name address city } } } }"""
SUBSCRIPTION = """subscription($after: String) { changed(after: $after) { cursor type
objects(first: 100) { edges { id } } } }"""
IMPORTS = "SELECT count(*) FROM contact WHERE no LIKE 'IM%'"
ENTRIES = "SELECT entry_no FROM interaction_log_entry WHERE description LIKE 'key %'"
RETRIED = {"UNAVAILABLE", "OUTCOME_UNKNOWN", "OVERLOADED", "TIMEOUT"}

pytestmark = pytest.mark.skipif(not SOAKING, reason="runs in `make soak`")


class Work:
    """Sends changes, a stream and a subscription to one server of Carnet, and counts what it answers."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self.http = httpx2.AsyncClient(base_url=base_url, timeout=90)
        self.stopping = asyncio.Event()
        self.subscribed = asyncio.Event()
        self.streaming = asyncio.Event()
        self.promoted = asyncio.Event()
        self.codes: Counter[str] = Counter()
        self.events: list[int] = []
        self.streamed: list[str] = []
        self.made = self.interrupted = self.connections = 0

    async def change(self, client: int) -> None:
        """Create interactions, each with the same key until it is answered."""
        while not self.stopping.is_set():
            sent = {"query": CREATE, "variables": {"key": f"key {client} {self.made}"}}
            while "errors" in (answer := (await self.http.post("/graphql", json=sent)).json()):
                self.codes[answer["errors"][0]["extensions"]["code"]] += 1
                await asyncio.sleep(0.2)
            self.made += 1

    async def stream(self) -> None:
        """Read all contacts. The stream goes on after the last cursor when it was interrupted."""
        after: str | None = None
        while True:
            try:
                async with self._request({"after": after}) as response:
                    assert response.status_code in (200, 503), await response.aread()
                    if response.status_code == 503:
                        raise httpx2.HTTPError("unavailable")
                    async for line in response.aiter_lines():
                        row = json.loads(line)
                        if "rows" in row:
                            return
                        after = row["cursor"]
                        self.streamed.append(row["no"])
                        if len(self.streamed) == CONTACTS // 20:
                            self.streaming.set()
                            await self.promoted.wait()
            except (httpx2.HTTPError, json.JSONDecodeError):
                self.interrupted += 1
                await asyncio.sleep(0.2)

    def _request(self, variables: dict[str, Any]) -> Any:
        headers = {"accept": "application/x-ndjson"}
        return self.http.stream("POST", "/graphql", json={"query": STREAM, "variables": variables}, headers=headers)

    async def subscribe(self) -> None:
        """Note the numbers of interactions as they are made. After an interruption, go on after the last cursor."""
        address, cursor = self._base_url.replace("http://", "ws://") + "/graphql", None
        while True:
            self.connections += 1
            try:
                async with connect(address, subprotocols=["graphql-transport-ws"], max_size=None) as socket:  # type: ignore[list-item]  # a name
                    await socket.send('{"type": "connection_init"}')
                    payload = {"query": SUBSCRIPTION, "variables": {"after": cursor}}
                    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
                    self.subscribed.set()
                    async for text in socket:
                        message = json.loads(text)
                        if message["type"] == "error":
                            break
                        if message["type"] == "next":
                            change = message["payload"]["data"]["changed"]
                            cursor = change["cursor"]
                            if change["type"] == "INTERACTION_LOG_ENTRY":
                                ids = (edge["id"] for edge in change["objects"]["edges"])
                                self.events += (int(id.rpartition("_")[2]) for id in ids)
            except (OSError, WebSocketException):
                pass
            await asyncio.sleep(0.2)


@pytest.mark.parametrize("is_killed", [True, False], ids=["the primary is killed", "the primary runs on"])
def test_long_work_goes_on_after_a_promotion(
    tmp_path: Path, loop: asyncio.AbstractEventLoop, *, is_killed: bool
) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text(
        "No.,Type,Name\n" + "".join(f"IM{row:06},Company,Imported {row}\n" for row in range(IMPORTED)), encoding="utf-8"
    )

    async def scenario(pair: Pair, work: Work) -> list[tuple[int, str]]:
        subscribing = asyncio.create_task(work.subscribe())
        await work.subscribed.wait()
        await asyncio.sleep(1)
        streaming = asyncio.create_task(work.stream())
        changing = [asyncio.create_task(work.change(number)) for number in range(CLIENTS)]
        await work.streaming.wait()
        importing = asyncio.create_task(_import(pair.url, file))
        await _until_staged(pair.primary.url)
        await (fail_over(pair) if is_killed else asyncio.to_thread(pair.standby.promote))
        work.promoted.set()
        runs = [await importing]
        while runs[-1][0]:
            runs.append(await _import(pair.url, file))
        await streaming
        work.stopping.set()
        await asyncio.gather(*changing)
        await asyncio.sleep(3)
        subscribing.cancel()
        await work.http.aclose()
        return runs

    with running_pair("synchronous_standby_names=*") as pair:
        loop.run_until_complete(data.fill(pair.primary.url, contacts=CONTACTS, entries=1, segments=[]))
        server = Server(pair.url)
        try:
            work = Work(server.base_url)
            runs = loop.run_until_complete(scenario(pair, work))
        finally:
            server.stop()
        imported, entries, contacts = loop.run_until_complete(_stored(pair.standby.url))
    print(
        f"\nimports {runs}; {work.made} changes {dict(work.codes)}, {work.interrupted} interruptions of the stream,",
        end=" ",
    )
    print(f"{work.connections} subscriptions")
    assert imported == IMPORTED
    assert {*work.codes} <= RETRIED
    assert len(entries) == work.made
    assert sorted(work.events) == sorted(entries), "each change is an event, once"
    before = [no for no in contacts if not no.startswith("IM")]
    assert [no for no in work.streamed if not no.startswith("IM")] == before


async def _import(url: str, file: Path) -> tuple[int, str]:
    """The status of an import, and the last line that it wrote."""
    program = (sys.executable, "-c", "from schema.server.start import main; main()", "import", "contacts", str(file))
    running = await asyncio.create_subprocess_exec(
        *program,
        cwd=HERE,
        env={**os.environ, "CARNET_DATABASE_URL": url, "PYTHONPATH": str(HERE)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await running.communicate()
    return running.returncode or 0, output.decode().strip().splitlines()[-1]


async def _until_staged(url: str) -> None:
    """Wait until an import is under way."""
    connection = await asyncpg.connect(url)
    locked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 3 AND granted"
    while not await connection.fetchval(locked):
        await asyncio.sleep(0.02)
    await connection.close()


async def _stored(url: str) -> tuple[int, list[int], list[str]]:
    """The number of imported contacts, the numbers of interactions, and those of contacts."""
    connection = await asyncpg.connect(url)
    imported = await connection.fetchval(IMPORTS)
    entries = [row[0] for row in await connection.fetch(ENTRIES)]
    contacts = [row[0] for row in await connection.fetch("SELECT no FROM contact ORDER BY no")]
    await connection.close()
    return imported, entries, contacts
