"""Copies of the company that are kept by the change feed, by a subscription, or by a webhook."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

import httpx2
import orjson
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from persistence.enums import ChangedType
from schema.change_feed import entity_of_type
from schema.compiler.connection import object_type
from schema.webhooks.messages import MAX_IDS, stored_fields
from tests.schema.queries import GRAPH
from tests.webhook_receiver import Answer, Received

Objects: TypeAlias = dict[str, Any]
"""The stored fields of each object, by its id."""

Execute = Callable[..., Awaitable[Any]]
"""Executes a document with variables and returns its data. It repeats the request until it is answered."""

LISTS = {
    ChangedType.INTERACTION_LOG_ENTRY: "interactionLogEntries",
    ChangedType.POSTPONED_INTERACTION: "postponedInteractions",
    ChangedType.CONTACT: "contacts",
    ChangedType.SEGMENT: "segments",
    ChangedType.LOGGED_SEGMENT: "loggedSegments",
    ChangedType.CAMPAIGN: "campaigns",
    ChangedType.CAMPAIGN_ENTRY: "campaignEntries",
    ChangedType.SALESPERSON: "salespeople",
    ChangedType.INTERACTION_TEMPLATE: "interactionTemplates",
    ChangedType.INTERACTION_GROUP: "interactionGroups",
    ChangedType.NUMBER_SERIES: "numberSeriesList",
}
PAGE = "pageInfo { hasNextPage endCursor }"
CHANGE = f"cursor type count objects(first: 100) {{ edges {{ id }} {PAGE} }}"
FEED = (
    f"query($after: String) {{ changeFeed(after: $after, first: 50) {{ endCursor upToDate changes {{ {CHANGE} }} }} }}"
)
OBJECTS_OF_CHANGE = f"""query($previous: String!, $after: String) {{ changeFeed(after: $previous, first: 1) {{
    changes {{ objects(first: 100, after: $after) {{ edges {{ id }} {PAGE} }} }} }} }}"""
SUBSCRIPTION = f"subscription($after: String) {{ changed(after: $after) {{ {CHANGE} }} }}"


def fields_of(type_: ChangedType) -> str:
    """The stored fields of a type."""
    return " ".join(stored_fields(type_, object_type(GRAPH.type_map[entity_of_type(type_).name])))


LINES = f"""query($id: ID!, $after: String) {{ node(id: $id) {{ ... on Segment {{
    lines(first: 100, after: $after) {{ nodes {{ {fields_of(ChangedType.SEGMENT_LINE)} }} {PAGE} }} }} }} }}"""


async def all_objects(execute: Execute) -> Objects:
    """All objects that the change feed tells about."""
    found: Objects = {}
    setup = fields_of(ChangedType.MARKETING_SETUP)
    one = (await execute(f"{{ marketingSetup {{ {setup} }} }}"))["marketingSetup"]
    found[one["id"]] = one
    lines = f"lines(first: 100) {{ nodes {{ {fields_of(ChangedType.SEGMENT_LINE)} }} {PAGE} }}"
    for type_, name in LISTS.items():
        more = lines if type_ is ChangedType.SEGMENT else ""
        size, after = (5, None) if more else (100, None)
        while True:
            text = f"query($after: String) {{ it: {name}(first: {size}, after: $after) {{ nodes {{ {fields_of(type_)} {more} }} {PAGE} }} }}"
            page = (await execute(text, after=after))["it"]
            for node in page["nodes"]:
                found[node["id"]] = node
                of_segment = node.pop("lines", None)
                while of_segment is not None:
                    found |= {line["id"]: line for line in of_segment["nodes"]}
                    if not of_segment["pageInfo"]["hasNextPage"]:
                        break
                    further = {"id": node["id"], "after": of_segment["pageInfo"]["endCursor"]}
                    of_segment = (await execute(LINES, **further))["node"]["lines"]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
    return found


class Mirror:
    """A copy."""

    def __init__(self, execute: Execute) -> None:
        self.execute = execute
        self.objects: Objects = {}
        self.tally: Counter[str] = Counter()

    def put(self, id: str, found: Any) -> None:
        """Store an object, or delete it with its parts."""
        if found is not None:
            self.objects[id] = found
            return
        self.objects.pop(id, None)
        if id.startswith("seg_"):
            parts = f"lin_{id.removeprefix('seg_')}_"
            self.objects = {key: each for key, each in self.objects.items() if not key.startswith(parts)}

    async def read(self, type_: str, ids: Sequence[str]) -> None:
        """Read objects of one type, and store them."""
        fields = fields_of(ChangedType(type_))
        text = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {entity_of_type(ChangedType(type_)).name} {{ {fields} }} }} }}"
        for start in range(0, len(ids), 100):
            some = ids[start : start + 100]
            for id, found in zip(some, (await self.execute(text, ids=some))["nodes"], strict=True):
                self.put(id, found)

    async def apply(self, change: Any, previous: str | None) -> None:
        """Apply a change of the feed: the first one after the previous cursor."""
        objects = change["objects"]
        ids = [edge["id"] for edge in objects["edges"]]
        if objects["pageInfo"]["hasNextPage"]:
            ids += await self.ids_after(objects["pageInfo"]["endCursor"], previous)
        assert len(ids) == change["count"], change
        await self.read(change["type"], ids)
        self.tally["changes"] += 1

    async def ids_after(self, after: str | None, previous: str | None) -> Sequence[str]:
        """The ids of the objects of a change after one of them; the change is the first one after the previous cursor."""
        ids: list[str] = []
        has_more = True
        while has_more:
            (change,) = (await self.execute(OBJECTS_OF_CHANGE, previous=previous or "", after=after))["changeFeed"][
                "changes"
            ]
            objects = change["objects"]
            ids += [edge["id"] for edge in objects["edges"]]
            has_more, after = objects["pageInfo"]["hasNextPage"], objects["pageInfo"]["endCursor"]
        self.tally["of many pages"] += 1
        return ids

    def differences(self, objects: Objects) -> dict[str, Any]:
        """The objects that differ from those of the company: what the copy has, and what the company has."""
        return {
            id: (self.objects.get(id), objects.get(id))
            for id in self.objects.keys() | objects.keys()
            if self.objects.get(id) != objects.get(id)
        }


class FeedMirror(Mirror):
    """A copy that reads the change feed."""

    cursor: str | None = None

    async def run(self) -> None:
        """Read for ever."""
        while True:
            if await self.catch_up():
                await asyncio.sleep(0.1)

    async def catch_up(self) -> bool:
        """Read one page, and return whether there was no more."""
        feed = (await self.execute(FEED, after=self.cursor))["changeFeed"]
        for change in feed["changes"]:
            await self.apply(change, self.cursor)
            self.cursor = change["cursor"]
        self.cursor = feed["endCursor"]
        return bool(feed["upToDate"])


class SubscriptionMirror(Mirror):
    """A copy that is kept by a subscription, whose connection it closes from time to time."""

    cursor: str | None = None

    async def run(self, url: Callable[[], str], chance: random.Random) -> None:
        """Subscribe for ever."""
        while True:
            with suppress(OSError, WebSocketException, TimeoutError):
                await self._subscribe(url(), chance.randint(20, 400))
            self.tally["connections"] += 1
            await asyncio.sleep(0.05)

    async def _subscribe(self, url: str, most: int) -> None:
        address = url.replace("http://", "ws://") + "/graphql"
        async with connect(address, subprotocols=["graphql-transport-ws"], max_size=None) as socket:  # type: ignore[list-item]  # a name
            await socket.send('{"type": "connection_init"}')
            subscribe = {"query": SUBSCRIPTION, "variables": {"after": self.cursor}}
            async for text in socket:
                message = orjson.loads(text)
                if message["type"] == "connection_ack":
                    await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": subscribe}).decode())
                elif message["type"] == "ping":
                    await socket.send('{"type": "pong"}')
                elif message["type"] == "next":
                    change = message["payload"]["data"]["changed"]
                    await self.apply(change, self.cursor)
                    self.cursor = change["cursor"]
                    most -= 1
                if most == 0 or message["type"] in ("error", "complete"):
                    return


class WebhookMirror(Mirror):
    """A copy that receives requests of a webhook, and fails for a third of them: before it applies the change or after,
    with a status or by closing the connection.
    """

    secret = ""

    def __init__(self, execute: Execute, chance: random.Random) -> None:
        super().__init__(execute)
        self._chance = chance
        self.delivered: set[str] = set()
        self.errors: list[Exception] = []

    async def answer(self, request: Received) -> Answer:
        """Apply a change, or fail."""
        self.tally["requests"] += 1
        if not request.is_signed_with(self.secret):
            self.tally["forged"] += 1
        fails = self._chance.random() < 1 / 3
        if fails and self._chance.random() < 0.5:
            return self._failure()
        try:
            async with asyncio.timeout(10):
                await self._apply(request.data)
        except TimeoutError:
            self.tally["too slow"] += 1
            return "503 Busy"
        except Exception as error:
            self.errors.append(error)
            raise
        if fails:
            return self._failure()
        self.delivered.add(request.id)
        return "200 OK"

    def _failure(self) -> Answer:
        self.tally["failures"] += 1
        return self._chance.choice([None, "500 Failed", "502 Failed"])

    async def _apply(self, data: Any) -> None:
        if data["count"] == 1:
            self.put(data["ids"][0], data["object"])
            return
        ids: Sequence[str] = data["ids"]
        if data["count"] > len(ids):
            assert len(ids) == MAX_IDS, data
            ids = await self.ids_after(None, data["previousCursor"])
        assert data["count"] == len(ids), data
        self.tally["of many"] += 1
        await self.read(data["type"], ids)


class Servers:
    """The addresses of the servers that run now, and requests to them, some of which are cut off."""

    def __init__(self, chance: random.Random) -> None:
        self.urls: list[str] = []
        self.tally: Counter[str] = Counter()
        self._chance = chance
        self._client = httpx2.AsyncClient(timeout=60, limits=httpx2.Limits(max_connections=64))

    def url(self) -> str:
        """The address of one of the servers."""
        if not self.urls:
            raise ConnectionError
        return self._chance.choice(self.urls)

    async def send(self, query: str, variables: Any, *, cut: bool = False) -> Any:
        """The answer to one request. Raises an error of the connection, also if it is cut off."""
        limit = self._chance.uniform(0.001, 0.05) if cut else 60
        response = await self._client.post(
            f"{self.url()}/graphql", json={"query": query, "variables": variables}, timeout=limit
        )
        return response.json()

    async def execute(self, query: str, **variables: Any) -> Any:
        """The data of a request, which is repeated until it is answered."""
        while True:
            with suppress(httpx2.HTTPError, ConnectionError):
                answer = await self.send(query, variables, cut=self._chance.random() < 0.02)
                codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
                assert codes <= {"UNAVAILABLE", "OVERLOADED"}, answer
                if not codes:
                    return answer["data"]
            self.tally["repeated requests"] += 1
            await asyncio.sleep(0.1)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()
