"""A cursor of changes that a restored backup has undone is refused, although their numbers are drawn again (R-FEED-6)."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from schema.change_feed import ITEM_CURSOR, decode_item
from schema.compiler import cursors
from schema.server.background import webhooks
from schema.subscriptions.events import OBJECT_CURSOR
from tests.api import Api, running_app
from tests.scenarios.test_subscriptions import CHANGED, LOGGED
from tests.sockets import socket_of
from tests.webhook_receiver import Receiver, receiving

FEED = "query($after: String) { changeFeed(after: $after, first: 100) { endCursor changes { cursor type } } }"
WEBHOOK = {"url": "https://example.com/"}


@pytest.fixture(params=["sqlite", "postgresql"])
def histories(request: pytest.FixtureRequest, empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop) -> Any:
    """What happened to two copies of a database: one before the backup was restored, the other since."""
    with running_app(empty_copy(request.param), loop) as undone, running_app(empty_copy(request.param), loop) as new:
        yield undone, new


def create_contacts(api: Api, count: int) -> None:
    for number in range(count):
        contact = {"type": "COMPANY", "name": f"Company {number}"}
        api.mutate("createContact", {"no": f"C{number}", "contact": contact}, "contact { no }")


def create_salespeople(api: Api, count: int) -> None:
    for number in range(count):
        api.mutate("createSalesperson", {"code": f"S{number}", "salesperson": {"name": "Ann"}}, "salesperson { code }")


def test_cursors_of_changes_that_a_restored_backup_undid_have_expired_r_feed_6(histories: tuple[Api, Api]) -> None:
    undone, new = histories
    before = undone.execute(FEED)["changeFeed"]["endCursor"]
    create_contacts(undone, 3)
    create_salespeople(new, 5)
    feed = undone.execute(FEED)["changeFeed"]
    webhook = new.mutate("createWebhook", WEBHOOK, "webhook { id }")["webhook"]["id"]
    socket = socket_of(new).begin()

    for cursor in (feed["endCursor"], *(change["cursor"] for change in feed["changes"])):
        error = new.post(FEED, {"after": cursor}).json()["errors"][0]
        assert error["extensions"]["code"] == "CURSOR_EXPIRED"
        of_object = cursors.encode(OBJECT_CURSOR, decode_item(cursor).no, 1, decode_item(cursor).mark or 0)
        for document, after in ((LOGGED, cursor), (CHANGED, cursor), (CHANGED, of_object)):
            socket.subscribe("1", document, after=after)
            assert socket.error() == "CURSOR_EXPIRED"
        assert new.refusal_codes("replayWebhook", {"id": webhook, "after": cursor}) == ["INVALID"]
        assert undone.execute(FEED, after=cursor)["changeFeed"]["endCursor"] == feed["endCursor"]

    assert len(new.execute(FEED, after=before)["changeFeed"]["changes"]) == 5
    create_contacts(new, 1)
    kept = new.execute(FEED)["changeFeed"]["endCursor"]
    new.mutate("replayWebhook", {"id": webhook, "after": kept}, "webhook { id }")


@pytest.fixture
def receiver(loop: asyncio.AbstractEventLoop) -> Iterator[Receiver]:
    """A receiver of webhooks that accepts everything."""
    context = receiving()
    yield loop.run_until_complete(context.__aenter__())
    loop.run_until_complete(context.__aexit__(None, None, None))


@pytest.fixture(params=["sqlite", "postgresql"])
def histories_with_webhooks(
    request: pytest.FixtureRequest,
    empty_copy: Callable[[str], str],
    loop: asyncio.AbstractEventLoop,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """As `histories`, with webhooks to receivers on this machine."""
    monkeypatch.setattr(webhooks, "IDLE_PAUSE", 0.1)
    before, since = empty_copy(request.param), empty_copy(request.param)
    with running_app(before, loop, webhook_allow_private=True) as undone, running_app(since, loop) as new:
        yield undone, new


def test_cursors_of_webhooks_have_expired_too_after_a_restored_backup_r_feed_6(
    histories_with_webhooks: tuple[Api, Api], receiver: Receiver, loop: asyncio.AbstractEventLoop
) -> None:
    """A receiver that continues after the last change that it got would miss changes made since the restore."""
    undone, new = histories_with_webhooks
    first = undone.mutate("createWebhook", {"url": receiver.url}, "webhook { id }")["webhook"]["id"]
    create_contacts(undone, 3)
    create_salespeople(new, 5)
    webhook = new.mutate("createWebhook", WEBHOOK, "webhook { id }")["webhook"]["id"]
    bodies = [request.data for request in loop.run_until_complete(receiver.wait_for(3))]
    bodies.sort(key=lambda body: decode_item(body["cursor"]).no)
    undone_cursors = [*(body["cursor"] for body in bodies), *(body["previousCursor"] for body in bodies[1:])]

    for cursor in undone_cursors:
        assert new.post(FEED, {"after": cursor}).json()["errors"][0]["extensions"]["code"] == "CURSOR_EXPIRED"
        assert new.refusal_codes("replayWebhook", {"id": webhook, "after": cursor}) == ["INVALID"]
        undone.mutate("replayWebhook", {"id": first, "after": cursor}, "webhook { id }")
    changes = undone.execute(FEED)["changeFeed"]["changes"]
    for body in bodies:
        rest = undone.execute(FEED, after=body["previousCursor"])["changeFeed"]["changes"]
        assert rest[0]["cursor"] == body["cursor"]
        assert len(rest) + changes.index(rest[0]) == len(changes)
    assert len(new.execute(FEED, after=bodies[0]["previousCursor"])["changeFeed"]["changes"]) == 5


def test_cursors_of_earlier_versions_are_still_read_r_feed_6(histories: tuple[Api, Api]) -> None:
    _, api = histories
    create_salespeople(api, 2)
    changes = api.execute(FEED)["changeFeed"]["changes"]
    first = cursors.encode(ITEM_CURSOR, decode_item(changes[0]["cursor"]).no)

    assert api.execute(FEED, after=first)["changeFeed"]["changes"] == changes[1:]
