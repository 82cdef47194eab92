"""The version of the tables of a database, and its upgrade."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, inspect, text
from sqlmodel import Session

from persistence.database import Database
from persistence.dialects import dialect_of
from persistence.dialects.interface import SETUP_TABLE
from persistence.exceptions import Overloaded

if TYPE_CHECKING:
    from alembic.config import Config

T = TypeVar("T")

Batch = Callable[[Connection], tuple[str, int, int] | None]
Progress = Callable[[str, int, int], None]
"""Called with a table, the number of its rows that are done, and the number of all its rows."""

MIGRATIONS = Path(__file__).parent / "migrations"
SERIES_IN_FRENCH = {"CONT": "Contacts", "SEGM": "Segments", "CAMP": "Campagnes"}
"""The number series of a new company; the migration that makes them describes them in English."""

VERSION = "alembic_version"
"""The table that holds the version."""

LOCK_TIMEOUT, LOCK_RETRY_PAUSE = 300, 0.5
"""Seconds: how long to wait for the lock, and the pause between two tries."""


class DatabaseNotCurrent(Exception):
    """The tables do not have the version that this Carnet needs. `have` is their version, None if there is none."""

    sentence = "The database has version {have} of Carnet's tables, this Carnet needs {need}."

    def __init__(self, have: str | None) -> None:
        self.have, self.need = have, newest()
        super().__init__(self.sentence.format(have=have or "none", need=self.need))


class DatabaseOlder(DatabaseNotCurrent):
    """The tables are from an older version, or do not exist yet."""

    sentence = DatabaseNotCurrent.sentence + " Run `carnet migrate` with the same settings, then start again."


class DatabaseNewer(DatabaseNotCurrent):
    """The tables are from a newer version."""

    sentence = (
        "The database has version {have} of Carnet's tables, this Carnet supports versions up to {need}. Nothing was "
        "changed. Install the newer Carnet."
    )


class ForeignDatabase(DatabaseNotCurrent):
    """The database has tables of another program and none of Carnet's."""

    sentence = (
        "The database has tables of another program, and none of Carnet's. Nothing was changed. Use a "
        "separate database."
    )


class DatabaseBeingMigrated(DatabaseNotCurrent):
    """Another process holds the migration lock for too long."""

    sentence = (
        f"Another Carnet has been creating or changing the tables of this database for {LOCK_TIMEOUT // 60} minutes. "
        "Wait until it has finished, then start again."
    )


def config(connection: Connection | None = None) -> "Config":
    """Alembic's configuration, without a file. Alembic is imported only where it is needed: a server that migrates
    nothing does not load it.
    """
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


def newest() -> str:
    """The version that this Carnet needs."""
    return max(known())


def known() -> set[str]:
    """All versions up to this one, from the file names of the migrations."""
    return {path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}


async def current(database: Database) -> str | None:
    """The version of the tables; None for an empty database."""
    return await database.querying(lambda session: _current(session.connection()))


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION):
        return None
    version: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION}"))
    return version


async def migrate(
    database: Database, *, language: str = "EN", progress: Progress = lambda phase, done, total: None
) -> None:
    """Create the tables or upgrade them, under the migration lock.

    The number series of a new company are described in this language, `FR` or, for anything else, `EN`. Raises what
    `check_supported` raises.
    """
    await check_supported(database)
    await migrate_rows_in_batches(database, progress)
    await with_lock(database, lambda session: upgrade(session, language=language))


async def migrate_rows_in_batches(database: Database, progress: Progress) -> None:
    """Run the migrations that work in batches; does nothing if there are no tables yet.

    The module of such a migration has a function `next_batch` that migrates some rows and stores the progress. Each
    call is one transaction, so that an interrupted migration continues at the next start. The version changes when all
    rows are done.
    """
    from alembic.script import ScriptDirectory

    have = await current(database)
    if have is None:
        return
    for revision in reversed([*ScriptDirectory.from_config(config()).iterate_revisions("head", have)]):
        next_batch = getattr(revision.module, "next_batch", None)
        if next_batch is not None:
            before = str(revision.down_revision)
            await with_lock(database, partial(upgrade, version=before))
            await _run_batches(database, before, next_batch, progress)


