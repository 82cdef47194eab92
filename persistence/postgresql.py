"""PostgreSQL: SQLAlchemy's pool for rules, the driver's own pool for planned reads."""

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


async def _no_reset(_: Any) -> None:
    """Reading connections have no state to reset, and the reset is a round trip."""


async def readers(url: str, pool_size: int) -> "Readers":
    """Connections that can only read and keep their prepared statements."""
    dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        pool = await asyncpg.create_pool(
            dsn, min_size=1, max_size=pool_size, reset=_no_reset, statement_cache_size=STATEMENTS_KEPT,
            server_settings={
                "jit": "off", "timezone": "UTC", "application_name": "carnet reading", "default_transaction_read_only": "on",
            },
        )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseUnreachable(f"The database cannot be reached: {error}. Check CARNET_DATABASE_URL.") from error
    return Readers(pool)


class Readers:
    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def run(self, statements: Sequence[tuple[str, tuple[Any, ...]]], timeout: float) -> list[Any]:
        async with self._pool.acquire() as connection:
            return [await connection.fetchval(sql, *parameters, timeout=timeout) for sql, parameters in statements]

    async def close(self) -> None:
        await self._pool.close()
