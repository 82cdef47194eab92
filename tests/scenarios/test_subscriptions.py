"""Subscriptions: what happens arrives once, whoever makes it and whenever the subscriber connects (R-FEED-3)."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from persistence.database import Database
from resolvers.old_changes import delete_old
from schema.change_feed import ITEM_CURSOR, decode_item
from schema.compiler import cursors
from schema.subscriptions.events import OBJECT_CURSOR
from tests.api import Api, create_company
from tests.commands import create_token
from tests.persistence.change_feed.test_items import record
from tests.prepared import database_with
from tests.sockets import socket_of, subscribed

LOGGED = """subscription ($after: String, $filter: InteractionLogEntryFilter) { interactionLogged(after: $after, filter: $filter) {
    cursor count interactionLogEntry { entryNo contact { no } } loggedSegment { entryNo interactionLogEntries { totalCount } } } }"""
POSTPONED = """subscription ($after: String, $filter: PostponedInteractionFilter) {
    postponedInteractionChanged(after: $after, filter: $filter) {
        cursor kind entryNo postponedInteraction { resumeOn contact { no } } } }"""
CHANGED = """subscription ($after: String, $types: [ChangedType!]) { changed(after: $after, types: $types) {
    cursor type kind count objects { edges { id node { __typename } } } } }"""
SEGMENT = "subscription ($no: String!) { segmentChanged(no: $no) { segment { no noOfLines } closedBy { entryNo segmentNo } } }"


def create(api: Api, contact: str, **more: Any) -> int:
    draft = {"interaction": {"contactNo": contact, "templateCode": "VISIT", **more}}
    payload = api.mutate("createInteraction", draft, "interactionLogEntry { entryNo }")
    return int(payload["interactionLogEntry"]["entryNo"])


def postpone(api: Api, contact: str, **more: Any) -> int:
    draft = {"interaction": {"contactNo": contact, "templateCode": "VISIT"}, **more}
    return int(
        api.mutate("postponeInteraction", draft, "postponedInteraction { entryNo }")["postponedInteraction"]["entryNo"]
    )


def create_segment(api: Api, *contacts: str) -> str:
    segment = {"description": "Spring", "templateCode": "VISIT"}
    payload = api.mutate("createSegment", {"segment": segment, "contactNos": [*contacts]}, "segment { no }")
    return str(payload["segment"]["no"])


def end_cursor(api: Api) -> str:
    return str(api.execute("{ changeFeed(first: 100) { endCursor } }")["changeFeed"]["endCursor"])


@database_with(create_company)
def test_interactions_that_pass_the_filter_arrive(api: Api) -> None:
    socket = subscribed(api, LOGGED, filter={"contact": {"no": {"eq": "C1"}}})

    create(api, "C2")
    entry_no = create(api, "C1")
    event = socket.next()

    assert event["interactionLogEntry"] == {"entryNo": entry_no, "contact": {"no": "C1"}}
    assert (event["count"], event["loggedSegment"]) == (1, None)
    assert socket.is_silent()


@database_with(create_company)
def test_a_finished_interaction_arrives_as_logged_and_as_no_longer_postponed(api: Api) -> None:
    logged, changed = subscribed(api, LOGGED), subscribed(api, POSTPONED)

    entry_no = postpone(api, "C1", resumeOn="2026-04-01")
    api.mutate("resumeInteraction", {"entryNo": entry_no}, "interactionLogEntry { entryNo }")

    assert logged.next()["interactionLogEntry"]["entryNo"] == entry_no
    kinds = [changed.next()["kind"]]
    if kinds == ["CREATED"]:  # it was read before it was finished
        kinds.append(changed.next()["kind"])
    assert kinds[-1] == "DELETED"


@database_with(create_company)
def test_a_logged_segment_is_one_event_with_the_number_that_passes_the_filter(api: Api) -> None:
    no = create_segment(api, "C1", "P1", "P2", "C2")
    everything, some = subscribed(api, LOGGED), subscribed(api, LOGGED, filter={"salespersonCode": {"eq": "PS"}})
    none = subscribed(api, LOGGED, filter={"contact": {"name": {"eq": "Nobody"}}})
    logged = api.mutate("logSegment", {"segmentNo": no}, "loggedSegment { entryNo }")["loggedSegment"]["entryNo"]

    event, other = everything.next(), some.next()

    assert event["interactionLogEntry"] is None
    assert event["loggedSegment"] == {"entryNo": logged, "interactionLogEntries": {"totalCount": 4}}
    assert (event["count"], other["count"]) == (
        4,
        api.execute('{ interactionLogEntries(filter: {salespersonCode: {eq: "PS"}}) { totalCount } }')[
            "interactionLogEntries"
        ]["totalCount"],
    )
    assert none.is_silent(0.3)


@database_with(create_company)
def test_of_many_changes_at_once_each_object_is_an_event_and_can_be_continued_after(api: Api) -> None:
    numbers = [postpone(api, contact) for contact in ("C1", "C2", "P1")]
    start = end_cursor(api)
    api.mutate("deletePostponedInteractions", {"entryNos": numbers}, "deletedEntryNos")

    first = subscribed(api, POSTPONED, after=start)
    events = [first.next() for _ in numbers]
    assert [(event["kind"], event["entryNo"], event["postponedInteraction"]) for event in events] == [
        ("DELETED", number, None) for number in numbers
    ]
    rest = subscribed(api, POSTPONED, after=events[0]["cursor"])
    assert [rest.next()["entryNo"] for _ in numbers[1:]] == numbers[1:]
    assert subscribed(api, POSTPONED, after=events[-1]["cursor"]).is_silent(0.3)


@database_with(create_company)
def test_an_object_that_no_longer_passes_the_filter_is_null(api: Api) -> None:
    entry_no = postpone(api, "C1", resumeOn="2126-04-01")
    socket = subscribed(api, POSTPONED, filter={"resumeOn": {"lt": "2126-05-01"}})

    for day in ("2126-04-02", "2126-06-01"):
        api.mutate("snoozePostponedInteractions", {"postponed": {"entryNos": [entry_no]}, "until": day}, "__typename")
        event = socket.next()
        found = None if day > "2126-05-01" else {"resumeOn": day, "contact": {"no": "C1"}}
        assert (event["kind"], event["entryNo"], event["postponedInteraction"]) == ("UPDATED", entry_no, found)


@database_with(create_company)
def test_the_state_of_a_segment_comes_at_once_and_after_each_change(api: Api) -> None:
    no = create_segment(api, "C1")
    socket = subscribed(api, SEGMENT, no=no.lower())
    assert socket.next() == {"segment": {"no": no, "noOfLines": 1}, "closedBy": None}

    api.mutate("addSegmentContacts", {"segmentNo": no, "from": {"contactNos": ["C2"]}}, "added")
    assert socket.next()["segment"]["noOfLines"] == 2
    create_segment(api, "P1")
    assert socket.is_silent(0.3)

    logged = api.mutate("logSegment", {"segmentNo": no}, "loggedSegment { entryNo }")["loggedSegment"]
    assert socket.next() == {"segment": None, "closedBy": {"segmentNo": no, **logged}}
    assert subscribed(api, SEGMENT, no="NONE").next() == {"segment": None, "closedBy": None}


@database_with(create_company)
def test_the_end_of_a_segment_is_an_event_although_another_subscriber_begins(api: Api) -> None:
    no = create_segment(api, "C1")
    first, second = subscribed(api, SEGMENT, no=no), socket_of(api).begin()
    first.next()
    create(api, "C1")  # the next events are read a little later

    api.mutate("deleteSegment", {"no": no}, "deletedId")
    second.subscribe("1", SEGMENT, no=no)

    assert second.next() == {"segment": None, "closedBy": None}
    assert first.next() == {"segment": None, "closedBy": None}


@database_with(create_company)
def test_changes_of_the_wanted_types_arrive(api: Api) -> None:
    socket = subscribed(api, CHANGED, types=["CONTACT"])

    create(api, "C1")
    api.mutate("updateContact", {"no": "C2", "contact": {"name": "New"}}, "contact { no }")
    event = socket.next()

    assert (event["type"], event["kind"], event["count"]) == ("CONTACT", "UPDATED", 1)
    assert event["objects"]["edges"][0]["node"] == {"__typename": "Contact"}


@database_with(create_company)
def test_a_subscriber_who_was_cut_off_misses_nothing_and_gets_nothing_twice(api: Api) -> None:
    socket = subscribed(api, LOGGED)
    expected = [create(api, "C1")]
    event = socket.next()
    seen = [event["interactionLogEntry"]["entryNo"]]
    for _ in range(3):
        socket.cut()
        expected += [create(api, "C1"), create(api, "C2")]
        socket = socket_of(api).begin()
        socket.subscribe("1", LOGGED, after=event["cursor"])
        expected.append(create(api, "C1"))  # while it catches up
        while len(seen) < len(expected):
            event = socket.next()
            seen.append(event["interactionLogEntry"]["entryNo"])

    assert seen == expected
    assert socket.is_silent(0.3)


@database_with(create_company)
def test_cursors_that_are_wrong_or_too_old_are_refused(api: Api) -> None:
    first = api.execute("{ changeFeed(first: 1) { endCursor } }")["changeFeed"]["endCursor"]
    socket = socket_of(api).begin()
    socket.subscribe("1", LOGGED, after="x")
    error = socket.receive()["payload"][0]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "an `endCursor` of changeFeed" in error["message"]
    api.run_concurrently(_delete_changes(api))
    socket.subscribe("1", LOGGED, after=first)
    assert socket.error() == "CURSOR_EXPIRED"


@database_with(create_company)
def test_a_cursor_that_no_change_has_yet_is_refused(api: Api) -> None:
    last = decode_item(api.execute("{ changeFeed(first: 100) { endCursor } }")["changeFeed"]["endCursor"]).no
    socket = socket_of(api).begin()
    for future in (cursors.encode(ITEM_CURSOR, last + 1), cursors.encode(OBJECT_CURSOR, last + 1, 1)):
        for document in (LOGGED, CHANGED):
            socket.subscribe("1", document, after=future)
            assert socket.error() == "CURSOR_EXPIRED"


async def _delete_changes(api: Api) -> None:
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    await api.app.state.database.writing(lambda session: delete_old(session, later))


@database_with(create_company)
def test_changes_of_other_processes_arrive(api: Api, database_url: str) -> None:
    socket = subscribed(api, CHANGED, types=["CONTACT"])

    async def change() -> None:
        async with Database.at(database_url) as other:
            await other.writing(record)
            await asyncio.sleep(0.5)  # other processes are told soon, not at once

    api.run_concurrently(change())

    assert socket.next(seconds=4)["type"] == "CONTACT"


@database_with(create_company)
@pytest.mark.parametrize("query", [LOGGED, CHANGED, POSTPONED])
def test_salespeople_get_events_of_their_own_interactions_only_r_feed_5(
    api: Api, database_url: str, query: str
) -> None:
    token = create_token(database_url, "JO", salesperson="JO", role="salesperson")
    socket = subscribed(api, query, token)

    create(api, "C2")
    api.mutate("deletePostponedInteractions", {"entryNos": [postpone(api, "C2")]}, "deletedEntryNos")
    assert socket.is_silent()

    if query is POSTPONED:
        entry_no = postpone(api, "C1")
        assert socket.next()["entryNo"] == entry_no
    else:
        create(api, "C1")
        assert socket.next()["count"] == 1
