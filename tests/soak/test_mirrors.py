"""Copies that are kept by the change feed, by a subscription and by a webhook equal the company, whatever is cut off."""

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from persistence.concurrency.ending_tasks import end
from resolvers.webhooks import delivering
from schema.server.background import webhooks
from tests.api import running_app
from tests.schema.queries import GRAPH
from tests.soak.mirrors import Execute, FeedMirror, Mirror, Servers, SubscriptionMirror, WebhookMirror, all_objects
from tests.soak.random_mutations import Company, document, first_mutations, random_mutation
from tests.soak.serving import Server
from tests.soaking import SOAKING
from tests.webhook_receiver import receiving

CLIENTS, MUTATIONS, CUT, KILLED = 16, 10_000, 200, 5
CREATE = "mutation($url: String!) { createWebhook(input: {url: $url}) { secret webhook { id } } }"
SETTINGS = {"CARNET_WEBHOOK_ALLOW_PRIVATE": "true", "CARNET_RATE_LIMIT_LOOPBACK": "false"}
SHORT_PAUSES = """
from resolvers.webhooks import delivering
delivering.FIRST_PAUSE = delivering.LONGEST_PAUSE = 0.01
"""
"""A failed delivery is repeated after a second at most. Later changes of the same objects wait for it, so with the normal
pauses the test would take hours.
"""
STALLED_SECONDS, END_SECONDS = 300, 3600
"""How long the copies may wait without a further change, and in all, until they equal the company."""

DELIVERIES = """query($after: String) { webhooks { nodes { enabled disabledReason cursor
    deliveries(first: 100, after: $after) {
        nodes { cursor status attempts nextAttemptAt responseStatus error } pageInfo { hasNextPage endCursor } } } } }"""


class Load:
    """Clients that send random mutations to servers of which one is killed from time to time."""

    def __init__(self, url: str, number_of_servers: int) -> None:
        self.company = Company(random.Random(7))
        self.servers = Servers(random.Random(8))
        self._url, self._chance = url, random.Random(9)
        self._running = [Server(url, first=SHORT_PAUSES, **SETTINGS) for _ in range(number_of_servers)]
        self._note_addresses()
        self._sent = 0

    def _note_addresses(self) -> None:
        self.servers.urls[:] = [server.base_url for server in self._running]

    async def prepare(self) -> None:
        """Make what random mutations need."""
        for name, make in first_mutations(self.company):
            await self._send(name, make())

    async def run(self) -> None:
        """Send all mutations."""
        killing = asyncio.create_task(self._kill_servers())
        await asyncio.gather(*(self._client() for _ in range(CLIENTS)))
        await killing

    async def _client(self) -> None:
        while self._sent < MUTATIONS:
            while not self.servers.urls:
                await asyncio.sleep(0.05)
            self._sent += 1
            await self._send(*random_mutation(self.company), cut=self._chance.random() < CUT / MUTATIONS)

    async def _send(self, name: str, input: Any, *, cut: bool = False) -> None:
        try:
            answer = await self.servers.send(document(name), {"input": input}, cut=cut)
        except (httpx2.HTTPError, ConnectionError):
            self.company.tally["cut off" if cut else "lost a server"] += 1
            return
        if "errors" in answer:
            code = answer["errors"][0]["extensions"]["code"]
            assert code in ("UNAVAILABLE", "OVERLOADED"), (name, input, answer)
            self.company.tally[f"{name} {code}"] += 1
        else:
            self.company.learn(name, answer["data"]["it"])

    async def _kill_servers(self) -> None:
        for turn in range(KILLED):
            while self._sent < MUTATIONS * (turn + 1) / (KILLED + 1):
                await asyncio.sleep(0.05)
            victim = self._running.pop(0)
            self._note_addresses()
            await asyncio.to_thread(victim.kill)
            self._running.append(await asyncio.to_thread(Server, self._url, first=SHORT_PAUSES, **SETTINGS))
            self._note_addresses()

    async def stop(self) -> None:
        """Stop all servers."""
        await self.servers.close()
        for server in self._running:
            await asyncio.to_thread(server.stop)


