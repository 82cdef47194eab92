"""Many changes at once: each is made or fails by itself, also those that share a COMMIT on SQLite (decision 0060)."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from persistence.concurrency.time_limits import TimeLimits
from persistence.database import Database
from persistence.dialects.sqlite import group_commit
from persistence.exceptions import ChangeTooLong, OutcomeUnknown, Unavailable
from persistence.transactions.observing_commits import observe_commit
from tests.concurrency import sleep_in_transaction
from tests.conftest import is_on_citus
from tests.persistence.concurrency.test_threads import ENDLESS

CREATE, KEPT = "CREATE TABLE kept (n INTEGER PRIMARY KEY)", "SELECT n FROM kept ORDER BY n"
LONGER_THAN_A_GROUP = """SELECT count(*) FROM
(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 4000000) SELECT n FROM r) AS x"""
HOLD_SECONDS = 0.2

Rule = Callable[[Session], Any]


def keep(number: int) -> Rule:
    """A rule that inserts a row and returns the number."""

    def rule(session: Session) -> int:
        session.execute(text(f"INSERT INTO kept VALUES ({number})"))
        return number

    return rule


def failing(number: int) -> Rule:
    """A rule that inserts a row and then refuses."""

    def rule(session: Session) -> None:
        keep(number)(session)
        raise LookupError(number)

    return rule


def endless(session: Session) -> None:
    """Inserts a row and then runs until it is interrupted."""
    keep(2)(session)
    session.execute(text(ENDLESS))


def hold(session: Session) -> str:
    """Keeps the writing thread busy, so that other changes wait."""
    session.execute(text("SELECT 1"))
    sleep_in_transaction(session, HOLD_SECONDS)
    return "held"


async def at_once(database: Database, *rules: Rule) -> list[Any]:
    """The results of these changes, exceptions included. All wait while another one runs."""
    return (await results([database.writing(rule) for rule in (hold, *rules)]))[1:]


async def results(changes: Iterable[Awaitable[Any]]) -> list[Any]:
    """The results of changes that are made at the same time, exceptions included."""
    return await asyncio.gather(*changes, return_exceptions=True)


async def begin(database: Database, *changes: Awaitable[Any]) -> list[asyncio.Future[Any]]:
    """Begin a change that keeps the writing thread busy, and then these, in their order. Returns all."""
    begun = list[asyncio.Future[Any]]()
    for change in (database.writing(hold), *changes):
        begun.append(asyncio.ensure_future(change))
        await asyncio.sleep(0)
    return begun


async def kept(database: Database) -> list[int]:
    return await database.querying(lambda session: list(session.execute(text(KEPT)).scalars()))


@pytest.fixture(autouse=True)
def long_time_to_join(monkeypatch: pytest.MonkeyPatch) -> None:
    """All changes that wait join, also on a busy machine."""
    monkeypatch.setattr(group_commit, "JOIN_SECONDS", 60)


@pytest.fixture
def opened(database: Database, loop: asyncio.AbstractEventLoop) -> Database:
    loop.run_until_complete(database.writing(lambda session: session.execute(text(CREATE))))
    return database


@pytest.fixture
def commits(opened: Database) -> Iterator[list[float]]:
    """The times of the commits."""
    found: list[float] = []

    def note(_: object) -> None:
        found.append(time.monotonic())

    event.listen(opened.engine, "commit", note)
    yield found
    event.remove(opened.engine, "commit", note)


def test_each_of_many_changes_is_kept_or_fails_by_itself(
    opened: Database, commits: list[float], loop: asyncio.AbstractEventLoop
) -> None:
    rules = [failing(number) if number % 3 == 0 else keep(number) for number in range(50)]
    found = loop.run_until_complete(at_once(opened, *rules))
    for number, result in enumerate(found):
        if number % 3 == 0:
            assert isinstance(result, LookupError)
            assert result.args == (number,)
        else:
            assert result == number
    assert loop.run_until_complete(kept(opened)) == [number for number in range(50) if number % 3]
    succeeded = len([number for number in range(50) if number % 3])
    assert len(commits) < succeeded / 2 if opened.dialect.name == "sqlite" else len(commits) == succeeded + 1


def test_an_error_of_the_database_ends_only_its_own_change(opened: Database, loop: asyncio.AbstractEventLoop) -> None:
    """A unique key is violated; the changes before and after it are kept."""
    first, second, third, last = loop.run_until_complete(at_once(opened, keep(1), keep(1), keep(2), keep(3)))
    assert (first, third, last) == (1, 2, 3) or (second, third, last) == (1, 2, 3)
    assert sum(isinstance(each, Exception) for each in (first, second)) == 1
    assert loop.run_until_complete(kept(opened)) == [1, 2, 3]


def test_a_transaction_that_is_rolled_back_is_repeated_for_each_change(
    opened: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """A trigger of SQLite can roll back everything, as a full disk can."""
    if opened.dialect.name == "sqlite":
        trigger = """CREATE TRIGGER ending BEFORE INSERT ON kept WHEN NEW.n = 3
            BEGIN SELECT RAISE(ROLLBACK, 'all of it'); END"""
    else:
        trigger = "ALTER TABLE kept ADD CONSTRAINT ending CHECK (n <> 3)"
    loop.run_until_complete(opened.writing(lambda session: session.execute(text(trigger))))
    runs: list[int] = []

    def counted(number: int) -> Rule:
        def rule(session: Session) -> int:
            runs.append(number)
            keep(number)(session)
            return number

        return rule

    found = loop.run_until_complete(at_once(opened, *(counted(number) for number in range(6))))
    assert [number for number, result in enumerate(found) if isinstance(result, Exception)] == [3]
    assert [result for result in found if not isinstance(result, Exception)] == [0, 1, 2, 4, 5]
    assert loop.run_until_complete(kept(opened)) == [0, 1, 2, 4, 5]
    assert len(runs) > 6 or opened.dialect.name != "sqlite", "changes that shared the transaction run again"


def test_an_error_does_not_show_those_of_other_changes(opened: Database, loop: asyncio.AbstractEventLoop) -> None:
    """The log entry of a change that runs again does not name the error because of which it does."""
    if opened.dialect.name == "sqlite":
        ending = """CREATE TRIGGER ending BEFORE INSERT ON kept WHEN NEW.n = 3
            BEGIN SELECT RAISE(ROLLBACK, 'all of it'); END"""
        loop.run_until_complete(opened.writing(lambda session: session.execute(text(ending))))
    else:
        loop.run_until_complete(opened.writing(keep(3)))
    runs: list[int] = []

    def fails_later(session: Session) -> None:
        keep(1)(session)
        sleep_in_transaction(session, HOLD_SECONDS)  # so that the other one waits
        runs.append(1)
        if len(runs) == 2 or opened.dialect.name == "postgresql":
            raise LookupError

    changes = [opened.writing(rule) for rule in (fails_later, keep(3))]
    first, second = loop.run_until_complete(results(changes))
    assert isinstance(first, LookupError)
    assert isinstance(second, IntegrityError)
    assert first.__context__ is None
    assert first.__cause__ is None


def test_a_commit_that_fails_is_repeated_for_each_change(
    opened: Database, database_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    """Its foreign key is checked by COMMIT. Citus reports a COMMIT that a worker refuses like one whose worker is lost."""
    loop.run_until_complete(
        opened.writing(
            lambda session: session.execute(
                text("CREATE TABLE child (n INTEGER REFERENCES kept DEFERRABLE INITIALLY DEFERRED)")
            )
        )
    )

    def orphan(session: Session) -> None:
        keep(2)(session)
        session.execute(text("INSERT INTO child VALUES (99)"))

    first, second, third = loop.run_until_complete(at_once(opened, keep(1), orphan, keep(3)))
    assert (first, third) == (1, 3)
    assert isinstance(second, OutcomeUnknown if is_on_citus(database_url) else IntegrityError)
    assert loop.run_until_complete(kept(opened)) == [1, 3]


def test_the_outcome_of_all_changes_is_unknown_if_their_commit_is(
    empty_copy: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is replaced during the COMMIT. A change that had failed before has failed. It runs again, because it had
    seen what those before it had written.
    """
    monkeypatch.setattr(group_commit, "GROUP_SECONDS", 60)
    url = empty_copy("sqlite")
    file = Path(url.removeprefix("sqlite:///"))
    runs: list[int] = []

    def refused(session: Session) -> None:
        runs.append(2)
        failing(2)(session)

    async def scenario() -> list[Any]:
        async with Database.at(url) as database:
            await database.writing(lambda session: session.execute(text(CREATE)))
            event.listen(database.engine, "commit", lambda _: file.rename(file.with_suffix(".old")), once=True)
            return await at_once(database, keep(1), refused, keep(3))

    first, second, third = loop.run_until_complete(scenario())
    assert [type(each) for each in (first, third)] == [OutcomeUnknown, OutcomeUnknown]
    assert isinstance(second, Unavailable) if runs == [2] else isinstance(second, LookupError)
    assert len(runs) == (1 if isinstance(second, Unavailable) else 2), "the file is checked once a second"


