"""The command line: `carnet serve`, `migrate`, `demo`, `import`, `export`, `log-segment`, `refresh`, `check`,
`backup`, `restore`, `token`, `company`, `settings` and `schema`.
"""

import gc
import signal
import socket
import sys
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from persistence import database_urls, versions
from persistence.database import Database
from resolvers import demo
from resolvers.errors import Refused
from resolvers.progress import Progress
from resolvers.users import rules as users
from resolvers.work import Work
from schema.printing import printed_schema
from schema.server.cli import after_interrupt, databases, listening, running, serving, time_zones, workers
from schema.server.cli.backups import backup, restore
from schema.server.cli.checking import check
from schema.server.cli.command_group import CommandGroup
from schema.server.cli.companies import companies
from schema.server.cli.company_option import add_option, chosen_company
from schema.server.cli.exporting import export
from schema.server.cli.imports.importing import imports
from schema.server.cli.imports.listing_imports import list_imports
from schema.server.cli.imports.undoing_imports import undo_import
from schema.server.cli.interrupting import CTRL_C, STATUS
from schema.server.cli.log_segment import log_segment
from schema.server.cli.migrating import migrate_database
from schema.server.cli.output import fail, print_message
from schema.server.cli.refreshing import refresh
from schema.server.cli.show_settings import show_settings
from schema.server.cli.texts import messages
from schema.server.cli.time_zones import TimeZone
from schema.server.cli.tokens import tokens
from schema.server.companies.registry import Registry
from schema.server.logs import log_output
from schema.server.settings import Settings

app = typer.Typer(
    help="Carnet, the interaction log of a CRM. Settings come from CARNET_… in the environment.",
    cls=CommandGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
imports.command("list")(list_imports)
imports.command("undo")(undo_import)
app.add_typer(imports, name="import")
app.add_typer(tokens, name="token")
app.add_typer(companies, name="company")
app.command("backup")(backup)
app.command("check")(check)
app.command("export")(export)
app.command("log-segment")(log_segment)
app.command("refresh")(refresh)
app.command("restore")(restore)
app.command("settings")(show_settings)


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"carnet {version('carnet')}")
        except PackageNotFoundError:
            fail(messages.VERSION_UNKNOWN())
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version of Carnet and exit.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Options of `carnet` without a command. The help text is that of the application."""


@app.command()
def serve(
    with_demo: Annotated[
        bool, typer.Option("--demo", help="Load the demo company first, if the database is empty.")
    ] = False,
    time_zone: TimeZone = None,
    host: Annotated[
        str | None, typer.Option(help="The host name or address to listen on, instead of CARNET_HOST.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="The port to listen on, instead of CARNET_PORT; 0 chooses a free one."),
    ] = None,
    number_of_workers: Annotated[
        int,
        typer.Option("--workers", min=1, max=workers.MOST, help="The number of processes. Several need PostgreSQL."),
    ] = 1,
) -> None:
    """Serve the API and GraphiQL. Creates the tables in an empty database, and refuses one with old tables."""
    settings = listening.settings_with(running.settings(), host=host, port=port)
    log_output.configure(settings.log_json)
    if number_of_workers > 1 and database_urls.file_of(settings.database_url) is not None:
        fail(messages.WORKERS_NEED_SERVER())
    serving.check_key_file(settings)
    carnet = serving.application(settings)
    with ExitStack() as until_the_end:
        with running.report_interruption(lambda: messages.STOPPED_BEFORE_READY(state=after_interrupt.database_state())):
            sockets = until_the_end.enter_context(listening.listening(settings))
            with running.report_refusals():
                running.run(_prepare(settings, sockets, with_demo, time_zone))
                CTRL_C.committing = False  # from here on Ctrl-C stops the server
                if CTRL_C.pressed:  # Ctrl-C came while the demo company was committed
                    raise KeyboardInterrupt
            print_message(messages.DATABASE_IN_USE(place=after_interrupt.database_name()))
            print_message(messages.SERVER_STARTED(address=listening.address_of(settings.host, sockets)))
            if listening.reaches_other_machines(sockets):
                print_message(messages.TOKENS_REQUIRED())
            gc.freeze()  # these objects live until the end; collecting garbage among them would delay requests by 0.1 s
        with running.report_interruption(messages.SERVER_STOPPED):
            if number_of_workers > 1:
                workers.serve(sockets, number_of_workers)
            else:
                serving.run(carnet, settings, sockets)


@app.command()
def migrate(
    time_zone: TimeZone = None,
    with_backup: Annotated[
        bool,
        typer.Option("--backup/--no-backup", help="Whether to back up an SQLite database with older tables first."),
    ] = True,
) -> None:
    """Create the tables, or migrate them to the version of this Carnet."""

    def interrupted() -> str:
        return messages.NOT_MIGRATED(state=after_interrupt.database_state())

    with running.report_refusals(), running.report_interruption(interrupted):
        migrate_database(time_zone, creates=chosen_company() is None, with_backup=with_backup)


@app.command("demo")
def load_demo(time_zone: TimeZone = None) -> None:
    """Load the demo company, Atelier Boréal, into an empty database."""

    async def load() -> None:
        async with running.database(creates=True) as database:
            await _make_tables(database, time_zone)
            await _load_demo(database)

    def interrupted() -> str:
        return messages.NOT_LOADED(state=after_interrupt.database_state())

    with running.report_refusals(), running.report_interruption(interrupted):
        running.run(load())


@app.command("schema")
def print_schema() -> None:
    """Print the GraphQL schema."""
    typer.echo(printed_schema())


for group in (app, imports, tokens):
    add_option(group)


def main() -> None:
    """The entry point of `carnet`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="backslashreplace"
            )  # a terminal that cannot show a character must not end the command
    commands = typer.main.get_command(app)
    try:
        with CTRL_C.handled(afterwards=signal.SIG_IGN):  # Python is not interrupted while it shuts down
            commands()
    except KeyboardInterrupt:
        print_message(messages.NOTHING_CHANGED(), "bold red")
        sys.exit(STATUS)


