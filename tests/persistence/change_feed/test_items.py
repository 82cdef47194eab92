"""The order of the change feed: who has read up to a number has missed nothing before it (R-FEED-3)."""

import asyncio
import datetime as dt
from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlmodel import Session

from persistence.change_feed.created_items import returning
from persistence.change_feed.items import ITEMS, RANGES, insert_later, last_complete_no
from persistence.change_feed.items_of_keys import insert_items
from persistence.columns import table_of
from persistence.database import Database
from persistence.interactions import InteractionLogEntry
from persistence.setup import NumberSeries
from tests.concurrency import sleep_in_transaction, wait_until

NOW = dt.datetime(2026, 3, 18, 10, 15, 20, tzinfo=dt.UTC)
ITEM: dict[str, object] = {"at": NOW, "type": 3, "kind": 1, "user_id": "tester"}
SERIES = table_of(NumberSeries)


def record(session: Session, key: int = 1) -> None:
    insert_later(session, [ITEM | {"first_key": key}])


def numbers(session: Session) -> tuple[list[int], int]:
    """The numbers of the items that are visible now, and the last complete one."""
    complete = last_complete_no(session)
    return list(session.scalars(select(ITEMS.c.no).order_by(ITEMS.c.no))), complete


def test_numbers_above_that_of_a_transaction_that_still_runs_are_not_complete(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """On SQLite the second transaction waits for the first, so there are no such numbers."""

    async def run() -> tuple[tuple[list[int], int], tuple[list[int], int]]:
        drawn, may_commit = asyncio.Event(), asyncio.Event()

        def slow(session: Session) -> None:
            insert_items(session, select(SERIES.c.id.label("key")), ITEM)
            loop.call_soon_threadsafe(drawn.set)
            while not may_commit.is_set():
                sleep_in_transaction(session, 0.01)

        await database.writing(record)
        first = asyncio.create_task(database.writing(slow))
        await drawn.wait()
        second = asyncio.create_task(database.writing(record))
        if database.dialect.name == "postgresql":
            await second
        meanwhile = await database.querying(numbers)
        may_commit.set()
        await asyncio.gather(first, second)
        return meanwhile, await database.querying(numbers)

    meanwhile, afterwards = loop.run_until_complete(run())

    assert meanwhile == (([1, 3], 1) if database.dialect.name == "postgresql" else ([1], 1))
    assert afterwards == ([1, 2, 3], 3)


def test_a_reader_misses_nothing_while_transactions_commit_in_any_order_r_feed_3(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    async def write(turn: int) -> None:
        def change(session: Session) -> None:
            record(session, turn)
            if turn % 3 == 0:  # its number is drawn before it waits
                insert_items(session, select(SERIES.c.id.label("key")), ITEM)
            sleep_in_transaction(session, 0.002 * (turn % 5))

        await database.writing(change)

    async def run() -> tuple[list[int], list[int]]:
        seen: list[int] = []
        writers = [asyncio.create_task(write(turn)) for turn in range(1, 41)]

        async def read() -> bool:
            complete = await database.querying(last_complete_no)
            seen.extend(await database.querying(lambda session: _between(session, max(seen, default=0), complete)))
            return all(writer.done() for writer in writers)

        await wait_until(read)
        await asyncio.gather(*writers)
        await read()
        return seen, (await database.querying(numbers))[0]

    seen, stored = loop.run_until_complete(run())

    assert seen == stored
    assert len(stored) == 53


def _between(session: Session, after: int, up_to: int) -> Sequence[int]:
    chosen = select(ITEMS.c.no).where(ITEMS.c.no > after, ITEMS.c.no <= up_to)
    return list(session.scalars(chosen.order_by(ITEMS.c.no)))


def test_keys_that_do_not_follow_each_other_are_stored_in_ranges(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    def change(session: Session) -> None:
        few = select(SERIES.c.id.label("key")).where(SERIES.c.id.in_([1, 2, 4]))
        insert_items(session, few, ITEM)

    def stored(session: Session) -> list[tuple[int, ...]]:
        (item,) = session.execute(select(ITEMS.c.no, ITEMS.c.first_key, ITEMS.c.last_key, ITEMS.c.count))
        return [tuple(item), *map(tuple, session.execute(select(RANGES)))]

    loop.run_until_complete(database.writing(_insert_series))
    loop.run_until_complete(database.writing(change))

    assert loop.run_until_complete(database.querying(stored)) == [(1, 1, 4, 3), (1, 1, 2), (1, 4, 4)]


def _insert_series(session: Session) -> None:
    existing = len(list(session.scalars(select(SERIES.c.id))))
    session.add_all([NumberSeries(id=None, code=f"X{n}", description="x") for n in range(existing, 5)])
    session.flush()


def test_an_insertion_returns_only_the_columns_that_are_read() -> None:
    inserted = returning(insert(table_of(InteractionLogEntry)), {"cost"})

    assert {column.name for column in inserted.c} == {"cost", "entry_no", "user_id", "logged_at"}
