"""The files of an SQLite database can be read by their owner only."""

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from persistence.database import Database
from persistence.versions import migrate


@pytest.fixture(params=[0, 0o022, 0o277], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each umask, until the end of the test."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def test_a_new_database_is_readable_by_its_owner_only(
    umask: None, tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "carnet.db")

    assert modes_of(link, loop) == {"carnet.db": 0o600, "carnet.db-shm": 0o600, "carnet.db-wal": 0o600}


def test_an_existing_file_keeps_its_mode(tmp_path: Path, loop: asyncio.AbstractEventLoop) -> None:
    file = tmp_path / "carnet.db"
    file.touch()
    file.chmod(0o640)

    assert set(modes_of(file, loop).values()) == {0o640}


def modes_of(file: Path, loop: asyncio.AbstractEventLoop) -> dict[str, int]:
    """The modes of the files in the folder while the database is open and has changes in its log."""

    async def look() -> dict[str, int]:
        async with Database.at(f"sqlite:///{file}") as database:
            await migrate(database)
            files = sorted(each for each in file.parent.iterdir() if not each.is_symlink())
            return {each.name: stat.S_IMODE(each.stat().st_mode) for each in files}

    return loop.run_until_complete(look())