async def catch_up(
    execute: Execute,
    mirrors: Sequence[Mirror],
    running: Sequence[asyncio.Task[None]] = (),
    seconds: float = END_SECONDS,
) -> None:
    """Wait until each copy equals the company and no delivery is left. Raises the exceptions of the tasks and of the
    receiver at once. Says what was left if nothing happens any more, or the time is over.
    """
    objects = await all_objects(execute)
    began = moved = time.monotonic()
    progress, pending = -1, list[Any]()
    while time.monotonic() < min(began + seconds, moved + STALLED_SECONDS):
        for task in running:
            if task.done():
                task.result()
        for mirror in mirrors:
            if isinstance(mirror, WebhookMirror) and mirror.errors:
                raise mirror.errors[0]
        if (now := sum(mirror.tally.total() for mirror in mirrors)) != progress:
            progress, moved = now, time.monotonic()
        if not any(mirror.differences(objects) for mirror in mirrors):
            pending = await pending_deliveries(execute)
            if not pending:
                print(f"{len(objects)} objects are equal, {time.monotonic() - began:.0f} s after the last mutation")
                return
        await asyncio.sleep(0.2)
    pending = await pending_deliveries(execute)
    left = f"{len(pending)} deliveries are left, the oldest ones first: {pending[-3:][::-1]}"
    for mirror in mirrors:
        different = mirror.differences(objects)
        assert not different, (
            type(mirror).__name__,
            dict(mirror.tally),
            left,
            len(different),
            [*different.items()][:3],
        )
    raise AssertionError(left)


async def pending_deliveries(execute: Execute) -> list[Any]:
    """The deliveries of the only webhook that are left, the newest first."""
    found: list[Any] = []
    after = None
    while True:
        (webhook,) = (await execute(DELIVERIES, after=after))["webhooks"]["nodes"]
        assert webhook["enabled"], webhook["disabledReason"]
        page = webhook["deliveries"]
        found += [each for each in page["nodes"] if each["status"] == "PENDING"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


async def mirrored(url: str, kind: str) -> None:
    load = Load(url, 2 if kind == "postgresql" else 1)
    execute = load.servers.execute
    feed, subscribed = FeedMirror(execute), SubscriptionMirror(execute)
    received = WebhookMirror(execute, random.Random(10))
    running: list[asyncio.Task[None]] = []
    mirrors = [feed, subscribed, received] if GRAPH.subscription_type is not None else [feed, received]
    try:
        async with receiving(received.answer) as receiver:
            made = (await execute(CREATE, url=receiver.url))["createWebhook"]
            received.secret = made["secret"]
            start = await all_objects(execute)
            for mirror in mirrors:
                mirror.objects = dict(start)
            while not await feed.catch_up():
                pass
            subscribed.cursor = feed.cursor
            running.append(asyncio.create_task(feed.run()))
            if subscribed in mirrors:
                running.append(asyncio.create_task(subscribed.run(load.servers.url, random.Random(11))))
            await load.prepare()
            began = time.monotonic()
            loading = asyncio.create_task(load.run())
            await asyncio.wait([loading, *running], return_when=asyncio.FIRST_COMPLETED)
            for task in running:
                if task.done():
                    task.result()
            await loading
            print(f"\n{kind}: {MUTATIONS} mutations in {time.monotonic() - began:.0f} s: {dict(load.company.tally)}")
            await catch_up(execute, mirrors, running)
            for mirror in mirrors:
                print(type(mirror).__name__, dict(mirror.tally))
            print(f"{load.servers.tally}; {len(received.delivered)} deliveries accepted")
            assert received.tally["forged"] == 0
            for task in running:
                await end(task)
    finally:
        for task in running:
            task.cancel()
        await load.stop()


@pytest.mark.slow
@pytest.mark.skipif(not SOAKING, reason="takes minutes: make soak")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_three_copies_equal_the_company_after_cut_connections_and_killed_servers(empty_copy: Any, kind: str) -> None:
    asyncio.run(mirrored(empty_copy(kind), kind))


@pytest.mark.slow
def test_copies_kept_by_the_feed_and_by_a_webhook_equal_the_company(
    database_url: str, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few mutations, one after the other. Failed deliveries are repeated after a second."""
    monkeypatch.setattr(webhooks, "IDLE_PAUSE", 0.1)
    monkeypatch.setattr(delivering, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(delivering, "LONGEST_PAUSE", 0.01)

    with running_app(database_url, loop, webhook_allow_private=True) as api:

        async def execute(query: str, **variables: Any) -> Any:
            answer = (await api.send(query, variables)).json()
            assert "errors" not in answer, answer
            return answer["data"]

        async def run() -> None:
            company, feed = Company(random.Random(5)), FeedMirror(execute)
            received = WebhookMirror(execute, random.Random(6))
            async with receiving(received.answer) as receiver:
                received.secret = (await execute(CREATE, url=receiver.url))["createWebhook"]["secret"]
                feed.objects = await all_objects(execute)
                received.objects = dict(feed.objects)
                mutations = [*first_mutations(company), *[None] * 60]
                for each in mutations:
                    name, input = random_mutation(company) if each is None else (each[0], each[1]())
                    answer = (await api.send(document(name), {"input": input})).json()
                    if "errors" not in answer:
                        company.learn(name, answer["data"]["it"])
                while not await feed.catch_up():
                    pass
                await catch_up(execute, [feed, received], seconds=60)

        loop.run_until_complete(run())
