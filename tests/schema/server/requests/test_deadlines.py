"""The time limit of a request, which can be moved while the request is answered."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from schema.server.requests.deadlines import Deadline, Deadlines

LONG = 60


async def _ends_early(deadline: Deadline) -> None:
    deadline.move(LONG)
    deadline.move(0.01)
    await asyncio.sleep(LONG)


async def _ends_now(deadline: Deadline) -> None:
    asyncio.get_running_loop().call_soon(deadline.move, 0)
    await asyncio.sleep(LONG)


async def _ends_later(deadline: Deadline) -> None:
    deadline.move(0.05)
    await asyncio.sleep(0.02)
    assert not deadline.has_expired
    await asyncio.sleep(LONG)


async def _ends_after_no_limit(deadline: Deadline) -> None:
    deadline.move(None)
    await asyncio.sleep(0.03)
    deadline.move(0.01)
    await asyncio.sleep(LONG)


@pytest.mark.parametrize("block", [_ends_early, _ends_now, _ends_after_no_limit])
def test_a_deadline_ends_its_block(
    loop: asyncio.AbstractEventLoop, block: Callable[[Deadline], Awaitable[None]]
) -> None:
    async def run() -> bool:
        deadline = Deadlines().after(0.02)
        with pytest.raises(TimeoutError), deadline:
            await block(deadline)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
        return deadline.has_expired

    assert loop.run_until_complete(run())


def test_a_deadline_that_was_moved_ends_its_block_later(loop: asyncio.AbstractEventLoop) -> None:
    async def run() -> tuple[bool, float]:
        deadline, began = Deadlines().after(0.01), loop.time()
        with pytest.raises(TimeoutError), deadline:
            await _ends_later(deadline)
        return deadline.has_expired, loop.time() - began

    expired, seconds = loop.run_until_complete(run())
    assert expired
    assert seconds >= 0.05


def test_a_task_that_others_cancel_is_canceled(loop: asyncio.AbstractEventLoop) -> None:
    async def block(seconds: float) -> None:
        with Deadlines().after(seconds):
            await asyncio.sleep(LONG)

    async def run() -> bool:
        task = asyncio.ensure_future(block(LONG))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return task.cancelled()

    assert loop.run_until_complete(run())


def test_a_deadline_that_is_moved_after_its_block_cancels_nothing(loop: asyncio.AbstractEventLoop) -> None:
    """As when the server stops while it still sends the response."""

    async def run() -> None:
        deadline = Deadlines().after(LONG)
        with deadline:
            pass
        deadline.move(0)
        await asyncio.sleep(0.01)

    loop.run_until_complete(run())


def test_deadlines_with_one_timer_end_their_blocks_at_their_own_times(loop: asyncio.AbstractEventLoop) -> None:
    deadlines = Deadlines()

    async def block(seconds: float) -> float:
        began = loop.time()
        with suppress(TimeoutError), deadlines.after(seconds):
            await asyncio.sleep(LONG)
        return loop.time() - began

    async def run() -> list[float]:
        with deadlines.after(LONG):
            return await asyncio.gather(*map(block, (0.3, 0.05, 0.15)))

    taken = loop.run_until_complete(run())
    for seconds, found in zip((0.3, 0.05, 0.15), taken, strict=True):
        assert seconds <= found < LONG / 2


def test_requests_one_after_the_other_start_one_timer(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timer for each request would take a thirtieth of its CPU time."""
    deadlines, started = Deadlines(), list[float]()
    call_at = loop.call_at

    def start(when: float, *arguments: Any) -> asyncio.TimerHandle:
        started.append(when)
        return call_at(when, *arguments)

    monkeypatch.setattr(loop, "call_at", start)

    async def run() -> None:
        for _ in range(20):
            with deadlines.after(LONG) as deadline:
                deadline.move(2 * LONG)

    loop.run_until_complete(run())
    assert len(started) == 1


def test_a_block_that_is_alone_after_others_ends_in_time(loop: asyncio.AbstractEventLoop) -> None:
    """Its timer began for a block that had ended."""
    deadlines = Deadlines()

    async def run() -> float:
        with deadlines.after(0.05):
            pass
        began = loop.time()
        with pytest.raises(TimeoutError), deadlines.after(0.1):
            await asyncio.sleep(LONG)
        return loop.time() - began

    assert 0.1 <= loop.run_until_complete(run()) < LONG / 2
