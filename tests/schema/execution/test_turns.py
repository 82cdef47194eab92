"""Groups of subscribers take turns: none waits for a slower one for longer than its own pace."""

import asyncio

from schema.execution.live.turns import Turns

PACES = (0.02, 0.1, 0.4)


class Reader:
    """A group that reads for some seconds."""

    def __init__(self, pace: int = 0) -> None:
        self.pace = pace

    async def read(self, turns: Turns, seconds: float) -> float:
        """Read once, and return after how many seconds it began."""
        loop = asyncio.get_running_loop()
        asked = loop.time()
        async with turns.turn(self):
            waited = loop.time() - asked
            await asyncio.sleep(seconds)
        return waited


def test_a_turn_that_takes_long_lets_the_next_one_begin(loop: asyncio.AbstractEventLoop) -> None:
    async def run() -> float:
        turns = Turns(1, PACES)
        slow = asyncio.create_task(Reader().read(turns, 60))
        await asyncio.sleep(0)
        waited = await Reader().read(turns, 0)
        slow.cancel()
        return waited

    assert PACES[0] / 2 < loop.run_until_complete(run()) < 30


def test_groups_wait_only_for_those_of_their_own_pace(loop: asyncio.AbstractEventLoop) -> None:
    async def run() -> list[float]:
        turns = Turns(1, (60, 60, 60))
        heavy = asyncio.create_task(Reader(2).read(turns, 60))
        await asyncio.sleep(0)
        waited = [await Reader(pace).read(turns, 0) for pace in (0, 1)]
        same = asyncio.create_task(Reader(2).read(turns, 0))
        await asyncio.sleep(0.01)
        assert not same.done()
        heavy.cancel()
        await same
        return waited

    assert max(loop.run_until_complete(run())) < 30


def test_the_pace_is_that_of_the_last_turn(loop: asyncio.AbstractEventLoop) -> None:
    async def run() -> list[int]:
        turns, reader, seen = Turns(10, PACES), Reader(), []
        for seconds in (PACES[0] * 2, PACES[1] * 1.5, 0):
            await reader.read(turns, seconds)
            seen.append(reader.pace)
        return seen

    assert loop.run_until_complete(run()) == [1, 2, 0]


def test_as_many_groups_read_as_connections_allow(loop: asyncio.AbstractEventLoop) -> None:
    async def run() -> int:
        turns, begun = Turns(10, (60, 60, 60)), 0

        async def read() -> None:
            nonlocal begun
            async with turns.turn(Reader()):
                begun += 1
                await asyncio.sleep(60)

        tasks = [asyncio.create_task(read()) for _ in range(10)]
        await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return begun

    assert loop.run_until_complete(run()) == 4
