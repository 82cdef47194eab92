"""What a database has after a command was stopped with Ctrl-C: looked up, not guessed."""

from persistence import places, versions
from schema.server.cli import databases, running, sentences


def place() -> str:
    """Where the database of the settings is."""
    return places.shown(running.settings().database_url)


def kept() -> str:
    """What the database has now."""
    found = running.settings()
    file = places.file_of(found.database_url)
    if file is not None and not file.exists():
        return sentences.KEPT_NOTHING()

    async def look() -> str | None:
        async with databases.opened(found) as database:
            return await versions.current(database)

    have = running.run(look())
    if have is None:
        return sentences.KEPT_EMPTY(place=place())
    sentence = sentences.KEPT_WHOLE if have == versions.newest() else sentences.KEPT_VERSION
    return sentence(place=place(), have=have)
