"""A connection that is cut at any message of a change: nothing is lost, nothing is made twice, no answer is wrong."""

from typing import Any

import pytest

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
