"""What every command needs: the settings, the database, a transaction, a bar, and a sentence where something is wrong."""

import asyncio
import datetime as dt
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import SQLAlchemyError

from persistence import versions
from persistence.database import Database
from persistence.trouble import DatabaseTooOld, DatabaseUnreachable
from resolvers import users
from resolvers.errors import Refused
from resolvers.work import User, Work
from schema.server.settings import Settings

T = TypeVar("T")
Report = Callable[[str, int, int], None]

console = Console(stderr=True)


def settings() -> Settings:
    """The settings of the environment; ends with a sentence if one is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            f"CARNET_{'_'.join(map(str, each['loc'])).upper()}: {each['msg'].removeprefix('Value error, ')}"
            for each in error.errors()
        )
        stop(f"A setting is wrong. {problems}")
    except SettingsError as error:
        stop(f"A setting is wrong. {error}; lists are written as JSON.")


def database() -> Any:
    """The database of the settings, to be opened."""
    found = settings()
    return Database.at(found.database_url, pool_size=found.pool_size)


def in_transaction(rule: Callable[[Work], T]) -> T:
    """What a rule answers, done by the user of this machine in one transaction over a database that is up to date."""

    async def change() -> T:
        async with database() as opened:
            await versions.check(opened)
            done: T = await opened.writing(lambda session: rule(work(session)))
            return done

    return run(change())


def work(session: Any) -> Work:
    """A transaction of the user of this machine."""
    return Work(session, User(users.LOCAL), dt.datetime.now(dt.UTC))


def run(what: Coroutine[Any, Any, T]) -> T:
    """What it answers. Raises `Refused`; ends with a sentence instead of a stack where the user can do something about it."""
    return asyncio.run(_friendly(what))


async def _friendly(what: Coroutine[Any, Any, T]) -> T:
    try:
        return await what
    except (versions.DatabaseNotCurrent, DatabaseTooOld, DatabaseUnreachable) as error:
        stop(str(error))
    except (OSError, SQLAlchemyError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        stop(f"The database cannot be reached or used: {reason}. Check CARNET_DATABASE_URL.")


@contextmanager
def refusals_told() -> Iterator[None]:
    """What a rule refuses is said, and the command ends."""
    try:
        yield
    except Refused as refused:
        stop(str(refused))


@contextmanager
def bar() -> Iterator[Report]:
    """A progress bar for each phase of a long piece of work."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        tasks: dict[str, Any] = {}

        def report(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = progress.add_task(phase, total=total or None)
            progress.update(tasks[phase], completed=done, total=total or None)

        yield report


def stop(sentence: str) -> NoReturn:
    """End with a sentence and status 1."""
    console.print(sentence, style="bold red")
    raise typer.Exit(1)
