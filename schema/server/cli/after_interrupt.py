"""The state of the database after Ctrl-C, read from the database."""

from persistence import database_urls, versions
from schema.server.cli import databases, running
from schema.server.cli.texts import database_messages


def database_name() -> str:
    """The name of the configured database in messages."""
    return database_urls.display_name(running.settings().database_url)


def database_state() -> str:
    """A message about the state of the database."""
    settings = running.settings()
    file = database_urls.file_of(settings.database_url)
    if file is not None and not file.path.exists():
        return database_messages.STATE_NO_DATABASE()

    async def version() -> str | None:
        async with databases.opened(settings) as database:
            return await versions.current(database)

    have = running.run(version())
    if have is None:
        return database_messages.STATE_EMPTY(place=database_name())
    message = database_messages.STATE_COMPLETE if have == versions.newest() else database_messages.STATE_OLD_VERSION
    return message(place=database_name(), have=have)
