"""The engine of rules on PostgreSQL."""

from typing import cast

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from persistence.cache import Cache, CompiledStatements
from persistence.concurrency.time_limits import TimeLimits
from persistence.dialects.postgresql.citus import DO_NOT_SYNC_METADATA, PROPAGATE_LOCAL_SETTINGS
from persistence.dialects.postgresql.driver import DriverConnection
from persistence.dialects.postgresql.errors import is_lost
from persistence.dialects.postgresql.server import Server
from persistence.sqlalchemy_internals import translate_driver_error

SPARE_SECONDS = 5

CHECK_CLIENT_CONNECTION = """DO $$ BEGIN PERFORM set_config('client_connection_check_interval', '1s', false);
EXCEPTION WHEN OTHERS THEN NULL; END $$"""
"""Has the server check every second whether Carnet is still connected. Servers before version 14, and some systems, do
not have this setting, which is no error.
"""

SET_UP_CONNECTION = f"{CHECK_CLIENT_CONNECTION}; {DO_NOT_SYNC_METADATA}; {PROPAGATE_LOCAL_SETTINGS}"
"""The statements that each connection for rules executes when it is opened."""


def create(server: Server, pool_size: int, limits: TimeLimits, longest: float | None, cache: Cache) -> AsyncEngine:
    """The engine of rules: READ COMMITTED with explicit locks, and query plans without JIT, which costs more than it
    saves here.

    The server checks every second whether Carnet is still connected. Otherwise the statement of a Carnet that was
    killed would keep its locks until it ends, and block the client that sends the request again.
    """
    settings = server_settings(limits.patience, longest)
    engine = create_async_engine(
        "postgresql+asyncpg://",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=limits.patience,
        async_creator=lambda: server.connect(settings, first=SET_UP_CONNECTION),
        execution_options={"compiled_cache": CompiledStatements(cache)},
        hide_parameters=True,  # in messages of exceptions
    )
    event.listen(engine.sync_engine, "handle_error", _invalidate_lost_connection)
    event.listen(engine.sync_engine, "checkin", _close_canceled_connection)
    translate_driver_error(engine.sync_engine, asyncpg.InternalClientError)
    return engine


def server_settings(patience: float, longest: float | None) -> dict[str, str]:
    """Settings of the connections of rules. The statement timeout of reads is in `connections.py`.

    Carnet itself ends a statement that takes longer than its time limit. The statement timeout ends those of a Carnet
    that was killed.
    """
    statement = {} if longest is None else {"statement_timeout": str(int((longest + SPARE_SECONDS) * 1000))}
    return {"application_name": "carnet", "lock_timeout": lock_timeout(patience), **statement}


def lock_timeout(patience: float) -> str:
    """The value of the setting."""
    return str(int(patience * 1000))


def _close_canceled_connection(connection: object, entry: ConnectionPoolEntry) -> None:
    """Close a connection whose server was asked to cancel a statement: it may cancel the next one instead."""
    if connection is not None and cast(DriverConnection, entry.driver_connection).was_canceled:
        entry.invalidate()


def _invalidate_lost_connection(context: ExceptionContext) -> None:
    """Remove the connection from the pool even if it is still open: SQLAlchemy itself removes only closed ones."""
    if is_lost(context.original_exception) and not context.is_disconnect:
        context.is_disconnect, context.invalidate_pool_on_disconnect = True, False
