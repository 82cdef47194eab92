"""A file of SQLite that became smaller is taken for damaged only if SQLite says so."""

import resource
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from persistence.dialects.sqlite.opened_files import OpenedFiles
from persistence.exceptions import Unavailable


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
