"""Which version of the tables a database has, and bringing it up to date."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, inspect, text
from sqlmodel import Session

from persistence.database import Database
from persistence.trouble import Overloaded

T = TypeVar("T")

Portion = Callable[[Connection], tuple[str, int, int] | None]
Progress = Callable[[str, int, int], None]
"""Told a table, how many of its rows are done, and how many there are."""

MIGRATIONS = Path(__file__).parent / "migrations"
SERIES_IN_FRENCH = {"CONT": "Contacts", "SEGM": "Segments", "CAMP": "Campagnes"}
"""The number series of a new company; the migration that makes them describes them in English."""

MIGRATING = 7_203_914_001
"""PostgreSQL's advisory lock of whoever changes the tables."""

ALONE_WITHIN, PAUSE = 300, 0.5
"""Seconds: how long to wait for others that change the tables, and between two tries."""

VERSION, SETTINGS = "alembic_version", "marketing_setup"
"""The table that tells the version, and one that Carnet has had in every version."""


class DatabaseNotCurrent(Exception):
    """The tables are not those of this Carnet. `have` is their version, if they have one."""

    says = "The database has version {have} of Carnet's tables, this Carnet needs {need}."

    def __init__(self, have: str | None) -> None:
        self.have, self.need = have, newest()
        super().__init__(self.says.format(have=have or "none", need=self.need))


class DatabaseOlder(DatabaseNotCurrent):
    """An older Carnet made the tables, or there are none yet."""

    says = DatabaseNotCurrent.says + " Run `carnet migrate` with the same settings, then start again."


class DatabaseNewer(DatabaseNotCurrent):
    """A newer Carnet made the tables."""

    says = (
        "The database has version {have} of Carnet's tables, this Carnet knows them up to {need}. Nothing was changed. "
        "Install the newer Carnet that made it."
    )


class DatabaseOfOthers(DatabaseNotCurrent):
    """The tables are those of another program."""

    says = "The database has tables of another program, and none of Carnet's. Nothing was changed. Use a database of its own."


class DatabaseInMaking(DatabaseNotCurrent):
    """Another process has been creating or changing the tables for too long."""

    says = (
        f"Another Carnet has been creating or changing the tables of this database for {ALONE_WITHIN // 60} minutes. "
        "Wait until it has ended, then start again."
    )


def config(connection: Connection | None = None) -> Any:
    """Alembic's configuration, without a file. Alembic is read only here: a server that migrates nothing need not carry it."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


def newest() -> str:
    """The version that this Carnet needs."""
    return max(known())


def known() -> set[str]:
    """Every version there was: migrations are numbered in the names of their files."""
    return {path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}


async def current(database: Database) -> str | None:
    """The version of the tables; nothing for an empty database."""
    return await database.asking(lambda session: _current(session.connection()))


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION):
        return None
    version: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION}"))
    return version


async def migrate(
    database: Database, *, language: str = "EN", progress: Progress = lambda phase, done, total: None
) -> None:
    """Create the tables, or bring old ones up to date. Others that want to do so wait.

    What a new company starts with is described in this language, `FR` or, for anything else, `EN`. Raises what
    `refuse_others` raises.
    """
    await refuse_others(database)
    await bring_rows_over(database, progress)
    await alone(database, lambda session: upgrade(session, language=language))


async def bring_rows_over(database: Database, progress: Progress) -> None:
    """Have old tables as far as they can be brought over in portions; nothing where there are no tables yet.

    A migration of many rows has a function `portion`: it brings some of them over, each time in a transaction of its own, and
    notes how far it came. Who is interrupted and starts again goes on there. The version rises when all are done.
    """
    from alembic.script import ScriptDirectory

    have = await current(database)
    if have is None:
        return
    for revision in reversed([*ScriptDirectory.from_config(config()).iterate_revisions("head", have)]):
        portion = getattr(revision.module, "portion", None)
        if portion is not None:
            before = str(revision.down_revision)
            await alone(database, partial(upgrade, version=before))
            await _all_portions(database, before, portion, progress)


async def _all_portions(database: Database, version: str, portion: Portion, progress: Progress) -> None:
    """Another process may do some of them, or be done with all."""

    def some(session: Session) -> tuple[str, int, int] | None:
        connection = session.connection()
        return portion(connection) if _current(connection) == version else None

    while (done := await alone(database, some)) is not None:
        progress(*done)


def upgrade(session: Session, *, language: str = "EN", version: str = "head") -> None:
    """Bring the tables to a version inside a transaction that `alone` began; rows in portions are brought over before."""
    from alembic import command

    is_new = is_empty(session)
    command.upgrade(config(session.connection()), version)
    if is_new and language == "FR":
        described = text("UPDATE number_series SET description = :description WHERE code = :code")
        session.connection().execute(
            described, [{"code": code, "description": description} for code, description in SERIES_IN_FRENCH.items()]
        )


async def alone(database: Database, change: Callable[[Session], T]) -> T:
    """Run a change of the tables that no other process may make at the same time. Raises DatabaseInMaking."""

    def change_alone(session: Session) -> T:
        hold(session)
        return change(session)

    give_up = time.monotonic() + ALONE_WITHIN
    while True:
        try:
            return await database.writing(change_alone, bulk=True)
        except Overloaded:
            if time.monotonic() > give_up:
                raise DatabaseInMaking(None) from None
        await asyncio.sleep(PAUSE)


def hold(session: Session) -> None:
    """Wait until no other transaction creates, changes or first fills the tables; others wait until this one ends."""
    if session.get_bind().dialect.name == "postgresql":  # a transaction that changes SQLite is alone anyway
        session.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATING})"))


def is_empty(session: Session) -> bool:
    """Whether the tables are still to be created."""
    return _current(session.connection()) is None


async def check(database: Database) -> None:
    """Refuse a database that this Carnet does not fit."""
    await refuse_others(database)
    have = await current(database)
    if have != newest():
        raise DatabaseOlder(have)


async def refuse_others(database: Database) -> None:
    """Raises DatabaseNewer and DatabaseOfOthers: what this Carnet can neither use nor bring up to date."""
    await database.asking(lambda session: _refuse_others(session.connection()))


def _refuse_others(connection: Connection) -> None:
    """A database without version may have only tables of extensions, such as PostGIS; one with a version has Carnet's."""
    there = set(inspect(connection).get_table_names())
    if VERSION not in there:
        if there - _of_extensions(connection):
            raise DatabaseOfOthers(None)
        return
    columns = [column["name"] for column in inspect(connection).get_columns(VERSION)]
    have = [*connection.scalars(text(f"SELECT version_num FROM {VERSION}"))] if columns == ["version_num"] else [""]
    if not have and there - {VERSION} - _of_extensions(connection):
        raise DatabaseOfOthers(None)
    if have and (len(have) > 1 or SETTINGS not in there):
        raise DatabaseOfOthers(have[0])
    if have and have[0] not in known():
        raise DatabaseNewer(have[0])


def _of_extensions(connection: Connection) -> set[str]:
    if connection.dialect.name != "postgresql":
        return set()
    return {*connection.scalars(text(
        "SELECT relname::text FROM pg_depend JOIN pg_class ON pg_class.oid = objid "
        "WHERE classid = 'pg_class'::regclass AND deptype = 'e'"
    ))}
