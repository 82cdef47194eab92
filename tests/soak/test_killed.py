"""The server is killed at random moments of a long log: the segment is wholly open or wholly logged afterwards."""

import asyncio
import random
import threading
from typing import Any

import httpx2
import pytest

from tests.benchmarks import data
from tests.soak.serving import Server
from tests.soaking import SOAKING

LINES, MOMENTS, LONGEST = 200_000, 20, 6
"""So many seconds the server lives at most while it logs, which takes about as long."""
STATE = """query($no: String!) { segment(no: $no) { noOfLines } loggedSegments(first: 1, filter: {segmentNo: {eq: $no}, canceled: false}) {
  nodes { entryNo noOfInteractions cost } } interactionLogEntries(filter: {segmentNo: {eq: $no}, canceled: false}) { totalCount } }"""
LOG = """mutation($no: String!, $key: String!) { logSegment(input: {segmentNo: $no, idempotencyKey: $key}) {
  logged loggedSegment { entryNo } userErrors { code message } } }"""
UNDO = "mutation($no: Int!) { undoLoggedSegment(input: {entryNo: $no}) { linesRestored userErrors { code } } }"


def _log_and_be_cut_off(server: Server, no: str, key: str, after: float) -> bool:
    """Whether the answer came before the server was killed."""
    answers: list[Any] = []

    def send() -> None:
        try:
            body = {"query": LOG, "variables": {"no": no, "key": key}}
            answers.append(httpx2.post(f"{server.base_url}/graphql", json=body, timeout=300).json())
        except httpx2.HTTPError:
            pass

    client = threading.Thread(target=send)
    client.start()
    client.join(after)
    server.kill()
    client.join()
    return bool(answers)


@pytest.mark.skipif(not SOAKING, reason="takes minutes: make soak")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_server_killed_while_it_logs_leaves_all_or_nothing(empty_copy: Any, kind: str) -> None:
    url, no, chance = empty_copy(kind), f"SM{LINES}", random.Random(20)
    asyncio.run(data.fill(url, contacts=1_000, entries=1_000, segments=[LINES]))
    tally = {"answered": 0, "open": 0, "logged": 0}
    for moment in range(MOMENTS):
        key = f"round {moment}"
        answered = _log_and_be_cut_off(Server(url), no, key, chance.uniform(0.02, LONGEST))
        server = Server(url)
        state = server.ask(STATE, no=no)
        is_open = state["segment"] is not None
        tally["answered"] += answered
        tally["open" if is_open else "logged"] += 1
        assert not (answered and is_open), "what was acknowledged is lost"
        if is_open:
            assert state["segment"]["noOfLines"] == LINES
            assert (state["loggedSegments"]["nodes"], state["interactionLogEntries"]["totalCount"]) == ([], 0)
        else:
            assert state["loggedSegments"]["nodes"][0]["noOfInteractions"] == LINES == state["interactionLogEntries"]["totalCount"]
        print(f"{kind}, moment {moment}: {'answered, ' if answered else ''}{'open' if is_open else 'logged'}", flush=True)
        again = server.ask(LOG, no=no, key=key)["logSegment"]
        assert (again["logged"], again["userErrors"]) == (LINES, []), "sending again ends well"
        undone = server.ask(UNDO, no=again["loggedSegment"]["entryNo"])["undoLoggedSegment"]
        assert (undone["linesRestored"], undone["userErrors"]) == (LINES, [])
        server.stop()
    print(f"\n{kind}: {MOMENTS} moments, {tally}")
    assert tally["open"]
