"""Which version of the tables a database has, and bringing it up to date."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, inspect, text
from sqlmodel import Session

from persistence.database import Database
from persistence.trouble import Overloaded

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
SERIES_IN_FRENCH = {"CONT": "Contacts", "SEGM": "Segments", "CAMP": "Campagnes"}
"""The number series of a new company; the migration that makes them describes them in English."""

MIGRATING = 7_203_914_001
"""PostgreSQL's advisory lock of whoever changes the tables."""

ALONE_WITHIN, PAUSE = 300, 0.5
"""Seconds: how long to wait for others that change the tables, and between two tries."""


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


async def migrate(database: Database, language: str = "EN") -> None:
    """Create the tables, or bring old ones up to date, in one transaction. Others that want to do so wait.

    What a new company starts with is described in this language, `FR` or, for anything else, `EN`.
    """
    await alone(database, lambda session: upgrade(session, language))


def upgrade(session: Session, language: str = "EN") -> None:
    """The same inside a transaction that `alone` began."""
    from alembic import command

    is_new = is_empty(session)
    command.upgrade(config(session.connection()), "head")
    if is_new and language == "FR":
        described = text("UPDATE number_series SET description = :description WHERE code = :code")
        session.connection().execute(
            described, [{"code": code, "description": description} for code, description in SERIES_IN_FRENCH.items()]
        )


async def alone(database: Database, change: Callable[[Session], T]) -> T:
    """Run a change that no other process may make at the same time. Raises DatabaseNotCurrent when others take too long."""

    def change_alone(session: Session) -> T:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATING})"))
        return change(session)  # a transaction that changes SQLite is alone anyway

    give_up = time.monotonic() + ALONE_WITHIN
    while True:
        try:
            return await database.writing(change_alone, bulk=True)
        except Overloaded:
            if time.monotonic() > give_up:
                raise DatabaseNotCurrent(
                    "Another Carnet has been creating or changing the tables of this database for "
                    f"{ALONE_WITHIN // 60} minutes. Wait until it has ended, then start again."
                ) from None
        await asyncio.sleep(PAUSE)


def is_empty(session: Session) -> bool:
    """Whether the tables are still to be created."""
    return _current(session.connection()) is None


async def check(database: Database) -> None:
    """Refuse a database that this Carnet does not fit."""
    have, need = await current(database), newest()
    if have != need:
        raise DatabaseNotCurrent(
            f"The database has version {have or 'none'} of Carnet's tables, this Carnet needs {need}. "
            "Run `carnet migrate` with the same settings, then start again."
        )
