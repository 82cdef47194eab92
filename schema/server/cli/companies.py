"""`carnet company`: creates, lists, migrates and drops companies."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from persistence import database_urls, versions
from persistence.exceptions import CompanyFailed, CompanyProblem, DatabaseUnreachable, InvalidDatabaseUrl
from schema.server.cli import company_option, databases, running
from schema.server.cli.migrating import migrate_database
from schema.server.cli.output import fail, print_message, print_table
from schema.server.cli.texts import company_messages, invalid_settings, messages
from schema.server.cli.time_zones import TimeZone
from schema.server.companies.registry import CompanyRegistered, Registry, is_name
from schema.server.companies.states import CompanyState, State, state_of
from schema.server.settings import Settings

AT_ONCE = 8
"""Databases whose states are read at the same time."""

PROBLEMS = {
    CompanyProblem.EXISTS: company_messages.PLACE_TAKEN,
    CompanyProblem.NOT_ALLOWED: company_messages.NOT_ALLOWED,
    CompanyProblem.NO_USER: company_messages.NO_USER,
    CompanyProblem.IN_USE: company_messages.IN_USE,
    CompanyProblem.OTHER: company_messages.FAILED,
}

companies = typer.Typer(
    help="Create, list, migrate and drop companies, each with a database of its own.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(metavar="name", help="The name of the company, as in /companies/NAME/graphql.")]
ServerUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        metavar="URL",
        help="The PostgreSQL database in which the company has a schema with a role of its own, for a user who may "
        "create both; or the SQLite file of the company. Default: CARNET_DATABASE_URL, and a new file for SQLite.",
    ),
]


@companies.command("create")
def create(name: Name, database_url: ServerUrl = None, time_zone: TimeZone = None) -> None:
    """Create a company with its database and tables, and add it to the list. Running servers serve it at once."""
    settings = running.settings()
    if not is_name(name):
        fail(company_messages.NAME_INVALID(name=name))
    if name in _names(settings):
        fail(company_messages.EXISTS(name=name))
    with company_option.url_from(database_url and "--database-url"):
        url = running.run(_created(settings, name, database_url))
    with company_option.company(name), running.report_refusals():
        migrate_database(time_zone, creates=True, with_backup=False)
    print_message(company_messages.CREATED(name=name, place=database_urls.display_name(url)))


@companies.command("list")
def list_companies() -> None:
    """List all companies with the state of their databases."""
    settings = running.settings()
    names = _names(settings)
    if not names:
        print_message(company_messages.NONE_YET(folder=settings.companies.absolute()))
        return
    urls = [Registry(settings.companies).url_of(name) or "" for name in names]
    states = running.run(_states(urls))
    captions = (company_messages.NAME, company_messages.PLACE, company_messages.VERSION, company_messages.STATE)
    print_table(
        [caption() for caption in captions],
        [
            (name, _place(url), state.version or "", company_messages.STATES[state.state]())
            for name, url, state in zip(names, urls, states, strict=True)
        ],
    )


@companies.command("migrate")
def migrate(
    name: Annotated[str | None, typer.Argument(metavar="name", help="The company to migrate.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Migrate all companies. What is migrated already is left as it is.")
    ] = False,
    with_backup: Annotated[
        bool,
        typer.Option("--backup/--no-backup", help="Whether to back up an SQLite database with older tables first."),
    ] = True,
) -> None:
    """Migrate the tables of a company, or of all, to the version of this Carnet."""
    if every == (name is not None):
        fail(company_messages.NAME_OR_ALL())
    if name is not None:
        with company_option.company(name), running.report_refusals():
            migrate_database(None, creates=False, with_backup=with_backup)
        return
    _migrate_all(running.settings(), with_backup=with_backup)


@companies.command("drop")
def drop(
    name: Name,
    database_url: Annotated[
        str | None,
        typer.Option(
            "--database-url",
            metavar="URL",
            help="A URL with the user who may drop the schema and the role. Default: CARNET_DATABASE_URL.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
) -> None:
    """Drop a company: its data, its schema and role or its file, and its place in the list."""
    settings = running.settings()
    with company_option.company(name):
        url = running.settings().database_url
    place = database_urls.display_name(url)
    if not yes and typer.prompt(company_messages.DROP(name=name, place=place), err=True) != name:
        fail(messages.NOTHING_CHANGED())
    with company_option.url_from(database_url and "--database-url"):
        dropped = running.run(_dropped(settings, name, url, database_url or settings.database_url))
    with _usable_list(settings):
        Registry(settings.companies).remove(name)
    print_message((company_messages.DROPPED if dropped else company_messages.ONLY_REMOVED)(name=name, place=place))


async def _created(settings: Settings, name: str, given: str | None) -> str:
    """The URL of the new database of a company, which is on the list now."""
    folder, server = settings.companies, given or settings.database_url
    with _explained(server), _usable_list(settings):
        if given is not None and database_urls.file_of(given) is not None:
            databases.check_place(given)
            url = given
        else:
            url = await database_urls.create_company(server, name, folder)
    try:
        Registry(folder).add(name, url)
    except (CompanyRegistered, OSError) as error:
        await database_urls.drop_company(url, server, name, folder)
        if isinstance(error, CompanyRegistered):
            fail(company_messages.EXISTS(name=name))
        fail(company_messages.FOLDER_UNUSABLE(folder=folder.absolute(), reason=error.strerror or error))
    return url


async def _dropped(settings: Settings, name: str, url: str, server: str) -> bool:
    """Drop the database of a company. Returns False, and drops nothing, if Carnet did not create it."""
    with _explained(server):
        return await database_urls.drop_company(url, server, name, settings.companies)


@contextmanager
def _explained(server: str) -> Iterator[None]:
    """Ends the command with a message if the database of a company cannot be created or dropped on this server."""
    try:
        yield
    except InvalidDatabaseUrl as error:
        fail(invalid_settings.describe_url(error, company_option.source_of_url()))
    except CompanyFailed as error:
        fail(PROBLEMS[error.why](place=database_urls.display_name(server), reason=error.reason))
    except DatabaseUnreachable as error:
        fail(databases.unreachable(database_urls.display_name(server), error))


async def _states(urls: list[str]) -> list[CompanyState]:
    places = asyncio.Semaphore(AT_ONCE)

    async def state(url: str) -> CompanyState:
        async with places:
            return await state_of(url)

    return await asyncio.gather(*map(state, urls))


def _migrate_all(settings: Settings, *, with_backup: bool) -> None:
    """Migrate all companies, one after the other. One that fails does not keep the others from being migrated."""
    names, registry = _names(settings), Registry(settings.companies)
    if not names:
        print_message(company_messages.NONE_YET(folder=settings.companies.absolute()))
        return
    failed: list[str] = []
    migrated = done = 0

    def stopped() -> str:
        return company_messages.MIGRATION_STOPPED(done=done, total=len(names))

    with running.report_interruption(stopped), running.progress_bars() as progress:
        for done, name in enumerate(names):
            progress("companies", done, len(names))
            state = running.run(state_of(registry.url_of(name) or ""))
            if state.state is not State.READY:
                try:
                    with company_option.company(name), running.report_refusals():
                        migrate_database(None, creates=False, with_backup=with_backup, progress=progress)
                    migrated += 1
                except typer.Exit:
                    failed.append(name)
    if failed:
        fail(company_messages.SOME_FAILED(names=", ".join(failed), need=versions.newest()))
    current = len(names) - migrated
    print_message(company_messages.ALL_MIGRATED(need=versions.newest(), migrated=migrated, current=current))


def _names(settings: Settings) -> list[str]:
    with _usable_list(settings):
        return Registry(settings.companies).names()


@contextmanager
def _usable_list(settings: Settings) -> Iterator[None]:
    """Ends the command with a message if the list of companies cannot be read or changed."""
    try:
        yield
    except OSError as error:
        fail(company_messages.FOLDER_UNUSABLE(folder=settings.companies.absolute(), reason=error.strerror or error))


def _place(url: str) -> str:
    """The database of a URL in messages; empty if the URL is not usable."""
    try:
        return database_urls.display_name(url)
    except InvalidDatabaseUrl:
        return ""
