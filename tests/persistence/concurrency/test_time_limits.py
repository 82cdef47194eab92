"""Every read has the read timeout, and waits for a connection at most `patience` seconds."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from persistence.concurrency.time_limits import TimeLimits
from persistence.database import Database
from persistence.exceptions import ChangeTooLong, Overloaded

ENDLESS = "SELECT count(*) FROM (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r) AS x"
SHORT = ENDLESS.replace("FROM r)", "FROM r WHERE n < 5000)", 1)
SOME = TimeLimits(change=60, bulk=60, patience=0.3)
PLACES = 4

SendRead = Callable[[Database, str], Awaitable[Any]]
LOOKS: dict[str, SendRead] = {
    "planned": lambda database, sql: database.reading([(sql, ())]),
    "by a rule": lambda database, sql: database.querying(lambda session: session.scalar(text(sql))),
}


@pytest.fixture(params=LOOKS)
def send_read(request: pytest.FixtureRequest) -> SendRead:
    """Sends a statement that only reads."""
    return LOOKS[request.param]


def test_a_read_only_rule_has_the_read_timeout(
    database_url: str, loop: asyncio.AbstractEventLoop, send_read: SendRead
) -> None:
    async def ask() -> Any:
        async with Database.at(database_url, read_timeout=0.3, limits=SOME) as database:
            with pytest.raises(TimeoutError) as given_up:
                await asyncio.wait_for(send_read(database, ENDLESS), 20)
            assert not isinstance(given_up.value, ChangeTooLong)
            return await send_read(database, "SELECT 7")

    assert loop.run_until_complete(ask()) in (7, [7])


def test_several_statements_of_one_read_have_the_read_timeout_together(
    database_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    """None of them takes long. The database answers all the time, so it is not reported as unavailable."""

    async def ask() -> Any:
        async with Database.at(database_url, read_timeout=0.3, limits=SOME) as database:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(database.reading([(SHORT, ())] * 20_000), 20)
            return await database.reading([("SELECT 7", ())] * 2)

    assert loop.run_until_complete(ask()) == [7, 7]


def test_a_read_inside_a_change_has_the_timeout_of_the_change(
    database_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    async def ask() -> None:
        async with Database.at(
            database_url, read_timeout=0.1, limits=TimeLimits(change=0.8, bulk=60, patience=1)
        ) as database:
            with pytest.raises(ChangeTooLong, match=r"0\.8 seconds"):
                await database.writing(lambda session: session.scalar(text(ENDLESS)))

    loop.run_until_complete(ask())


def test_a_planned_read_that_waits_too_long_is_overloaded(database_url: str, loop: asyncio.AbstractEventLoop) -> None:
    """With the same error on both databases, not with a timeout."""

    async def ask() -> None:
        async with Database.at(database_url, pool_size=PLACES, read_timeout=1.5, limits=SOME) as database:
            taken = [asyncio.ensure_future(database.reading([(ENDLESS, ())])) for _ in range(PLACES)]
            await asyncio.sleep(0.1)
            with pytest.raises(Overloaded, match="1 seconds"):
                await database.reading([("SELECT 1", ())])
            ended = await asyncio.gather(*taken, return_exceptions=True)
            assert [type(error) for error in ended] == [TimeoutError] * PLACES
            assert await database.reading([("SELECT 1", ())]) == [1]

    loop.run_until_complete(ask())


def test_time_in_the_queue_does_not_count_towards_the_read_timeout(
    database_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    """A read that waited long has as much time as the others."""
    slow = ENDLESS.replace("FROM r)", "FROM r WHERE n < 20000000)", 1)

    async def ask() -> list[Any]:
        limits = TimeLimits(change=60, bulk=60, patience=30)
        async with Database.at(database_url, pool_size=PLACES, read_timeout=1, limits=limits) as database:
            before = [asyncio.ensure_future(database.reading([(slow, ())])) for _ in range(PLACES)]
            await asyncio.sleep(0)
            after = [asyncio.ensure_future(database.reading([("SELECT 1", ())])) for _ in range(PLACES)]
            await asyncio.gather(*before, return_exceptions=True)
            return list(await asyncio.gather(*after))

    assert loop.run_until_complete(ask()) == [[1]] * PLACES


def test_a_canceled_read_frees_its_place(database_url: str, loop: asyncio.AbstractEventLoop) -> None:
    """Neither the running statement nor the following ones continue."""

    async def ask() -> list[Any]:
        async with Database.at(
            database_url, pool_size=PLACES, read_timeout=60, limits=TimeLimits(patience=10)
        ) as database:
            for _ in range(3):
                taken = [asyncio.ensure_future(database.reading([(ENDLESS, ())] * 3)) for _ in range(PLACES)]
                await asyncio.sleep(0.1)
                for task in taken:
                    task.cancel()
                await asyncio.gather(*taken, return_exceptions=True)
            return list(await asyncio.gather(*(database.reading([("SELECT 1", ())]) for _ in range(PLACES))))

    assert loop.run_until_complete(asyncio.wait_for(ask(), 20)) == [[1]] * PLACES


def test_changes_on_postgresql_share_one_timer(
    empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event loop keeps a canceled timer, and all that its request refers to, until there are a hundred of them."""
    url = empty_copy("postgresql")
    started, call_at = list[object](), loop.call_at

    def start(when: float, act: Any, *arguments: Any, **options: Any) -> asyncio.TimerHandle:
        if getattr(act, "__module__", "").startswith("persistence."):
            started.append(act)
        return call_at(when, act, *arguments, **options)

    async def run() -> None:
        async with Database.at(url, limits=SOME) as database:
            monkeypatch.setattr(loop, "call_at", start)
            for _ in range(5):
                assert await database.writing(lambda session: session.scalar(text("SELECT 7"))) == 7

    loop.run_until_complete(run())
    assert len(started) == 1
