"""Which version of the tables a database has, and bringing it up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from persistence.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseNotCurrent(Exception):
    """The tables are older, or newer, than this Carnet."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


def newest() -> str:
    """The version that this Carnet needs."""
    return ScriptDirectory.from_config(config()).get_current_head() or ""


async def current(database: Database) -> str | None:
    """The version of the tables; nothing for an empty database."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(lambda plain: MigrationContext.configure(plain).get_current_revision())


async def migrate(database: Database) -> None:
    """Create the tables, or bring old ones up to date, in one transaction."""
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda plain: command.upgrade(config(plain), "head"))


async def check(database: Database) -> None:
    """Refuse a database that this Carnet does not fit."""
    have, need = await current(database), newest()
    if have != need:
        raise DatabaseNotCurrent(
            f"The database has version {have or 'none'} of Carnet's tables, this Carnet needs {need}. "
            "Run `carnet migrate` with the same settings, then start again."
        )
