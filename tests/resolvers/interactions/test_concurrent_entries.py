"""Concurrent changes of interactions of the log and of their owners (R-ENT-4, R-CAM-1)."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from persistence.database import Database
from persistence.interactions import InteractionLogEntry
from resolvers.campaigns import entries as campaign_entries
from resolvers.errors import Refused
from resolvers.interactions import rules as interactions
from resolvers.interactions.entries import rules as entries
from resolvers.segments.logging import logged_segments as logged_segments
from resolvers.work import User, Work
from tests import records
from tests.concurrency import sleep_in_transaction
from tests.conftest import NOW
from tests.resolvers.interactions.test_entries import (
    VISIT_CP1,
    first_campaign_entry,
    insert_logged_segment,
    newest_entry,
    newest_logged_segment,
    of_campaign,
    of_contact,
)


@pytest.fixture
def run_concurrently(database: Database, loop: asyncio.AbstractEventLoop) -> Callable[..., list[Any]]:
    """Prepares a database, then runs changes concurrently, each in a transaction of its own; returns the result of
    each.
    """

    def write(change: Callable[[Work], Any]) -> Any:
        return database.writing(lambda session: change(Work(session, User("tester"), NOW)))

    async def run(prepare: Callable[[Work], Any], changes: list[Callable[[Work], Any]]) -> list[Any]:
        await write(prepare)
        return await asyncio.gather(*(write(change) for change in changes), return_exceptions=True)

    return lambda prepare, *changes: loop.run_until_complete(run(prepare, list(changes)))


def test_no_entry_is_un_canceled_while_its_logged_segment_is_canceled_concurrently_r_ent_4(
    run_concurrently: Callable[..., list[Any]], database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    def prepare(work: Work) -> None:
        records.insert_fixtures(work)
        insert_logged_segment(work, 4)
        entries.set_canceled(work, canceled=True, matching=of_contact("C1"))

    def uncancel(work: Work) -> Any:
        return entries.set_canceled(work, canceled=False, matching=of_contact("C1"))

    def cancel(work: Work) -> Any:
        return logged_segments.set_canceled(work, newest_logged_segment(work), canceled=True)

    outcomes = run_concurrently(prepare, uncancel, cancel, uncancel, cancel, uncancel)

    for outcome in outcomes:
        assert not isinstance(outcome, BaseException) or isinstance(outcome, Refused), outcome
    rows = loop.run_until_complete(database.select(select(InteractionLogEntry.canceled)))
    assert [row["canceled"] for row in rows] == [True] * 4


def test_a_logged_segment_is_not_canceled_between_its_check_and_the_un_canceling_r_ent_4(
    run_concurrently: Callable[..., list[Any]],
) -> None:
    """The logged segment is locked although its interactions are not canceled yet when they are to be un-canceled."""
    ended: list[str] = []

    def prepare(work: Work) -> None:
        records.insert_fixtures(work)
        insert_logged_segment(work, 4)

    def uncancel(work: Work) -> None:
        entries.set_canceled(work, canceled=False, matching=of_contact("C1"))
        sleep_in_transaction(work.session, 0.4)
        ended.append("revived")

    def cancel(work: Work) -> None:
        sleep_in_transaction(work.session, 0.15)
        logged_segments.set_canceled(work, newest_logged_segment(work), canceled=True)
        ended.append("canceled")

    run_concurrently(prepare, uncancel, cancel)

    assert ended == ["revived", "canceled"]


def test_interactions_logged_while_their_campaign_entry_is_deleted_get_a_new_one_r_cam_1(
    run_concurrently: Callable[..., list[Any]], database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    def prepare(work: Work) -> None:
        records.insert_fixtures(work)
        interactions.create(work, VISIT_CP1)
        campaign_entries.set_canceled(work, first_campaign_entry(work), canceled=True)

    def create(work: Work) -> Any:
        return interactions.create(work, VISIT_CP1)

    def delete(work: Work) -> Any:
        return campaign_entries.delete_canceled(work, of_campaign("CP1"))

    outcomes = run_concurrently(prepare, *(change for _ in range(6) for change in (create, delete, create)))

    assert [outcome for outcome in outcomes if isinstance(outcome, BaseException)] == []
    statement = select(InteractionLogEntry.canceled, InteractionLogEntry.campaign_no)
    rows = loop.run_until_complete(database.select(statement))
    assert rows == [{"canceled": False, "campaign_no": "CP1"}] * 12


def test_comments_added_concurrently_are_all_stored(
    run_concurrently: Callable[..., list[Any]], database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    def prepare(work: Work) -> None:
        records.insert_fixtures(work)
        records.insert_entry(work, contact="C1")

    outcomes = run_concurrently(
        prepare, *(lambda work: entries.comment(work, newest_entry(work), ["A", "B"]) for _ in range(5))
    )

    assert [outcome for outcome in outcomes if isinstance(outcome, BaseException)] == []
    lines = "SELECT count(*) FROM interaction_comment WHERE line_no BETWEEN 1 AND 10"
    assert loop.run_until_complete(database.reading([(lines, ())])) == [10]
