"""Measures `nextContacts` over 100,000 contacts and a million interactions: time, and on PostgreSQL buffers.

    python -m tests.benchmarks.next_contacts postgresql://…/copy    # exit status 1: a goal is missed

Give a copy of a database that `tests.benchmarks.data` wrote: this command gives a fifth of the contacts a number of
days, some templates a follow-up, and postpones 5,000 interactions. Then it logs an interaction of today with every
contact, of which the refresh of stored days knows nothing yet, and deletes them again.

The goal is at most 50 ms for each page of refreshed days. Just after the mailing a page searches an index for every
contact that was due.
"""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import ColumnElement, Date, delete, false, insert, literal, select, update
from sqlmodel import Session

from persistence.columns import Table, table_of
from persistence.contacts import Contact
from persistence.database import Database
from persistence.enums import Role
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.sql.conditions import DaysAfter
from persistence.sql_types import SqlExpression
from persistence.templates import InteractionTemplate
from persistence.versions import migrate
from resolvers.statistics.refreshing import refresh_some, refresh_some_contacts
from schema.execution.engine import Caller
from tests.benchmarks.command_line import compare_one
from tests.benchmarks.growth import Measuring

MOST_MS = 50
CONTACTS, ENTRIES = table_of(Contact), table_of(InteractionLogEntry)
POSTPONED, TEMPLATES = table_of(PostponedInteraction), table_of(InteractionTemplate)
NODES = (
    "edges { cursor node { contact { no name companyName city phoneNo salesperson { name } } dueOn "
    "reasons { code message } postponedInteraction { entryNo description } } } pageInfo { hasNextPage endCursor }"
)
CALLERS = {"ADMIN": Caller(), "SALESPERSON": Caller(salesperson_code="SP000", roles=frozenset({Role.SALESPERSON}))}
CURSOR = "{ nextContacts(first: 50) { pageInfo { endCursor } } }"
POSTPONED_NO, MAILING_NO = 500_000_000, 600_000_000
"""The entry numbers of what this command writes begin here."""


def pages(today: dt.date, cursor: str | None) -> Iterator[tuple[str, str]]:
    """The names of pages, and their documents. Without a cursor, no page begins after one: nobody is due."""
    week = today + dt.timedelta(days=7)
    for name, arguments, total in (
        ("first 20", "first: 20", ""),
        ("first 20 with total", "first: 20", "totalCount"),
        ("100 after a cursor", f'first: 100, after: "{cursor}"', ""),
        ("in a week with total", f'first: 20, on: "{week}"', "totalCount"),
    ):
        if cursor is None and "after" in arguments:
            continue
        yield name, f"{{ nextContacts({arguments}) {{ {total} {NODES} }} }}"


def prepare(session: Session, today: dt.date) -> None:
    """Let many contacts be due."""
    days = {"contact_every_days": CONTACTS.c.id % 400 + 20}
    session.execute(update(CONTACTS).where(CONTACTS.c.id % 5 == 0).values(days))
    follow_up = update(TEMPLATES).where(TEMPLATES.c.code.in_(["TPL07", "TPL11"]))
    session.execute(follow_up.values(follow_up_after_days=300))
    resume_on = DaysAfter(literal(today, Date()), CONTACTS.c.id % 61 - 30)
    _write(session, PostponedInteraction, today, POSTPONED_NO, every=20, resume_on=resume_on, version=1)


def log_mailing(session: Session, today: dt.date) -> None:
    """Log an interaction of today with every contact."""
    _write(session, InteractionLogEntry, today, MAILING_NO, every=1, canceled=False, imported=False)


def _write(
    session: Session, table: type[Table], today: dt.date, first_no: int, *, every: int, **values: object
) -> None:
    session.execute(delete(table_of(table)).where(table_of(table).c.entry_no >= first_no))
    at = "postponed_at" if table is PostponedInteraction else "logged_at"
    names = ("campaign_target", "campaign_response", "attempt_failed")
    values |= {"date": today, "time_of_interaction": dt.time(9), "description": "Call", "user_id": "benchmark"}
    values |= {at: dt.datetime.now(dt.UTC), **dict.fromkeys(names, False), "cost": 0, "duration": 0}
    columns = table_of(table).c
    if "contact_salesperson_code" in columns:
        values["contact_salesperson_code"] = CONTACTS.c.salesperson_code
    values |= {"entry_no": CONTACTS.c.id + first_no, "contact_no": CONTACTS.c.no}
    values |= {"company_no": CONTACTS.c.company_no, "salesperson_code": CONTACTS.c.salesperson_code}
    chosen: list[SqlExpression] = []
    for name, value in values.items():
        chosen.append(value if isinstance(value, ColumnElement) else literal(value, columns[name].type))
    source = select(*chosen).where(CONTACTS.c.id % every == 0, CONTACTS.c.privacy_blocked == false())
    session.execute(insert(table_of(table)).from_select(list(values), source))


async def refresh(database: Database) -> None:
    """Refresh everything that is stored beside the log."""
    while await database.writing(refresh_some, bulk=True) or await database.writing(refresh_some_contacts, bulk=True):
        pass


async def compare(url: str, *, rounds: int) -> bool:
    """Print the measurements of each page for each caller, and return whether the goals are reached."""
    today = dt.datetime.now(dt.UTC).date()
    reached = True
    async with Database.at(url, read_timeout=60) as database:
        await migrate(database)
        await database.writing(lambda session: prepare(session, today), bulk=True)
        await refresh(database)
        measuring = Measuring(database, rounds)
        print(f"{'':46}{'ms':>10}{'cpu':>10}{'buffers':>10}")
        for state in ("refreshed", "mailing of today"):
            if state == "mailing of today":
                await database.writing(lambda session: log_mailing(session, today), bulk=True)
            for caller, user in CALLERS.items():
                cursor = (await measuring.data(CURSOR, user))["nextContacts"]["pageInfo"]["endCursor"]
                for name, document in pages(today, cursor):
                    found = await measuring.measure(document, user)
                    missed = f"more than {MOST_MS} ms" if state == "refreshed" and found.ms > MOST_MS else ""
                    reached = reached and not missed
                    times = f"{found.ms:10.1f}{found.cpu:10.1f}{found.buffers:10,}"
                    print(f"{state}, {caller}, {name:24}".ljust(46) + f"{times} {missed}", flush=True)
        mailing = delete(ENTRIES).where(ENTRIES.c.entry_no >= MAILING_NO)
        await database.writing(lambda session: session.execute(mailing), bulk=True)
        await refresh(database)
    return reached


if __name__ == "__main__":
    compare_one(compare, __doc__, rounds=5)
