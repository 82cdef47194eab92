"""SQLite orders the rows of large reads in parts, in temporary files."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from persistence.dialects.sqlite.reads import connect

ROWS = 200_000
NUMBERS = f"WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {ROWS})"
ORDERED = f"{NUMBERS} SELECT n * 7919 % 100003 AS k, max(n) FROM r GROUP BY k || ' of many groups'"


@pytest.fixture
def file(tmp_path: Path) -> str:
    """An empty database."""
    empty = tmp_path / "carnet.db"
    empty.touch()
    return str(empty)


@pytest.fixture
def connection(file: str) -> Iterator[sqlite3.Connection]:
    with closing(connect(file, 1)) as opened:
        yield opened


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are read from /proc")
def test_many_rows_are_ordered_in_temporary_files(connection: sqlite3.Connection) -> None:
    rows = connection.execute(ORDERED)
    next(rows)  # all rows were ordered before the first group is complete

    assert any("etilqs_" in str(file.readlink()) for file in Path("/proc/self/fd").iterdir() if file.is_symlink())


def test_without_a_directory_for_temporary_files_rows_are_ordered_in_memory(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_directory() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "gettempdir", no_directory)

    with closing(connect(file, 1)) as opened:
        assert opened.execute("PRAGMA temp_store").fetchone() == (2,)
        assert len(opened.execute(ORDERED).fetchall()) == 100_003
