"""The bounds of WebSockets: how many there are, how much waits for a client, and how long the server waits."""

import asyncio
from collections.abc import Callable

import pytest
from graphql import get_introspection_query

from tests.api import Api
from tests.schema.server import limited_apps
from tests.sockets import Denied, closing, socket_of, subscribed

VIEWER = "{ viewer { userId } }"
CREATE = 'mutation { createSalesperson(input: {code: "AB", salesperson: {name: "Ann"}}) { userErrors { code } } }'
CHANGED = "subscription { changed { type } }"
SALESPEOPLE = "subscription { changed(types: [SALESPERSON]) { type objects { edges { id } } } }"

limited = limited_apps.limited


def test_clients_that_do_not_begin_are_dropped(limited: Callable[..., Api]) -> None:
    api = limited(websocket_init_seconds=0.05)
    assert closing(socket_of(api))[0] == 4408
    assert socket_of(api).begin().is_silent(0.2)


def test_the_numbers_of_websockets_and_subscriptions_are_bounded(limited: Callable[..., Api]) -> None:
    api = limited(max_websockets=1, max_subscriptions=1, max_subscriptions_user=2)
    socket = subscribed(api, CHANGED)
    with pytest.raises(Denied) as denied:
        socket_of(api)
    assert (denied.value.status, denied.value.code) == (503, "OVERLOADED")

    socket.subscribe("2", "subscription { postponedInteractionChanged { kind } }")
    assert socket.error() == "OVERLOADED"
    usage = api.app.state.websockets.usage
    assert (usage["websockets"].in_use, usage["subscriptions"].in_use) == (1, 1)


def test_the_operations_of_one_user_are_bounded(limited: Callable[..., Api]) -> None:
    api = limited(max_subscriptions_user=1)
    socket = subscribed(api, CHANGED)
    socket.subscribe("2", CHANGED)
    assert socket.error() == "OVERLOADED"
    socket.send(type="complete", id="1")
    assert socket.is_silent(0.2)
    socket.subscribe("3", VIEWER)
    assert socket.receive()["type"] == "next"


def test_a_client_that_reads_too_slowly_is_dropped_and_can_continue(limited: Callable[..., Api]) -> None:
    socket = socket_of(limited(websocket_unread_kb=64, introspection=True)).begin()
    socket.takes.clear()
    for turn in range(3):
        socket.subscribe(str(turn), get_introspection_query())
    socket._loop.run_until_complete(asyncio.sleep(1))
    socket.takes.set()

    code, reason = closing(socket)

    assert code == 4413
    assert "`after`" in reason


def test_a_client_that_reads_gets_more_than_may_wait(limited: Callable[..., Api]) -> None:
    api = limited(websocket_unread_kb=64)
    create = 'createSalesperson(input: {code: "S%d", salesperson: {name: "Ann"}}) { userErrors { code } }'
    api.execute("mutation { " + " ".join(f"m{i}: " + create % i for i in range(20)) + " }")
    fields = " ".join("x" * 300 + f"{i}: type" for i in range(25))
    socket = socket_of(api).begin()
    socket.subscribe("1", f'subscription {{ changed(after: "", types: [SALESPERSON]) {{ kind {fields} }} }}')

    assert [socket.next()["kind"] for _ in range(20)] == ["CREATED"] * 20
    assert socket.is_silent(0.2)


def test_a_client_that_reads_gets_an_event_that_is_larger_than_what_may_wait(limited: Callable[..., Api]) -> None:
    socket = socket_of(limited(websocket_unread_kb=64, introspection=True)).begin()
    socket.subscribe("1", get_introspection_query())
    assert socket.receive()["type"] == "next"


def test_a_client_that_reads_nothing_is_dropped(limited: Callable[..., Api]) -> None:
    socket = socket_of(limited(unread_seconds=0.05)).begin()
    socket.takes.clear()
    socket.subscribe("1", VIEWER)
    socket._loop.run_until_complete(asyncio.sleep(0.2))
    socket.takes.set()

    assert closing(socket)[0] == 4413


def test_operations_over_websockets_count_for_rate_limits(limited: Callable[..., Api]) -> None:
    api = limited(rate_limit_address=30, rate_limit_loopback=True)
    socket = socket_of(api).begin()
    codes = []
    for turn in range(5):
        socket.subscribe(str(turn), VIEWER)
        message = socket.receive()
        if message["type"] == "error":
            codes.append(message["payload"][0]["extensions"]["code"])
        else:
            socket.receive()
    assert "RATE_LIMITED" in codes
