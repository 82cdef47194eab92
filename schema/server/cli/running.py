"""What every command needs: the settings, the database, a transaction, a bar, and a sentence where something is wrong."""

import asyncio
import datetime as dt
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from typing import Any, TypeVar

import typer
from pydantic import ValidationError
from sqlalchemy import event

from persistence import versions
from persistence.database import Database
from persistence.trouble import ChangeCanceled
from resolvers import users
from resolvers.errors import Refused
from resolvers.work import User, Work
from schema.server.cli import bars, databases, wrong_settings
from schema.server.cli.interrupting import CTRL_C, STATUS
from schema.server.cli.speaking import console, say, stop
from schema.server.language import said
from schema.server.locales import language
from schema.server.settings import Settings

T = TypeVar("T")


def settings() -> Settings:
    """The settings of the environment; ends with a sentence if one is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        stop(wrong_settings.told(error))


def database(*, makes_it: bool = False) -> AbstractAsyncContextManager[Database]:
    """The database of the settings, to be opened. A file that is not there is made only by a command that `makes_it`."""
    return databases.opened(settings(), makes_it=makes_it)


def in_transaction(rule: Callable[[Work], T]) -> T:
    """What a rule answers, done by the user of this machine in one transaction over a database that is up to date."""

    async def change() -> T:
        async with database() as opened:
            await versions.check(opened)
            return await kept(opened, rule)

    return run(change())


async def kept(database: Database, rule: Callable[[Work], T], *, bulk: bool = False) -> T:
    """What a rule answers, and what it did is committed. Ctrl-C ends it with nothing changed, or comes too late."""
    answers: list[T] = []
    committed: list[bool] = []

    def noted(session: Any) -> None:
        if CTRL_C.pressed:  # a transaction that lost against another one is not begun again
            raise ChangeCanceled
        connection = session.connection()
        event.listen(connection, "commit", _keeping)
        event.listen(session, "after_commit", lambda _: committed.append(CTRL_C.keeping))
        answers.append(rule(work(session)))

    try:
        await database.writing(noted, bulk=bulk)
    except (asyncio.CancelledError, ChangeCanceled):
        if not any(committed):
            if CTRL_C.pressed:
                raise asyncio.CancelledError from None
            raise
    finally:
        CTRL_C.keeping = False
    return answers[-1]


def _keeping(_: Any) -> None:
    CTRL_C.keeping = True


def work(session: Any) -> Work:
    """A transaction of the user of this machine."""
    return Work(session, User(users.LOCAL), dt.datetime.now(dt.UTC), language())


def run(what: Coroutine[Any, Any, T]) -> T:
    """What it answers. Raises `Refused`, and KeyboardInterrupt after Ctrl-C, when all is ended."""
    return CTRL_C.run(what)


@contextmanager
def refusals_told(*, also: Callable[[Refused], None] = lambda _: None) -> Iterator[None]:
    """What a rule refuses is said, then what `also` says of it, and the command ends."""
    try:
        yield
    except Refused as refused:
        say(said(refused), "bold red")
        also(refused)
        raise typer.Exit(1) from None


@contextmanager
def interruption_told(sentence: Callable[[], str]) -> Iterator[None]:
    """After Ctrl-C it is said what was kept, and the command ends."""
    try:
        yield
    except KeyboardInterrupt:
        say(sentence(), "bold red")
        raise typer.Exit(STATUS) from None


def bar() -> AbstractContextManager[bars.Report]:
    """A progress bar for each phase of a long piece of work."""
    return bars.bar(console)
