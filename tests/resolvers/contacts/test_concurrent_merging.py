"""Contacts are merged while other clients log, postpone, update and delete: no change fails, and nothing is lost (K28)."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Table as SqlTable
from sqlalchemy import delete, func, select
from sqlmodel import Session

from persistence.columns import Table
from persistence.contacts import Contact
from persistence.database import Database
from persistence.dialects import dialect_of
from resolvers.checks import Fault, undivided
from resolvers.contacts import rules as contacts
from resolvers.interactions import rules as interactions
from resolvers.segments import rules as segments
from resolvers.segments.tables import ENTRIES, LINES
from resolvers.work import Work
from tests import records
from tests.interleaving import Interleaving
from tests.resolvers.contacts.random_clients import run_clients, work_of
from tests.segment_lines import create_segment
from tests.soaking import repetitions

pytestmark = pytest.mark.slow

CLIENTS, TURNS = 6, repetitions(6, 150)
PEOPLE = [f"X{number}" for number in range(8)]
COMPANIES = ["C1", "C2", "C3"]
VISIT = {"template_code": "VISIT", "salesperson_code": "JO"}


def begin(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_contact(work, "C3", name="Third")
    for number, no in enumerate(PEOPLE):
        records.insert_contact(work, no, company=COMPANIES[number % 3], name=f"Person {no}")


def random_command(chance: random.Random, work: Work) -> None:
    """One random command of a client."""
    one, other = chance.sample(PEOPLE, 2)
    company = chance.sample(COMPANIES, 2)
    segment = f"SM{chance.randrange(1, 12):05}"
    actions: list[Callable[[], object]] = [
        lambda: contacts.merge(work, one, other, keep_from_merged=chance.sample(["companyNo", "salespersonCode"], 1)),
        lambda: contacts.merge(work, *company),
        lambda: interactions.create(work, {"contact_no": one, **VISIT}),  # type: ignore[typeddict-item]  # any field
        lambda: interactions.postpone(work, {"contact_no": one, **VISIT}),  # type: ignore[typeddict-item]  # any field
        lambda: interactions.resume(work, chance.randrange(1, 60), {}),
        lambda: create_segment(work, one, other, template_code="VISIT", description="Spring"),
        lambda: segments.log(work, segment),
        lambda: segments.add_contacts(
            work, segment, contact_nos=[one], options=segments.AddingOptions(allow_existing=True)
        ),
        lambda: segments.undo_step(work, segment),
        lambda: segments.undo(work, chance.randrange(1, 6), force=True),
        lambda: contacts.update(work, one, {"company_no": company[0], "salesperson_code": chance.choice(["JO", "PS"])}),
        lambda: contacts.update(work, company[0], {"name": f"Name {chance.random()}"}),
        lambda: contacts.delete(work, one),
    ]
    chance.choice(actions)()


def test_merges_among_other_changes_succeed_or_are_refused_and_leave_a_sound_database(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    async def everyone() -> Counter[str]:
        await database.writing(lambda session: begin(work_of(session)))
        return await run_clients(database, random_command, clients=CLIENTS, turns=TURNS)

    met = loop.run_until_complete(everyone())

    assert loop.run_until_complete(database.writing(faults)) == []
    assert met["done"] > CLIENTS
    assert "IDEMPOTENCY_CONFLICT" not in met


Others = dict[str, Callable[[Work, int, str], Any]]
OTHERS: Others = {
    "create": lambda work, entry_no, no: interactions.create(work, {"contact_no": "P2", **VISIT}),  # type: ignore[typeddict-item]  # any field
    "log": lambda work, entry_no, no: segments.log(work, no),
    "add": lambda work, entry_no, no: segments.add_contacts(
        work, no, contact_nos=["P2"], options=segments.AddingOptions(allow_existing=True)
    ),
    "new segment": lambda work, entry_no, no: create_segment(work, "P2", template_code="VISIT", description="Late"),
    "move": lambda work, entry_no, no: contacts.update(work, "P2", {"company_no": "C2"}),
    "delete": lambda work, entry_no, no: contacts.delete(work, "P4"),
    "resume": lambda work, entry_no, no: interactions.resume(work, entry_no, {}),
}


def prepare(work: Work) -> tuple[int, str]:
    """P2 has an interaction, a postponed one and a line of a segment. Returns the numbers of the last two."""
    for table in reversed(Table.metadata.sorted_tables):
        if table.name not in ("number_series", "number_series_line", "marketing_setup", "interaction_entry_counter"):
            work.session.execute(delete(table))
    records.insert_fixtures(work)
    records.insert_contact(work, "P4", company="C1")
    interactions.create(work, {"contact_no": "P2", **VISIT})  # type: ignore[typeddict-item]  # any field
    postponed = interactions.postpone(work, {"contact_no": "P2", **VISIT})  # type: ignore[typeddict-item]  # any field
    segment = create_segment(work, "P2", "P1", template_code="VISIT", description="Spring")
    return postponed.entry_no, segment.no


@pytest.mark.parametrize("name", list(OTHERS))
def test_a_change_between_any_two_statements_of_a_merge_comes_before_or_after_it(
    database: Database, loop: asyncio.AbstractEventLoop, name: str
) -> None:
    """Whichever comes first, no record names the merged contact afterwards."""
    interleaving = Interleaving(database, loop)
    merged_no = "P4" if name == "delete" else "P2"
    merge = partial(contacts.merge, no="P1", merged_no=merged_no)
    interleaving.run(prepare)
    sent = interleaving.statements(merge)
    for place in range(list(OTHERS).index(name) % 4, len(sent), repetitions(7, 1)):
        entry_no, no = interleaving.run(prepare)

        def change(work: Work, entry_no: int = entry_no, no: str = no) -> Any:
            return OTHERS[name](work, entry_no, no)

        answer = interleaving.between(merge, place, change, may_wait=True)

        assert interleaving.run(lambda work: faults(work.session)) == []
        named = interleaving.run(lambda work: [each for each in map(partial(_named, work), (ENTRIES, LINES)) if each])
        assert interleaving.run(lambda work: work.find(Contact, no=merged_no)) is None
        assert name == "delete" or not named, (place, sent[place], answer)


def _named(work: Work, rows: SqlTable) -> int:
    found = select(func.count()).select_from(rows).where(rows.c.contact_no == "P2")
    return work.session.scalar(found) or 0


def faults(session: Session) -> list[Fault]:
    """What `carnet check` finds."""
    connection = session.connection()
    checks = undivided(dialect_of(session))
    found = (
        Fault.parse(check, connection.exec_driver_sql(check.statement(connection.dialect)[0]).scalar())
        for check in checks
    )
    return [fault for fault in found if fault is not None]
