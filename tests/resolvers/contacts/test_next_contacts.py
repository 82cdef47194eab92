"""Whom to contact next: compared with a reference in Python, after any history and at any time of a refresh."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, event, select, update
from sqlalchemy.engine.interfaces import CacheStats

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.enums import Role
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.templates import InteractionTemplate
from resolvers.contacts import next_contacts
from resolvers.contacts.next_contacts import NextReasonCode
from resolvers.interactions.contact_salespeople import repeat_salespeople
from resolvers.statistics.refreshing import refresh_some, refresh_some_contacts
from resolvers.work import Work
from tests import records
from tests.records import TODAY, as_user
from tests.soaking import examples

CONTACTS, ENTRIES = table_of(Contact), table_of(InteractionLogEntry)
POSTPONED, TEMPLATES = table_of(PostponedInteraction), table_of(InteractionTemplate)
NOS = ("C1", "P1", "P2", "P3")
SALESPEOPLE = (None, "JO", "PS")
CODES = (None, "VISIT", "CALLOUT", "MAIL")
DAY = dt.timedelta(days=1)

Due = tuple[str, dt.date, tuple[str, ...], int | None]
"""The number of a contact, since when it is due, why, and the number of the postponed interaction."""


def listed(work: Work, code: str | None = None, on: dt.date | None = None, *, first: int = 100) -> list[Due]:
    """All contacts that are due, read in pages of this size."""
    found: list[Due] = []
    cursor = None
    while True:
        page = next_contacts.read(work, code, on, cursor, first)
        for due in page.contacts:
            found.append((due.contact_no, due.due_on, tuple(r.code for r in due.reasons), due.postponed_entry_no))
            cursor = (due.due_on, due.contact_no)
        if not page.has_more:
            assert next_contacts.count(work, page.wanted) == len(found)
            return found


def expected(work: Work, code: str | None, on: dt.date) -> list[Due]:
    """The same list, computed row by row as the rules say (R-NEXT-1 to R-NEXT-6)."""
    own_only, code = work.user.viewer.own_only, code or work.user.salesperson_code
    if own_only and code != work.user.salesperson_code:
        return []
    entries = [row for row in rows(work, ENTRIES) if not row["canceled"]]
    if own_only:
        entries = [row for row in entries if code in (row["salesperson_code"], row["contact_salesperson_code"])]
    templates = {row["code"]: row["follow_up_after_days"] for row in rows(work, TEMPLATES)}
    found = []
    for contact in rows(work, CONTACTS):
        no, days = contact["no"], list[tuple[dt.date, NextReasonCode]]()
        if contact["privacy_blocked"]:
            continue
        postponed = sorted(
            (row["resume_on"], row["entry_no"])
            for row in rows(work, POSTPONED)
            if row["contact_no"] == no and row["resume_on"] and row["resume_on"] <= on
            if code in (None, row["salesperson_code"])
        )
        for day, _ in postponed:
            days.append((day, NextReasonCode.POSTPONED_DUE if day == on else NextReasonCode.POSTPONED_OVERDUE))
        if code in (None, contact["salesperson_code"]):
            of_contact = [row for row in entries if row["contact_no"] == no]
            newest = max(
                of_contact, key=lambda row: (row["date"], row["time_of_interaction"], row["entry_no"]), default=None
            )
            if newest is not None and newest["attempt_failed"]:
                days.append((newest["date"] + DAY, NextReasonCode.RETRY))
            after = templates.get(newest["template_code"]) if newest is not None else None
            if newest is not None and after is not None:
                days.append((newest["date"] + after * DAY, NextReasonCode.FOLLOW_UP))
            owner = "company_no" if contact["type"] == "COMPANY" else "contact_no"
            last = max(
                (
                    row["date"]
                    for row in entries
                    if row[owner] == no and not row["attempt_failed"] and row["date"] <= work.today
                ),
                default=contact["created_on"],
            )
            if contact["contact_every_days"] is not None and last is not None:
                days.append((last + contact["contact_every_days"] * DAY, NextReasonCode.SILENT))
        days = [(day, reason) for day, reason in days if day <= on]
        if days:
            reasons = {reason for _, reason in days}
            in_order = tuple(reason for reason in NextReasonCode if reason in reasons)
            found.append((no, min(days)[0], in_order, postponed[0][1] if postponed else None))
    return sorted(found, key=lambda due: (due[1], due[0]))


def rows(work: Work, table: Any) -> list[Mapping[str, Any]]:
    return [dict(row) for row in work.session.execute(select(table)).mappings()]


def set_columns(work: Work, table: Any, where: Any, **values: object) -> None:
    work.session.execute(update(table).where(where).values(values))


def change(work: Work, what: str, place: int, ago: int, other: int) -> None:
    """One step of a generated history."""
    no, code, salesperson = NOS[place], CODES[other], SALESPEOPLE[other % 3]
    of_contact = CONTACTS.c.no == no
    if what in ("log", "fail"):
        values = {
            "attempt_failed": what == "fail",
            "canceled": other == 3 and ago == 2,
            "time_of_interaction": dt.time(9 + other),
        }
        records.insert_entry(
            work, contact=no, date=TODAY - ago * DAY, template_code=code, salesperson_code=salesperson, **values
        )
    elif what == "postpone":
        resume_on = TODAY - (ago - 2) * DAY
        records.insert_postponed_interaction(work, contact=no, salesperson_code=salesperson, resume_on=resume_on)
    elif what in ("cancel", "uncancel"):
        set_columns(work, ENTRIES, ENTRIES.c.contact_no == no, canceled=what == "cancel")
    elif what == "delete":
        work.session.execute(delete(ENTRIES).where(ENTRIES.c.contact_no == no, ENTRIES.c.date == TODAY - ago * DAY))
    elif what == "rhythm":
        set_columns(work, CONTACTS, of_contact, contact_every_days=other * 2 or None, created_on=TODAY - ago * DAY)
    elif what == "follow up":
        set_columns(work, TEMPLATES, TEMPLATES.c.code == (code or "VISIT"), follow_up_after_days=ago or None)
    elif what == "block":
        set_columns(work, CONTACTS, of_contact, privacy_blocked=other == 0)
    elif what == "give":
        set_columns(work, CONTACTS, of_contact, salesperson_code=salesperson)
        repeat_salespeople(work, of_contact)
    elif what == "refresh":
        refresh_some(work.session, most=1 + place)
    else:
        refresh_some_contacts(work.session, most=1 + place)


WHAT = ["log", "fail", "postpone", "cancel", "uncancel", "delete", "rhythm", "follow up", "block", "give"]
HISTORY = st.lists(
    st.tuples(
        st.sampled_from([*WHAT, "log", "fail", "rhythm", "follow up", *["refresh", "refresh contacts"] * 2]),
        st.integers(0, 3),
        st.integers(-2, 9),
        st.integers(0, 3),
    ),
    min_size=2,
    max_size=14,
)


def test_the_statements_of_a_page_are_compiled_once(work: Work) -> None:
    found = list[object]()

    def note(_connection: object, _cursor: object, _statement: str, _values: object, context: Any, _many: bool) -> None:
        found.append(context.cache_hit)

    listed(work)
    event.listen(Engine, "after_cursor_execute", note)
    try:
        listed(work)
    finally:
        event.remove(Engine, "after_cursor_execute", note)

    assert found
    assert set(found) == {CacheStats.CACHE_HIT}


@examples(few=12, many=1_500)
@given(history=HISTORY, ahead=st.sampled_from([0, 0, 0, 1, 6, -3]))
def test_the_list_is_that_of_the_rules_after_any_history_r_next_1_r_next_5(
    work: Work, history: list[tuple[str, int, int, int]], ahead: int
) -> None:
    """The reference follows R-NEXT-1 to R-NEXT-6."""
    if work.session.scalar(select(CONTACTS.c.no).limit(1)) is None:
        records.insert_fixtures(work)
    on = TODAY + ahead * DAY
    with work.session.begin_nested() as savepoint:
        for step in history:
            change(work, *step)
        work.session.flush()
        for viewer in (
            as_user(work, Role.ADMIN, salesperson=None),
            as_user(work, Role.READER, salesperson="PS"),
            as_user(work, Role.SALESPERSON, salesperson="JO"),
        ):
            for code in SALESPEOPLE:
                assert listed(viewer, code, on) == expected(viewer, code, on)
        assert listed(work, None, on, first=1) == expected(work, None, on)
        savepoint.rollback()
        work.session.expire_all()
