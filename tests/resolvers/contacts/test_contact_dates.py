"""The stored dates of contacts are those of their entries after every kind of change, if they are certain."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlmodel import Session

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.database import Database
from persistence.precomputed.contact_dates import uncertain_days
from resolvers.interactions import rules as interactions
from resolvers.statistics.refreshing import refresh_some, refresh_some_contacts
from resolvers.work import User, Work
from tests import records
from tests.conftest import NOW
from tests.contact_dates import ENTRIES, all_entries, dates_of, stored_dates, wrong_dates
from tests.day_sums import add_entries, day_no
from tests.resolvers.interactions.test_entries import VISIT_CP1
from tests.resolvers.statistics.entry_changes import CHANGES
from tests.soaking import examples, repetitions
from tests.statements import is_postgresql

CONTACTS = (("C1", "C1"), ("P1", "C1"), ("P2", "C1"), ("P3", None))
"""A company, two of its people, and a person without a company."""


def refresh(session: Session) -> None:
    for some in (refresh_some, refresh_some_contacts):
        while some(session):
            pass


def test_the_dates_are_right_after_every_rule_that_changes_entries(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    for name, (change, _) in CHANGES.items():
        change(work, tmp_path)
        work.session.flush()
        assert wrong_dates(work.session) == [], name
        refresh(work.session)
        assert list(work.session.scalars(uncertain_days())) == [], name
        assert wrong_dates(work.session) == [], name
    assert len(stored_dates(work.session)) > 1


WRITES = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "insert",
                "insert failed",
                "insert canceled",
                "cancel",
                "uncancel",
                "fail",
                "move",
                "delete",
                "give",
                "turn",
            ]
            + ["refresh", "refresh contacts"] * 3
        ),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    max_size=16,
)


@examples(few=20, many=600)
@given(writes=WRITES)
def test_no_statement_over_entries_makes_certain_dates_wrong(work: Work, writes: list[tuple[str, int, int]]) -> None:
    """Whoever writes: rules, an import, or a person with SQL."""
    if work.session.scalar(select(table_of(Contact).c.no).limit(1)) is None:
        records.insert_fixtures(work)
    with work.session.begin_nested() as savepoint:
        for what, day, place in writes:
            contact_no, company_no = CONTACTS[place]
            owner: dict[str, object] = {"contact_no": contact_no, "company_no": company_no}
            on_day = ENTRIES.c.date == day_no(day)
            changes: dict[str, dict[str, object]] = {
                "cancel": {"canceled": True},
                "uncancel": {"canceled": False},
                "fail": {"attempt_failed": True},
                "move": {"date": day_no(day + 1)},
                "give": owner,
                "turn": {"information_flow": "INBOUND" if place % 2 else "OUTBOUND", "initiated_by": "US"},
            }
            if what.startswith("insert"):
                add_entries(
                    work.session,
                    [(day, None)] * 2,
                    **owner,
                    canceled=what == "insert canceled",
                    attempt_failed=what == "insert failed",
                    initiated_by=(None, "US", "THEM")[(day + place) % 3],
                    information_flow=(None, "OUTBOUND", "INBOUND")[place % 3],
                )
            elif what == "delete":
                work.session.execute(delete(ENTRIES).where(on_day, ENTRIES.c.contact_no == contact_no))
            elif what == "refresh":
                refresh_some(work.session, most=1 + place)
            elif what == "refresh contacts":
                refresh_some_contacts(work.session, most=1 + place % 2)
            else:
                of_contact = ENTRIES.c.entry_no % 2 == place % 2 if what in ("give", "turn") else on_day
                work.session.execute(update(ENTRIES).values(changes[what]).where(on_day, of_contact))
            assert wrong_dates(work.session) == []
        refresh(work.session)
        right = {no: dates for no, dates in dates_of(all_entries(work.session)).items() if any(dates.values())}
        assert {no: dates for no, dates in stored_dates(work.session).items() if any(dates.values())} == right
        savepoint.rollback()


def test_dates_are_removed_with_all_entries(work: Work) -> None:
    records.insert_fixtures(work)
    add_entries(work.session, [(1, None)], contact_no="P1", company_no="C1")
    refresh(work.session)
    work.session.execute(text("TRUNCATE interaction_log_entry") if is_postgresql(work) else delete(ENTRIES))

    assert wrong_dates(work.session) == []
    refresh(work.session)
    assert not any(any(dates.values()) for dates in stored_dates(work.session).values())


def test_a_refresh_writes_only_dates_that_differ(work: Work) -> None:
    records.insert_fixtures(work)
    add_entries(work.session, [(1, None), (2, None)], contact_no="P1", company_no="C1")
    refresh(work.session)
    before = written(work)
    add_entries(work.session, [(1, None)], contact_no="P1", company_no="C1")
    refresh(work.session)

    assert written(work) == before


def test_a_refresh_updates_and_inserts_dates_without_locking_rows_first(work: Work) -> None:
    """On PostgreSQL, the lock of a row would be as long in the log of changes as the new dates. `xmax` shows it."""
    records.insert_fixtures(work)
    add_entries(work.session, [(1, None)], contact_no="P1", company_no="C1")
    refresh(work.session)
    for contact in ("P1", "P2"):
        add_entries(work.session, [(2, None)], contact_no=contact, company_no="C1")
    refresh(work.session)

    assert wrong_dates(work.session) == []
    assert stored_dates(work.session)["P1"] == stored_dates(work.session)["P2"] != {}
    if is_postgresql(work):
        assert {*work.session.scalars(text("SELECT xmax::text FROM contact_date"))} == {"0"}


@pytest.mark.slow
def test_certain_dates_are_right_while_clients_change_entries_and_two_processes_refresh(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """Readers compare, in one snapshot each, the stored dates with those of the entries."""
    rounds = repetitions(8, 200)

    def change(turn: int) -> Callable[[Session], None]:
        def run(session: Session) -> None:
            mine = Work(session, User("tester"), NOW)
            contact_no = ("C1", "P1", "P2")[turn % 3]
            interactions.create(mine, {**VISIT_CP1, "contact_no": contact_no, "date": day_no(turn % 4)})

        def cancel(session: Session) -> None:
            some = (ENTRIES.c.date == day_no(turn % 4), ENTRIES.c.entry_no % 2 == turn % 2)
            session.execute(update(ENTRIES).values(canceled=turn % 4 > 0).where(*some))

        return cancel if turn % 3 == 0 else run

    def compare(session: Session) -> list[str]:
        if database.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return wrong_dates(session)

    async def write(first: int) -> None:
        for turn in range(first, first + rounds):
            await database.writing(change(turn))

    async def read() -> list[str]:
        return [wrong for _ in range(rounds) for wrong in await database.querying(compare)]

    async def keep_refreshing(ended: asyncio.Event) -> None:
        while not ended.is_set():
            await database.writing(refresh_some)
            await database.writing(refresh_some_contacts)
            await asyncio.sleep(0.001)

    async def run() -> list[str]:
        await database.writing(lambda session: records.insert_fixtures(Work(session, User("tester"), NOW)))
        ended = asyncio.Event()
        refreshers = [asyncio.ensure_future(keep_refreshing(ended)) for _ in range(2)]
        *_, found = await asyncio.gather(*(write(first) for first in range(3)), read())
        ended.set()
        await asyncio.gather(*refreshers)
        await database.writing(refresh)
        return [*(found or ()), *await database.querying(wrong_dates)]

    assert loop.run_until_complete(run()) == []


def written(work: Work) -> list[str]:
    """Where PostgreSQL has stored the dates: a row that is written again is stored elsewhere."""
    if not is_postgresql(work):
        return []
    return sorted(work.session.scalars(text("SELECT ctid::text FROM contact_date")))
