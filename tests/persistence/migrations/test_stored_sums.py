"""Migration 0012 stores the sums of a filled database of version 0007, 0014 the dates of its contacts, 0035 the sums of
months, 0041 those of weeks, and 0044 the contacts of each day, even if they are interrupted.
"""

import asyncio
import datetime as dt
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from persistence.database import Database
from persistence.migrations import contact_dates_0014, sums_0012
from persistence.precomputed.day_sums import OF_MONTHS, OF_WEEKS, SumsOfUnit
from resolvers.statistics.refreshing import refresh_all
from tests.contact_dates import stored_dates, wrong_dates
from tests.day_sums import (
    by_unit,
    dirty_days,
    stored_contacts,
    stored_sums,
    sums_of_units,
    wrong_contacts,
    wrong_sums,
    wrong_sums_of_days,
)
from tests.interrupted_migrations import migrate_with_interruption
from tests.old_versions import skip_if_older_than_citus, upgrade

DAYS = 12
FIRST = "INSERT INTO salesperson (code, version, name, search_name, blocked) VALUES ('JO', 1, 'Jo', 'jo', false)"
CONTACT = (
    "INSERT INTO contact (no, version, type, name, search_name, company_no, exclude_from_segment, privacy_blocked) "
    "VALUES (:no, 1, :type, 'Ann', 'ann', :company, false, false)"
)
CONTACTS = [
    {"no": no, "type": "COMPANY" if no[0] == "C" else "PERSON", "company": company}
    for no, company in (("C1", "C1"), ("C2", "C2"), ("P1", "C1"), ("P2", "C1"), ("P3", None), ("P4", "C2"))
]
ENTRY = (
    "INSERT INTO interaction_log_entry (entry_no, contact_no, company_no, information_flow, initiated_by, "
    "salesperson_code, date, time_of_interaction, description, evaluation, "
    "campaign_target, campaign_response, attempt_failed, cost, duration, canceled, user_id, logged_at) VALUES (:no, :contact_no, "
    ":company_no, :flow, :by, :code, :day, :time, 'Call', :evaluation, :flag, false, :flag, :cost, 15, :canceled, 'ann', '2026-03-18T10:00:00+00:00')"
)
ENTRIES = [
    {
        "no": number,
        "contact_no": CONTACTS[number % 5]["no"],
        "company_no": CONTACTS[number % 5]["company"],
        "flow": (None, "OUTBOUND", "INBOUND")[number % 3],
        "by": (None, "US", "THEM")[number % 4 % 3],
        "code": "JO" if number % 2 else None,
        "day": f"2026-01-{1 + number % DAYS:02}",
        "time": f"{number % 24:02}:00:00",
        "evaluation": (None, "POSITIVE", "VERY_NEGATIVE")[number % 3],
        "flag": number % 5 == 0,
        "cost": number,
        "canceled": number % 7 == 0,
    }
    for number in range(100)
]


@pytest.fixture
def filled(new_url: str, loop: asyncio.AbstractEventLoop) -> str:
    """A database of version 0007 with entries."""
    skip_if_older_than_citus(new_url, "0007")

    def fill(session: Session) -> None:
        upgrade(session, "0007")
        session.execute(text(FIRST))
        for contact in CONTACTS:
            session.execute(text(CONTACT), contact)
        for entry in ENTRIES:
            day, time = (f"'{entry[name]}'" for name in ("day", "time"))
            session.execute(text(ENTRY.replace(":day", day).replace(":time", time)), entry)

    async def run() -> None:
        async with Database.at(new_url) as database:
            await database.writing(fill)

    loop.run_until_complete(run())
    return new_url


def test_the_sums_of_a_filled_database_are_stored_in_batches_also_after_an_interruption(
    filled: str, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sums_0012, "DAYS_AT_ONCE", 5)

    def change(session: Session) -> None:
        session.execute(text("UPDATE interaction_log_entry SET evaluation = 'POSITIVE' WHERE entry_no = 26"))

    async def run() -> Any:
        async with Database.at(filled) as database:
            between: list[object] = []

            async def meanwhile() -> None:
                await database.writing(change)
                between.extend([await database.querying(wrong_sums_of_days), len(await database.querying(dirty_days))])

            reported = await migrate_with_interruption(database, "day_sum", meanwhile)
            sums = await database.querying(stored_sums)
            wrong, dirty = await database.querying(wrong_sums), await database.querying(dirty_days)
            await database.writing(refresh_all)
            assert await database.querying(stored_sums) == sums
            return reported, between, (wrong, dirty)

    reported, between, after = loop.run_until_complete(run())

    assert between == [[], DAYS - 5 + 1]
    assert reported == [(5, DAYS), (9, DAYS), (DAYS, DAYS)]
    assert after == ([], set())


