"""A lost connection is not used again, even if it is still open, and statements are retried only a few times."""

import asyncio
import gc
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import asyncpg
import pytest
import uvloop
from sqlalchemy import URL, func, make_url, select, text
from sqlmodel import Session

from persistence.database import Database
from persistence.dialects.postgresql.connections import Connections
from persistence.dialects.postgresql.driver import DriverConnection
from persistence.dialects.postgresql.newest_primary import NewestPrimary
from persistence.dialects.postgresql.server import Server
from persistence.dialects.postgresql.standby import StandbyReader
from persistence.exceptions import OutcomeUnknown, Unavailable
from persistence.transactions.autocommit import AUTOCOMMIT, first_row
from persistence.transactions.running_operations import RUNNING_TRANSACTION

COUNTED = """CREATE SEQUENCE tries"""
LOSING = """CREATE FUNCTION lose(state text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN PERFORM nextval('tries'); RAISE EXCEPTION USING ERRCODE = state, MESSAGE = 'lost'; END $$"""
QUIETLY = """CREATE FUNCTION lose_quietly() RETURNS text LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = '08006', MESSAGE = 'lost'; END $$"""
HOW_OFTEN = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM tries"


@pytest.fixture
def losing(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> str:
    """A PostgreSQL database with a function that reports a lost connection although it is not lost, and counts its
    calls.
    """
    url: str = empty_copy("postgresql")

    async def make() -> None:
        async with Database.at(url) as database:
            await database.writing(lambda session: [session.execute(text(each)) for each in (COUNTED, LOSING, QUIETLY)])

    loop.run_until_complete(make())
    return url


def lose(session: Session, state: str) -> None:
    session.execute(text("SELECT lose(:state)"), {"state": state})


LOST_CONNECTION_STATES = ["08000", "08006", "08P01", "57P01", "57P02", "57P03", "57P05"]


@pytest.mark.parametrize("state", LOST_CONNECTION_STATES)
def test_a_read_whose_connection_is_lost_every_time_is_sent_three_times(
    losing: str, loop: asyncio.AbstractEventLoop, state: str
) -> None:
    async def ask() -> tuple[int, set[int]]:
        async with Database.at(losing) as database:
            pids = [(await database.reading([("SELECT pg_backend_pid()", ())]))[0]]
            sent = 0

            async def losing_read(connection: Any) -> Any:
                nonlocal sent
                sent += 1
                pids.append(await connection.fetchval("SELECT pg_backend_pid()"))
                await connection.execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$")

            connections: Any = database.reader
            with pytest.raises(Unavailable):
                await connections._connections.use(losing_read)
            pids.append((await database.reading([("SELECT pg_backend_pid()", ())]))[0])
            return sent, {*pids}

    sent, pids = loop.run_until_complete(ask())
    assert sent == 3
    assert len(pids) == 4, "the first two were over one connection, then each had a new one"


def test_a_look_up_that_fails_after_the_time_limit_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """uvloop would log it with a stack trace, for each connection of an outage."""
    nowhere = "nowhere.invalid"

    async def scenario() -> None:
        server = Server(make_url(f"postgresql://ann@{nowhere}/carnet"))
        for _ in range(3):
            with pytest.raises(Unavailable):
                await server.connect({}, limit=0.000_001)
        for _ in range(3):
            with pytest.raises(socket.gaierror):
                await asyncio.get_running_loop().getaddrinfo(nowhere, None)
        await asyncio.sleep(0.1)
        gc.collect()

    uvloop.run(scenario())
    assert caplog.records == []


LATE = "the server was asked to cancel a statement that was already complete"


def test_canceling_a_complete_statement_does_not_cancel_that_of_another_client(
    postgresql_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    async def cancel_too_late(connection: DriverConnection) -> None:
        await connection.fetchval("SELECT 1")
        connection.cancel_statement()

    async def scenario() -> None:
        connections = Connections(Server(make_url(postgresql_url)), 1, 15, {})
        for _ in range(5):
            await connections.use(cancel_too_late)
            assert await connections.use(lambda each: each.fetchval("SELECT length(pg_sleep(0.1)::text)")) == 0, LATE
        await connections.close()

    loop.run_until_complete(scenario())


def test_canceling_a_complete_rule_does_not_cancel_that_of_another_client(
    postgresql_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    def cancel_too_late(session: Session) -> None:
        session.execute(text("SELECT 1"))
        session.info[RUNNING_TRANSACTION].connection.cancel_statement()

    async def scenario() -> None:
        async with Database.at(postgresql_url) as database:
            for _ in range(5):
                await database.querying(cancel_too_late)
                found = await database.querying(
                    lambda session: session.scalar(text("SELECT length(pg_sleep(0.1)::text)"))
                )
                assert found == 0, LATE

    loop.run_until_complete(scenario())


def test_a_planned_read_whose_connection_is_lost_raises_an_error(losing: str, loop: asyncio.AbstractEventLoop) -> None:
    async def ask() -> None:
        async with Database.at(losing) as database:
            await database.reading([("SELECT 1", ())])
            with pytest.raises(Unavailable):
                await asyncio.wait_for(database.reading([("SELECT lose_quietly()", ())]), 10)

    loop.run_until_complete(ask())


@pytest.mark.parametrize("state", LOST_CONNECTION_STATES)
def test_a_change_whose_connection_is_lost_every_time_is_tried_five_times(
    losing: str, loop: asyncio.AbstractEventLoop, state: str
) -> None:
    async def change() -> tuple[int, int]:
        async with Database.at(losing) as database:
            read_result = database.querying(lambda session: lose(session, state))
            with pytest.raises(Unavailable):
                await asyncio.wait_for(read_result, 10)
            (looks,) = await database.reading([(HOW_OFTEN, ())])
            with pytest.raises(Unavailable):
                await asyncio.wait_for(database.writing(lambda session: lose(session, state)), 10)
            (tries,) = await database.reading([(HOW_OFTEN, ())])
            return looks, tries - looks

    assert loop.run_until_complete(change()) == (5, 5)


@pytest.mark.parametrize("retry", [True, False])
def test_a_single_statement_is_retried_only_if_it_is_safe(
    losing: str, loop: asyncio.AbstractEventLoop, retry: bool
) -> None:
    lost = select(text("lose('08006')"))

    async def ask() -> int:
        async with Database.at(losing) as database:
            transactions: Any = database.transactions
            read_result = database.querying(lambda session: first_row(session, lost, {}))
            changed = database.writing(lambda session: transactions.autocommit.row(lost, {}, retry=False))
            with pytest.raises(Unavailable if retry else OutcomeUnknown):
                await (read_result if retry else changed)
            read_result.close()
            changed.close()
            (tries,) = await database.reading([(HOW_OFTEN, ())])
            return int(tries)

    assert loop.run_until_complete(ask()) == (3 if retry else 1)


def test_a_connection_stays_in_use_after_an_error_in_its_statement(
    losing: str, loop: asyncio.AbstractEventLoop
) -> None:
    async def ask() -> list[Any]:
        async with Database.at(losing) as database:
            (before,) = await database.reading([("SELECT pg_backend_pid()", ())])
            with pytest.raises(asyncpg.DivisionByZeroError):
                await database.reading([("SELECT 1 / 0", ())])
            return [before, *await database.reading([("SELECT pg_backend_pid()", ())])]

    before, after = loop.run_until_complete(ask())
    assert before == after


def test_connections_that_the_server_ended_are_replaced(losing: str, loop: asyncio.AbstractEventLoop) -> None:
    """Reads and rules continue after the server has ended all their connections."""
    ended = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
    )

    async def ask() -> list[Any]:
        async with Database.at(losing) as database:
            await asyncio.gather(*(database.reading([("SELECT pg_sleep(0.05)::text", ())]) for _ in range(5)))
            await database.querying(lambda session: session.execute(text("SELECT 1")))
            await database.writing(lambda session: session.execute(text("SELECT 1")))
            async with Database.at(losing) as other:
                await other.writing(lambda session: session.execute(text(ended)))
            return [
                *await asyncio.gather(*(database.reading([("SELECT 1", ())]) for _ in range(5))),
                [await database.querying(lambda session: session.scalar(text("SELECT 1")))],
                [await database.writing(lambda session: session.scalar(text("SELECT 1")))],
            ]

    assert loop.run_until_complete(ask()) == [[1]] * 7


FATAL = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"


@pytest.fixture
def proxied(
    losing: str, loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Callable[[], None]]]:
    """The URL of a proxy in front of the server, and a function that makes the proxy announce on every open connection
    that the server is shutting down. It leaves the connections open, as a server does for a moment.
    """
    folder, url = tmp_path_factory.mktemp("proxy"), make_url(losing)
    clients: list[asyncio.StreamWriter] = []
    running: set[asyncio.Task[None]] = set()

    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            target.write(data)
        target.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if url.host:
            server_reader, server_writer = await asyncio.open_connection(url.host, url.port)
        else:
            server_reader, server_writer = await asyncio.open_unix_connection(f"{url.query['host']}/.s.PGSQL.5432")
        clients.append(writer)
        running.update(map(asyncio.ensure_future, (copy(reader, server_writer), copy(server_reader, writer))))

    def shut_down() -> None:
        for client in clients:
            client.write(b"E" + (len(FATAL) + 4).to_bytes(4, "big") + FATAL)
        clients.clear()

    server = loop.run_until_complete(asyncio.start_unix_server(accept, folder / ".s.PGSQL.5432"))
    proxy = URL.create(url.drivername, url.username, url.password, None, None, url.database, {"host": str(folder)})
    yield proxy.render_as_string(hide_password=False), shut_down
    server.close()
    loop.run_until_complete(asyncio.wait(running))


def test_an_idle_connection_that_the_server_is_about_to_close_is_replaced(
    proxied: tuple[str, Callable[[], None]], loop: asyncio.AbstractEventLoop
) -> None:
    """For reads, rules and single statements: nothing was sent over the connection, so a retry is safe."""
    url, shut_down = proxied
    drawn = select(func.nextval("tries").label("number"))
    uses: list[Callable[[Database], Awaitable[Any]]] = [
        lambda database: database.reading([("SELECT 1", ())]),
        lambda database: database.querying(lambda session: session.scalar(text("SELECT 1"))),
        lambda database: database.writing(lambda session: session.scalar(text("SELECT 1"))),
        lambda database: database.writing(lambda session: dict(first_row(session, drawn, {}) or {})),
        lambda database: database.writing(
            lambda session: dict(
                session.info[AUTOCOMMIT].row(drawn, {}, retry=False)
            )  # an INSERT is sent so: it is not repeated
        ),
    ]

    async def ask(use: Callable[[Database], Awaitable[Any]]) -> Any:
        async with Database.at(url) as database:
            await use(database)
            shut_down()
            await asyncio.sleep(0.1)
            return await use(database)

    assert [loop.run_until_complete(ask(use)) for use in uses] == [[1], 1, 1, {"number": 2}, {"number": 4}]


def test_a_connection_whose_server_does_not_answer_in_time_is_closed(
    losing: str, loop: asyncio.AbstractEventLoop
) -> None:
    """Those that began later have their own time, and so has one that began while the pool had nothing to do."""

    def sleeping(seconds: float) -> Callable[[asyncpg.Connection], Awaitable[Any]]:
        return lambda connection: connection.fetchval("SELECT 1 FROM pg_sleep($1)", seconds)

    async def ask() -> list[Any]:
        async with Database.at(losing) as database:
            reader: Any = database.reader
            connections = Connections(reader._connections._server, 3, 5, {}, limit=0.3)
            first = await connections.use(sleeping(0))
            await asyncio.sleep(0.35)
            late = asyncio.ensure_future(connections.use(sleeping(60)))
            await asyncio.sleep(0.15)
            in_time = asyncio.ensure_future(connections.use(sleeping(0.2)))
            await asyncio.sleep(0.1)
            also_late = asyncio.ensure_future(connections.use(sleeping(60)))
            ended = await asyncio.gather(late, in_time, also_late, return_exceptions=True)
            await connections.close()
            return [first, *ended]

    first, late, in_time, also_late = loop.run_until_complete(asyncio.wait_for(ask(), 30))
    assert (first, in_time) == (1, 1)
    assert isinstance(late, Unavailable)
    assert isinstance(also_late, Unavailable)


def test_a_connection_that_was_made_slowly_is_closed_in_time(losing: str, loop: asyncio.AbstractEventLoop) -> None:
    """Although the time of another one, which was there at once, comes later."""

    async def ask() -> bool:
        async with Database.at(losing) as database:
            reader: Any = database.reader
            connections = Connections(reader._connections._server, 2, 5, {}, limit=60)
            both = [await connections._connect(), await connections._connect()]
            running = [
                asyncio.ensure_future(
                    connections._run(
                        connection, lambda used: used.fetchval("SELECT pg_sleep(60)"), loop.time() + seconds
                    )
                )
                for connection, seconds in zip(both, (30, 0.2), strict=True)
            ]
            ended, _ = await asyncio.wait(running, timeout=3, return_when=asyncio.FIRST_COMPLETED)
            is_first = ended == {running[1]}
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await connections.close()
            return is_first

    assert loop.run_until_complete(asyncio.wait_for(ask(), 30))


def test_connections_in_use_are_closed_with_their_database(losing: str, loop: asyncio.AbstractEventLoop) -> None:
    """Otherwise the statements would go on, and the connections would be kept by pools that nobody closes any more."""
    asleep = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"

    async def scenario() -> list[Any]:
        async with Database.at(losing) as database:
            running = (
                asyncio.ensure_future(database.reading([("SELECT pg_sleep(60)::text", ())])),
                asyncio.ensure_future(database.querying(lambda session: session.execute(text("SELECT pg_sleep(60)")))),
            )
            while await database.reading([(asleep, ())]) != [len(running)]:
                await asyncio.sleep(0.01)
        return await asyncio.wait_for(asyncio.gather(*running, return_exceptions=True), 5)

    assert [type(error) for error in loop.run_until_complete(scenario())] == [Unavailable, Unavailable]


def test_the_connection_that_asks_a_standby_is_closed_when_its_read_is_canceled(
    losing: str, loop: asyncio.AbstractEventLoop
) -> None:
    async def scenario() -> bool:
        async with Database.at(losing) as database:
            primary: Any = database.reader
            server = primary._connections._server
            standby = StandbyReader(server, primary, NewestPrimary(server, primary), 1, 5)
            probe = standby._probe = await standby._server.connect({})
            asking = asyncio.ensure_future(standby._answers())
            await asyncio.sleep(0)  # it sends its statement
            asking.cancel()
            await asyncio.wait([asking])
            return asking.cancelled() and probe.is_closed()

    assert loop.run_until_complete(scenario())
