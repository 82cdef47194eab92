"""A server that is killed at random moments while it logs a long segment leaves it completely open or completely
logged.
"""

import asyncio
import random
import threading
import time
from collections import Counter
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from tests.benchmarks import data
from tests.soak.serving import Server, serving
from tests.soaking import SOAKING

LINES, MOMENTS = 200_000, 20
NO = f"SM{LINES}"
OUTCOME = "noOfInteractions noOfCampaignEntries cost duration"
STATE = f"""query($no: String!) {{
  segment(no: $no) {{ noOfLines }}
  loggedSegments(filter: {{segmentNo: {{eq: $no}}, canceled: false}}) {{ nodes {{ {OUTCOME} }} }}
  interactionLogEntries(filter: {{segmentNo: {{eq: $no}}, canceled: false}}) {{ totalCount }}
  campaignEntries(filter: {{segmentNo: {{eq: $no}}, canceled: false}}) {{ totalCount }}
  interactionTemplates(first: 100) {{ nodes {{ statistics {{ interactions cost duration }} }} }} }}"""
LOG = f"""mutation($no: String!, $key: String!) {{ logSegment(input: {{segmentNo: $no, idempotencyKey: $key}}) {{
  logged loggedSegment {{ entryNo {OUTCOME} }} userErrors {{ code message }} }} }}"""
UNDO = "mutation($no: Int!) { undoLoggedSegment(input: {entryNo: $no}) { linesRestored userErrors { code } } }"
Sums = tuple[int, Decimal, int]


def _log(server: Server, key: str) -> tuple[Any, float]:
    """Log the segment. Returns the logged segment and the seconds that it took."""
    began = time.monotonic()
    payload = server.execute(LOG, no=NO, key=key)["logSegment"]
    assert (payload["logged"], payload["userErrors"]) == (LINES, [])
    return payload["loggedSegment"], time.monotonic() - began


def _undo(server: Server, logged: Any) -> None:
    payload = server.execute(UNDO, no=logged["entryNo"])["undoLoggedSegment"]
    assert (payload["linesRestored"], payload["userErrors"]) == (LINES, [])


def _log_and_be_cut_off(server: Server, key: str, after: float) -> bool:
    """Kill the server after this many seconds of logging. Returns whether the response came before."""
    answers: list[Any] = []

    def send() -> None:
        try:
            body = {"query": LOG, "variables": {"no": NO, "key": key}}
            answers.append(httpx2.post(f"{server.base_url}/graphql", json=body, timeout=300).json())
        except httpx2.HTTPError:
            pass

    client = threading.Thread(target=send)
    client.start()
    client.join(after)
    server.kill()
    client.join()
    assert all(answer["data"]["logSegment"]["logged"] == LINES for answer in answers)
    return bool(answers)


def _sums(state: Any) -> Sums:
    """The totals of all interactions that are not canceled, from the figures of the templates."""
    figures = [node["statistics"] for node in state["interactionTemplates"]["nodes"]]
    return (
        sum(each["interactions"] for each in figures),
        sum((Decimal(each["cost"]) for each in figures), Decimal(0)),
        sum(each["duration"] for each in figures),
    )


def _is_open(state: Any, outcome: Any, before: Sums) -> bool:
    """Whether the segment is open. Checks that it is completely open or completely logged."""
    logged = [{name: each[name] for name in OUTCOME.split()} for each in state["loggedSegments"]["nodes"]]
    found = (logged, state["interactionLogEntries"]["totalCount"], state["campaignEntries"]["totalCount"], _sums(state))
    if state["segment"] is not None:
        assert state["segment"]["noOfLines"] == LINES
        assert found == ([], 0, 0, before)
        return True
    came = (outcome["noOfInteractions"], Decimal(outcome["cost"]), outcome["duration"])
    after = (before[0] + came[0], before[1] + came[1], before[2] + came[2])
    assert found == ([outcome], LINES, outcome["noOfCampaignEntries"], after)
    return False


@pytest.mark.skipif(not SOAKING, reason="takes minutes: make soak")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_server_killed_during_logging_leaves_a_segment_open_or_completely_logged(empty_copy: Any, kind: str) -> None:
    """Half of the moments are spread over the whole operation, the other half are near its end, when it commits."""
    url, chance, tally = empty_copy(kind), random.Random(20), Counter[str]()
    asyncio.run(data.fill(url, contacts=1_000, entries=1_000, segments=[LINES]))
    with serving(url) as server:
        before = _sums(server.execute(STATE, no=NO))
        logged, usual = _log(server, "whole")
        outcome = {name: logged[name] for name in OUTCOME.split()}
        _undo(server, logged)
    print(f"\n{kind}: a log of {LINES} lines takes {usual:.1f} s: {outcome}", flush=True)
    for moment in range(MOMENTS):
        key, after = f"round {moment}", usual * (chance.uniform(0.9, 1.1) if moment % 2 else chance.random())
        with serving(url) as server:
            answered = _log_and_be_cut_off(server, key, after)
        with serving(url) as server:
            is_open = _is_open(server.execute(STATE, no=NO), outcome, before)
            assert not (answered and is_open), "what was acknowledged is lost"
            logged, took = _log(server, key)
            assert {name: logged[name] for name in outcome} == outcome, "sending again ends well"
            assert not _is_open(server.execute(STATE, no=NO), outcome, before), "and once"
            _undo(server, logged)
        end = "open" if is_open else "logged, answered" if answered else "logged, not answered"
        tally[end] += 1
        usual = took if is_open else usual
        print(f"{kind}, moment {moment}: killed after {after:.2f} s, {end}; sent again: {took:.2f} s", flush=True)
    print(f"{kind}: {MOMENTS} moments, {dict(tally)}", flush=True)
    assert tally["open"]
