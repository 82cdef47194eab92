"""The database of the settings: opened, made by commands that make one, and a sentence where it cannot be used."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from persistence import places
from persistence.database import Database
from persistence.trouble import (
    ChangeCanceled,
    ChangeTooLong,
    CommitUncertain,
    DatabaseTooOld,
    DatabaseUnreachable,
    Overloaded,
    Why,
)
from persistence.versions import DatabaseInMaking, DatabaseNewer, DatabaseNotCurrent, DatabaseOfOthers
from schema.server.cli import sentences
from schema.server.cli.interrupting import CTRL_C
from schema.server.cli.speaking import say, stop
from schema.server.language import Sentence
from schema.server.settings import Settings

OF_SQLITE = (
    (("not a database", "malformed", "encrypted", "file is not"), sentences.NOT_A_DATABASE),
    (("readonly", "read-only", "unable to open", "permission"), sentences.NO_RIGHTS),
    (("is full", "disk i/o"), sentences.NO_ROOM),
    (("is locked", "is busy"), sentences.BUSY),
)
"""By what SQLite says, what is said of it."""

NO_WAY_IN = {
    Why.NO_SERVER: sentences.NO_SERVER, Why.NO_DATABASE: sentences.NO_DATABASE, Why.NOT_LET_IN: sentences.NOT_LET_IN,
    Why.NOT_READY: sentences.NOT_READY, Why.OTHER: sentences.CANNOT_USE,
}
VERSIONS: dict[type[DatabaseNotCurrent], Sentence] = {
    DatabaseNewer: sentences.NEWER, DatabaseOfOthers: sentences.OF_OTHERS, DatabaseInMaking: sentences.IN_MAKING,
}
CHANGES = {
    ChangeCanceled: sentences.CANCELED_BY_OTHERS, ChangeTooLong: sentences.TOOK_TOO_LONG, Overloaded: sentences.BUSY,
    CommitUncertain: sentences.UNCERTAIN,
}


@asynccontextmanager
async def opened(settings: Settings, *, makes_it: bool = False) -> AsyncIterator[Database]:
    """The database. A SQLite file that is not there is made only by a command that `makes_it`, which says so.

    What makes it impossible to use the database, here or in the block, ends the command with a sentence. A new file in which
    there are no tables at the end is removed.
    """
    url = settings.database_url
    place = places.shown(url)
    new = _new_file(url, makes_it=makes_it)
    if new is not None:
        say(sentences.NEW_FILE(place=place))
    try:
        async with Database.at(url, pool_size=settings.pool_size) as database:
            yield database
    except DatabaseNotCurrent as error:
        stop(_of_version(place, error))
    except DatabaseUnreachable as error:
        stop(NO_WAY_IN[error.why](place=place, reason=_reason(error)))
    except DatabaseTooOld as error:
        stop(sentences.SQLITE_TOO_OLD(reason=error))
    except (ChangeCanceled, ChangeTooLong, CommitUncertain, Overloaded, OSError, SQLAlchemyError) as error:
        if CTRL_C.pressed:
            raise asyncio.CancelledError from error
        stop(_of_use(place, error))
    finally:
        if new is not None:
            places.remove_if_empty(new)


def _new_file(url: str, *, makes_it: bool) -> Path | None:
    """The file that has to be made; ends the command where the address means nothing that can be used."""
    file = places.file_of(url)
    if file is None:
        return None
    place = str(file)
    try:
        if not file.parent.is_dir():
            stop(sentences.NO_FOLDER(place=place, folder=file.parent))
        if file.is_dir():
            stop(sentences.IS_A_FOLDER(place=place))
        if file.exists():
            if not places.is_sqlite_file(file):
                stop(sentences.NOT_A_DATABASE(place=place))
            rights = os.R_OK | os.W_OK
            if not os.access(file, rights) or not os.access(file.parent, rights | os.X_OK):
                stop(sentences.NO_RIGHTS(place=place))
            return None
    except OSError:
        stop(sentences.NO_RIGHTS(place=place))
    if not makes_it:
        stop(sentences.NO_FILE(place=place))
    return file


def _reason(error: DatabaseUnreachable) -> str:
    return next((said() for kind, said in sentences.NO_ANSWER.items() if isinstance(error.__cause__, kind)), error.reason)


def _of_version(place: str, error: DatabaseNotCurrent) -> str:
    sentence = VERSIONS.get(type(error)) or (sentences.OLDER if error.have else sentences.NO_TABLES)
    return sentence(place=place, have=error.have, need=error.need)


def _of_use(place: str, error: Exception) -> str:
    for kind, sentence in CHANGES.items():
        if isinstance(error, kind):
            return sentence(place=place)
    reason = (str(getattr(error, "orig", None) or error) or type(error).__name__).splitlines()[0]
    for said, sentence in OF_SQLITE:
        if any(each in reason.lower() for each in said):
            return sentence(place=place)
    return sentences.CANNOT_USE(place=place, reason=reason)
