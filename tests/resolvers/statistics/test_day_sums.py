"""The stored sums equal those of the entries after every kind of change: of each clean day, in every snapshot."""

import asyncio
import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Date, delete, literal, select, text, update
from sqlmodel import Session

from persistence.database import Database
from persistence.precomputed.day_sums import OF_MONTHS, OF_WEEKS, OVER_CONTACTS, SUMS, SumKind, SumsOfUnit
from persistence.sql_types import SqlExpression, SqlType
from resolvers.interactions import rules as interactions
from resolvers.segments.tables import ENTRIES
from resolvers.setup import rules as setup
from resolvers.statistics.day_sums import sums_by_day, sums_of_clean_and_dirty_days
from resolvers.statistics.periods import Days
from resolvers.statistics.refreshing import count_dirty_days, refresh_some
from resolvers.statistics.unit_sums import DayRange, sums_by_unit
from resolvers.visibility import EVERYBODY
from resolvers.work import User, Work
from schema.compiler.statement import Statement
from schema.compiler.values import Parameters
from tests import records
from tests.concurrency import ALLOW_TRIGGERS
from tests.conftest import NOW
from tests.day_sums import (
    DAYS,
    Key,
    Sums,
    add_entries,
    by_unit,
    contacts_of_entries,
    day_no,
    differences,
    different,
    dirty_days,
    over_contacts,
    plain,
    prepare,
    read_sums,
    stored_contacts,
    stored_sums,
    sums_of_entries,
    wrong_sums,
)
from tests.records import TODAY
from tests.resolvers.interactions.test_entries import VISIT_CP1
from tests.resolvers.statistics.entry_changes import CHANGES
from tests.soaking import examples, repetitions
from tests.statements import is_postgresql

LAST_YEAR = TODAY.replace(year=2025)
MIN, MAX = dt.date.min, dt.date.max
RANGES = [
    (day_no(1), None),
    (None, day_no(1)),
    (day_no(-20), day_no(40)),
    (day_no(1), day_no(2)),
    (dt.date(2025, 3, 18), dt.date(2026, 3, 17)),
    (dt.date(2026, 3, 1), dt.date(2026, 3, 31)),
]
"""The first and the last day of ranges; None where there is no limit."""


def refresh(session: Session) -> None:
    while refresh_some(session):
        pass


def read_all(session: Session) -> list[str]:
    """What is wrong with the sums as figures read them: stored ones of clean days, of dirty days from the entries."""
    found: dict[Key, Sums] = {}
    contacts: dict[Key, Sums] = {}
    for kind in SumKind:
        parts = sums_of_clean_and_dirty_days(Statement(EVERYBODY, Parameters()), kind, over_contacts=True)
        sums = sums_by_day(parts).c
        columns = select(*(sums[name].label(name) for name in ("key", "day", *SUMS, *OVER_CONTACTS)))
        found |= read_sums(session, kind, columns)
        contacts |= {(kind, row["key"], row["day"]): over_contacts(row) for row in session.execute(columns).mappings()}
    wrong = differences(found, session, set()) + different(contacts, contacts_of_entries(session))
    return [*wrong, *read_units(session, OF_MONTHS), *read_units(session, OF_WEEKS)]


def read_units(session: Session, unit: SumsOfUnit) -> list[str]:
    """What is wrong with the sums as figures of months or weeks read them: of all days, and of some ranges."""
    of_all = ((kind, (None, None)) for kind in (SumKind.CAMPAIGN, SumKind.TOTAL))
    return [
        each
        for kind, (first, last) in (*of_all, *zip(SumKind, RANGES, strict=False))
        for each in read_range(session, unit, kind, first, last)
    ]


def read_range(
    session: Session, unit: SumsOfUnit, kind: SumKind, first: dt.date | None, last: dt.date | None
) -> list[str]:
    """What is wrong with the sums of one kind in a range of days."""
    right = {
        key: sums
        for key, sums in sums_of_entries(session).items()
        if key[0] == kind and (first or MIN) <= key[2] <= (last or MAX)
    }
    return different(units_read(session, unit, kind, first, last), by_unit(session, unit, right))


