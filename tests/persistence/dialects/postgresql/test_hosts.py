"""A URL with several servers, one of which does not answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from threading import Thread
from typing import Any, cast

import asyncpg
import pytest
from sqlalchemy import URL, make_url

from persistence.concurrency.ending_tasks import end
from persistence.dialects.postgresql.driver import DriverConnection
from persistence.dialects.postgresql.hosts import STAGGER_SECONDS, PrimaryFinder, Promotion, ReplacedPrimaryError
from persistence.dialects.postgresql.server import CONNECT_SECONDS, Server
from persistence.exceptions import Unavailable
from tests.faults.proxy import Proxy, proxy_of


def place_of(url: str) -> tuple[object, int]:
    """The host of a server, or the folder of its socket, and the port."""
    address = make_url(url)
    return address.query.get("host", address.host), address.port or 5432


def run_with_two_servers(
    url: str, loop: asyncio.AbstractEventLoop, attributes: str, scenario: Callable[[Proxy, Server], Awaitable[Any]]
) -> None:
    """The first of the two servers is a proxy of the second."""

    async def run() -> None:
        async with proxy_of(url) as (proxy, proxied):
            host, port = place_of(url)
            ports = f"{make_url(proxied).port},{port}"
            query = {"host": f"127.0.0.1,{host}", "port": ports, "target_session_attrs": attributes}
            both = URL.create("postgresql", "postgres", database="postgres", query=query | {"sslmode": "disable"})
            await scenario(proxy, Server(both, only_reads=attributes != "primary"))

    loop.run_until_complete(run())


def test_a_frozen_server_delays_a_connection_to_the_primary_by_a_moment(
    postgresql_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    async def scenario(proxy: Proxy, server: Server) -> None:
        earlier = await server.connect({})
        with proxy.silence():
            began = time.monotonic()
            made = await server.connect({})
            assert time.monotonic() - began < CONNECT_SECONDS / 2
            assert await made.fetchval("SELECT 1") == 1
            assert earlier.is_closed()
        again = await server.connect({})
        assert not made.is_closed(), "the last primary was tried first"
        for connection in (made, again):
            connection.terminate()

    run_with_two_servers(postgresql_url, loop, "primary", scenario)


def test_the_primary_answers_reads_if_no_standby_does(postgresql_url: str, loop: asyncio.AbstractEventLoop) -> None:
    async def scenario(proxy: Proxy, server: Server) -> None:
        (await server.connect({}, limit=CONNECT_SECONDS)).terminate()
        with proxy.silence():
            (await server.connect({}, limit=4 * STAGGER_SECONDS + 1)).terminate()

    run_with_two_servers(postgresql_url, loop, "prefer-standby", scenario)


def test_a_server_that_refuses_a_password_is_named_rather_than_one_that_is_down(
    postgresql_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    host, port = place_of(postgresql_url)
    query = {"host": f"{host},/nowhere", "port": str(port), "target_session_attrs": "primary"}
    server = Server(URL.create("postgresql", "nobody", database="postgres", query=query))

    with pytest.raises(Unavailable) as raised:
        loop.run_until_complete(server.connect({}))

    assert 'role "nobody" does not exist' in str(raised.value.__cause__)


def test_connections_to_a_frozen_primary_are_closed_although_all_are_in_use(
    postgresql_url: str, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("persistence.dialects.postgresql.server.WATCH_SECONDS", 0.2)

    async def scenario(proxy: Proxy, server: Server) -> None:
        in_use = await server.connect({})
        watching = asyncio.create_task(server.watch(lambda: True))
        with proxy.silence(), pytest.raises(asyncpg.ConnectionDoesNotExistError):
            await in_use.fetchval("SELECT 1")
        await end(watching)

    run_with_two_servers(postgresql_url, loop, "primary", scenario)


class OnTimeline:
    """A connection to a primary of a timeline, without a server. `during` is called while it is asked if it is closed."""

    def __init__(self, timeline: int, *, frozen: bool = False, during: Callable[[], None] = lambda: None) -> None:
        self.promotion, self.frozen, self.during, self.closed = Promotion(7, timeline), frozen, during, False

    async def made(self) -> DriverConnection:
        return cast(DriverConnection, self)

    async def fetchrow(self, _: str) -> Promotion:
        await asyncio.sleep(1000 if self.frozen else 0)
        return self.promotion

    def is_closed(self) -> bool:
        self.during()
        return self.closed

    def terminate(self) -> None:
        self.closed = True

    terminate_soon = terminate


def test_of_two_connections_made_at_once_the_one_to_the_later_primary_is_kept(loop: asyncio.AbstractEventLoop) -> None:
    """As behind haproxy, which leads one of them to a primary that was not stopped."""
    finder, later, earlier = PrimaryFinder(), OnTimeline(2), OnTimeline(1)

    async def run() -> tuple[object, object]:
        return await asyncio.gather(
            finder.connect([later.made], 1), finder.connect([earlier.made], 1), return_exceptions=True
        )

    kept, refused = loop.run_until_complete(run())

    assert kept is later
    assert isinstance(refused, ReplacedPrimaryError)
    assert (later.closed, earlier.closed, finder.promotion.timeline) == (False, True, 2)


def test_a_server_that_freezes_does_not_stop_the_search_for_a_later_primary(loop: asyncio.AbstractEventLoop) -> None:
    finder, used, frozen = PrimaryFinder(), OnTimeline(1), OnTimeline(2, frozen=True)

    async def run() -> None:
        await finder.connect([used.made], 1)
        await asyncio.wait_for(finder.look_for_later([used.made, frozen.made], 0.05), 5)

    loop.run_until_complete(run())

    assert (used.closed, frozen.closed, finder.promotion.timeline) == (False, True, 1)


def test_connections_can_be_made_in_two_threads_at_once(loop: asyncio.AbstractEventLoop) -> None:
    """Large changes make their connections in a second thread."""
    finder, other, threads = PrimaryFinder(), OnTimeline(1), list[Thread]()

    def connect() -> None:
        if threads:
            return
        thread = Thread(target=asyncio.run, args=[finder.connect([other.made], 1)])
        threads.append(thread)
        thread.start()
        thread.join(0.05)

    first = OnTimeline(1, during=connect)
    loop.run_until_complete(finder.connect([first.made], 1))
    first.closed = True

    assert finder.is_verified()
    threads[0].join()
    assert finder.is_verified()
