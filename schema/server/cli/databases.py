"""Opens the database of the settings; creates its file if the command may; ends with a message if it cannot be used."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from persistence import database_urls
from persistence.database import Database
from persistence.dialects.interface import DatabaseFile
from persistence.exceptions import (
    ChangeCanceled,
    ChangeTooLong,
    CommitUncertain,
    DatabaseError,
    DatabaseProblem,
    DatabaseTooOld,
    DatabaseUnreachable,
    Overloaded,
    UnreachableReason,
)
from persistence.versions import DatabaseBeingMigrated, DatabaseNewer, DatabaseNotCurrent, ForeignDatabase
from schema.server.cli import sentences
from schema.server.cli.interrupting import CTRL_C
from schema.server.cli.output import say, stop
from schema.server.language import Sentence
from schema.server.settings import Settings

PROBLEMS = {
    DatabaseProblem.NOT_A_DATABASE: sentences.NOT_A_DATABASE,
    DatabaseProblem.NO_ACCESS: sentences.NO_RIGHTS,
    DatabaseProblem.DISK_FULL: sentences.NO_ROOM,
    DatabaseProblem.BUSY: sentences.BUSY,
}

UNREACHABLE = {
    UnreachableReason.NO_SERVER: sentences.NO_SERVER,
    UnreachableReason.NO_DATABASE: sentences.NO_DATABASE,
    UnreachableReason.ACCESS_DENIED: sentences.ACCESS_DENIED,
    UnreachableReason.NOT_READY: sentences.NOT_READY,
    UnreachableReason.OTHER: sentences.CANNOT_USE,
}
VERSIONS: dict[type[DatabaseNotCurrent], Sentence] = {
    DatabaseNewer: sentences.NEWER,
    ForeignDatabase: sentences.OF_OTHERS,
    DatabaseBeingMigrated: sentences.IN_MAKING,
}
CHANGES = {
    ChangeCanceled: sentences.CANCELED_BY_OTHERS,
    ChangeTooLong: sentences.TOOK_TOO_LONG,
    Overloaded: sentences.BUSY,
    CommitUncertain: sentences.UNCERTAIN,
}


@asynccontextmanager
async def opened(settings: Settings, *, creates: bool = False) -> AsyncIterator[Database]:
    """The opened database. A missing file is created, with a message, only if `creates` is true.

    If the database cannot be used, here or inside the block, the command ends with a message. A new file that still has
    no tables at the end is removed.
    """
    url = settings.database_url
    place = database_urls.display_name(url)
    new = _file_to_create(url, creates=creates)
    if new is not None:
        say(sentences.NEW_FILE(place=place))
    try:
        async with Database.at(url, pool_size=settings.pool_size) as database:
            yield database
    except DatabaseNotCurrent as error:
        stop(_of_version(place, error))
    except DatabaseUnreachable as error:
        stop(UNREACHABLE[error.why](place=place, reason=_reason(error)))
    except DatabaseTooOld as error:
        stop(sentences.DATABASE_TOO_OLD(reason=error))
    except (ChangeCanceled, ChangeTooLong, CommitUncertain, Overloaded, OSError, DatabaseError) as error:
        if CTRL_C.pressed:
            raise asyncio.CancelledError from error
        stop(_of_use(url, place, error))
    finally:
        if new is not None:
            new.remove_if_empty()


def _file_to_create(url: str, *, creates: bool) -> DatabaseFile | None:
    """The file to create, None if there is nothing to create. Ends the command if the file cannot be used."""
    found = database_urls.file_of(url)
    if found is None:
        return None
    file = found.path
    place = str(file)
    try:
        if not file.parent.is_dir():
            stop(sentences.NO_FOLDER(place=place, folder=file.parent))
        if file.is_dir():
            stop(sentences.IS_A_FOLDER(place=place))
        if file.exists():
            if not found.is_valid():
                stop(sentences.NOT_A_DATABASE(place=place))
            rights = os.R_OK | os.W_OK
            if not os.access(file, rights) or not os.access(file.parent, rights | os.X_OK):
                stop(sentences.NO_RIGHTS(place=place))
            return None
    except OSError:
        stop(sentences.NO_RIGHTS(place=place))
    if not creates:
        stop(sentences.NO_FILE(place=place))
    return found


def _reason(error: DatabaseUnreachable) -> str:
    return next(
        (said() for kind, said in sentences.NO_ANSWER.items() if isinstance(error.__cause__, kind)), error.reason
    )


def _of_version(place: str, error: DatabaseNotCurrent) -> str:
    sentence = VERSIONS.get(type(error)) or (sentences.OLDER if error.have else sentences.NO_TABLES)
    return sentence(place=place, have=error.have, need=error.need)


def _of_use(url: str, place: str, error: Exception) -> str:
    for kind, sentence in CHANGES.items():
        if isinstance(error, kind):
            return sentence(place=place)
    reason = (str(getattr(error, "orig", None) or error) or type(error).__name__).splitlines()[0]
    problem = database_urls.problem_of(url, reason)
    if problem is not None:
        return PROBLEMS[problem](place=place)
    return sentences.CANNOT_USE(place=place, reason=reason)
