"""Sixteen concurrent clients of one server: every acknowledged change is stored once, and each interaction has one
state.
"""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.api import Api, create_company
from tests.soak.serving import Server, serving
from tests.soaking import repetitions

CLIENTS = 16
CREATE = "mutation($input: CreateInteractionInput!) { it: createInteraction(input: $input) { e: interactionLogEntry { entryNo } userErrors { code } } }"
POSTPONE = "mutation($input: PostponeInteractionInput!) { it: postponeInteraction(input: $input) { e: postponedInteraction { entryNo } userErrors { code } } }"
RESUME = "mutation($input: ResumeInteractionInput!) { it: resumeInteraction(input: $input) { e: interactionLogEntry { entryNo } userErrors { code } } }"
DELETE = "mutation($input: DeletePostponedInteractionsInput!) { it: deletePostponedInteractions(input: $input) { e: deletedEntryNos userErrors { code } } }"
PAGE = "query($after: String) { it: %s(first: 100, after: $after, orderBy: [{field: ENTRY_NO}]) { nodes { entryNo } pageInfo { hasNextPage endCursor } } }"
VISIT = {"contactNo": "C1", "templateCode": "VISIT"}


@dataclass
class Ledger:
    """The changes that the server acknowledged."""

    created: list[int] = field(default_factory=list)
    postponed: list[int] = field(default_factory=list)
    resumed: list[int] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)


async def _work(server: Server, ledger: Ledger, seed: int, until: float) -> None:
    """One client. It also resumes interactions that other clients postponed, so that several clients often resume the
    same one.
    """
    chance = random.Random(seed)
    async with httpx2.AsyncClient(base_url=server.base_url, timeout=60) as client:

        async def send(query: str, input: dict[str, Any]) -> Any:
            response = await client.post("/graphql", json={"query": query, "variables": {"input": input}})
            assert response.status_code == 200, response.text
            answer = response.json()
            assert "errors" not in answer, answer
            ledger.refusals.update(error["code"] for error in answer["data"]["it"]["userErrors"])
            return answer["data"]["it"]["e"]

        while time.monotonic() < until:
            waiting = sorted({*ledger.postponed} - {*ledger.resumed} - {*ledger.deleted})
            what = chance.random()
            if what < 0.3:
                ledger.created.append((await send(CREATE, {"interaction": VISIT}))["entryNo"])
            elif what < 0.6 or not waiting:
                ledger.postponed.append((await send(POSTPONE, {"interaction": VISIT}))["entryNo"])
            elif what < 0.85:
                done = await send(RESUME, {"entryNo": chance.choice(waiting[:4])})
                ledger.resumed += [done["entryNo"]] if done else []
            else:
                ledger.deleted += await send(DELETE, {"entryNos": [chance.choice(waiting[:4])]})


def _all(server: Server, name: str) -> list[int]:
    found: list[int] = []
    after = None
    while True:
        page = server.execute(PAGE % name, after=after)["it"]
        found += [node["entryNo"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def test_requests_of_sixteen_clients_are_neither_lost_nor_done_twice(api: Api, database_url: str) -> None:
    create_company(api)
    ledger = Ledger()
    with serving(database_url) as server:

        async def all_clients() -> None:
            until = time.monotonic() + repetitions(2, 60)
            await asyncio.gather(*(_work(server, ledger, seed, until) for seed in range(CLIENTS)))

        asyncio.run(all_clients())
        logged, waiting = _all(server, "interactionLogEntries"), _all(server, "postponedInteractions")
    print(
        f"\n{len(ledger.created)} created, {len(ledger.postponed)} postponed, {len(ledger.resumed)} resumed, "
        f"{len(ledger.deleted)} deleted, refused: {dict(ledger.refusals)}"
    )

    numbers = ledger.created + ledger.postponed
    assert len(numbers) == len(set(numbers)), "a number was given twice"
    assert len(ledger.resumed) == len(set(ledger.resumed)), "one interaction was finished twice"
    assert len(ledger.deleted) == len(set(ledger.deleted)), "one interaction was deleted twice"
    assert sorted(logged) == sorted(ledger.created + ledger.resumed)
    assert sorted(waiting) == sorted({*ledger.postponed} - {*ledger.resumed} - {*ledger.deleted})
    assert set(ledger.refusals) <= {"NOT_POSTPONED"}
