"""The stored sums are refreshed by `carnet serve`, `carnet refresh`, and at the end of an import."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from structlog.testing import capture_logs

from persistence.database import Database
from resolvers.contacts.refreshing import ANY_DIRTY_CONTACT
from resolvers.interactions.unused_texts import ANY_UNUSED_TEXT
from resolvers.statistics.refreshing import count_dirty_days
from schema.server.background import refreshing as background
from tests.api import Api
from tests.commands import carnet
from tests.contact_dates import wrong_dates
from tests.day_sums import DAYS, add_entries, day_no, prepare, stored_sums, wrong_sums
from tests.resolvers.imports.importing_interactions import HEAD

DELETE_LAST = "DELETE FROM interaction_log_entry WHERE entry_no = (SELECT max(entry_no) FROM interaction_log_entry)"
WAIT = 20
"""Seconds to wait for a refresh, at most."""


async def nothing_dirty(database: Database) -> None:
    async with asyncio.timeout(WAIT):
        while await database.querying(count_dirty_days):
            await asyncio.sleep(0.02)


def rename(name: str, new_name: str) -> str:
    return f"ALTER TABLE day_sum RENAME COLUMN {name} TO {new_name}"


def test_the_sums_are_refreshed_in_the_background_also_after_an_error(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    async def run_sql(sql: str) -> None:
        await database.writing(lambda session: session.execute(text(sql)))

    async def run() -> list[str]:
        await database.writing(prepare)
        await run_sql(rename("score", "lost"))
        with capture_logs() as logs:
            async with background.refreshing(database, pause=0.01):
                async with asyncio.timeout(WAIT):
                    while not logs:
                        await asyncio.sleep(0.02)
                await run_sql(rename("lost", "score"))
                await nothing_dirty(database)
        assert {(entry["event"], entry["log_level"]) for entry in logs} == {("stored sums not refreshed", "warning")}
        assert await database.querying(stored_sums)
        return await database.querying(wrong_sums)

    assert loop.run_until_complete(run()) == []
    assert not [task for task in asyncio.all_tasks(loop) if "refresh" in repr(task)]


@contextmanager
def days_refreshed(database: Database) -> Iterator[list[str]]:
    """The days whose marks are deleted inside the block."""
    days: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("DELETE FROM dirty_day"):
            days.extend(str(each)[:10] for each in parameters)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield days
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def test_a_refresh_ends_while_a_day_changes_all_the_time(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    """It refreshes each day once, then what is stored of contacts. On SQLite all changes wait for each turn."""

    async def keep_changing(ended: asyncio.Event) -> None:
        while not ended.is_set():
            await database.writing(lambda session: add_entries(session, [(0, None)], contact_no="C1"))
            await asyncio.sleep(0.002)

    async def run() -> list[str]:
        await database.writing(prepare)
        await database.writing(lambda session: session.execute(text("INSERT INTO dirty_contact VALUES ('C1')")))
        ended = asyncio.Event()
        with days_refreshed(database) as days:
            async with background.refreshing(database, pause=0.01):
                changing = asyncio.create_task(keep_changing(ended))
                try:
                    async with asyncio.timeout(WAIT):
                        while (await database.reading([ANY_DIRTY_CONTACT])) != [None]:
                            await asyncio.sleep(0.02)
                finally:
                    ended.set()
                    await changing
        assert await database.querying(wrong_dates) == []
        assert await database.querying(wrong_sums) == []
        return days

    refreshed = Counter(loop.run_until_complete(run()))

    assert {*refreshed} == {str(day_no(day)) for day in range(DAYS)}
    assert max(refreshed.values()) <= 2
    assert [day for day, times in refreshed.items() if times > 1] in ([], [str(day_no(0))])


@pytest.fixture
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PAUSE", 0.2)


def test_a_server_refreshes_some_time_after_a_change(
    short_pause: None, api: Api, database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    loop.run_until_complete(database.writing(prepare))
    assert loop.run_until_complete(database.querying(count_dirty_days)) == DAYS

    loop.run_until_complete(nothing_dirty(database))

    assert loop.run_until_complete(database.querying(wrong_sums)) == []


def test_carnet_refresh_refreshes_all_days_and_deletes_unused_texts(
    database_url: str, database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    loop.run_until_complete(database.writing(prepare))
    loop.run_until_complete(database.writing(lambda session: session.execute(text(DELETE_LAST))))
    assert loop.run_until_complete(database.reading([ANY_UNUSED_TEXT])) != [None]

    first, second = carnet(database_url, "refresh"), carnet(database_url, "refresh", LANG="fr_CA.UTF-8")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert f"The sums of {DAYS} days are refreshed." in first.stderr
    assert "Les totaux de 0 jour sont à jour." in second.stderr
    assert loop.run_until_complete(database.querying(count_dirty_days)) == 0
    assert loop.run_until_complete(database.querying(wrong_sums)) == []
    assert loop.run_until_complete(database.reading([ANY_UNUSED_TEXT])) == [None]


def test_an_import_ends_with_a_refresh(
    database_url: str, database: Database, loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    file = tmp_path / "log.csv"
    file.write_text(f"{HEAD}\n,,,01/31/17,Visit,,\n,,,02/01/17,Call,,\n", "utf-8")

    tried = carnet(database_url, "import", "interactions", str(file), "--dry-run")
    done = carnet(database_url, "import", "interactions", str(file))

    assert "refreshed" not in tried.stderr
    assert "The sums of 2 days are refreshed." in done.stderr
    assert loop.run_until_complete(database.querying(lambda session: len(stored_sums(session)))) == 14
    assert loop.run_until_complete(database.querying(wrong_sums)) == []
