"""Runs commands: `carnet(database_url, "token", "create", "--user", "ann")`."""

import asyncio
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from persistence.database import Database
from persistence.setup import MarketingSetup
from schema.server.cli.commands import app

NO_LOCALE = dict.fromkeys(("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"))
"""The tests do not depend on the locale of the machine."""

FEWER_DEMO_ENTRIES = 20_000
"""The interactions of the demo company in tests that only need it to be loaded. Its mailings have 18,160 of them."""


def carnet(database_url: str | None, *arguments: str, typed: str | None = None, **environment: str | None) -> Any:
    """The result of a command: `exit_code`, `stdout`, `stderr`. The text `typed` is its input. Other keyword arguments
    set the environment: `LANG="fr_CA.UTF-8"`.
    """
    env = {**NO_LOCALE, "CARNET_DATABASE_URL": database_url, "COLUMNS": "200", **environment}
    with logging_unchanged():
        return CliRunner().invoke(app, arguments, prog_name="carnet", env=env, input=typed)


@contextmanager
def logging_unchanged() -> Iterator[None]:
    """After the block, the logs of this process are as before: `carnet serve` configures them."""
    configuration = structlog.get_config()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.getLogger(), "handlers", [*logging.getLogger().handlers])
        patch.setattr(logging.getLogger(), "level", logging.getLogger().level)
        patch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
        patch.setattr(sys, "excepthook", sys.excepthook)
        patch.setattr(sys, "unraisablehook", sys.unraisablehook)
        patch.setattr(threading, "excepthook", threading.excepthook)
        patch.setattr(warnings, "showwarning", warnings.showwarning)
        yield
    structlog.configure(**configuration)


def create_token(database_url: str, user: str, *, salesperson: str | None = None, role: str = "admin") -> str:
    """A new token for a user, as `carnet token create` prints it."""
    more = [] if salesperson is None else ["--salesperson", salesperson]
    made = carnet(database_url, "token", "create", "--user", user, "--role", role, *more)
    assert made.exit_code == 0, made.stderr
    return str(made.stdout.strip())


def assert_refused(result: Any, *parts: str) -> None:
    """Check that the command ended with status 1 and a message that contains these parts, without a stack trace."""
    assert result.exit_code == 1, result.stderr
    assert isinstance(result.exception, SystemExit)
    assert not [part for part in parts if part not in result.stderr], result.stderr


def time_zone_of(url: str, loop: asyncio.AbstractEventLoop) -> str:
    """The time zone of the company in this database, which has not been changed since it was created."""

    async def read() -> Any:
        async with Database.at(url) as database:
            setup = await database.querying(lambda session: session.get(MarketingSetup, 1))
            assert setup is not None
            return setup.time_zone, setup.version

    zone, version = loop.run_until_complete(read())
    assert version == 1
    return str(zone)
