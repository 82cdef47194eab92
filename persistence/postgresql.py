"""PostgreSQL: SQLAlchemy's pool for rules, the driver's own pool for planned reads."""

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from persistence.trouble import DatabaseUnreachable

STATEMENTS_KEPT = 512


def engine(url: str, pool_size: int) -> AsyncEngine:
    """READ COMMITTED with explicit locks; plans without JIT, which costs more than it saves here."""
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"), pool_size=pool_size, max_overflow=0,
        connect_args={"server_settings": {"jit": "off", "timezone": "UTC", "application_name": "carnet"}},
    )


async def readers(url: str, pool_size: int, timeout: float) -> "Readers":
    """Connections that can only read and keep their prepared statements."""
    dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    made = Readers(dsn, pool_size, timeout)
    try:
        await made.run([("SELECT 1", ())])
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseUnreachable(f"The database cannot be reached: {error}. Check CARNET_DATABASE_URL.") from error
    return made


class Readers:
    """A stack of connections. The driver's own pool costs as much as a small read: these have no state to reset."""

    def __init__(self, dsn: str, most: int, timeout: float) -> None:
        self._dsn = dsn
        self._settings = {
            "jit": "off", "timezone": "UTC", "application_name": "carnet reading", "default_transaction_read_only": "on",
            "statement_timeout": str(int(timeout * 1000)),
        }
        self._places = asyncio.Semaphore(most)
        self._idle: list[Any] = []

    async def run(self, statements: Sequence[tuple[str, tuple[Any, ...]]]) -> list[Any]:
        """One value for each statement. A connection that went away while it was idle is replaced once."""
        async with self._places:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_closed():
                    try:
                        return await self._run(connection, statements)
                    except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, ConnectionError):
                        continue
            return await self._run(await self._connect(), statements)

    async def close(self) -> None:
        for connection in self._idle:
            await connection.close()
        self._idle.clear()

    async def _run(self, connection: Any, statements: Sequence[tuple[str, tuple[Any, ...]]]) -> list[Any]:
        """Whoever is interrupted leaves a connection behind that nobody can trust."""
        try:
            values = [await connection.fetchval(sql, *parameters) for sql, parameters in statements]
        except asyncpg.QueryCanceledError as error:
            self._idle.append(connection)
            raise TimeoutError("the statement timeout") from error
        except asyncpg.PostgresError:
            self._idle.append(connection)
            raise
        except BaseException:
            connection.terminate()
            raise
        self._idle.append(connection)
        return values

    async def _connect(self) -> Any:
        return await asyncpg.connect(
            self._dsn, statement_cache_size=STATEMENTS_KEPT, server_settings=self._settings
        )
