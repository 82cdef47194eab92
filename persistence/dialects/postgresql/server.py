"""The server of a PostgreSQL database: the one place that opens connections to it."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from weakref import WeakSet

import asyncpg
from sqlalchemy import URL

from persistence.concurrency.connection_budget import ConnectionBudget
from persistence.dialects.postgresql.dates import set_date_codec
from persistence.dialects.postgresql.driver import SERVER_KEEPALIVE, DriverConnection
from persistence.dialects.postgresql.errors import is_lost
from persistence.dialects.postgresql.hosts import Connect, PrimaryFinder, Promotion, first_connection, prefer_standby
from persistence.dialects.postgresql.urls import connect_arguments
from persistence.exceptions import Unavailable

CONNECT_SECONDS = 10
"""Seconds within which a connection must be made, at most."""

SILENT_SECONDS = 15
"""Seconds after which a server that did not answer may answer again."""

SLOW_CONNECT_SECONDS = 1
"""A server that answers takes a new connection within this time."""

ONE_OF_SEVERAL_SECONDS = 2
"""Seconds within which one of several servers must take a connection. Another one may become the primary meanwhile, and
is found by the next attempt.
"""

WATCH_SECONDS = 1
"""Seconds between two checks of the primary: by turns a connection to it, and one to each other server."""

OWN_SCHEMA = """(SELECT quote_ident(nspname)
FROM regexp_matches(current_setting('search_path'), '"((?:[^"]|"")+)"|([^",[:space:]]+)', 'g')
    WITH ORDINALITY AS listed (names, place)
CROSS JOIN LATERAL (SELECT coalesce(replace(names[1], '""', '"'), lower(names[2])) AS name) AS unquoted
JOIN pg_namespace ON nspname = CASE name WHEN '$user' THEN current_user ELSE name END
ORDER BY place LIMIT 1)"""
"""The first schema of the role's search path that exists, even if the role may not use it. `current_schema()` leaves
out those: for a role that has lost the right to use its own schema it can be `public`.
"""

PREPARE_SESSION = (
    f"SELECT set_config('search_path', {OWN_SCHEMA}, false), "
    "set_config('citus.override_table_visibility', 'off', false)"
)
"""Has a connection find tables and functions in its own schema only. While this schema is empty, or the role may not
use it, the connection would otherwise find those of another installation in `public`.

