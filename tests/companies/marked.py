"""Two companies with equal keys, and a word of their own in every text."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Unicode, text
from sqlmodel import Session

from persistence.database import Database
from persistence.tables import Table
from tests.companies.serving import Served, serving
from tests.schema import a_small_company

WORDS = {"north": "Zqnorthern", "south": "Zqsouthern"}
HOLDS_TEXT = ("name", "description", "subject", "comment", "notes", "address", "city", "job_title")


def other(name: str) -> str:
    """The word of the other company."""
    return WORDS["south" if name == "north" else "north"]


def fill(session: Session, word: str) -> None:
    """The small company, with this word in the texts of all tables."""
    a_small_company.build(session)
    session.flush()
    for table in Table.metadata.tables.values():
        for column in table.columns:
            if column.name in HOLDS_TEXT and isinstance(column.type, Unicode):
                value = f"substr('{word} ' || {column.name}, 1, {column.type.length})"
                session.execute(text(f"UPDATE {table.name} SET {column.name} = {value}"))


def served_companies(**settings: Any) -> Any:
    """A fixture that serves both companies with these settings, on each kind of database."""

    @pytest.fixture(scope="module", params=["sqlite", "postgresql"])
    def served(
        request: pytest.FixtureRequest,
        empty_copy: Callable[[str], str],
        tmp_path_factory: pytest.TempPathFactory,
        loop: asyncio.AbstractEventLoop,
    ) -> Iterator[Served]:
        with _serving_both(request, empty_copy, tmp_path_factory.mktemp("companies"), loop, settings) as companies:
            yield companies

    return served


@contextmanager
def _serving_both(
    request: pytest.FixtureRequest,
    empty_copy: Callable[[str], str],
    folder: Path,
    loop: asyncio.AbstractEventLoop,
    settings: Mapping[str, Any],
) -> Iterator[Served]:
    """Serve both. The parameter of the fixture is the kind of database; on PostgreSQL both are schemas of one."""
    if request.param == "sqlite":
        urls = [empty_copy("sqlite"), empty_copy("sqlite")]
    else:
        urls = request.getfixturevalue("module_schemas")
    loop.run_until_complete(fill_all(urls))
    with serving(dict(zip(WORDS, urls, strict=True)), empty_copy("sqlite"), folder, loop, **settings) as served:
        yield served


async def fill_all(urls: Sequence[str]) -> None:
    """Fill the databases of both companies."""
    for url, word in zip(urls, WORDS.values(), strict=True):
        async with Database.at(url, pool_size=1) as database:
            await database.writing(partial(fill, word=word))
