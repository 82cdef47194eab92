"""The state of the database after Ctrl-C, read from the database."""

from persistence import database_urls, versions
from schema.server.cli import databases, running, sentences


def database_name() -> str:
    """The name of the configured database in messages."""
    return database_urls.display_name(running.settings().database_url)


def database_state() -> str:
    """A sentence about the state of the database."""
    found = running.settings()
    file = database_urls.file_of(found.database_url)
    if file is not None and not file.path.exists():
        return sentences.KEPT_NOTHING()

    async def look() -> str | None:
        async with databases.opened(found) as database:
            return await versions.current(database)

    have = running.run(look())
    if have is None:
        return sentences.KEPT_EMPTY(place=database_name())
    sentence = sentences.KEPT_WHOLE if have == versions.newest() else sentences.KEPT_VERSION
    return sentence(place=database_name(), have=have)