async def _prepare(settings: Settings, sockets: list[socket.socket], with_demo: bool, time_zone: str | None) -> None:
    """Create the tables and load the demo company into an empty company, also if an earlier load was interrupted.

    Ends the command if other machines could connect, but nobody could authenticate.
    """
    async with running.database(creates=True) as database:
        await databases.refuse_damage(settings)
        await _make_tables(database, time_zone)
        others_authenticate = settings.jwt_issuer or Registry(settings.companies).folder.is_dir()
        needs_token = listening.reaches_other_machines(sockets) and not others_authenticate
        if needs_token and not await running.run_rule(database, users.usable_token_exists):
            fail(messages.NOBODY_HAS_A_TOKEN(host=settings.host))
        if with_demo:
            try:
                await _load_demo(database)
            except Refused as refused:
                if not all(isinstance(refusal, demo.CompanyNotEmpty) for refusal in refused.refusals):
                    raise


async def _make_tables(database: Database, time_zone: str | None) -> None:
    await versions.check_supported(database)
    if await versions.current(database) is None:
        await time_zones.make_tables(database, time_zone)
    else:
        await versions.check(database)
        await time_zones.refuse_other(database, time_zone)


async def _load_demo(database: Database) -> None:
    with running.progress_bars() as progress:
        loaded = await running.run_rule(database, lambda work: _load_locked(work, progress))
    print_message(
        messages.DEMO_LOADED(
            contacts=messages.CONTACTS(loaded.contacts),
            entries=messages.INTERACTIONS(loaded.entries),
            postponed=messages.POSTPONED(loaded.postponed),
            segments=messages.OPEN_SEGMENTS(loaded.segments),
            logged=messages.LOGGED_SEGMENTS(loaded.logged_segments),
        )
    )


def _load_locked(work: Work, progress: Progress) -> demo.DemoLoaded:
    """Load the demo company under the migration lock: of several processes only one loads it."""
    versions.lock(work.session)
    return demo.load(work, progress)
