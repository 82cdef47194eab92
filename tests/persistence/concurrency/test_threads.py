"""Rules with large filters run outside the event loop, and otherwise behave like all rules."""

import asyncio
import datetime as dt
import threading
from typing import Any

import pytest
from sqlalchemy import bindparam, select, text
from sqlmodel import Session, func

from persistence.concurrency.threads import OneThread, Threads
from persistence.concurrency.time_limits import TimeLimits
from persistence.database import Database
from persistence.exceptions import ChangeCanceled, ChangeTooLong, Overloaded
from persistence.interactions import InteractionLogEntry
from persistence.transactions.autocommit import first_row
from persistence.transactions.running_operations import begin_phase
from tests.concurrency import wait_until

ENDLESS = "SELECT count(*) FROM (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r) AS x"
TOUCH, TOUCHED = "UPDATE marketing_setup SET version = version + 1", "SELECT version FROM marketing_setup"
HELD_BY_CARNET = (
    "SELECT count(*)::int FROM pg_stat_activity "
    "WHERE datname = current_database() AND usename = current_user AND application_name LIKE 'carnet%'"
)
COUNT = select(func.count()).select_from(InteractionLogEntry).where(InteractionLogEntry.entry_no > bindparam("least"))


def endless(session: Session) -> None:
    session.execute(text(TOUCH))
    session.execute(text(ENDLESS))


