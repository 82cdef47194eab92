"""The command line: `carnet serve`, `migrate`, `demo`, `import`, `schema`."""

import asyncio
import datetime as dt
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
import uvicorn
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from persistence import versions
from persistence.database import Database
from persistence.trouble import DatabaseTooOld, DatabaseUnreachable
from resolvers import contact_import, demo
from resolvers.errors import Refused
from resolvers.work import User, Work
from schema.graph import schema as graph
from schema.server import logs
from schema.server.app import create_app
from schema.server.settings import Settings

T = TypeVar("T")
Report = Callable[[str, int, int], None]

app = typer.Typer(help="Carnet, the interaction log of a CRM. Settings come from CARNET_… in the environment.",
                  no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
imports = typer.Typer(help="Take over data from files.", no_args_is_help=True)
app.add_typer(imports, name="import")
console = Console(stderr=True)


@app.command()
def serve(
    with_demo: Annotated[bool, typer.Option("--demo", help="Fill an empty database with the demo company first.")] = False,
) -> None:
    """Serve the API and GraphiQL. An empty database gets its tables, an old one is refused."""
    settings = _settings()
    _run(_prepare(settings, with_demo))
    _check_port(settings)
    logs.configure(settings.log_json)
    console.print(f"Carnet is at http://{settings.host}:{settings.port}/graphql – stop it with Ctrl-C.")
    uvicorn.run(
        create_app(settings), host=settings.host, port=settings.port, access_log=False, log_level="warning",
        timeout_graceful_shutdown=10, server_header=False,
    )


@app.command()
def migrate() -> None:
    """Create the tables, or bring old ones up to date."""

    async def change() -> None:
        async with _database() as database:
            await versions.migrate(database)
            console.print(f"The database has version {await versions.current(database)} of Carnet's tables.")

    _run(change())


@app.command("demo")
def load_demo() -> None:
    """Load the demo company, Atelier Boréal, into an empty database."""

    async def load() -> None:
        async with _database() as database:
            if await versions.current(database) is None:
                await versions.migrate(database)
            await _load_demo(database)

    _run(load())


@imports.command("contacts")
def import_contacts(
    file: Annotated[Path, typer.Argument(help="A CSV file: from NAV, Business Central, Outlook or Google.", exists=True,
                                         dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
) -> None:
    """Create and update contacts from a CSV file: all of it, or nothing."""

    async def load() -> contact_import.ImportReport:
        async with _database() as database:
            await versions.check(database)
            with _bar() as progress:
                return await database.writing(
                    lambda session: contact_import.run(_work(session), file, dry_run=dry_run, progress=progress)
                )

    try:
        report = asyncio.run(_friendly(load()))
    except Refused as refused:
        if isinstance(refused.detail, contact_import.ImportReport):
            _show_errors(refused.detail)
        _stop(str(refused))
    _show(report, dry_run=dry_run)


@app.command("schema")
def print_schema() -> None:
    """Print the GraphQL schema."""
    typer.echo(graph.as_str())


def main() -> None:
    """The entry point of `carnet`."""
    app()


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(f"CARNET_{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in error.errors())
        _stop(f"A setting is wrong. {problems}")
    except SettingsError as error:
        _stop(f"A setting is wrong. {error}; lists are written as JSON.")


def _database() -> Any:
    settings = _settings()
    return Database.at(settings.database_url, pool_size=settings.pool_size)


async def _prepare(settings: Settings, with_demo: bool) -> None:
    async with Database.at(settings.database_url, pool_size=settings.pool_size) as database:
        if await versions.current(database) is not None:
            await versions.check(database)
            return
        await versions.migrate(database)
        if with_demo:
            await _load_demo(database)


async def _load_demo(database: Database) -> None:
    with _bar() as progress:
        loaded = await database.writing(lambda session: demo.load(_work(session), progress))
    console.print(
        f"Atelier Boréal is there: {loaded.contacts} contacts, {loaded.entries} interactions, {loaded.postponed} postponed, "
        f"{loaded.segments} open and {loaded.logged_segments} logged segments."
    )


def _work(session: Any) -> Work:
    return Work(session, User("local"), dt.datetime.now(dt.UTC))


@contextmanager
def _bar() -> Iterator[Report]:
    """A progress bar for each phase of a long piece of work."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        tasks: dict[str, Any] = {}

        def report(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = progress.add_task(phase, total=total or None)
            progress.update(tasks[phase], completed=done, total=total or None)

        yield report


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(_friendly(work))
    except Refused as refused:
        _stop(str(refused))


async def _friendly(work: Coroutine[Any, Any, T]) -> T:
    """Ends with a sentence instead of a stack where the user can do something about it."""
    try:
        return await work
    except (versions.DatabaseNotCurrent, DatabaseTooOld, DatabaseUnreachable) as error:
        _stop(str(error))
    except (OSError, SQLAlchemyError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        _stop(f"The database cannot be reached or used: {reason}. Check CARNET_DATABASE_URL.")


def _check_port(settings: Settings) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as error:
            _stop(f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. Set CARNET_PORT to another port.")


def _show_errors(report: contact_import.ImportReport) -> None:
    table = Table("Row", "Column", "Problem", title=f"{report.error_count} errors, the first {len(report.errors)}")
    for error in report.errors:
        table.add_row(str(error.row), error.column or "", error.message("EN"))
    console.print(table)


def _show(report: contact_import.ImportReport, *, dry_run: bool) -> None:
    if report.unknown_columns:
        console.print(f"Columns that were not read: {', '.join(report.unknown_columns)}")
    would = "would be " if dry_run else ""
    console.print(f"{report.rows} rows: {report.created} {would}created, {report.updated} {would}updated, "
                  f"{report.unchanged} unchanged.")


def _stop(sentence: str) -> NoReturn:
    console.print(sentence, style="bold red")
    raise typer.Exit(1)
