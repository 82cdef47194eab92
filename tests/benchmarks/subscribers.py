"""Many subscribers of a real server: does each entry arrive once, how late, and how much memory does it take?

    python -m tests.benchmarks.subscribers --database-url URL --subscribers 1000 --rate 100 --seconds 60

It needs an empty, migrated database or creates a new SQLite file. Twenty documents have filters that match one entry in
a hundred each; `--idle` opens further WebSockets without subscriptions.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import websockets

DOCUMENTS, CONTACTS = 20, 100
LOGGED = """subscription D%d($filter: InteractionLogEntryFilter) { interactionLogged(filter: $filter) {
    cursor count interactionLogEntry { entryNo description contact { no name } template { code } date cost } } }"""
CREATE = """mutation ($contact: String!) { createInteraction(input: {interaction: {contactNo: $contact, templateCode: "T"}}) {
    interactionLogEntry { entryNo } userErrors { code } } }"""
SETUP = """mutation {
    createSalesperson(input: {code: "S", salesperson: {name: "Sam"}}) { userErrors { code } }
    createInteractionGroup(input: {code: "G", interactionGroup: {description: "G"}}) { userErrors { code } }
    createInteractionTemplate(input: {code: "T", interactionTemplate: {description: "T", groupCode: "G"}}) {
        userErrors { code } } }"""
CONTACT = """mutation ($no: String!) { createContact(input: {no: $no, contact: {
    type: COMPANY, name: $no, salespersonCode: "S"}}) { userErrors { code } } }"""
READ = "{ interactionLogEntries(first: 20) { nodes { entryNo title contact { name } } } }"


class Seen:
    """What the subscribers have received."""

    def __init__(self) -> None:
        self.created: dict[int, tuple[int, float]] = {}
        """By entry number, the contact and the time when the mutation was sent."""
        self.received: list[Counter[int]] = []
        self.times: dict[int, list[float]] = {}


async def subscriber(url: str, document: int, seen: Seen, ready: asyncio.Semaphore) -> None:
    """Receive events until canceled."""
    mine: Counter[int] = Counter()
    seen.received.append(mine)
    async with websockets.connect(
        url.replace("http", "ws", 1), subprotocols=[websockets.Subprotocol("graphql-transport-ws")], compression=None
    ) as socket:
        await socket.send('{"type":"connection_init"}')
        await socket.recv()
        if document >= 0:
            variables = {"filter": {"contact": {"no": {"eq": f"C{document}"}}}}
            payload = {"query": LOGGED % document, "variables": variables}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        ready.release()
        async for text in socket:
            message = json.loads(text)
            if message["type"] != "next":
                raise RuntimeError(
                    [message["type"], *(each["extensions"] | {"requestId": ""} for each in message["payload"])]
                )
            entry_no = message["payload"]["data"]["interactionLogged"]["interactionLogEntry"]["entryNo"]
            mine[entry_no] += 1
            seen.times.setdefault(entry_no, []).append(time.monotonic())


async def write(url: str, client: Any, number: int, seen: Seen) -> None:
    """Log an interaction."""
    contact, sent = number * 37 % CONTACTS, time.monotonic()
    answer = (await client.post(url, json={"query": CREATE, "variables": {"contact": f"C{contact}"}})).json()
    entry_no = answer["data"]["createInteraction"]["interactionLogEntry"]["entryNo"]
    seen.created[entry_no] = contact, sent


async def read(url: str, client: Any, seconds: float) -> float:
    """How many reads a second one client gets answered."""
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        await client.post(url, json={"query": READ})
        count += 1
    return count / seconds


def memory(process: int) -> float:
    """Resident memory, in megabytes."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0


async def measure(url: str, process: int, options: argparse.Namespace) -> None:
    """Run the benchmark and print its figures."""
    seen, ready = Seen(), asyncio.Semaphore(0)
    async with httpx2.AsyncClient(timeout=120, limits=httpx2.Limits(max_connections=50)) as client:
        await client.post(url, json={"query": SETUP})
        for number in range(CONTACTS):
            await client.post(url, json={"query": CONTACT, "variables": {"no": f"C{number}"}})
        alone = await read(url, client, options.read_seconds)
        before = memory(process)
        places = [each % DOCUMENTS for each in range(options.subscribers)] + [-1] * options.idle
        tasks = []
        for place in places:
            tasks.append(asyncio.create_task(subscriber(url, place, seen, ready)))
            if len(tasks) % 50 == 0:
                for _ in range(50):
                    await ready.acquire()
        await asyncio.sleep(3)
        connected = memory(process)
        print(f"memory: {before:.0f} MB alone, {connected:.0f} MB with {len(places)} WebSockets")
        writes, began = [], time.monotonic()
        reading = asyncio.create_task(read(url, client, options.seconds))
        for number in range(round(options.rate * options.seconds)):
            await asyncio.sleep(max(0, began + number / options.rate - time.monotonic()))
            writes.append(asyncio.create_task(write(url, client, number, seen)))
            if number == options.rate * options.seconds // 2:
                print(f"memory: {memory(process):.0f} MB at half time")
        await asyncio.gather(*writes)
        print(f"{len(writes) / (time.monotonic() - began):.0f} entries a second")
        meanwhile = await reading
        await asyncio.sleep(5)
        print(f"memory: {memory(process):.0f} MB at the end")
        print(f"reads of one client: {alone:.0f} a second alone, {meanwhile:.0f} meanwhile")
    wrong = sum(
        mine != Counter(no for no, (contact, _) in seen.created.items() if contact == place)
        for mine, place in zip(seen.received, places, strict=True)
    )
    late = [received - seen.created[no][1] for no, times in seen.times.items() for received in times]
    deliveries = sum(map(len, seen.times.values()))
    print(f"{deliveries} deliveries; subscribers that did not get each entry exactly once: {wrong}")
    if late:
        print(f"latency: median {statistics.median(late):.3f} s, 99 % {sorted(late)[len(late) * 99 // 100]:.3f} s")
    ended = [task for task in tasks if task.done()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    reasons = Counter(repr(task.exception() or "closed by the server without an error") for task in ended)
    for reason, count in reasons.most_common():
        print(f"{count} subscribers ended early: {reason}")
    if ended:
        raise SystemExit(1)


def main() -> None:
    """Start a server and measure it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database-url")
    parser.add_argument("--subscribers", type=int, default=1000)
    parser.add_argument("--idle", type=int, default=0)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--read-seconds", type=int, default=5)
    parser.add_argument("--port", type=int, default=8797)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.database_url or f"sqlite:///{folder}/carnet.db"
        environment = {**os.environ, "CARNET_DATABASE_URL": url, "CARNET_PORT": str(options.port)}
        command = [sys.executable, "-c", "from schema.server.start import main; main()"]
        subprocess.run([*command, "migrate"], env=environment, check=True, capture_output=True)
        server = subprocess.Popen([*command, "serve"], env=environment | {"CARNET_ACCESS_LOG": "false"})
        address = f"http://127.0.0.1:{options.port}/graphql"
        try:
            while True:
                try:
                    httpx2.post(address, json={"query": "{ __typename }"})
                    break
                except httpx2.ConnectError:
                    time.sleep(0.2)
            asyncio.run(measure(address, server.pid, options))
        finally:
            server.terminate()
            server.wait(60)


if __name__ == "__main__":
    main()
