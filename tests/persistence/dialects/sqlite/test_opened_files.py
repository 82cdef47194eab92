"""A file of SQLite is taken for damaged only if it became smaller, and SQLite says so."""

import resource
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from persistence.dialects.sqlite.opened_files import OpenedFiles
from persistence.exceptions import Unavailable


@pytest.fixture
def threads_take_turns_often() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


def test_a_file_that_grows_while_many_threads_look_at_it_is_not_taken_for_damaged(
    tmp_path: Path, threads_take_turns_often: None
) -> None:
    """A thread must not compare sizes that it saw with larger ones that another thread has noted since."""
    file = tmp_path / "carnet.db"
    failures: list[Unavailable] = []
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 8")
        connection.execute("CREATE TABLE growing (content)")
        files, ended = OpenedFiles(file), threading.Event()

        def look() -> None:
            while not ended.is_set() and not failures:
                try:
                    files.check_opened()
                except Unavailable as error:
                    failures.append(error)

        threads = [threading.Thread(target=look) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(200):
            connection.execute("INSERT INTO growing VALUES (zeroblob(20000))")
        ended.set()
        for thread in threads:
            thread.join()

    assert not failures


def test_a_file_that_cannot_be_opened_for_a_moment_is_used_again(tmp_path: Path) -> None:
    """As while the process has too many open files, after another one has executed VACUUM."""
    file = tmp_path / "carnet.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE large AS SELECT zeroblob(500000) AS content")
        files = OpenedFiles(file)
        connection.execute("DROP TABLE large")
        connection.execute("VACUUM")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)

    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        with pytest.raises(Unavailable):
            files.check_opened()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

    assert files.check_opened().st_size < 500_000
