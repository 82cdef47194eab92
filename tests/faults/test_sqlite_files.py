"""A file of SQLite that is full, deleted, replaced or damaged: no change is confirmed that is not kept."""

import asyncio
import os
import resource
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from persistence.database import Database
from persistence.dialects.sqlite.damage import find_damage
from persistence.dialects.sqlite.opened_files import CHECK_SECONDS
from tests.api import Api, create_company, running_app
from tests.commands import assert_refused, carnet
from tests.faults.conftest import CREATE, READ, error_of
from tests.faults.test_outages import DEFAULT_EXECUTION


class Opened:
    """The application over a file."""

    def __init__(self, api: Api, file: Path, loop: asyncio.AbstractEventLoop) -> None:
        self.api, self.file, self._loop = api, file, loop

    def get(self, path: str) -> Any:
        return self._loop.run_until_complete(self.api._client.get(path))

    @property
    def database(self) -> Database:
        found: Database = self.api._client._transport.app.state.database
        return found

    def create(self) -> Any:
        return self.api.post(CREATE)

    def run(self, *statements: str) -> None:
        """Execute statements as another process."""
        with closing(sqlite3.connect(self.file, isolation_level=None)) as connection:
            for each in statements:
                connection.execute(each).fetchall()

    def checkpoint(self) -> None:
        """Move the content of the write-ahead log to the file."""
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")

    def damage(self, table: str) -> None:
        """Overwrite the first pages of a table and its indexes."""
        with closing(sqlite3.connect(self.file)) as connection:
            pages = connection.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = ? AND rootpage", [table])
            places = [page - 1 for (page,) in pages]
            (size,) = connection.execute("PRAGMA page_size").fetchone()
        with self.file.open("r+b") as file:
            for place in places:
                file.seek(place * size)
                file.write(b"\xff" * size)

    def entries(self) -> int:
        """The number of entries that another process sees."""
        with closing(sqlite3.connect(self.file)) as connection:
            found: int = connection.execute("SELECT count(*) FROM interaction_log_entry").fetchone()[0]
            return found


@pytest.fixture
def opened(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Opened]:
    url = empty_copy("sqlite")
    with running_app(url, loop) as api:
        create_company(api)
        assert "errors" not in api.post(CREATE).json()
        yield Opened(api, Path(url.removeprefix("sqlite:///")), loop)


def assert_unavailable(response: Any) -> None:
    error = error_of(response)
    assert (error["extensions"]["code"], error["extensions"]["retryAfterSeconds"]) == ("UNAVAILABLE", 5)
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")


COMMENTS = ", ".join([f'"{"x" * 80}"'] * 90)
MANY_COMMENTS = f"""mutation {{ createInteraction(input: {{interaction: {{contactNo: "P1", templateCode: "VISIT",
comments: [{COMMENTS}]}}}}) {{ userErrors {{ code }} }} }}"""


@contextmanager
def no_more_pages(opened: Opened) -> Iterator[None]:
    """SQLite reports that the disk is full when the database needs another page."""

    def limit(pages: int) -> None:
        pool = opened.database.engine.pool
        idle = [pool.connect() for _ in range(pool.checkedin())]  # type: ignore[attr-defined]  # of SQLAlchemy's QueuePool
        for each in idle:
            each.cursor().execute(f"PRAGMA max_page_count = {pages}")
            each.close()

    limit(1)  # SQLite takes the present number of pages instead
    try:
        yield
    finally:
        limit(1_000_000)


@contextmanager
def no_larger_files(opened: Opened) -> Iterator[None]:
    """The system refuses to let a file grow, which SQLite reports as an I/O error."""
    log = opened.file.with_name(f"{opened.file.name}-wal")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 40_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("fault", [no_more_pages, no_larger_files])
def test_a_full_disk_is_an_outage_and_changes_work_again_when_there_is_space(
    opened: Opened, fault: Callable[[Opened], AbstractContextManager[None]]
) -> None:
    with fault(opened):
        responses = [opened.api.post(MANY_COMMENTS) for _ in range(8)]

    assert_unavailable(responses[-1])
    made = 1 + sum("errors" not in response.json() for response in responses)
    assert opened.entries() == made
    assert "errors" not in opened.create().json()
    assert opened.entries() == made + 1


@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_a_deleted_file_is_an_outage_until_it_is_back(opened: Opened, suffix: str) -> None:
    assert opened.get("/ready").status_code == 200
    file = opened.file.with_name(opened.file.name + suffix)
    moved = file.rename(file.with_suffix(".moved"))

    assert_unavailable(opened.create())
    assert opened.get("/ready").status_code == 503
    moved.rename(file)

    assert opened.get("/ready").status_code == 200
    assert "errors" not in opened.create().json()
    assert opened.entries() == 2


def test_a_replaced_file_is_an_outage(opened: Opened) -> None:
    copy = opened.file.with_suffix(".copy")
    shutil.copy(opened.file, copy)
    copy.replace(opened.file)

    assert_unavailable(opened.create())
    assert opened.get("/ready").status_code == 503


LIST = "{ contacts { nodes { no } } }"