On Citus, queries of the catalog then show all tables. With its check of each one, the driver's query for an array type
takes seconds on each connection. Other servers ignore the setting.
"""


class Server:
    """A PostgreSQL server, or several of which one is the primary. All connections are opened here."""

    def __init__(self, url: URL, budget: ConnectionBudget | None = None, *, only_reads: bool = False) -> None:
        self._arguments, self._budget = connect_arguments(url, only_reads=only_reads), budget
        self._only_reads = only_reads
        self._unanswered_at: float | None = None
        self._primary = PrimaryFinder()
        self._attempts: dict[object, float] = {}
        """When each connection that is being made was begun."""
        self._made: WeakSet[DriverConnection] = WeakSet()
        self._is_closed = False

    @property
    def prefers_standby(self) -> bool:
        """Whether connections to a standby are preferred to those to the primary."""
        return bool(self._arguments["target_session_attrs"] == "prefer-standby")

    @property
    def promotion(self) -> Promotion:
        """The promotion of the primary that is used."""
        return self._primary.promotion

    def is_verified(self) -> bool:
        """Whether the primary that is used is connected, or was a second ago. See `PrimaryFinder.is_verified`."""
        return self._primary.is_verified()

    @property
    def is_silent(self) -> bool:
        """Whether it recently did not answer at all, and has not taken a new connection since; or lets one wait."""
        now = time.monotonic()
        if self._unanswered_at is not None and now - self._unanswered_at < SILENT_SECONDS:
            return True
        return any(now - began > SLOW_CONNECT_SECONDS for began in self._attempts.values())

    def note_silence(self) -> None:
        """Note that it did not answer in time."""
        self._unanswered_at = time.monotonic()

    def close(self) -> None:
        """Close the connections that are still open, and make none any more. Their owners have closed those that they
        keep. Others are in use, or those of tasks that were canceled just before.
        """
        self._is_closed = True
        for connection in [*self._made]:
            if not connection.is_closed():
                connection.terminate_soon()

    async def answers(self, *, limit: float | None = None) -> bool:
        """Whether the server takes a new connection before the time limit. `limit` is in seconds; None stands for the
        usual limit.
        """
        try:
            connection = await self._connected({"application_name": "carnet probing"}, limit=limit)
        except (Unavailable, OSError):
            return False
        connection.terminate()
        return True

    async def watch(self, is_in_use: Callable[[], bool]) -> None:
        """Look for the primary again and again while connections are in use, if there are several servers. If the
        primary is frozen, or runs on without the program that manages it, this notices that another one has taken over.
        """
        while self._has_several:
            for look in (self.answers, self.look_for_later_primary):
                await asyncio.sleep(WATCH_SECONDS)
                if is_in_use():
                    await look(limit=WATCH_SECONDS)

    async def look_for_later_primary(self, *, limit: float) -> None:
        """Use another server from now on if it was promoted later. The only address of a URL may lead to it. `limit` is
        in seconds.
        """
        if not self._has_several:
            await self.answers(limit=limit)
            return
        arguments = {**self._arguments, "server_settings": {"application_name": "carnet probing"}}
        arguments["connection_class"] = DriverConnection
        await self._primary.look_for_later(_attempts(arguments, limit, "primary"), limit)

    async def connect(
        self,
        settings: Mapping[str, str],
        *,
        statement_cache_size: int | None = None,
        first: str | None = None,
        limit: float | None = None,
    ) -> DriverConnection:
        """A new connection, which sees its own schema only and has executed the statement `first` if there is one.
        Raises Unavailable when the server takes no connection, or does not answer in time: within `limit` seconds, if
        it is given; and Overloaded when the budget of connections is used up.
        """
        if self._budget is None:
            return await self._connected(settings, statement_cache_size, first, limit)
        await self._budget.take()
        try:
            made = await self._connected(settings, statement_cache_size, first, limit)
        except BaseException as error:
            self._budget.give_back(
                refused=isinstance(error, Unavailable) and not isinstance(error.__cause__, TimeoutError)
            )
            raise
        self._budget.opened(made)
        return made

    async def _connected(
        self,
        settings: Mapping[str, str],
        statement_cache_size: int | None = None,
        first: str | None = None,
        limit: float | None = None,
    ) -> DriverConnection:
        settings = {"jit": "off", "timezone": "UTC", "datestyle": "ISO", **SERVER_KEEPALIVE, **settings}
        timeout = CONNECT_SECONDS if limit is None else min(limit, CONNECT_SECONDS)
        arguments = {**self._arguments, "server_settings": settings, "connection_class": DriverConnection}
        if statement_cache_size is not None:
            arguments["statement_cache_size"] = statement_cache_size
        made: DriverConnection | None = None
        attempt = object()
        self._attempts[attempt] = time.monotonic()
        try:
            async with asyncio.timeout(timeout):
                made = await self._opened(arguments, timeout)
                if self._is_closed:
                    raise Unavailable
                self._made.add(made)
                made.watch()
                await set_date_codec(made)
                await made.execute(PREPARE_SESSION if first is None else f"{PREPARE_SESSION}; {first}")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            if made is not None:
                made.terminate()
            if isinstance(error, TimeoutError):
                self.note_silence()
            raise Unavailable(lost=is_lost(error) and not isinstance(error, ConnectionRefusedError)) from error
        except BaseException:
            if made is not None:
                made.terminate()
            raise
        finally:
            del self._attempts[attempt]
        self._unanswered_at = None
        return made

    async def _opened(self, arguments: dict[str, Any], timeout: float) -> DriverConnection:
        """A connection to the server, or to the one of several servers that has the wanted role."""
        attributes = arguments["target_session_attrs"]
        if not self._has_several:
            attempt = partial(_connect, arguments, timeout)
            return await (attempt() if self._only_reads else self._primary.connect([attempt], timeout))
        timeout = min(timeout, ONE_OF_SEVERAL_SECONDS)
        if attributes == "prefer-standby":
            standbys, servers = _attempts(arguments, timeout, "standby"), _attempts(arguments, timeout, "any")
            return await prefer_standby(standbys, servers, timeout)
        attempts = _attempts(arguments, timeout, attributes)
        if attributes == "primary":
            return await self._primary.connect(attempts, timeout)
        return (await first_connection(attempts, timeout))[1]

    @property
    def _has_several(self) -> bool:
        """Whether the URL names several servers."""
        return len(self._arguments["host"] or ()) > 1


def _attempts(arguments: dict[str, Any], timeout: float, attributes: str) -> list[Connect]:
    """An attempt to connect to each server."""
    hosts = arguments["host"]
    ports = arguments["port"] or [None] * len(hosts)
    return [
        partial(_connect, {**arguments, "host": host, "port": port, "target_session_attrs": attributes}, timeout)
        for host, port in zip(hosts, ports, strict=True)
    ]


async def _connect(arguments: dict[str, Any], timeout: float) -> DriverConnection:
    await _look_up(arguments["host"])
    made: DriverConnection = await asyncpg.connect(**arguments, timeout=timeout)
    return made


async def _look_up(hosts: str | Sequence[str] | None) -> None:
    """Look up the address of the host, as the driver does afterwards. Raises OSError.

    If only the driver looked it up, and the time limit ended meanwhile, uvloop would log the failed look-up with a
    stack trace, for each connection.
    """
    (host,) = [hosts] if isinstance(hosts, str) else hosts or [""]
    if host and not host.startswith("/"):
        look_up = asyncio.ensure_future(asyncio.get_running_loop().getaddrinfo(host, None))
        look_up.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # so that it is not logged
        await asyncio.shield(look_up)
