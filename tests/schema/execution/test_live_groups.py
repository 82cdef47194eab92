"""Subscribers who get the same share one read, and nothing is read for those who get nothing."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.api import Api, create_company
from tests.prepared import database_with
from tests.sockets import settle, socket_of

LOGGED = """subscription ($after: String, $filter: InteractionLogEntryFilter) {
    interactionLogged(after: $after, filter: $filter) { cursor interactionLogEntry { entryNo contact { name } } } }"""
POSTPONED = "subscription { postponedInteractionChanged { kind } }"


@contextmanager
def counted_reads(api: Api) -> Iterator[list[str]]:
    """The planned reads of the application inside the block."""
    reader = api.app.state.database.reader
    sent: list[str] = []
    run = reader.run

    async def noted(statements: Any) -> Any:
        sent.extend(sql for sql, _ in statements)
        return await run(statements)

    reader.run = noted
    try:
        yield sent
    finally:
        reader.run = run


def wait_until(api: Api, reached: Callable[[], bool]) -> None:
    """Wait until a state is reached, at most 20 seconds."""

    async def wait() -> None:
        async with asyncio.timeout(20):
            while not reached():
                await asyncio.sleep(0.01)

    api.run_concurrently(wait())


def create(api: Api, contact: str) -> int:
    draft = {"interaction": {"contactNo": contact, "templateCode": "VISIT"}}
    payload = api.mutate("createInteraction", draft, "interactionLogEntry { entryNo }")
    return int(payload["interactionLogEntry"]["entryNo"])


@database_with(create_company)
def test_subscribers_with_the_same_document_and_variables_share_one_read(api: Api) -> None:
    end = api.execute("{ changeFeed(first: 100) { endCursor } }")["changeFeed"]["endCursor"]
    sockets = [socket_of(api).begin() for _ in range(5)]
    for after, socket in enumerate(sockets):
        socket.subscribe("1", LOGGED, filter={"contact": {"no": {"eq": "C1"}}}, **({"after": end} if after % 2 else {}))
        socket.subscribe("2", POSTPONED)
    settle(api)
    create(api, "C2")
    api.run_concurrently(asyncio.sleep(0.5))

    with counted_reads(api) as sent:
        numbers = [create(api, "C1") for _ in range(3)]
        for socket in sockets:
            assert [socket.next()["interactionLogEntry"]["entryNo"] for _ in numbers] == numbers

    reads = [sql for sql in sent if "interaction_log_entry" in sql and "IN " in sql]
    assert 1 <= len(reads) <= 3  # one for each time that new items were read
    assert not [sql for sql in sent if "postponed_interaction" in sql]


@database_with(create_company)
def test_other_languages_and_other_salespeople_do_not_share(api: Api) -> None:
    for language in ("fr", "en", "fr"):
        socket = socket_of(api, headers={"accept-language": language}).begin()
        socket.subscribe("1", LOGGED)
    settle(api)
    assert len(api.app.state.sockets._shared.hub._groups) == 2


@database_with(create_company)
def test_nothing_is_read_without_subscribers(api: Api) -> None:
    socket = socket_of(api).begin()
    socket.subscribe("1", LOGGED)
    settle(api)
    socket.cut()
    hub, changes = api.app.state.sockets._shared.hub, api.app.state.database.changes

    assert hub._groups == {}
    assert hub._reading is None
    assert changes._waking is None


@database_with(create_company)
def test_events_under_concurrent_writers_come_once_and_in_order(api: Api) -> None:
    sockets = [socket_of(api).begin() for _ in range(3)]
    for socket in sockets:
        socket.subscribe("1", LOGGED)
    settle(api)
    text = """mutation { createInteraction(input: {interaction: {contactNo: "C1", templateCode: "VISIT"}}) {
        interactionLogEntry { entryNo } } }"""

    answers = api.run_concurrently(*(api.send(text) for _ in range(60)))

    created = [answer.json()["data"]["createInteraction"]["interactionLogEntry"]["entryNo"] for answer in answers]
    seen = [[socket.next()["interactionLogEntry"]["entryNo"] for _ in created] for socket in sockets]
    assert sorted(seen[0]) == sorted(created)
    assert seen[1] == seen[2] == seen[0]


@database_with(create_company)
@pytest.mark.parametrize("selection", ["title", "a: interactionLogEntry { entryNo }", "loggedSegment { entryNo }"])
def test_any_selection_of_an_event_is_answered(api: Api, selection: str) -> None:
    socket = socket_of(api).begin()
    inner = f"interactionLogEntry {{ {selection} }}" if selection == "title" else selection
    socket.subscribe(
        "1",
        f"subscription {{ logged: interactionLogged {{ __typename count {inner} ...F }} }} fragment F on InteractionLogged {{ interactionLogEntry {{ entryNo }} }}",
    )
    settle(api)
    entry_no = create(api, "C1")

    event = socket.next()

    assert event["interactionLogEntry"]["entryNo"] == entry_no
    assert event["__typename"] == "InteractionLogged"


@database_with(create_company)
def test_groups_that_never_end_reading_do_not_hold_back_others(api: Api) -> None:
    """There are more of them than groups that may read at the same time."""
    hub, ends = api.app.state.sockets._shared.hub, asyncio.Event()

    async def never(_: object) -> Any:
        await ends.wait()
        return []

    for number in range(12):
        socket_of(api).begin().subscribe(
            "1", f"subscription {{ a{number}: interactionLogged {{ interactionLogEntry {{ entryNo }} }} }}"
        )
    wait_until(api, lambda: sum(len(group.members) for group in hub._groups.values()) == 12)
    for group in hub._groups.values():
        group.operation.responses = never
    fast = socket_of(api).begin()
    fast.subscribe("1", LOGGED)
    wait_until(api, lambda: sum(len(group.members) for group in hub._groups.values()) == 13)

    numbers = [create(api, "C1"), create(api, "C1")]
    assert [fast.next()["interactionLogEntry"]["entryNo"] for _ in numbers] == numbers
    ends.set()


@database_with(create_company)
def test_responses_for_which_nobody_waits_any_more_are_not_made(api: Api) -> None:
    socket, other = socket_of(api).begin(), socket_of(api).begin()
    hub, states = api.app.state.sockets._shared.hub, list[str]()
    socket.subscribe("1", LOGGED)
    settle(api)
    (group,) = hub._groups.values()
    other.subscribe("1", POSTPONED)
    settle(api)

    async def never(_: object) -> Any:
        states.append("begun")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            states.append("canceled")
            raise

    group.operation.responses = never
    create(api, "C1")
    wait_until(api, lambda: states == ["begun"])
    socket.cut()

    wait_until(api, lambda: states == ["begun", "canceled"])
    wait_until(api, lambda: not hub._advancing)


@database_with(create_company)
def test_an_item_that_comes_while_the_first_subscriber_begins_arrives_soon(api: Api) -> None:
    """It is committed after the end of the feed was read, and new items are read before the subscriber has its place."""
    api.app.state.database.changes._poll = 60  # seconds after which items are read without a signal
    other = socket_of(api).begin()
    other.subscribe("1", LOGGED)
    settle(api)
    feed = api.app.state.sockets._shared.hub._feed
    end, numbers = feed.end, list[int]()

    async def slow_end() -> int:
        found: int = await end()
        text = """mutation { createInteraction(input: {interaction: {contactNo: "C1", templateCode: "VISIT"}}) {
            interactionLogEntry { entryNo } } }"""
        answer = (await api.send(text)).json()
        numbers.append(answer["data"]["createInteraction"]["interactionLogEntry"]["entryNo"])
        await asyncio.sleep(1)  # longer than a tick
        return found

    feed.end = slow_end
    socket = socket_of(api).begin()
    socket.subscribe("1", "subscription { interactionLogged { interactionLogEntry { entryNo } } }")

    assert other.next()["interactionLogEntry"]["entryNo"] == numbers[0]
    assert socket.next()["interactionLogEntry"]["entryNo"] == numbers[0]


@database_with(create_company)
def test_subscribers_whose_responses_take_long_do_not_hold_back_others(api: Api) -> None:
    slow, fast = socket_of(api).begin(), socket_of(api).begin()
    slow.subscribe("1", LOGGED)
    settle(api)
    (group,) = api.app.state.sockets._shared.hub._groups.values()
    fast.subscribe("1", "subscription { interactionLogged { interactionLogEntry { entryNo } } }")
    settle(api)
    api.run_concurrently(group._lock.acquire())  # as if its responses were still being made

    numbers = [create(api, "C1") for _ in range(2)]
    assert [fast.next()["interactionLogEntry"]["entryNo"] for _ in numbers] == numbers
    numbers.append(create(api, "C1"))
    assert fast.next()["interactionLogEntry"]["entryNo"] == numbers[-1]
    assert slow.is_silent(0.1)

    group._lock.release()
    assert [slow.next()["interactionLogEntry"]["entryNo"] for _ in numbers] == numbers