async def _run_batches(database: Database, version: str, next_batch: Batch, progress: Progress) -> None:
    """Process all batches of one migration; other processes may do some of them at the same time."""

    def some(session: Session) -> tuple[str, int, int] | None:
        connection = session.connection()
        return next_batch(connection) if _current(connection) == version else None

    while (done := await with_lock(database, some)) is not None:
        progress(*done)


def upgrade(session: Session, *, language: str = "EN", version: str = "head") -> None:
    """Upgrade the tables to a version inside a transaction of `with_lock`. Batches must be done before. Functions
    follow the version of the database server.
    """
    from alembic import command

    is_new = is_empty(session)
    command.upgrade(config(session.connection()), version)
    dialect_of(session).renew_functions(session)
    if is_new and language == "FR":
        described = text("UPDATE number_series SET description = :description WHERE code = :code")
        session.connection().execute(
            described, [{"code": code, "description": description} for code, description in SERIES_IN_FRENCH.items()]
        )


async def with_lock(database: Database, change: Callable[[Session], T]) -> T:
    """Run a change of the tables while holding the migration lock. Raises DatabaseBeingMigrated if the lock is not
    free in time.
    """

    def change_with_lock(session: Session) -> T:
        lock(session)
        return change(session)

    give_up = time.monotonic() + LOCK_TIMEOUT
    while True:
        try:
            return await database.writing(change_with_lock, bulk=True)
        except Overloaded:
            if time.monotonic() > give_up:
                raise DatabaseBeingMigrated(None) from None
        await asyncio.sleep(LOCK_RETRY_PAUSE)


def lock(session: Session) -> None:
    """Hold the migration lock until the transaction ends."""
    dialect_of(session).lock_migrations(session)


def is_empty(session: Session) -> bool:
    """Whether the tables do not exist yet."""
    return _current(session.connection()) is None


async def check(database: Database) -> None:
    """Raise DatabaseNotCurrent if the tables do not have the version that this Carnet needs."""
    if await database.querying(lambda session: _is_current(session.connection())):
        return
    await check_supported(database)
    have = await current(database)
    if have != newest():
        raise DatabaseOlder(have)


def _is_current(connection: Connection) -> bool:
    """Whether the other checks would find nothing. They read much more of the catalog."""
    if not {VERSION, SETUP_TABLE} <= set(inspect(connection).get_table_names()):
        return False
    versions = connection.execute(text(f"SELECT * FROM {VERSION}"))
    return [*versions.keys()] == ["version_num"] and versions.all() == [(newest(),)]


async def check_supported(database: Database) -> None:
    """Raise DatabaseNewer or ForeignDatabase: databases that this Carnet can neither use nor upgrade."""
    await database.querying(lambda session: _check_supported(session.connection()))


def _check_supported(connection: Connection) -> None:
    """A database without a version may only have tables of extensions such as PostGIS."""
    there = set(inspect(connection).get_table_names())
    if VERSION not in there:
        if there - dialect_of(connection).tables_of_extensions(connection):
            raise ForeignDatabase(None)
        return
    columns = [column["name"] for column in inspect(connection).get_columns(VERSION)]
    have = [*connection.scalars(text(f"SELECT version_num FROM {VERSION}"))] if columns == ["version_num"] else [""]
    if not have and there - {VERSION} - dialect_of(connection).tables_of_extensions(connection):
        raise ForeignDatabase(None)
    if have and (len(have) > 1 or SETUP_TABLE not in there):
        raise ForeignDatabase(have[0])
    if have and have[0] not in known():
        raise DatabaseNewer(have[0])
