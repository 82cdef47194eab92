"""`carnet backup` and `carnet restore`, and the backup before a migration."""

import datetime as dt
import shlex
from contextlib import nullcontext
from itertools import chain, count
from pathlib import Path
from typing import Annotated

import typer

from persistence import database_urls, versions
from persistence.dialects.database_file import DatabaseFile
from persistence.exceptions import CopyFailed, DatabaseProblem, FileInUse, SourceUnusable
from persistence.versions import DatabaseNewer, DatabaseOlder
from resolvers.progress import Progress
from schema.server.cli import databases, running
from schema.server.cli.company_option import chosen_company, source_of_url
from schema.server.cli.output import fail, print_message
from schema.server.cli.texts import backup_messages, database_messages
from schema.server.settings import Settings

BY_OTHER_TOOLS = 2
"""The exit status if the tools of the database server have to do it."""

BackupFile = Annotated[Path, typer.Argument(help="The file to write. It must not exist.", metavar="file")]
BackupToRestore = Annotated[Path, typer.Argument(help="A file that `carnet backup` has written.", metavar="file")]
Replace = Annotated[
    bool, typer.Option("--replace", help="Replace the database that is there. Its file is kept under another name.")
]


def backup(file: BackupFile) -> None:
    """Copy an SQLite database to a file, also while `carnet serve` runs. For PostgreSQL, print the commands to use."""
    settings = running.settings()
    database_file = _file_of(settings, file, backup_messages.BACK_UP_ON_SERVER, backup_messages.BACK_UP_SCHEMA)
    databases.check_file(settings)
    running.run(_check_has_tables())
    with running.report_interruption(lambda: backup_messages.NOT_BACKED_UP(file=file)):
        _copy(database_file, file)
    print_message(backup_messages.BACKED_UP(place=database_file.path, file=file.absolute()))


def restore(file: BackupToRestore, replace: Replace = False) -> None:
    """Restore an SQLite database from a backup. No Carnet may be running. For PostgreSQL, print the commands to use."""
    settings = running.settings()
    database_file = _file_of(settings, file, backup_messages.RESTORE_ON_SERVER, backup_messages.RESTORE_SCHEMA)
    place = database_file.path
    source = database_urls.file_of(f"sqlite:///{file}")
    assert source is not None
    if not file.is_file():
        fail(backup_messages.NO_BACKUP(file=file))
    try:
        have = source.version(settings.patience_seconds)
    except SourceUnusable as error:
        fail(_restore_failed(place, file, error))
    if have is None:
        fail(backup_messages.NOT_A_BACKUP(file=file))
    if have not in versions.known():
        fail(backup_messages.BACKUP_NEWER(file=file, have=have, need=versions.newest()))
    if place.is_dir():
        fail(database_messages.IS_A_FOLDER(place=place))
    if place.exists() and not replace:
        fail(backup_messages.DATABASE_EXISTS(place=place))
    kept = place.with_name(f"{place.name}.replaced-{_now()}")
    try:
        with (
            running.report_interruption(lambda: backup_messages.NOT_RESTORED(place=place)),
            running.progress_bars() as progress,
        ):
            was_there = database_file.replace_with(
                source, kept, lambda done, total: progress("pages copied", done, total)
            )
    except FileInUse:
        fail(backup_messages.DATABASE_OPEN(place=place))
    except FileExistsError as error:
        fail(backup_messages.FILE_EXISTS(file=error.args[0]))
    except CopyFailed as error:
        fail(_restore_failed(place, file, error))
    print_message(backup_messages.RESTORED(place=place, file=file, have=have))
    if was_there:
        print_message(backup_messages.OLD_FILE_KEPT(file=kept))
    if have != versions.newest():
        print_message(backup_messages.MIGRATE_NEXT(need=versions.newest()))


def back_up_before_migration(progress: Progress | None) -> None:
    """Make a backup beside the file of the database if its tables are going to be changed. Does nothing on a server."""
    settings = running.settings()
    database_file = database_urls.file_of(settings.database_url)
    if database_file is None or not database_file.path.is_file():
        return
    try:
        have = database_file.version(settings.patience_seconds)
    except SourceUnusable as error:
        fail(databases.unusable_file(database_file.path, error))
    if have is None or have not in versions.known() or have == versions.newest():
        return
    running.run(_check_supported())
    place = database_file.path
    file = _free_name(place.with_name(f"{place.name}.version-{have}-{_now()}"))
    _copy(database_file, file, backup_messages.NOT_MIGRATED_WITHOUT_BACKUP, progress)
    print_message(backup_messages.BACKED_UP(place=place, file=file))


async def _check_supported() -> None:
    """End the command if the tables cannot be migrated: then no backup is needed."""
    async with running.database() as database:
        await versions.check_supported(database)


async def _check_has_tables() -> None:
    """End the command if the database has no tables of Carnet. Those of any version can be backed up."""
    async with running.database() as database:
        try:
            await versions.check_supported(database)
        except DatabaseNewer:
            return
        if await versions.current(database) is None:
            raise DatabaseOlder(None)


def _restore_failed(place: Path, file: Path, error: CopyFailed) -> str:
    """The message that a database cannot be restored from a file."""
    problem = error.problem if isinstance(error, SourceUnusable) else None
    if problem is DatabaseProblem.BUSY:
        return database_messages.DATABASE_LOCKED(place=file)
    message = (
        backup_messages.BACKUP_DAMAGED if problem is DatabaseProblem.NOT_A_DATABASE else backup_messages.RESTORE_FAILED
    )
    return message(place=place, file=file, reason=error)


def _free_name(file: Path) -> Path:
    """The file, or another one with a number at the end if there is a file of that name."""
    names = (file.with_name(f"{file.name}-{number}") for number in count(2))
    return next(each for each in chain([file], names) if not each.exists())


def _copy(
    database_file: DatabaseFile,
    file: Path,
    failed: backup_messages.Message = backup_messages.BACKUP_FAILED,
    progress: Progress | None = None,
) -> None:
    bars = running.progress_bars() if progress is None else nullcontext(progress)
    try:
        with bars as shown:
            database_file.copy_to(file.absolute(), lambda done, total: shown("pages copied", done, total))
    except FileExistsError as error:
        fail(backup_messages.FILE_EXISTS(file=error.args[0]))
    except SourceUnusable as error:
        fail(databases.unusable_file(database_file.path, error))
    except CopyFailed as error:
        fail(failed(place=database_file.path, file=file, reason=error))


def _file_of(
    settings: Settings, file: Path, of_database: backup_messages.Message, of_schema: backup_messages.Message
) -> DatabaseFile:
    """The file of the database. Ends the command with the commands to use if the database is on a server, or a company
    has a schema there, which has the name of its role.
    """
    database_file = database_urls.file_of(settings.database_url)
    if database_file is None:
        url = shlex.quote(database_urls.without_password(settings.database_url))
        given = {"url": url, "file": shlex.quote(str(file))}
        if chosen_company() is not None:
            schema = shlex.quote(database_urls.user_of(settings.database_url))
            server = shlex.quote(database_urls.without_user(settings.database_url))
            fail(of_schema(schema=schema, source=source_of_url(), server=server, **given), BY_OTHER_TOOLS)
        fail(of_database(**given), BY_OTHER_TOOLS)
    return database_file


def _now() -> str:
    """The current time in UTC, for names of files."""
    return f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}"
