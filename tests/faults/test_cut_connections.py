"""A connection that is cut at any message of a change: nothing is lost, nothing is made twice, no answer is wrong."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import CITUS_URL
from tests.faults.conftest import CREATE, LOG, READ, OpenProxied, Proxied, add_segment, error_of
from tests.soaking import SOAKING

RARELY = 1 if SOAKING else 7
"""Every so many messages the connection is cut before one; in `make soak` before each."""


def _check_truth(response: Any, made: int, has_key: bool) -> str | None:
    """Check what the response says against the number of changes that were made. Returns the code of its error."""
    answer = response.json()
    if "errors" not in answer:
        assert made == 1, answer
        return None
    error = error_of(response)
    code = error["extensions"]["code"]
    if code == "OUTCOME_UNKNOWN":
        assert ("same idempotencyKey" in error["message"]) == has_key
        return str(code)
    assert (code, response.status_code, response.headers["retry-after"]) == ("UNAVAILABLE", 503, "5"), answer
    assert "Nothing was changed" in error["message"]
    assert made == 0, answer
    return str(code)


async def _messages_of(opened: Proxied, send: Any) -> int:
    opened.proxy.cut_before(None)
    await send("counting")
    return opened.proxy.messages


@pytest.mark.parametrize("has_key", [False, True], ids=["without key", "with key"])
def test_a_cut_while_an_interaction_is_logged(proxied: OpenProxied, has_key: bool) -> None:
    async def scenario(opened: Proxied) -> None:
        async def send(key: str) -> Any:
            return await opened.api.send(CREATE, {"key": key if has_key else None})

        await send("first")
        messages = await _messages_of(opened, send)
        assert messages > 4
        seen = set()
        for number in range(1, messages + 1, RARELY if has_key else 1):
            await send(f"open a connection {number}")
            before = await opened.count()
            opened.proxy.cut_before(number)
            response = await send(f"key {number}")
            made = await opened.count() - before
            seen.add((_check_truth(response, made, has_key), made))
            if has_key:
                assert "errors" not in response.json(), "an open outcome is settled"
                again = await send(f"key {number}")
                assert again.json() == response.json()
                assert await opened.count() - before == 1
            assert "errors" not in (await opened.api.send(READ)).json()
        if CITUS_URL in os.environ and not has_key:  # the number of messages before COMMIT differs
            assert "OUTCOME_UNKNOWN" in {code for code, _ in seen}
        else:
            assert seen >= ({(None, 1)} if has_key else {("OUTCOME_UNKNOWN", 0), ("OUTCOME_UNKNOWN", 1)})

    with proxied() as opened:
        opened.run(scenario(opened))


@pytest.mark.parametrize("has_key", [False, True], ids=["without key", "with key"])
def test_a_cut_while_a_segment_is_logged(proxied: OpenProxied, has_key: bool) -> None:
    async def scenario(opened: Proxied, segments: list[str]) -> None:
        async def send(key: str) -> Any:
            return await opened.api.send(LOG, {"no": segments[-1], "key": key if has_key else None})

        messages = await _messages_of(opened, send)
        for number in range(1, messages + 1, RARELY * 4):
            segments.append(await add_segment(opened.api))
            before = await opened.count()
            opened.proxy.cut_before(number)
            response = await send(f"key {number}")
            entries = await opened.count() - before
            assert entries in (0, 4)
            _check_truth(response, entries // 4, has_key)
            if has_key:
                assert (await send(f"key {number}")).json()["data"]["logSegment"]["logged"] == 4
                assert await opened.count() - before == 4

    with proxied() as opened:
        opened.run(scenario(opened, [opened.run(add_segment(opened.api))]))


POSTPONE = """mutation($key: String) { postponeInteraction(input: {idempotencyKey: $key, interaction: {contactNo: "P1",
templateCode: "VISIT"}}) { postponedInteraction { entryNo } userErrors { code } } }"""
RESUME = """mutation($no: Int!, $key: String) { resumeInteraction(input: {entryNo: $no, idempotencyKey: $key})
{ interactionLogEntry { entryNo } userErrors { code } } }"""
ADD = """mutation($no: String!) { createContact(input: {no: $no, contact: {type: PERSON, name: "Double"}})
{ userErrors { code } } }"""
MERGE = """mutation($no: String!, $key: String) { mergeContacts(input: {no: "P1", mergedNo: $no, idempotencyKey: $key})
{ userErrors { code } } }"""


@dataclass
class Change:
    """A mutation, what it needs first, and the table in which it adds a row (1) or deletes one (-1)."""

    document: str
    prepare: Callable[[Proxied, int], Awaitable[dict[str, Any]]]
    table: str
    rows: int


async def _nothing(opened: Proxied, number: int) -> dict[str, Any]:
    return {}


async def _postponed(opened: Proxied, number: int) -> dict[str, Any]:
    answer = (await opened.api.send(POSTPONE, {"key": f"for {number}"})).json()
    return {"no": answer["data"]["postponeInteraction"]["postponedInteraction"]["entryNo"]}


async def _second_contact(opened: Proxied, number: int) -> dict[str, Any]:
    assert (await opened.api.send(ADD, {"no": f"M{number}"})).json()["data"]["createContact"]["userErrors"] == []
    return {"no": f"M{number}"}


CHANGES = {
    "postpone": Change(POSTPONE, _nothing, "postponed_interaction", 1),
    "resume": Change(RESUME, _postponed, "postponed_interaction", -1),
    "merge": Change(MERGE, _second_contact, "contact", -1),
}


WAYS = [(key, inside) for key in (False, True) for inside in (False, True) if SOAKING or key == inside]
"""Whether a change has a key, and whether the cut is inside of a message. In `make soak` all combinations."""


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_cut_before_or_inside_a_message_of_other_changes(proxied: OpenProxied, change: Change) -> None:
    async def scenario(opened: Proxied) -> None:
        variables = await change.prepare(opened, 0)
        messages = await _messages_of(opened, lambda _: opened.api.send(change.document, variables))
        assert messages > 4
        for number in range(1, messages + 1, 1 if SOAKING else max(1, messages // 3)):
            for has_key, inside in WAYS:
                opened.proxy.cut_before(None)
                variables = await change.prepare(opened, number * 10 + has_key * 2 + inside)
                if has_key:
                    variables["key"] = f"key {number} {inside}"
                before = await opened.count(change.table)
                opened.proxy.cut_before(number, inside=inside)
                response = await opened.api.send(change.document, variables)
                made = (await opened.count(change.table) - before) * change.rows
                _check_truth(response, made, has_key)
                if has_key:
                    assert "errors" not in (await opened.api.send(change.document, variables)).json()
                    assert (await opened.count(change.table) - before) * change.rows == 1
                assert "errors" not in (await opened.api.send(READ)).json()

    with proxied() as opened:
        opened.run(scenario(opened))


@pytest.mark.parametrize(("pause", "by_bytes"), [(0.0, True), (0.05, False), (0.5, False)][: 3 if SOAKING else 1])
def test_slow_packets_and_single_bytes_change_nothing(proxied: OpenProxied, pause: float, by_bytes: bool) -> None:
    async def scenario(opened: Proxied) -> None:
        no = await add_segment(opened.api)
        opened.proxy.pause, opened.proxy.by_bytes = pause, by_bytes
        opened.proxy.cut_all()
        answers = await asyncio.gather(
            *(opened.api.send(CREATE, {"key": f"slow {number}"}) for number in range(4)),
            *(opened.api.send(document) for document in (READ, CREATE, POSTPONE)),
            opened.api.send(LOG, {"no": no, "key": "log"}),
        )
        assert [each.json() for each in answers if "errors" in each.json()] == []
        opened.proxy.pause, opened.proxy.by_bytes = 0.0, False
        assert await opened.count() == 9

    with proxied() as opened:
        opened.run(scenario(opened))
