"""Watchers are woken soon after a commit of any process, and nothing is read while nobody watches."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlmodel import Session

from persistence.change_feed.watcher import ChangeWatcher
from persistence.database import Database
from persistence.dialects.commit_signals import CommitSignals
from tests.persistence.change_feed.test_items import record

Run = Callable[[Awaitable[object]], object]
SOON = 3
"""Seconds, less than watchers wait without a signal."""


async def seen_by(watching: Database, writing: Database, change: Callable[[Session], None] = record) -> bool:
    """Whether a watcher of one database object is soon woken by a change of another one."""
    async with watching.changes.watching() as commits:
        await asyncio.sleep(0.3)  # the first time, watchers are woken at once
        await commits.wait()
        await writing.writing(change)
        try:
            async with asyncio.timeout(SOON):
                await commits.wait()
        except TimeoutError:
            return False
    return True


def test_a_commit_of_the_same_process_wakes_watchers(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    assert loop.run_until_complete(seen_by(database, database))


def test_a_commit_of_another_process_wakes_watchers(database_url: str, loop: asyncio.AbstractEventLoop) -> None:
    async def run() -> bool:
        async with Database.at(database_url) as one, Database.at(database_url) as other:
            return await seen_by(one, other)

    assert loop.run_until_complete(run())


class FailingSignals:
    """Signals that cannot be received, nor sent the first time."""

    needs_sending = True

    def __init__(self) -> None:
        self.sent = 0

    async def wait(self, own: asyncio.Event, seconds: float) -> None:
        raise ZeroDivisionError

    async def send(self) -> None:
        self.sent += 1
        if self.sent == 1:
            raise ZeroDivisionError

    async def stop_listening(self) -> None:
        pass

    async def close(self) -> None:
        pass


def test_watchers_are_woken_from_time_to_time_also_if_signals_fail(loop: asyncio.AbstractEventLoop) -> None:
    async def run() -> int:
        signals = FailingSignals()
        watcher = ChangeWatcher(signals, tick=0.01, poll=0.01)
        async with watcher.watching() as commits, asyncio.timeout(SOON):
            for _ in range(3):
                await commits.wait()
            for _ in range(2):
                watcher.note_commit()
                sending = watcher._sending
                assert sending is not None
                await asyncio.wait([sending])
                sending.exception()
        await watcher.close()
        return signals.sent

    assert loop.run_until_complete(run()) >= 2


def test_a_transaction_that_fails_wakes_watchers_because_it_may_have_held_back_others(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    async def run() -> None:
        async with database.changes.watching() as commits:
            await asyncio.sleep(0.3)
            await commits.wait()
            with pytest.raises(ZeroDivisionError):
                await database.writing(lambda _: 1 // 0)
            async with asyncio.timeout(SOON):
                await commits.wait()

    if database.dialect.name == "postgresql":  # on SQLite no transaction holds back others
        loop.run_until_complete(run())


class Signals:
    """Counts what a watcher does with its signals; none comes from other processes."""

    needs_sending = True

    def __init__(self) -> None:
        self.waits = self.sent = 0

    async def wait(self, own: asyncio.Event, seconds: float) -> None:
        self.waits += 1
        try:
            async with asyncio.timeout(seconds):
                await own.wait()
        except TimeoutError:
            pass

    async def send(self) -> None:
        self.sent += 1

    async def stop_listening(self) -> None:
        pass

    async def close(self) -> None:
        pass


def test_many_commits_are_one_signal_and_one_wake_up_a_tick(loop: asyncio.AbstractEventLoop) -> None:
    async def run() -> tuple[int, int, int]:
        signals = Signals()
        given: CommitSignals = signals
        watcher = ChangeWatcher(given, tick=0.05)
        woken = 0
        async with watcher.watching() as commits:
            for turn in range(100):
                watcher.note_commit()
                await asyncio.sleep(0)
                if turn == 50:
                    await asyncio.sleep(0.12)
            async with asyncio.timeout(1):
                await commits.wait()
            woken += 1
        waits = signals.waits
        watcher.note_commit()
        await asyncio.sleep(0.12)
        await watcher.close()
        return waits, signals.waits - waits, signals.sent

    waits, later, sent = loop.run_until_complete(run())

    assert 2 <= waits <= 5
    assert later == 0
    assert 2 <= sent <= 5


def test_watchers_are_woken_without_a_signal_from_time_to_time(loop: asyncio.AbstractEventLoop) -> None:
    async def run() -> None:
        watcher = ChangeWatcher(Signals(), tick=0.01, poll=0.05)
        async with watcher.watching() as commits, asyncio.timeout(1):
            await commits.wait()
            await commits.wait()
        await watcher.close()

    loop.run_until_complete(run())


def test_a_lost_connection_is_replaced(database_url: str, loop: asyncio.AbstractEventLoop) -> None:
    async def run() -> bool:
        async with Database.at(database_url) as one, Database.at(database_url) as other:
            assert await seen_by(one, other)
            async with one.changes.watching():
                await asyncio.sleep(0.1)
                await other.querying(_end_connections_of_signals)
            return await seen_by(one, other)

    if database_url.startswith("postgresql"):
        assert loop.run_until_complete(run())


def _end_connections_of_signals(session: Session) -> None:
    session.connection().exec_driver_sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'carnet signals' AND usename = current_user"
    )