@pytest.mark.parametrize(
    ("unit", "between", "batches"),
    [(OF_MONTHS, 31, [(6, 8), (8, 8)]), (OF_WEEKS, 7, [(26, 30), (30, 30)])],
    ids=["months", "weeks"],
)
def test_the_sums_of_months_and_weeks_are_stored_in_batches_also_after_an_interruption(
    unit: SumsOfUnit, between: int, batches: list[tuple[int, int]], filled: str, loop: asyncio.AbstractEventLoop
) -> None:
    number_of_units = batches[-1][1]

    def spread(session: Session) -> None:
        """Interactions in as many months or weeks, with a gap; weeks begin on Sundays."""
        session.execute(text("UPDATE marketing_setup SET first_day_of_week = 7"))
        for number in range(number_of_units):
            day = dt.date(2025, 1, 20) + dt.timedelta(between * (number + number // 5))
            moved = f"UPDATE interaction_log_entry SET date = '{day}' WHERE entry_no % {number_of_units} = {number}"
            session.execute(text(moved))

    def change(session: Session) -> None:
        session.execute(text("UPDATE interaction_log_entry SET canceled = true WHERE entry_no % 30 = 29"))

    async def run() -> Any:
        async with Database.at(filled) as database:
            await database.writing(spread)
            table = str(unit.table.name)
            reported = await migrate_with_interruption(database, table, lambda: database.writing(change))
            stored = await database.querying(lambda session: sums_of_units(session, unit))
            right = await database.querying(lambda session: by_unit(session, unit, stored_sums(session)))
            await database.writing(refresh_all)
            return reported, stored, right, await database.querying(wrong_sums)

    reported, stored, right, wrong = loop.run_until_complete(run())

    assert reported == batches
    assert stored == right
    assert len({key[2] for key in stored}) == number_of_units
    assert wrong == []


def test_the_contacts_of_days_are_stored_in_batches_also_after_an_interruption(
    filled: str, loop: asyncio.AbstractEventLoop
) -> None:
    def spread(session: Session) -> None:
        """Interactions on 60 days. On 40 of them a contact has two, and one entry has no contact."""
        for number in range(60):
            day = dt.date(2025, 3, 1) + dt.timedelta(number)
            moved = f"date = '{day}', attempt_failed = entry_no % 7 < 3, canceled = entry_no % 20 = 3"
            session.execute(text(f"UPDATE interaction_log_entry SET {moved} WHERE entry_no % 60 = {number}"))
        session.execute(text("UPDATE interaction_log_entry SET contact_no = NULL WHERE entry_no = 8"))

    def change(session: Session) -> None:
        session.execute(text("UPDATE interaction_log_entry SET canceled = true WHERE entry_no % 30 = 29"))

    async def run() -> Any:
        async with Database.at(filled) as database:
            await database.writing(spread)
            reported = await migrate_with_interruption(
                database, "day_contact_difference", lambda: database.writing(change)
            )
            wrong, dirty = await database.querying(wrong_contacts), await database.querying(dirty_days)
            stored = await database.querying(stored_contacts)
            await database.writing(refresh_all)
            assert await database.querying(wrong_sums) == []
            return reported, wrong, dirty, stored

    reported, wrong, dirty, stored = loop.run_until_complete(run())

    assert [done for done, _ in reported] == [50, reported[0][1]]
    assert wrong == []
    assert len(dirty) == 2
    assert any(each["attempts"] > each["reached"] for each in stored.values())


def test_the_dates_of_contacts_are_stored_in_batches_also_after_an_interruption(
    filled: str, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_dates_0014, "CONTACTS_AT_ONCE", 2)

    def change(session: Session) -> None:
        session.execute(text("UPDATE interaction_log_entry SET canceled = true WHERE date = '2026-01-12'"))

    async def run() -> Any:
        async with Database.at(filled) as database:
            reported = await migrate_with_interruption(database, "contact_date", lambda: database.writing(change))
            wrong = await database.querying(wrong_dates)
            await database.writing(refresh_all)
            later_wrong = await database.querying(wrong_dates)
            return reported, wrong, later_wrong, await database.querying(stored_dates)

    reported, wrong, later_wrong, dates = loop.run_until_complete(run())

    assert reported == [(2, 6), (4, 6), (6, 6)]
    assert wrong == later_wrong == []
    assert {str(each["last_any"]) for no, each in dates.items() if no != "P4"} == {"2026-01-11"}
    assert not any(dates["P4"].values())
