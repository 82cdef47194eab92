"""Compares the stored dates of contacts with dates that Python computes from the entries: `wrong_dates(session)`."""

import datetime as dt
from collections import defaultdict
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from persistence.columns import table_of
from persistence.interactions import InteractionLogEntry
from persistence.precomputed.contact_dates import COUNTS, ContactDate, DirtyContactDay, uncertain_days
from resolvers.statistics.refreshing import refresh_all

Dates = dict[str, dt.date | None]
STORED, MARKS, ENTRIES = table_of(ContactDate), table_of(DirtyContactDay), table_of(InteractionLogEntry)
LATER = dt.date(2026, 3, 17)
"""A wrong date: the day before today in most tests."""


def wrong_dates(session: Session) -> list[str]:
    """What is wrong with the stored dates that are certain: those of contacts without entries on uncertain days, if the
    date itself is none of these days.
    """
    uncertain = set(session.scalars(uncertain_days()))
    rows = all_entries(session)
    touched = {no for row in rows if row["date"] in uncertain for no in owners(row)}
    right, stored = dates_of(rows), stored_dates(session)
    return [
        f"{no} {name}: {stored[no][name]} instead of {right[no][name]}"
        for no in sorted({*right, *stored} - touched)
        for name in COUNTS
        if stored[no][name] != right[no][name] and stored[no][name] not in uncertain
    ]


def dates_of(rows: list[Any]) -> dict[str, Dates]:
    """The dates of all contacts, from these entries."""
    found: dict[str, Dates] = defaultdict(lambda: dict.fromkeys(COUNTS))
    for row in rows:
        counts = {
            "last_any": True,
            "last_interaction": not row["attempt_failed"],
            "last_attempt": row["initiated_by"] == "US",
            "last_outbound": row["information_flow"] == "OUTBOUND",
            "last_inbound": row["information_flow"] == "INBOUND",
        }
        for no in owners(row):
            for name in (name for name in COUNTS if counts[name] and not row["canceled"]):
                found[no][name] = max(found[no][name] or row["date"], row["date"])
    return found


def stored_dates(session: Session) -> dict[str, Dates]:
    """All stored dates. Of a contact without a row they are null."""
    found: dict[str, Dates] = defaultdict(lambda: dict.fromkeys(COUNTS))
    for row in session.execute(select(STORED)).mappings():
        found[row["contact_no"]] = {name: row[name] for name in COUNTS}
    return found


def all_entries(session: Session) -> list[Any]:
    """All entries."""
    return list(session.execute(select(ENTRIES)).mappings())


def owners(row: Any) -> set[str]:
    """The contact and the company of an entry."""
    return {no for no in (row["contact_no"], row["company_no"]) if no is not None}


def make_uncertain(session: Session) -> None:
    """Refresh all dates; then every third day is uncertain, and the dates that may be out of date are wrong."""
    refresh_all(session)
    rows = all_entries(session)
    days = sorted({row["date"] for row in rows})[::3]
    session.execute(insert(MARKS), [{"day": day} for day in days])
    touched = sorted({no for row in rows if row["date"] in days for no in owners(row)})
    for place, no in enumerate(touched):
        wrong = (None, LATER, days[0])[place % 3]
        session.execute(update(STORED).where(STORED.c.contact_no == no).values(dict.fromkeys(COUNTS, wrong)))
    session.execute(delete(STORED).where(STORED.c.contact_no.in_(touched[3::4])))