def test_a_large_rule_does_not_block_the_event_loop(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    """On PostgreSQL small rules stay on the event loop, as a thread costs more than they do."""

    def thread(_: Session) -> str:
        return threading.current_thread().name

    async def ask() -> list[str]:
        return [
            await database.querying(thread),
            await database.writing(thread),
            await database.querying(thread, large=True),
            await database.writing(thread, large=True),
        ]

    read_result, changed, *large = loop.run_until_complete(ask())
    if database.dialect.name == "sqlite":
        assert [read_result, changed, *large] == ["carnet-query_0", "carnet-change_0"] * 2
    else:
        assert (read_result, changed) == (threading.main_thread().name,) * 2
        assert large == ["carnet-rules-large"] * 2


def test_one_thread_begins_the_next_work_while_the_event_loop_is_busy(loop: asyncio.AbstractEventLoop) -> None:
    """Work that has not begun can be withdrawn; then it is never done."""
    thread, may_end, third_ended = OneThread("one"), threading.Event(), threading.Event()

    async def ask() -> list[Any]:
        first = thread.start(may_end.wait)
        second = thread.start(lambda: "not done")
        third = thread.start(third_ended.set)
        assert second.is_waiting()
        assert second.withdraw()
        may_end.set()
        assert third_ended.wait(10), "the event loop was not needed"
        assert not first.withdraw()
        await asyncio.gather(first.ended, second.ended, third.ended, return_exceptions=True)
        return [first.ended.result(), second.ended.cancelled(), thread.usage.in_use]

    assert loop.run_until_complete(ask()) == [True, True, 0]
    thread.shutdown()


def test_a_thread_is_free_again_when_its_work_has_ended(loop: asyncio.AbstractEventLoop) -> None:
    """Even if the caller was canceled before. An exception of the work reaches the caller, and the thread goes on."""
    threads, may_end = Threads(1, "few"), threading.Event()

    async def ask() -> None:
        canceled = asyncio.ensure_future(threads.run(1, may_end.wait))
        await asyncio.sleep(0)
        canceled.cancel()
        await asyncio.gather(canceled, return_exceptions=True)
        assert canceled.cancelled()
        assert threads.places.taken == 1
        may_end.set()
        with pytest.raises(ZeroDivisionError):
            await threads.run(10, divmod, 1, 0)
        assert await threads.run(10, divmod, 7, 2) == (3, 1)
        assert threads.places.taken == 0

    loop.run_until_complete(ask())
    threads.shutdown()


def test_work_of_a_thread_that_cannot_be_started_is_not_done_later(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its caller gets an error, and the place is free again."""
    threads, done = Threads(1, "none"), list[str]()

    def fails(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async def ask() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", fails)
            with pytest.raises(RuntimeError):
                await threads.run(1, done.append, "first")
        assert threads.places.taken == 0
        await threads.run(1, done.append, "second")

    loop.run_until_complete(asyncio.wait_for(ask(), 10))
    threads.shutdown()
    assert done == ["second"]


def test_work_that_raises_stop_iteration_ends_with_an_error(loop: asyncio.AbstractEventLoop) -> None:
    """A future refuses this exception."""
    threads = Threads(1, "iterating")
    with pytest.raises(RuntimeError, match="StopIteration"):
        loop.run_until_complete(asyncio.wait_for(threads.run(1, next, iter(())), 10))
    threads.shutdown()


def test_threads_end_with_the_object_that_started_them(loop: asyncio.AbstractEventLoop) -> None:
    threads = Threads(2, "forgotten")
    name = loop.run_until_complete(threads.run(1, lambda: threading.current_thread().name))
    assert name == "forgotten_0"
    del threads

    async def gone() -> bool:
        return name not in [thread.name for thread in threading.enumerate()]

    loop.run_until_complete(wait_until(gone))


def test_a_large_change_is_committed_or_rolled_back_completely(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    def fails(session: Session) -> None:
        session.execute(text(TOUCH))
        raise RuntimeError("not that one")

    async def change() -> Any:
        before = await database.reading([(TOUCHED, ())])
        await database.writing(lambda session: session.execute(text(TOUCH)), large=True)
        with pytest.raises(RuntimeError, match="not that one"):
            await database.writing(fails, large=True)
        return before, await database.reading([(TOUCHED, ())])

    (before,), (after,) = loop.run_until_complete(change())
    assert after == before + 1


def test_a_large_rule_sends_single_statements(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    """Over connections of its own event loop, even if the same statement was sent on the main event loop before."""

    async def ask() -> list[Any]:
        return [
            await database.querying(lambda session: first_row(session, COUNT, {"least": 0}), large=large)
            for large in (False, True, True, False)
        ]

    assert [list(row.values()) for row in loop.run_until_complete(ask())] == [[0]] * 4


def test_large_rules_end_at_their_time_limit(database_url: str, loop: asyncio.AbstractEventLoop) -> None:
    async def ask() -> None:
        async with Database.at(
            database_url, read_timeout=0.2, limits=TimeLimits(change=0.3, bulk=0.4, patience=1)
        ) as database:
            with pytest.raises(TimeoutError) as caught:
                await database.querying(lambda session: session.scalar(text(ENDLESS)), large=True)
            assert not isinstance(caught.value, ChangeTooLong)
            for bulk, seconds in ((False, "0.3"), (True, "0.4")):
                with pytest.raises(ChangeTooLong, match=f"{seconds} seconds"):
                    await database.writing(endless, bulk=bulk, large=True)

    loop.run_until_complete(asyncio.wait_for(ask(), 120))


def test_a_large_change_ends_when_its_caller_is_canceled(database_url: str, loop: asyncio.AbstractEventLoop) -> None:
    """It has ended when its caller gets the CancelledError, and it is rolled back."""

    async def scenario() -> None:
        async with Database.at(database_url, pool_size=1) as database:
            task = asyncio.ensure_future(database.writing(endless, large=True))
            await asyncio.sleep(0.3)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with asyncio.timeout(60):
                await database.writing(lambda session: session.execute(text(TOUCH)), large=True)
            assert await database.reading([(TOUCHED, ())]) == [2]

    loop.run_until_complete(scenario())


def test_a_caller_canceled_at_once_leaves_nothing_running(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    async def scenario() -> list[Any]:
        task = asyncio.ensure_future(database.writing(endless, large=True))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return await database.writing(lambda session: list(session.execute(text(TOUCHED)).scalars()), large=True)

    assert loop.run_until_complete(asyncio.wait_for(scenario(), 60)) == [1]


def test_waiting_too_long_for_a_large_rule_raises_overloaded(
    database_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    async def scenario() -> None:
        limits = TimeLimits(change=60, bulk=60, patience=0.3)
        async with Database.at(database_url, pool_size=1, limits=limits) as database:
            task = asyncio.ensure_future(database.writing(endless, large=True))
            await asyncio.sleep(0.2)
            with pytest.raises(Overloaded):
                await database.writing(lambda session: session.scalar(text(TOUCHED)), large=True)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert await database.writing(lambda session: session.scalar(text(TOUCHED)), large=True) == 1

    loop.run_until_complete(scenario())


def test_a_large_change_shows_its_progress_and_can_be_stopped(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    def adding(session: Session) -> None:
        begin_phase(session, 77, "ADDING", 1000, dt.datetime.now(dt.UTC))
        endless(session)

    async def scenario() -> None:
        task = asyncio.ensure_future(database.writing(adding, bulk=True, large=True))

        async def is_running() -> bool:
            return 77 in await database.monitor.progress()

        await wait_until(is_running)
        assert (await database.monitor.progress())[77].phase == "ADDING"
        assert await database.stop(77)
        with pytest.raises(ChangeCanceled):
            await task
        assert await database.reading([(TOUCHED, ())]) == [1]

    loop.run_until_complete(asyncio.wait_for(scenario(), 20))


def test_connections_for_large_rules_are_bounded_and_closed(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> None:
    """PostgreSQL gets at most four more of each kind, and none before the first large rule."""
    url = empty_copy("postgresql")

    async def connections(database: Database) -> int:
        (found,) = await database.reading([(HELD_BY_CARNET, ())])
        return int(found)

    async def scenario() -> None:
        async with Database.at(url) as watching:
            at_rest = await connections(watching)
            async with Database.at(url, pool_size=7) as database:
                before = await connections(watching)
                slow = [
                    database.querying(lambda session: session.scalar(text("SELECT pg_sleep(0.2)")), large=True)
                    for _ in range(20)
                ]
                await asyncio.gather(*slow)
                assert await connections(watching) == before + 4
                running = [thread.name for thread in threading.enumerate()]
                assert running.count("carnet-rules-large") == 1

            async def gone() -> bool:
                return await connections(watching) == at_rest

            await wait_until(gone)
            assert "carnet-rules-large" not in [thread.name for thread in threading.enumerate()]

    loop.run_until_complete(scenario())
