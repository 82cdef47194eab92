"""Opens the database of the settings, or ends the command with a message if it cannot be used."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from persistence import database_urls
from persistence.concurrency.time_limits import TimeLimits
from persistence.database import Database
from persistence.dialects.database_file import DatabaseFile
from persistence.exceptions import (
    ChangeCanceled,
    ChangeTooLong,
    DatabaseError,
    DatabaseProblem,
    DatabaseTooOld,
    DatabaseUnreachable,
    OutcomeUnknown,
    Overloaded,
    SourceUnusable,
    Unavailable,
    UnreachableReason,
)
from persistence.versions import DatabaseBeingMigrated, DatabaseNewer, DatabaseNotCurrent, ForeignDatabase
from schema.server.cli.interrupting import CTRL_C
from schema.server.cli.output import fail, print_message
from schema.server.cli.texts import database_messages
from schema.server.language import Message
from schema.server.settings import Settings

DAMAGE_SECONDS = 5
"""Seconds for which damage is looked for."""

PROBLEMS = {
    DatabaseProblem.NOT_A_DATABASE: database_messages.NOT_A_DATABASE,
    DatabaseProblem.NO_ACCESS: database_messages.PERMISSION_DENIED,
    DatabaseProblem.DISK_FULL: database_messages.DISK_FULL,
    DatabaseProblem.BUSY: database_messages.DATABASE_LOCKED,
    DatabaseProblem.NO_TABLE: database_messages.CANNOT_USE,
}

UNUSABLE_FILES: dict[DatabaseProblem | None, Message] = {
    DatabaseProblem.NOT_A_DATABASE: database_messages.DAMAGED,
    DatabaseProblem.NO_ACCESS: database_messages.PERMISSION_DENIED,
    DatabaseProblem.BUSY: database_messages.DATABASE_LOCKED,
}
"""For a file that is copied and not changed."""

UNREACHABLE = {
    UnreachableReason.NO_SERVER: database_messages.SERVER_UNREACHABLE,
    UnreachableReason.NO_DATABASE: database_messages.DATABASE_MISSING,
    UnreachableReason.ACCESS_DENIED: database_messages.ACCESS_DENIED,
    UnreachableReason.NOT_READY: database_messages.NOT_READY,
    UnreachableReason.OTHER: database_messages.CANNOT_USE,
}
VERSIONS: dict[type[DatabaseNotCurrent], Message] = {
    DatabaseNewer: database_messages.TABLES_NEWER,
    ForeignDatabase: database_messages.FOREIGN_TABLES,
    DatabaseBeingMigrated: database_messages.MIGRATION_RUNNING,
}
CHANGES = {
    ChangeCanceled: database_messages.CANCELED_BY_OTHER_USER,
    ChangeTooLong: database_messages.TOOK_TOO_LONG,
    Overloaded: database_messages.DATABASE_LOCKED,
    OutcomeUnknown: database_messages.OUTCOME_UNKNOWN,
}


@asynccontextmanager
async def opened(settings: Settings, *, creates: bool = False) -> AsyncIterator[Database]:
    """The opened database. A missing file is created, with a message, only if `creates` is true.

    If the database cannot be used, here or inside the block, the command ends with a message. A new file that still has
    no tables at the end is removed.
    """
    url = settings.database_url
    place = database_urls.display_name(url)
    new_file = _file_to_create(url, creates=creates)
    if new_file is not None:
        print_message(database_messages.FILE_CREATED(place=place))
    try:
        limits = TimeLimits(patience=settings.patience_seconds)
        async with Database.at(url, pool_size=settings.pool_size, limits=limits) as database:
            yield database
    except DatabaseNotCurrent as error:
        fail(_version_message(place, error))
    except DatabaseUnreachable as error:
        fail(unreachable(place, error))
    except DatabaseTooOld as error:
        fail(database_messages.DATABASE_TOO_OLD(reason=error))
    except (ChangeCanceled, ChangeTooLong, OutcomeUnknown, Overloaded, Unavailable, OSError, DatabaseError) as error:
        if CTRL_C.pressed and (not isinstance(error, OutcomeUnknown) or _has_ended(url, error, creates=creates)):
            raise asyncio.CancelledError from error
        fail(_error_message(url, place, error))
    finally:
        if new_file is not None:
            new_file.remove_if_empty()


def unreachable(place: str, error: DatabaseUnreachable) -> str:
    """The message that a database cannot be reached, and why."""
    return UNREACHABLE[error.why](place=place, reason=_reason(error))


def _has_ended(url: str, error: OutcomeUnknown, *, creates: bool) -> bool:
    """Whether the commit that Ctrl-C did not wait for has ended, because the file is closed. Commands that create a
    database then report its state.
    """
    return creates and error.__cause__ is None and database_urls.file_of(url) is not None


def check_file(settings: Settings) -> None:
    """End the command with a message if the file of the database is missing or cannot be used."""
    _file_to_create(settings.database_url, creates=False)


def check_place(url: str) -> None:
    """End the command with a message if the file of a database, which may be missing, cannot be used or created."""
    _file_to_create(url, creates=True)


def unusable_file(file: Path, error: SourceUnusable) -> str:
    """The message that the file of the database cannot be copied, and why."""
    message = UNUSABLE_FILES.get(error.problem, database_messages.CANNOT_USE)
    return message(place=file, reason=error)


async def refuse_damage(settings: Settings) -> None:
    """End the command with a message if the file of the database is damaged. Of a large file a part is checked."""
    damage = await asyncio.to_thread(database_urls.find_damage, settings.database_url, DAMAGE_SECONDS)
    if damage is not None:
        place = database_urls.display_name(settings.database_url)
        fail(database_messages.DAMAGED(place=place, reason=damage))


def _file_to_create(url: str, *, creates: bool) -> DatabaseFile | None:
    """The file to create, None if there is nothing to create. Ends the command if the file cannot be used."""
    database_file = database_urls.file_of(url)
    if database_file is None:
        return None
    file = database_file.path
    place = str(file)
    try:
        if not file.parent.is_dir():
            fail(database_messages.FOLDER_MISSING(place=place, folder=file.parent))
        if file.is_dir():
            fail(database_messages.IS_A_FOLDER(place=place))
        if file.exists():
            if not database_file.is_valid():
                fail(database_messages.NOT_A_DATABASE(place=place))
            rights = os.R_OK | os.W_OK
            if not os.access(file, rights) or not os.access(file.parent, rights | os.X_OK):
                fail(database_messages.PERMISSION_DENIED(place=place))
            return None
    except OSError:
        fail(database_messages.PERMISSION_DENIED(place=place))
    if not creates:
        fail(database_messages.FILE_MISSING(place=place))
    return database_file


def _reason(error: DatabaseUnreachable) -> str:
    return next(
        (
            message()
            for kind, message in database_messages.UNREACHABLE_CAUSES.items()
            if isinstance(error.__cause__, kind)
        ),
        error.reason,
    )


def _version_message(place: str, error: DatabaseNotCurrent) -> str:
    message = VERSIONS.get(type(error)) or (
        database_messages.TABLES_OLDER if error.have else database_messages.NO_TABLES
    )
    return message(place=place, have=error.have, need=error.need)


def _error_message(url: str, place: str, error: Exception) -> str:
    cause = error.__cause__ if isinstance(error, Unavailable) else error
    original = getattr(cause, "orig", None) or cause
    driver_error = getattr(original, "__cause__", None) or original  # SQLAlchemy raises its own class from it
    reason = (str(driver_error) or type(driver_error).__name__).splitlines()[0]
    for kind, message in CHANGES.items():
        if isinstance(error, kind):
            return message(place=place)
    problem = None if original is None else database_urls.problem_of(url, original)
    if problem is DatabaseProblem.NO_ACCESS and database_urls.file_of(url) is None:
        return database_messages.NO_RIGHTS(place=place)
    if problem is not None:
        return PROBLEMS[problem](place=place, reason=reason)
    if isinstance(error, Unavailable):
        return database_messages.UNAVAILABLE(place=place)
    return database_messages.CANNOT_USE(place=place, reason=reason)