def units_read(
    session: Session, unit: SumsOfUnit, kind: SumKind, first: dt.date | None, last: dt.date | None
) -> dict[Key, Sums]:
    """The sums of one kind in a range of days, by month or by week."""
    days = Days((first or MIN).toordinal(), (last or MAX).toordinal())

    def bind(convert: Callable[[Days], object], type_: SqlType | None = None) -> SqlExpression:
        return literal(convert(days), Date() if type_ is None else type_)

    range_ = DayRange(bind, first is not None, last is not None)

    def on_days(day: SqlExpression) -> SqlExpression:
        return day.between(literal(first or MIN, Date()), literal(last or MAX, Date()))

    sums = sums_by_unit(Statement(EVERYBODY, Parameters()), kind, unit, range_, on_days).c
    rows = session.execute(select(sums.key, sums.day, *(sums[name] for name in SUMS))).mappings()
    found: dict[Key, Sums] = {}
    for row in rows:
        together = found.setdefault((kind, row["key"], row["day"]), dict.fromkeys(plain(row), 0))
        for name, value in plain(row).items():
            together[name] += value
    return {key: sums for key, sums in by_unit(session, unit, found).items() if any(sums.values())}


def test_every_rule_that_changes_sums_marks_the_days_and_no_other_does(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    for name, (change, changes_sums) in CHANGES.items():
        before = sums_of_entries(work.session)
        change(work, tmp_path)
        work.session.flush()
        after = sums_of_entries(work.session)
        changed = {key[2] for key in {*before, *after} if before.get(key) != after.get(key)}

        assert bool(changed) is changes_sums, name
        assert dirty_days(work.session) == changed, name
        assert read_all(work.session) == [], name
        refresh(work.session)
        assert dirty_days(work.session) == set(), name
        assert wrong_sums(work.session) == [], name
    assert wrong_sums(work.session) == []


def test_a_new_first_day_of_the_week_recomputes_the_sums_of_weeks(work: Work) -> None:
    records.insert_fixtures(work)
    add_entries(work.session, [(day, None) for day in range(20)])
    refresh(work.session)
    add_entries(work.session, [(3, None)])

    for starts in (*range(7, 0, -1), 1, 3):
        setup.update(work, {"first_day_of_week": starts})
        assert wrong_sums(work.session) == [], starts
        assert read_units(work.session, OF_WEEKS) == [], starts
    assert dirty_days(work.session) == {day_no(3)}
    refresh(work.session)
    assert wrong_sums(work.session) == []


@pytest.mark.parametrize("unit", [OF_MONTHS, OF_WEEKS], ids=lambda unit: str(unit.table.name))
def test_ranges_may_begin_and_end_on_each_day_also_at_the_ends_of_the_calendar(unit: SumsOfUnit, work: Work) -> None:
    records.insert_fixtures(work)
    days = [dt.date.fromordinal(day) for end in (MIN, day_no(40), MAX) for day in around(end)]
    for number, day in enumerate(days):
        add_entries(work.session, [(0, None)] * (1 + number % 3))
        work.session.execute(update(ENTRIES).values(date=day).where(ENTRIES.c.date == day_no(0)))
    refresh(work.session)
    add_entries(work.session, [(40, None)])
    chance = random.Random(7)

    for starts in (1, 4, 7):
        setup.update(work, {"first_day_of_week": starts})
        for _ in range(repetitions(12, 400)):
            first, last = (chance.choice([None, *days]) for _ in range(2))
            assert read_range(work.session, unit, SumKind.TOTAL, first, last) == [], (starts, first, last)


def around(day: dt.date) -> range:
    """The days of the calendar around a day, as ordinals."""
    return range(max(day.toordinal() - 12, MIN.toordinal()), min(day.toordinal() + 12, MAX.toordinal()) + 1)


@pytest.mark.parametrize("rows", [1, 40])
def test_a_statement_marks_each_day_once(rows: int, work: Work) -> None:
    records.insert_fixtures(work)
    add_entries(work.session, [(day, None) for day in (1, 2) for _ in range(rows)])

    assert sorted(work.session.scalars(text("SELECT day FROM dirty_day").columns(day=ENTRIES.c.date.type))) == [
        day_no(1),
        day_no(2),
    ]


def test_a_refresh_takes_the_newest_days_first_and_writes_only_sums_that_differ(work: Work) -> None:
    records.insert_fixtures(work)
    add_entries(work.session, [(day, None) for day in range(60)])
    turn = 50 if is_postgresql(work) else 5

    assert refresh_some(work.session) == turn
    assert dirty_days(work.session) == {day_no(day) for day in range(60 - turn)}
    refresh(work.session)
    before = written(work)
    work.session.execute(update(ENTRIES).values(canceled=True).where(ENTRIES.c.date == day_no(7)))
    work.session.execute(update(ENTRIES).values(canceled=False).where(ENTRIES.c.date == day_no(7)))
    assert count_dirty_days(work.session) == 1
    refresh(work.session)

    assert written(work) == before
    assert wrong_sums(work.session) == []


CONTACTS = ["C1", "P1", "P2", None]
OF_CAMPAIGN: list[dict[str, object]] = [
    {},
    {"campaign_no": "CP1"},
    {"campaign_no": "CP1", "campaign_target": True},
    {"campaign_no": "CP1", "campaign_response": True},
]


@pytest.mark.parametrize("seed", range(4))
def test_contacts_with_several_entries_on_a_day_are_counted_once_for_each_key(seed: int, work: Work) -> None:
    """Also with ties in the same second, failed attempts, canceled entries and entries without a contact."""
    records.insert_fixtures(work)
    chance = random.Random(seed)
    for _ in range(90):
        records.insert_entry(
            work,
            contact="C1",
            contact_no=chance.choice(CONTACTS),
            template_code=chance.choice(["VISIT", None]),
            salesperson_code=chance.choice(["JO", "PS", None]),
            evaluation=chance.choice([None, "POSITIVE"]),
            date=day_no(chance.randrange(2)),
            time_of_interaction=dt.time(8 + chance.randrange(2)),
            attempt_failed=chance.random() < 0.6,
            canceled=chance.random() < 0.1,
            cost=Decimal(chance.choice(["0", "12.05", "123456789.99"])),
            duration=chance.randrange(2),
            **chance.choice(OF_CAMPAIGN),
        )
    work.session.flush()

    assert read_all(work.session) == []
    refresh(work.session)
    assert wrong_sums(work.session) == []
    assert read_all(work.session) == []
    of_day = stored_contacts(work.session)["TOTAL", "", day_no(0)]
    assert of_day["contacts"] == 3
    assert of_day["attempts"] > of_day["reached"]


def test_two_mailings_to_the_same_contacts_on_a_day_are_counted_right(work: Work) -> None:
    """All contacts with the same sequence of entries are computed at once."""
    records.insert_fixtures(work)
    for template, hour in (("VISIT", 9), (None, 14)):
        for contact in ("C1", "P1", "P2"):
            failed = (contact, template) == ("P2", "VISIT")
            records.insert_entry(
                work,
                contact=contact,
                template_code=template,
                date=day_no(0),
                time_of_interaction=dt.time(hour),
                attempt_failed=failed,
            )
    work.session.flush()
    refresh(work.session)

    found = stored_contacts(work.session)
    assert wrong_sums(work.session) == []
    assert found["TOTAL", "", day_no(0)] == {"contacts": 3, "reached": 3, "attempts": 4}
    assert found["TEMPLATE", "VISIT", day_no(0)] == {"contacts": 3, "reached": 2, "attempts": 2}


@pytest.mark.parametrize(
    "change", [{"contact_no": "C1"}, {"attempt_failed": True}, {"time_of_interaction": dt.time(7)}]
)
def test_a_change_that_only_contacts_depend_on_marks_the_day(change: dict[str, object], work: Work) -> None:
    records.insert_fixtures(work)
    for hour in (9, 10):
        for contact in ("C1", "P1"):
            failed = hour == 9
            records.insert_entry(
                work, contact=contact, date=day_no(0), time_of_interaction=dt.time(hour, 30), attempt_failed=failed
            )
    work.session.flush()
    refresh(work.session)
    changed = ENTRIES.c.contact_no == "P1", ENTRIES.c.time_of_interaction == dt.time(10, 30)
    work.session.execute(update(ENTRIES).where(*changed).values(change))

    assert dirty_days(work.session) == {day_no(0)}
    assert read_all(work.session) == []
    refresh(work.session)
    assert wrong_sums(work.session) == []


def test_sums_of_amounts_are_exact_however_large_they_are(work: Work) -> None:
    records.insert_fixtures(work)
    large = Decimal("9999999999999999.99")
    for _ in range(20):
        records.insert_entry(work, contact="C1", template_code="VISIT", cost=large, duration=500_000)
    work.session.flush()
    refresh(work.session)

    assert read_all(work.session) == []
    assert stored_sums(work.session)["TEMPLATE", "VISIT", TODAY]["cost"] == int(large * 100) * 20


Write = tuple[str, int, str | None]
WRITES = st.lists(
    st.tuples(
        st.sampled_from(["insert", "insert canceled", "evaluate", "cancel", "uncancel", "move", "delete", "refresh"]),
        st.integers(0, 3),
        st.sampled_from([None, "VERY_POSITIVE", "NEGATIVE"]),
    ),
    max_size=12,
)


@examples(few=15, many=500)
@given(writes=WRITES)
def test_no_statement_over_entries_makes_sums_stale(work: Work, writes: list[Write]) -> None:
    """Whoever writes: rules, an import, or a person with SQL."""
    with work.session.begin_nested() as savepoint:
        for what, day, evaluation in writes:
            on_day = ENTRIES.c.date == day_no(day)
            if what.startswith("insert"):
                add_entries(work.session, [(day, evaluation)] * 2, canceled=what == "insert canceled")
            elif what == "evaluate":
                work.session.execute(update(ENTRIES).values(evaluation=evaluation).where(on_day))
            elif what == "move":
                work.session.execute(update(ENTRIES).values(date=day_no(day + 1)).where(on_day))
            elif what == "delete":
                work.session.execute(delete(ENTRIES).where(on_day))
            elif what == "refresh":
                refresh_some(work.session)
            else:
                work.session.execute(update(ENTRIES).values(canceled=what == "cancel").where(on_day))
            assert wrong_sums(work.session) == []
        assert read_all(work.session) == []
        savepoint.rollback()


def test_sums_are_not_stale_after_all_entries_are_removed_at_once(work: Work) -> None:
    prepare(work.session)
    refresh(work.session)
    work.session.execute(text("TRUNCATE interaction_log_entry") if is_postgresql(work) else delete(ENTRIES))

    assert wrong_sums(work.session) == []
    refresh(work.session)
    assert stored_sums(work.session) == {}


def test_a_forgotten_mark_is_found(work: Work) -> None:
    """The comparison of these tests would notice if a change were not marked."""
    on_table = " ON interaction_log_entry" if is_postgresql(work) else ""
    if is_postgresql(work):  # Citus needs it
        work.session.execute(text(ALLOW_TRIGGERS))
    work.session.execute(text(f"DROP TRIGGER carnet_mark_inserted{on_table}"))

    records.insert_fixtures(work)
    add_entries(work.session, [(1, None)])

    assert len(wrong_sums(work.session)) == 2 * len(SumKind)  # the sums, and the contacts


def test_an_interrupted_refresh_leaves_the_marks(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    def interrupted(session: Session) -> None:
        refresh_some(session)
        raise KeyError("interrupted")

    async def run() -> tuple[set[dt.date], list[str]]:
        await database.writing(prepare)
        with pytest.raises(KeyError):
            await database.writing(interrupted)
        marked = await database.querying(dirty_days)
        await database.writing(refresh)
        return marked, await database.querying(wrong_sums)

    assert loop.run_until_complete(run()) == ({day_no(day) for day in range(DAYS)}, [])


@pytest.mark.slow
def test_sums_are_never_stale_while_clients_change_entries_and_two_processes_refresh(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """Readers compare, in one snapshot each, the sums as figures read them with those of the entries."""
    rounds = repetitions(8, 200)

    def change(turn: int) -> Callable[[Session], None]:
        def run(session: Session) -> None:
            mine = Work(session, User("tester"), NOW)
            day = day_no(turn % DAYS)
            interactions.create(mine, {**VISIT_CP1, "date": day, "evaluation": "POSITIVE"})

        def cancel(session: Session) -> None:
            on_day = (ENTRIES.c.date == day_no(turn % DAYS), ENTRIES.c.entry_no % 3 == turn % 3)
            session.execute(update(ENTRIES).values(canceled=turn % 2 == 0).where(*on_day))

        return cancel if turn % 3 == 0 else run

    def compare(session: Session) -> list[str]:
        if database.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return read_all(session) + wrong_sums(session)

    async def write(first: int) -> None:
        for turn in range(first, first + rounds):
            await database.writing(change(turn))

    async def read() -> list[str]:
        return [wrong for _ in range(rounds // 2) for wrong in await database.querying(compare)]

    async def keep_refreshing(ended: asyncio.Event) -> None:
        while not ended.is_set():
            await database.writing(refresh_some)
            await asyncio.sleep(0.001)

    async def run() -> list[str]:
        await database.writing(prepare)
        ended = asyncio.Event()
        refreshers = [asyncio.ensure_future(keep_refreshing(ended)) for _ in range(2)]
        *_, first, second = await asyncio.gather(*(write(first) for first in range(16)), read(), read())
        ended.set()
        await asyncio.gather(*refreshers)
        await database.writing(refresh)
        return [*(first or ()), *(second or ()), *await database.querying(wrong_sums)]

    assert loop.run_until_complete(run()) == []


def written(work: Work) -> list[str]:
    """Where PostgreSQL has stored the sums: a row that is written again is stored elsewhere."""
    if not is_postgresql(work):
        return []
    places = "SELECT tableoid || ' ' || ctid FROM day_sum UNION ALL SELECT tableoid || ' ' || ctid FROM month_sum"
    return sorted(work.session.scalars(text(places)))
