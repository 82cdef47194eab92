"""Alembic's entry. The connection comes from `persistence.versions`, or from CARNET_DATABASE_URL on the command
line.
"""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection

from persistence.database import Database
from persistence.tables import OF_MIGRATIONS, Table


def run(connection: Connection) -> None:
    """Migrate over an open connection."""
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        compare_type=True,
        include_object=lambda _, name, *others: name not in OF_MIGRATIONS,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_from_command_line() -> None:
    """Migrate the database of the settings."""
    async with Database.at(os.environ.get("CARNET_DATABASE_URL", "sqlite:///carnet.db")) as database:
        await database.writing(lambda session: run(session.connection()))


connection = context.config.attributes.get("connection")
if connection is None:
    asyncio.run(run_from_command_line())
else:
    run(connection)
