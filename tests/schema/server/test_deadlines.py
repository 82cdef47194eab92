"""The time limit of a request, which can be moved while the request is answered."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from schema.server.deadlines import Deadline

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
        deadline = Deadline(0.02)
        with pytest.raises(TimeoutError), deadline:
            await block(deadline)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
        return deadline.has_expired

    assert loop.run_until_complete(run())


def test_a_deadline_that_was_moved_ends_its_block_later(loop: asyncio.AbstractEventLoop) -> None:
    async def run() -> tuple[bool, float]:
        deadline, began = Deadline(0.01), loop.time()
        with pytest.raises(TimeoutError), deadline:
            await _ends_later(deadline)
        return deadline.has_expired, loop.time() - began

    expired, seconds = loop.run_until_complete(run())
    assert expired
    assert seconds >= 0.05


def test_a_task_that_others_cancel_is_canceled(loop: asyncio.AbstractEventLoop) -> None:
    async def block(seconds: float) -> None:
        with Deadline(seconds):
            await asyncio.sleep(LONG)

    async def run() -> bool:
        task = asyncio.ensure_future(block(LONG))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return task.cancelled()

    assert loop.run_until_complete(run())
