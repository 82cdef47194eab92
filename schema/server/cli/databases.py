"""Opens the database of the settings, or ends the command with a message if it cannot be used."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from persistence import locations
from persistence.database import Database
from persistence.exceptions import (
    ChangeCanceled,
    ChangeTooLong,
    CommitUncertain,
    DatabaseTooOld,
    DatabaseUnreachable,
    Overloaded,
    UnreachableReason,
)
from persistence.versions import DatabaseBeingMigrated, DatabaseNewer, DatabaseNotCurrent, ForeignDatabase
from schema.server.cli import database_messages
from schema.server.cli.interrupting import CTRL_C
from schema.server.cli.output import fail, print_message
from schema.server.language import Message
from schema.server.settings import Settings

SQLITE_ERRORS = (
    (("not a database", "malformed", "encrypted", "file is not"), database_messages.NOT_A_DATABASE),
    (("readonly", "read-only", "unable to open", "permission"), database_messages.PERMISSION_DENIED),
    (("is full", "disk i/o"), database_messages.DISK_FULL),
    (("is locked", "is busy"), database_messages.DATABASE_LOCKED),
)
"""Parts of SQLite's messages, and the message that is shown for them."""

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
    CommitUncertain: database_messages.COMMIT_UNCERTAIN,
}


@asynccontextmanager
async def opened(settings: Settings, *, creates: bool = False) -> AsyncIterator[Database]:
    """The opened database. A missing SQLite file is created, with a message, only if `creates` is true.

    If the database cannot be used, here or inside the block, the command ends with a message. A new file that still has
    no tables at the end is removed.
    """
    url = settings.database_url
    place = locations.display_name(url)
    new_file = _file_to_create(url, creates=creates)
    if new_file is not None:
        print_message(database_messages.FILE_CREATED(place=place))
    try:
        async with Database.at(url, pool_size=settings.pool_size) as database:
            yield database
    except DatabaseNotCurrent as error:
        fail(_version_message(place, error))
    except DatabaseUnreachable as error:
        fail(UNREACHABLE[error.why](place=place, reason=_reason(error)))
    except DatabaseTooOld as error:
        fail(database_messages.SQLITE_TOO_OLD(reason=error))
    except (ChangeCanceled, ChangeTooLong, CommitUncertain, Overloaded, OSError, SQLAlchemyError) as error:
        if CTRL_C.pressed:
            raise asyncio.CancelledError from error
        fail(_error_message(place, error))
    finally:
        if new_file is not None:
            locations.remove_if_empty(new_file)


def _file_to_create(url: str, *, creates: bool) -> Path | None:
    """The SQLite file to create, None if there is nothing to create. Ends the command if the file cannot be used."""
    file = locations.file_of(url)
    if file is None:
        return None
    place = str(file)
    try:
        if not file.parent.is_dir():
            fail(database_messages.FOLDER_MISSING(place=place, folder=file.parent))
        if file.is_dir():
            fail(database_messages.IS_A_FOLDER(place=place))
        if file.exists():
            if not locations.is_sqlite_file(file):
                fail(database_messages.NOT_A_DATABASE(place=place))
            rights = os.R_OK | os.W_OK
            if not os.access(file, rights) or not os.access(file.parent, rights | os.X_OK):
                fail(database_messages.PERMISSION_DENIED(place=place))
            return None
    except OSError:
        fail(database_messages.PERMISSION_DENIED(place=place))
    if not creates:
        fail(database_messages.FILE_MISSING(place=place))
    return file


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


def _error_message(place: str, error: Exception) -> str:
    for kind, message in CHANGES.items():
        if isinstance(error, kind):
            return message(place=place)
    reason = (str(getattr(error, "orig", None) or error) or type(error).__name__).splitlines()[0]
    for parts, message in SQLITE_ERRORS:
        if any(part in reason.lower() for part in parts):
            return message(place=place)
    return database_messages.CANNOT_USE(place=place, reason=reason)