@pytest.mark.parametrize("replaced", [False, True])
def test_reads_of_a_file_that_is_gone_are_an_outage_a_second_later(opened: Opened, replaced: bool) -> None:
    """SQLite itself would read the deleted file, and create an empty one for a new connection."""
    assert "errors" not in opened.api.post(READ).json()
    moved = opened.file.rename(opened.file.with_suffix(".moved"))
    if replaced:
        shutil.copy(moved, opened.file)

    time.sleep(CHECK_SECONDS + 0.1)
    assert_unavailable(opened.api.post(READ))
    assert_unavailable(opened.api.post(DEFAULT_EXECUTION))
    assert opened.api.post(LIST, accept="text/csv").status_code == 503
    assert opened.file.exists() == replaced
    moved.rename(opened.file)
    assert "errors" not in opened.api.post(READ).json()
    assert "errors" not in opened.create().json()


def test_a_new_connection_notices_at_once_that_the_file_is_gone(opened: Opened) -> None:
    """It does not create an empty file, in which all tables would be missing."""
    assert "errors" not in opened.api.post(READ).json()
    moved = opened.file.rename(opened.file.with_suffix(".moved"))
    opened.database.engine.dispose()

    assert_unavailable(opened.api.post(DEFAULT_EXECUTION))
    assert_unavailable(opened.api.post(READ))
    assert not opened.file.exists()
    moved.rename(opened.file)
    assert "errors" not in opened.api.post(DEFAULT_EXECUTION).json()
    assert "errors" not in opened.create().json()


def truncate(opened: Opened) -> None:
    os.truncate(opened.file, opened.file.stat().st_size // 2)


def truncate_log(opened: Opened) -> None:
    os.truncate(f"{opened.file}-wal", 0)


def overwrite(opened: Opened) -> None:
    """With the content of another file of the same size, as `cp` does."""
    opened.checkpoint()
    with opened.file.open("r+b") as file:
        file.write(b"\xff" * opened.file.stat().st_size)


@pytest.mark.parametrize("fault", [truncate, truncate_log, overwrite])
def test_no_change_is_confirmed_after_the_file_was_truncated_or_overwritten(
    opened: Opened, fault: Callable[[Opened], None]
) -> None:
    """SQLite itself would go on with what it has in its cache, and nobody could read the changes later."""
    fault(opened)

    assert_unavailable(opened.create())
    assert opened.get("/ready").status_code == 503
    assert_unavailable(opened.create())


def test_no_change_is_confirmed_after_a_read_has_found_damage(opened: Opened) -> None:
    """The change itself does not need the pages that are damaged."""
    opened.checkpoint()
    assert "errors" not in opened.create().json()
    opened.damage("campaign")

    assert_unavailable(opened.api.post("{ campaigns { nodes { no } } }"))
    assert_unavailable(opened.create())
    assert opened.get("/ready").status_code == 503
    assert "errors" not in opened.api.post(READ).json()


@pytest.mark.parametrize("statement", ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"])
def test_files_that_another_process_makes_smaller_are_used_as_before(opened: Opened, statement: str) -> None:
    opened.run("CREATE TABLE large AS SELECT zeroblob(500000) AS content", "PRAGMA wal_checkpoint(TRUNCATE)")
    assert "errors" not in opened.create().json()
    size = opened.file.stat().st_size

    opened.run("DROP TABLE large", statement)

    assert "errors" not in opened.create().json()
    opened.run("PRAGMA wal_checkpoint(TRUNCATE)")
    assert (opened.file.stat().st_size < size) == (statement == "VACUUM")
    assert "errors" not in opened.create().json()
    assert opened.get("/ready").status_code == 200
    assert opened.entries() == 4


def test_a_damaged_file_is_refused_at_the_start_with_what_to_do(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    """Here a page inside the file is overwritten: the file opens, and most of it can be read."""
    url = empty_copy("sqlite")
    file = Path(url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(file)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'salesperson'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute("PRAGMA journal_mode = DELETE")
    with file.open("r+b") as writing:
        writing.seek((page - 1) * size)
        writing.write(b"\xff" * size)

    assert_refused(carnet(url, "serve", CARNET_PORT="0"), "it is damaged", "Restore the file from a backup", ".recover")


def test_commands_say_that_a_file_cannot_be_opened(tmp_path: Path) -> None:
    """Here a symbolic link refers to itself."""
    file = tmp_path / "carnet.db"
    file.symlink_to(file.name)

    for command in (["serve", "--port", "0"], ["migrate"]):
        assert_refused(carnet(f"sqlite:///{file}", *command), "not available")


def test_a_command_names_a_truncated_log_as_damage(opened: Opened) -> None:
    """SQLite reports an I/O error, as for a full disk."""
    truncate_log(opened)

    command = carnet(f"sqlite:///{opened.file}", "export", "contacts", str(opened.file.with_suffix(".csv")))
    assert_refused(command, "it is damaged", "restore the file from a backup")


def test_looking_for_damage_ends_in_time(empty_copy: Any) -> None:
    file = Path(empty_copy("sqlite").removeprefix("sqlite:///"))

    assert find_damage(file, 10) is None
    assert find_damage(file, 0) is None
