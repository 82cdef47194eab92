"""Which version of the tables a database has, and bringing it up to date."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlmodel import Session

from persistence.database import Database

Portion = Callable[[Connection], tuple[str, int, int] | None]
Progress = Callable[[str, int, int], None]
"""Told a table, how many of its rows are done, and how many there are."""

MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseNotCurrent(Exception):
    """The tables are older, or newer, than this Carnet."""


def config(connection: Connection | None = None) -> Any:
    """Alembic's configuration, without a file. Alembic is read only here: a server that migrates nothing need not carry it."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


def newest() -> str:
    """The version that this Carnet needs: migrations are numbered in the names of their files."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


async def current(database: Database) -> str | None:
    """The version of the tables; nothing for an empty database."""
    return await database.asking(lambda session: _current(session.connection()))


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


async def migrate(database: Database, progress: Progress = lambda phase, done, total: None) -> None:
    """Create the tables, or bring old ones up to date.

    A migration of many rows has a function `portion`: it brings some of them over, each time in a transaction of its own, and
    notes how far it came. Who is interrupted and starts again goes on there. The version rises when all are done.
    """
    from alembic.script import ScriptDirectory

    have = await current(database)
    if have is not None:
        for revision in reversed([*ScriptDirectory.from_config(config()).iterate_revisions("head", have)]):
            portion = getattr(revision.module, "portion", None)
            if portion is not None:
                before = str(revision.down_revision)
                await database.writing(partial(_upgrade, version=before))
                await _bring_over(database, before, portion, progress)
    await database.writing(partial(_upgrade, version="head"))


async def _bring_over(database: Database, version: str, portion: Portion, progress: Progress) -> None:
    """All rows, in portions; another process may do some of them, or be done with all."""
    def some(session: Session) -> tuple[str, int, int] | None:
        connection = session.connection()
        return portion(connection) if _current(connection) == version else None

    while (done := await database.writing(some)) is not None:
        progress(*done)


def _upgrade(session: Session, version: str) -> None:
    from alembic import command

    command.upgrade(config(session.connection()), version)


async def check(database: Database) -> None:
    """Refuse a database that this Carnet does not fit."""
    have, need = await current(database), newest()
    if have != need:
        raise DatabaseNotCurrent(
            f"The database has version {have or 'none'} of Carnet's tables, this Carnet needs {need}. "
            "Run `carnet migrate` with the same settings, then start again."
        )
