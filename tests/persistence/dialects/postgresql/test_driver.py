"""What Carnet uses of asyncpg beyond its documented interface still works with the installed version."""

import asyncio
import os
import socket
import time
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from persistence.dialects.postgresql.connections import run_statements
from persistence.dialects.postgresql.driver import UNACKNOWLEDGED_SECONDS, DriverConnection
from persistence.dialects.postgresql.server import Server
from tests.faults.proxy import proxy_of

PROCESS = """CREATE FUNCTION process() RETURNS integer LANGUAGE plpgsql PARALLEL SAFE AS
$$ BEGIN RETURN pg_backend_pid(); END $$"""
PROCESS_OF_STATEMENT = "SELECT process()", ()
"""The number of the process that executes a statement. With the setting of the test it is a parallel worker."""


def test_a_canceled_statement_fails_with_the_answer_of_the_server(
    postgresql_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    """asyncpg itself drops this answer. The connection can be used afterwards."""

    async def scenario() -> None:
        connection = await Server(make_url(postgresql_url)).connect({})
        sleeping = asyncio.ensure_future(connection.execute("SELECT pg_sleep(30)"))
        await asyncio.sleep(0.1)
        began = time.monotonic()
        connection.cancel_statement()
        with pytest.raises(asyncpg.QueryCanceledError):
            await sleeping
        assert time.monotonic() - began < 5
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
        connection.cancel_statement()  # has no effect

    loop.run_until_complete(scenario())


def test_a_tcp_connection_notices_that_the_server_is_gone(postgresql_url: str, loop: asyncio.AbstractEventLoop) -> None:
    async def scenario() -> None:
        async with proxy_of(postgresql_url) as (_, url):
            connection = await Server(make_url(url)).connect({})
            connected = connection._transport.get_extra_info("socket")
            with socket.socket(fileno=os.dup(connected.fileno())) as same:
                assert same.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
                if hasattr(socket, "TCP_USER_TIMEOUT"):
                    milliseconds = same.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
                    assert milliseconds == UNACKNOWLEDGED_SECONDS * 1000
            await connection.close()

    loop.run_until_complete(scenario())


def test_a_connection_is_closing_until_the_server_has_ended_it(
    postgresql_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    """The budget of connections counts it until then."""

    async def scenario() -> None:
        async with proxy_of(postgresql_url) as (proxy, url):
            connection = await Server(make_url(url)).connect({})
            with proxy.silence():  # the server does not learn that the connection is closed
                closing = asyncio.ensure_future(connection.close(timeout=0.5))
                await asyncio.sleep(0.1)
                assert (connection.is_closed(), connection.is_closing) == (True, True)
                with pytest.raises(TimeoutError):
                    await closing
            assert (connection.is_closed(), connection.is_closing) == (True, False)
            other = await Server(make_url(url)).connect({})
            await other.close()
            assert (other.is_closed(), other.is_closing) == (True, False)

    loop.run_until_complete(scenario())


class _ClosedBeforeExecution(DriverConnection):
    async def _get_statement(self, *arguments: Any, **options: Any) -> Any:
        prepared = await super()._get_statement(*arguments, **options)  # type: ignore[misc]  # not documented
        self.terminate()
        return prepared


def test_closing_a_connection_before_execution_raises_an_interface_error(
    postgresql_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    """Not with AttributeError, which would be reported as an internal error."""

    async def scenario() -> None:
        connection = await asyncpg.connect(postgresql_url, connection_class=_ClosedBeforeExecution)
        with pytest.raises(asyncpg.InterfaceError):
            await connection.fetchval("SELECT 1")
        assert connection.is_closed()

    loop.run_until_complete(scenario())


def test_the_first_row_of_a_prepared_statement_is_that_of_asyncpg(
    postgresql_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    """Also after the table of the statement has changed, and after the statement has failed."""

    async def scenario() -> None:
        connection = await Server(make_url(postgresql_url)).connect({}, statement_cache_size=10)
        connection._query_loggers.clear()  # those of the fixtures, with which the driver executes all statements
        insert = "INSERT INTO numbers SELECT $1::int WHERE $1 < 3 RETURNING *"
        await connection.execute("CREATE TEMPORARY TABLE numbers (no int PRIMARY KEY)")
        for given, expected in ((1, (1,)), (2, (2,)), (3, None)):
            row = await connection.first_row(insert, [given])
            assert (None if row is None else tuple(row)) == expected
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.first_row(insert, [1])
        await connection.execute("DELETE FROM numbers; ALTER TABLE numbers ADD name text DEFAULT 'new'")
        assert tuple(await connection.first_row(insert, [1]) or ()) == (1, "new")
        assert await connection.fetchval("SELECT count(*) FROM numbers") == 1

        await connection.execute("ALTER TABLE numbers DROP name")
        await connection.execute("BEGIN")
        with pytest.raises(asyncpg.InvalidCachedStatementError):
            await connection.first_row(insert, [2])
        await connection.execute("ROLLBACK")
        connection.terminate()
        with pytest.raises(asyncpg.InterfaceError):
            await connection.first_row(insert, [2])

    loop.run_until_complete(scenario())


def test_reads_use_parallel_workers(empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop) -> None:
    """One statement alone, when it is prepared and again, and several in one snapshot."""
    url = make_url(empty_copy("postgresql"))

    async def scenario() -> None:
        connection = await Server(url).connect({}, statement_cache_size=10)
        connection._query_loggers.clear()  # those of the fixtures, with which the driver executes all statements
        await connection.execute(PROCESS)
        is_new = connection.get_server_version().major >= 16
        await connection.execute(f"SET {'debug_parallel_query' if is_new else 'force_parallel_mode'} = on")
        for together in (1, 1, 2):
            found = await run_statements(connection, [PROCESS_OF_STATEMENT] * together, 60)
            assert connection.get_server_pid() not in found
        await connection.close()

    loop.run_until_complete(scenario())
