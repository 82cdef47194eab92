"""Whether the database of a company can be used."""

import asyncio
from dataclasses import dataclass, field
from enum import Enum

from persistence import database_urls, versions
from persistence.concurrency.connection_budget import PATIENCE, ConnectionBudget
from persistence.database import Database
from persistence.exceptions import DatabaseError, DatabaseTooOld, DatabaseUnreachable, InvalidDatabaseUrl, Unavailable
from resolvers.webhooks.delivering import ANY_WEBHOOK
from schema.server.errors import log
from schema.server.logs.stack_traces import cause

SECONDS = 10
"""Seconds within which a database must answer."""

UNUSABLE = (
    DatabaseError,
    DatabaseTooOld,
    DatabaseUnreachable,
    InvalidDatabaseUrl,
    OSError,
    TimeoutError,
    Unavailable,
    versions.DatabaseNotCurrent,
)
"""The reasons why a database cannot be used. All of them are corrected outside of Carnet."""


class State(Enum):
    """What can be done with the database of a company."""

    READY = "READY"
    EMPTY = "EMPTY"
    """It has no tables yet."""
    OLDER = "OLDER"
    """Its tables must be migrated."""
    NEWER = "NEWER"
    """Its tables need a newer Carnet."""
    FOREIGN = "FOREIGN"
    """It has tables of another program."""
    UNREACHABLE = "UNREACHABLE"


@dataclass(frozen=True)
class CompanyState:
    """The state of a company's database, the version of its tables if it has one, whether it has webhooks to which
    changes may have to be delivered, and why it is unreachable if it is.
    """

    state: State
    version: str | None = None
    has_webhooks: bool = False
    error: Exception | None = field(default=None, compare=False)


def check_file(url: str) -> None:
    """Raise FileNotFoundError if the database is a file that does not exist: opening it would create it."""
    file = database_urls.file_of(url)
    if file is not None and not file.path.is_file():
        raise FileNotFoundError(file.path)


async def state_of(url: str, budget: ConnectionBudget | None = None) -> CompanyState:
    """The state of a database, which is opened and closed again. `budget` limits its connections, too. Raises
    Overloaded if there are none for it.
    """
    seconds = SECONDS if budget is None else SECONDS + PATIENCE
    try:
        check_file(url)
        async with (
            asyncio.timeout(seconds),
            Database.at(url, pool_size=1, read_timeout=SECONDS, budget=budget) as database,
        ):
            return await state_of_open(database)
    except UNUSABLE as error:
        return CompanyState(State.UNREACHABLE, error=error)


async def state_of_open(database: Database) -> CompanyState:
    """The state of an open database. Raises one of UNUSABLE."""
    try:
        await versions.check(database)
    except versions.DatabaseNewer as error:
        return CompanyState(State.NEWER, error.have)
    except versions.DatabaseOlder as error:
        return CompanyState(State.OLDER if error.have else State.EMPTY, error.have)
    except versions.DatabaseNotCurrent as error:
        return CompanyState(State.FOREIGN, error.have)
    (found,) = await database.reading([ANY_WEBHOOK])
    return CompanyState(State.READY, versions.newest(), found is not None)


def note_state(states: dict[str, CompanyState], name: str, found: CompanyState) -> None:
    """Put the state of a company that was found into `states`. Logs one other than READY if it is new: the checks are
    repeated every few seconds.
    """
    known, states[name] = states.get(name), found
    if found.state is not State.READY and (known is None or known.state is not found.state):
        reason = {} if found.error is None else {"cause": cause(found.error)}
        log.warning("company not ready", company=name, state=found.state.value, **reason)
