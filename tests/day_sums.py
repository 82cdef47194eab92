"""Compares the stored sums with sums that Python computes from the entries: `wrong_sums(session)`. Those of months and
weeks are compared with the stored sums of their days.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, insert, select
from sqlmodel import Session

from persistence.columns import table_of
from persistence.entry_numbers import reserve
from persistence.interactions import InteractionLogEntry
from persistence.precomputed.day_sums import (
    DIRTY_DAYS,
    KEY_OF_SUM,
    OF_MONTHS,
    OF_WEEKS,
    OVER_CONTACTS,
    SUMS,
    DaySum,
    SumsOfUnit,
)
from persistence.setup import MarketingSetup
from persistence.sql_types import SqlQuery
from resolvers.date_ranges import DateUnit, current
from resolvers.work import User, Work
from tests import records
from tests.conftest import NOW

DAYS = 4
"""The days on which `prepare` adds entries."""

Key = tuple[str, str, dt.date]
Sums = dict[str, int]
POINTS = {"VERY_POSITIVE": 2, "POSITIVE": 1, "NEUTRAL": 0, "NEGATIVE": -1, "VERY_NEGATIVE": -2}
PART = 10**9
"""Cents: see `persistence.dialects.sqlite.sql`."""


def dirty_days(session: Session) -> set[dt.date]:
    """The days that are marked."""
    return set(session.scalars(select(DIRTY_DAYS.c.day)))


def wrong_sums(session: Session) -> list[str]:
    """What is wrong with the stored sums of the days that are not marked, and with those of all months and weeks."""
    wrong = wrong_sums_of_days(session) + wrong_contacts(session)
    for unit in (OF_MONTHS, OF_WEEKS):
        wrong += different(sums_of_units(session, unit), by_unit(session, unit, stored_sums(session)))
    return wrong


def wrong_sums_of_days(session: Session) -> list[str]:
    """What is wrong with the stored sums of the days that are not marked."""
    dirty = dirty_days(session)
    return differences({key: sums for key, sums in stored_sums(session).items() if key[2] not in dirty}, session, dirty)


def wrong_contacts(session: Session) -> list[str]:
    """What is wrong with the stored contacts of the days that are not marked."""
    dirty = dirty_days(session)
    right = contacts_of_entries(session)
    return different(
        {key: found for key, found in stored_contacts(session).items() if key[2] not in dirty},
        {key: found for key, found in right.items() if key[2] not in dirty},
    )


def by_unit(session: Session, unit: SumsOfUnit, sums: dict[Key, Sums]) -> dict[Key, Sums]:
    """The sums of all days of each month or week together."""
    starts = session.scalars(select(table_of(MarketingSetup).c.first_day_of_week)).one()
    found: dict[Key, Sums] = {}
    for (kind, key, day), of_day in sums.items():
        first, _ = current(day, DateUnit(unit.unit), starts)
        together = found.setdefault((kind, key, first), dict.fromkeys(of_day, 0))
        for name, value in of_day.items():
            together[name] += value
    return found


def differences(found: dict[Key, Sums], session: Session, except_for: set[dt.date]) -> list[str]:
    """The sums that differ from those of the entries, without those of some days."""
    return different(found, {key: each for key, each in sums_of_entries(session).items() if key[2] not in except_for})


def different(found: dict[Key, Sums], right: dict[Key, Sums]) -> list[str]:
    """The sums that are not right."""
    return [
        f"{key}: {found.get(key)} instead of {right.get(key)}"
        for key in sorted({*found, *right})
        if found.get(key) != right.get(key)
    ]


def stored_sums(session: Session) -> dict[Key, Sums]:
    """All stored sums of days."""
    return {(row["kind"], row["key"], row["day"]): plain(row) for row in rows_of_days(session, SUMS)}


def stored_contacts(session: Session) -> dict[Key, Sums]:
    """The stored contacts of each day and key."""
    rows = rows_of_days(session, OVER_CONTACTS)
    return {(row["kind"], row["key"], row["day"]): over_contacts(row) for row in rows}


def rows_of_days(session: Session, names: Sequence[str]) -> Iterable[RowMapping]:
    """These columns of all days and keys."""
    columns = table_of(DaySum).c
    return session.execute(select(*(columns[name] for name in (*KEY_OF_SUM, *names)))).mappings()


def over_contacts(row: RowMapping) -> Sums:
    """The sums over contacts of a row."""
    return {name: int(row[name]) for name in OVER_CONTACTS}


def contacts_of_entries(session: Session) -> dict[Key, Sums]:
    """The right sums over contacts of each day and key. The entries of each contact are numbered from 1 in the order of
    time.
    """
    entries = table_of(InteractionLogEntry)
    ordered = select(entries).where(~entries.c.canceled).order_by(entries.c.time_of_interaction, entries.c.entry_no)
    failed: dict[Key, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for row in session.execute(ordered).mappings():
        for kind, key in keys_of(row).items():
            of_key = failed[kind, key or "", row["date"]]
            if row["contact_no"] is not None:
                of_key[row["contact_no"]].append(row["attempt_failed"])
    found: dict[Key, Sums] = {}
    for each, contacts in failed.items():
        attempts = [of_contact.index(False) + 1 for of_contact in contacts.values() if False in of_contact]
        found[each] = {"contacts": len(contacts), "reached": len(attempts), "attempts": sum(attempts)}
    return found


def sums_of_units(session: Session, unit: SumsOfUnit) -> dict[Key, Sums]:
    """All stored sums of months or weeks, by the first day of each."""
    rows = session.execute(select(unit.table)).mappings()
    return {(row["kind"], row["key"], row[unit.first_day]): plain(row) for row in rows}


def read_sums(session: Session, kind: str, statement: SqlQuery) -> dict[Key, Sums]:
    """The sums that a statement over `sums_by_day` reads; a key that is returned twice has a wrong name."""
    found: dict[Key, Sums] = {}
    for row in session.execute(statement).mappings():
        key = (kind, row["key"], row["day"])
        found[(f"{kind} twice", *key[1:]) if key in found else key] = plain(row)
    return found


def plain(row: RowMapping) -> Sums:
    """The sums of a row, with the cost in cents."""
    sums = {name: int(row[name]) for name in SUMS if not name.startswith("cost")}
    high, low = row["cost_high"], row["cost_low"]
    return {**sums, "cost": high * PART + low if isinstance(high, int) else int((high + low) * 100)}


def sums_of_entries(session: Session) -> dict[Key, Sums]:
    """The right sums, from all entries."""
    found: dict[Key, Sums] = defaultdict(lambda: dict.fromkeys([*(n for n in SUMS if n[:4] != "cost"), "cost"], 0))
    entries = table_of(InteractionLogEntry)
    for row in session.execute(select(entries).where(~entries.c.canceled)).mappings():
        for kind, key in keys_of(row).items():
            sums = found[kind, key or "", row["date"]]
            sums["interactions"] += 1
            sums["succeeded"] += not row["attempt_failed"]
            sums["duration"] += row["duration"]
            sums["cost"] += int(row["cost"] * 100)
            sums["targets"] += row["campaign_target"]
            sums["responses"] += row["campaign_response"]
            if row["evaluation"]:
                sums["evaluated"] += 1
                sums["score"] += POINTS[row["evaluation"]]
    return dict(found)


def keys_of(row: Any) -> dict[str, str | None]:
    return {
        "TEMPLATE": row["template_code"],
        "GROUP": row["group_code"],
        "SALESPERSON": row["salesperson_code"],
        "CAMPAIGN": row["campaign_no"],
        "EVALUATION": row["evaluation"],
        "HOUR": f"{row['time_of_interaction'].hour:02}",
        "TOTAL": "",
    }


def prepare(session: Session) -> None:
    records.insert_fixtures(Work(session, User("tester"), NOW))
    add_entries(session, [(day, None) for day in range(DAYS)])


def day_no(day: int) -> dt.date:
    return dt.date(2026, 1, 1) + dt.timedelta(day)


def add_entries(session: Session, days: list[tuple[int, str | None]], **more: Any) -> None:
    """Insert entries on these days, with these evaluations, by one statement."""
    numbers = reserve(session, len(days))
    rows = [
        InteractionLogEntry(
            entry_no=numbers[place],
            date=day_no(day),
            time_of_interaction=dt.time(9 + place % 2),
            description="Visit",
            evaluation=evaluation,
            cost=Decimal("1.05"),
            duration=place,
            user_id="tester",
            logged_at=NOW,
            **more,
        ).model_dump()
        for place, (day, evaluation) in enumerate(days)
    ]
    session.execute(insert(table_of(InteractionLogEntry)).values(rows))
