"""Snoozing postponed interactions: the first day, the last day, and concurrent clients."""

import asyncio
import datetime as dt
from typing import Any

from sqlmodel import Session

from persistence.database import Database
from persistence.interactions import PostponedInteraction
from resolvers.errors import Refused
from resolvers.interactions import rules as interactions
from resolvers.interactions import snoozing
from resolvers.work import User, Work
from tests import records
from tests.conftest import NOW
from tests.refusals import refusals_of


def resume_on(work: Work, entry_no: int) -> dt.date | None:
    day: dt.date | None = records.stored(work, PostponedInteraction, entry_no=entry_no).resume_on
    return day


def test_snoozing_counts_days_from_the_companys_today_k15(work: Work) -> None:
    records.insert_fixtures(work)
    records.change_setup(work, time_zone="Pacific/Auckland")
    entry_no = records.insert_postponed_interaction(work, contact="C1", resume_on=records.TODAY).entry_no

    snoozing.snooze(records.at_time(work, NOW.replace(hour=20)), days=1, entry_nos=[entry_no])

    assert resume_on(work, entry_no) == records.TODAY + dt.timedelta(days=2)


def test_snoozing_ends_at_the_last_day_of_the_calendar(work: Work) -> None:
    records.insert_fixtures(work)
    last = records.insert_postponed_interaction(work, contact="C1", resume_on=dt.date.max).entry_no
    nearly = records.insert_postponed_interaction(work, contact="C1", resume_on=dt.date(9999, 12, 29)).entry_no

    result = snoozing.snooze(work, days=3, entry_nos=[last, nearly])

    assert (result.changed, resume_on(work, last), resume_on(work, nearly)) == (1, dt.date.max, dt.date.max)


def test_snoozing_into_the_past_is_refused_k15(work: Work) -> None:
    """Today is not in the past."""
    records.insert_fixtures(work)
    records.change_setup(work, time_zone="Pacific/Auckland")
    entry_no = records.insert_postponed_interaction(work, contact="C1", resume_on=records.TODAY).entry_no
    late, yesterday = records.at_time(work, NOW.replace(hour=20)), records.TODAY
    today = yesterday + dt.timedelta(days=1)

    assert refusals_of(snoozing.snooze, late, until=yesterday, entry_nos=[entry_no]) == [("INVALID", ("until",))]
    assert refusals_of(snoozing.snooze, late, until=dt.date.min, matching=lambda rows: rows.c.contact_no == "C1") == [
        ("INVALID", ("until",))
    ]
    assert resume_on(work, entry_no) == records.TODAY
    assert snoozing.snooze(late, until=today, entry_nos=[entry_no]).changed == 1
    assert resume_on(work, entry_no) == today


def test_snoozing_without_numbers_and_filter_selects_nothing(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_postponed_interaction(work, contact="C1")

    assert snoozing.snooze(work, days=3) == snoozing.Snoozed(0, [])


def test_snoozing_changes_neither_the_user_nor_the_time_of_postponing(work: Work) -> None:
    records.insert_fixtures(work)
    entry_no = interactions.postpone(work, {"contact_no": "C1"}, reason="Busy").entry_no

    snoozing.snooze(
        records.as_user(records.at_time(work, NOW + dt.timedelta(days=1)), id="other"), days=3, entry_nos=[entry_no]
    )

    row = records.stored(work, PostponedInteraction, entry_no=entry_no)
    assert (row.user_id, row.postponed_at, row.reason, row.version) == ("tester", NOW, "Busy", 2)


def test_snoozing_is_refused_if_one_interaction_is_not_postponed(work: Work) -> None:
    records.insert_fixtures(work)
    waits, done = (
        records.insert_postponed_interaction(work, contact="C1").entry_no,
        records.insert_entry(work, contact="C1").entry_no,
    )

    assert refusals_of(snoozing.snooze, work, days=3, entry_nos=[waits, done, done]) == [
        ("NOT_POSTPONED", ("postponed", "entry_nos"))
    ]
    assert resume_on(work, waits) is None


def test_snoozing_resuming_and_deleting_concurrently_causes_no_deadlock(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    def write(change: Any) -> Any:
        return database.writing(lambda session: change(Work(session, User("tester"), NOW)))

    def prepare(work: Work) -> list[int]:
        records.insert_fixtures(work)
        return [records.insert_postponed_interaction(work, contact="C1").entry_no for _ in range(6)]

    async def at_once() -> tuple[list[int], list[Any]]:
        numbers = await write(prepare)
        changes: list[Any] = [
            lambda work: snoozing.snooze(work, days=1, matching=lambda rows: rows.c.contact_no == "C1")
        ]
        changes.append(lambda work: snoozing.snooze(work, days=1, entry_nos=numbers[::-1]))
        changes.append(lambda work: interactions.resume(work, numbers[2], {}))
        changes.append(lambda work: interactions.delete_postponed(work, [numbers[4], numbers[1]]))
        return numbers, await asyncio.gather(*(write(change) for change in changes * 3), return_exceptions=True)

    numbers, outcomes = loop.run_until_complete(at_once())

    wrong = [each for each in outcomes if isinstance(each, BaseException) and not isinstance(each, Refused)]
    assert wrong == []
    left = loop.run_until_complete(database.querying(lambda session: _left(session)))
    assert left == [numbers[0], numbers[3], numbers[5]]


def _left(session: Session) -> list[int]:
    rows = snoozing.ROWS
    return list(session.scalars(rows.select().with_only_columns(rows.c.entry_no).order_by(rows.c.entry_no)))
