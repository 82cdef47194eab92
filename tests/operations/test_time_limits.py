"""Changes and operations end at their time limit, and canceled ones leave nothing behind; on both databases."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from persistence.concurrency.time_limits import TimeLimits
from persistence.database import Database
from persistence.exceptions import ChangeTooLong
from tests.concurrency import wait_until
from tests.operations.conftest import ALL, ENDLESS, LINES, LOG, TOUCH, OpenLargeSegment


def test_an_operation_over_its_time_limit_changes_nothing_and_can_be_repeated(large_segment: OpenLargeSegment) -> None:
    with large_segment(bulk_timeout_seconds=0.7) as segment:
        before = segment.api.execute(ALL, no=segment.no)

        async def scenario() -> Any:
            task = await segment.start_and_hold(LOG, "LOGGING")
            answer = (await task).json()
            await segment.hold.end()
            return answer

        answer = segment.run(scenario())
        after = segment.api.execute(ALL, no=segment.no)

        assert [error["extensions"]["code"] for error in answer["errors"]] == ["TIMEOUT"]
        assert "Nothing was changed" in answer["errors"][0]["message"]
        assert after == before
        assert segment.api.execute(LOG, no=segment.no)["logSegment"]["logged"] == LINES


def test_a_canceled_change_is_rolled_back_and_lets_the_next_one_begin(
    database_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    """The next writer has its turn at once, and finds nothing changed."""

    def change(session: Any) -> None:
        session.execute(text(TOUCH))
        session.execute(text(ENDLESS))

    async def scenario() -> None:
        async with Database.at(database_url) as database:
            task = asyncio.ensure_future(database.writing(change, bulk=True))
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with asyncio.timeout(2):
                await database.writing(lambda session: session.execute(text(TOUCH)))
            assert await database.reading([("SELECT version FROM marketing_setup", ())]) == [2]

    loop.run_until_complete(scenario())


def test_a_small_change_has_its_own_time_limit(database_url: str, loop: asyncio.AbstractEventLoop) -> None:
    running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%RECURSIVE%' AND state = 'active' AND pid <> pg_backend_pid()"

    async def scenario() -> None:
        async with Database.at(database_url, limits=TimeLimits(change=0.2, bulk=60)) as database:
            with pytest.raises(ChangeTooLong):
                await database.writing(lambda session: session.execute(text(ENDLESS)))
            if not database_url.startswith("sqlite:"):

                async def ended() -> bool:
                    return await database.reading([(running, ())]) == [0]

                await wait_until(ended)
            await database.writing(lambda session: session.execute(text(TOUCH)))

    loop.run_until_complete(scenario())
