"""Tasks end although they have missed a cancellation."""

import asyncio
from contextlib import suppress

import pytest

from persistence.concurrency import ending_tasks


def test_a_task_that_misses_a_cancellation_is_canceled_again(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending_tasks, "SECONDS", 0.01)

    async def work() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    async def run() -> bool:
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        await asyncio.wait_for(ending_tasks.end(task), 5)
        return task.cancelled()

    assert loop.run_until_complete(run())
