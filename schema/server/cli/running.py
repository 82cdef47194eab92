"""Functions for all commands: settings, database, transactions, progress bars and messages."""

import asyncio
import datetime as dt
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from typing import TypeVar

import typer
from pydantic import ValidationError
from sqlmodel import Session

from persistence import database_urls, versions
from persistence.database import Database
from persistence.exceptions import ChangeCanceled, InvalidDatabaseUrl
from persistence.transactions.observing_commits import observe_commit
from resolvers.errors import Refused
from resolvers.progress import Progress
from resolvers.users import rules as users
from resolvers.work import User, Work
from schema.server.cli import databases
from schema.server.cli.company_option import chosen_company
from schema.server.cli.interrupting import CTRL_C, STATUS
from schema.server.cli.output import console, fail, print_message
from schema.server.cli.progress_bars import progress_bars_on
from schema.server.cli.texts import company_messages, invalid_settings
from schema.server.companies.registry import Registry
from schema.server.language import refusal_text
from schema.server.locales import language
from schema.server.settings import Settings

T = TypeVar("T")


def settings() -> Settings:
    """The settings of the environment, with the database of the company that was chosen. Ends the command with a
    message if one is invalid.
    """
    try:
        found = Settings()
    except ValidationError as error:
        fail(invalid_settings.describe(error))
    name = chosen_company()
    return found if name is None else found.model_copy(update={"database_url": _company_url(found, name)})


def _company_url(found: Settings, name: str) -> str:
    """The URL of a company's database. Ends the command with a message if there is none."""
    folder = found.companies.absolute()
    try:
        url = Registry(folder).url_of(name)
        if url is None:
            fail(company_messages.UNKNOWN(name=name, folder=folder))
        database_urls.check(url)
    except OSError as error:
        fail(company_messages.FOLDER_UNUSABLE(folder=folder, reason=error.strerror or error))
    except InvalidDatabaseUrl as error:
        file, reason = folder / f"{name}.url", invalid_settings.reason_of_url(error)
        fail(company_messages.URL_INVALID(file=file, reason=reason))
    return url


def database(*, creates: bool = False) -> AbstractAsyncContextManager[Database]:
    """A context manager that opens the database. A missing file is created only if `creates` is true."""
    return databases.opened(settings(), creates=creates)


def in_transaction(rule: Callable[[Work], T]) -> T:
    """Run a rule as the local user in one transaction, and return its result. The database must have current tables."""

    async def change() -> T:
        async with database() as opened:
            await versions.check(opened)
            return await run_rule(opened, rule)

    return run(change())


async def run_rule(database: Database, rule: Callable[[Work], T], *, bulk: bool = False) -> T:
    """Run a rule, commit, and return its result. Ctrl-C cancels it with nothing changed, unless the commit has
    begun.
    """
    results: list[T] = []
    committed: list[bool] = []

    def observed(session: Session) -> None:
        if CTRL_C.pressed:  # do not retry a transaction after Ctrl-C
            raise ChangeCanceled
        observe_commit(session, begun=_note_commit, done=lambda: committed.append(CTRL_C.committing))
        results.append(rule(work(session)))

    try:
        await database.writing(observed, bulk=bulk)
    except (asyncio.CancelledError, ChangeCanceled):
        if not any(committed):
            if CTRL_C.pressed:
                raise asyncio.CancelledError from None
            raise
    finally:
        CTRL_C.committing = any(committed)
    return results[-1]


def _note_commit() -> None:
    CTRL_C.committing = True


def work(session: Session) -> Work:
    """A transaction of the local user."""
    return Work(session, User(users.LOCAL), dt.datetime.now(dt.UTC), language())


def run(coroutine: Coroutine[object, None, T]) -> T:
    """Run a coroutine and return its result. Raises `Refused`, or KeyboardInterrupt after Ctrl-C."""
    return CTRL_C.run(coroutine)


@contextmanager
def report_refusals(*, also: Callable[[Refused], None] = lambda _: None) -> Iterator[None]:
    """Print the refusals of a rule, call `also`, and end the command with status 1."""
    try:
        yield
    except Refused as refused:
        print_message(refusal_text(refused), "bold red")
        also(refused)
        raise typer.Exit(1) from None


@contextmanager
def report_interruption(message: Callable[[], str]) -> Iterator[None]:
    """After Ctrl-C, print the message and end the command with status 130."""
    try:
        yield
    except KeyboardInterrupt:
        print_message(message(), "bold red")
        raise typer.Exit(STATUS) from None


def progress_bars() -> AbstractContextManager[Progress]:
    """Progress bars for the phases of a long operation."""
    return progress_bars_on(console)