def test_a_long_change_does_not_hold_back_those_before_it(opened: Database, loop: asyncio.AbstractEventLoop) -> None:
    """It is interrupted and runs again alone, so it may take as long as its own limit allows."""

    def long(session: Session) -> float:
        session.execute(text("INSERT INTO kept VALUES (7)"))
        session.execute(text(LONGER_THAN_A_GROUP))
        return time.monotonic()

    async def timed(number: int) -> float:
        await opened.writing(keep(number))
        return time.monotonic()

    async def scenario() -> list[Any]:
        return await asyncio.gather(*await begin(opened, timed(1), opened.writing(long)))

    _, first, last = loop.run_until_complete(scenario())
    assert first < last
    assert loop.run_until_complete(kept(opened)) == [1, 7]


def test_a_change_does_not_wait_for_a_long_one_that_joined_it(
    database_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    """It is reported before the long one runs again."""

    async def ended_at(change: Awaitable[Any]) -> float:
        with suppress(ChangeTooLong):
            await change
        return time.monotonic()

    async def scenario() -> list[float]:
        async with Database.at(database_url, limits=TimeLimits(change=2, bulk=2)) as database:
            await database.writing(lambda session: session.execute(text(CREATE)))
            changes = [ended_at(database.writing(rule)) for rule in (keep(1), keep(3), endless)]
            return await asyncio.gather(*changes)

    first, second, long = loop.run_until_complete(scenario())
    assert max(first, second) < long - 1


def test_a_change_is_not_repeated_if_its_time_limit_might_end(
    database_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    """Nothing joins it: one that fails with the whole transaction would make it run again."""

    def slow(session: Session) -> str:
        keep(1)(session)
        sleep_in_transaction(session, 1.2)
        return "made"

    async def scenario() -> tuple[list[Any], list[int]]:
        async with Database.at(database_url, limits=TimeLimits(change=2, bulk=2)) as database:
            await database.writing(lambda session: session.execute(text(CREATE)))
            changes = [database.writing(rule) for rule in (slow, endless)]
            return await asyncio.gather(*changes, return_exceptions=True), await kept(database)

    (made, failed), found = loop.run_until_complete(scenario())
    assert made == "made"
    assert isinstance(failed, ChangeTooLong)
    assert found == [1]


@pytest.mark.parametrize("place", range(3))
def test_changes_are_not_repeated_if_an_observer_of_their_commit_fails(
    opened: Database, place: int, loop: asyncio.AbstractEventLoop
) -> None:
    """They are committed by then."""
    runs: list[int] = []

    def fail() -> None:
        raise LookupError

    def counted(number: int) -> Rule:
        def rule(session: Session) -> None:
            runs.append(number)
            keep(number)(session)
            if number == place:
                observe_commit(session, begun=lambda: None, done=fail)

        return rule

    changes = [opened.writing(counted(number)) for number in range(3)]
    found = loop.run_until_complete(results(changes))
    assert sorted(runs) == [0, 1, 2]
    assert loop.run_until_complete(kept(opened)) == [0, 1, 2]
    assert all(each is None or isinstance(each, LookupError | OutcomeUnknown) for each in found)
    assert found[place] is not None


def test_a_change_that_takes_too_long_fails_alone(database_url: str, loop: asyncio.AbstractEventLoop) -> None:
    async def scenario() -> tuple[list[Any], list[int]]:
        async with Database.at(database_url, limits=TimeLimits(change=1, bulk=1)) as database:
            await database.writing(lambda session: session.execute(text(CREATE)))
            return await at_once(database, keep(1), endless, keep(3)), await kept(database)

    (first, second, third), found = loop.run_until_complete(scenario())
    assert (first, third) == (1, 3)
    assert isinstance(second, ChangeTooLong)
    assert found == [1, 3]


def test_observers_are_called_after_the_commit(opened: Database, loop: asyncio.AbstractEventLoop) -> None:
    """Each once, and only when another connection sees the change."""
    calls: list[tuple[int, list[int]]] = []

    def observed(number: int) -> Rule:
        def rule(session: Session) -> None:
            keep(number)(session)
            observe_commit(session, begun=lambda: None, done=lambda: note(number))

        return rule

    def note(number: int) -> None:
        seen = []
        if opened.dialect.name == "sqlite":
            with sqlite3.connect(str(opened.engine.url.database)) as other:
                seen = [n for (n,) in other.execute(KEPT)]
        calls.append((number, seen))

    loop.run_until_complete(at_once(opened, *(observed(number) for number in range(5))))
    assert sorted(number for number, _ in calls) == [0, 1, 2, 3, 4]
    if opened.dialect.name == "sqlite":
        assert all(number in seen for number, seen in calls)


def test_a_bulk_change_is_committed_by_itself(opened: Database, loop: asyncio.AbstractEventLoop) -> None:
    """Those before it are reported before it ends, and those after it do not join."""
    order = list[str]()

    async def bulk() -> None:
        await opened.writing(hold, bulk=True)
        order.append("bulk")

    async def small(number: int) -> None:
        await opened.writing(keep(number))
        order.append(f"small {number}")

    async def scenario() -> None:
        await asyncio.gather(*await begin(opened, small(1), bulk(), small(2)))

    loop.run_until_complete(scenario())
    assert order.index("small 1") < order.index("bulk")
    assert loop.run_until_complete(kept(opened)) == [1, 2]


def test_a_canceled_change_leaves_the_others(opened: Database, loop: asyncio.AbstractEventLoop) -> None:
    """It was withdrawn while it waited."""

    async def scenario() -> list[Any]:
        changes = await begin(opened, *(opened.writing(keep(number)) for number in range(4)))
        if opened.dialect.name == "sqlite":
            changes[2].cancel()
        return await results(changes)

    _, first, second, third, last = loop.run_until_complete(scenario())
    assert (first, third, last) == (0, 2, 3)
    expected = [0, 2, 3] if isinstance(second, asyncio.CancelledError) else [0, 1, 2, 3]
    assert loop.run_until_complete(kept(opened)) == expected
    assert isinstance(second, asyncio.CancelledError) == (opened.dialect.name == "sqlite")
