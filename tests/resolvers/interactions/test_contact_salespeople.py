"""Interactions of the log repeat the salesperson of their contact (K30)."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from persistence.columns import Table
from persistence.contacts import Contact
from persistence.database import Database
from persistence.segments import Segment
from resolvers.contacts import rules as contacts
from resolvers.imports import contacts as contact_import
from resolvers.imports import interactions as interaction_import
from resolvers.imports.existing import Existing
from resolvers.interactions import rules
from resolvers.interactions.fields import InteractionFields
from resolvers.segments import rules as segments
from resolvers.segments.tables import CONTACTS, ENTRIES
from resolvers.work import Work
from tests import records
from tests.import_files import write_file
from tests.interleaving import Interleaving
from tests.segment_lines import create_segment

KEPT = ("number_series", "number_series_line", "marketing_setup", "interaction_entry_counter")
JO_VISITS = InteractionFields(template_code="VISIT", salesperson_code="JO")


def repeated(work: Work) -> list[tuple[str, str | None]]:
    """The contact of each interaction and the salesperson that it repeats, which must be that of the contact."""
    work.session.flush()
    columns = select(ENTRIES.c.contact_no, ENTRIES.c.contact_salesperson_code, CONTACTS.c.salesperson_code)
    joined = columns.select_from(ENTRIES.outerjoin(CONTACTS, CONTACTS.c.no == ENTRIES.c.contact_no))
    rows = work.session.execute(joined.order_by(ENTRIES.c.entry_no)).all()
    assert [row[1] for row in rows] == [row[2] for row in rows]
    return [(row[0], row[1]) for row in rows]


def test_interactions_repeat_the_salesperson_of_their_contact_however_they_are_logged_k30(
    work: Work, tmp_path: Path
) -> None:
    records.insert_fixtures(work)
    rules.create(work, {"contact_no": "C2", "template_code": "VISIT", "salesperson_code": "JO"})
    rules.create(work, {"contact_no": "P3", "template_code": "VISIT", "salesperson_code": "JO", "comments": ["x"]})
    postponed = rules.postpone(work, {"contact_no": "P2", "template_code": "VISIT", "salesperson_code": "JO"})
    rules.resume(work, postponed.entry_no, {})
    segment = create_segment(work, "C1", "C2", template_code="VISIT", description="Spring")
    segments.log(work, segment.no)
    file = write_file(tmp_path, "Contact No.,Date,Description,Salesperson Code\nC2,2026-03-01,Visit,JO\n")
    interaction_import.run(work, file)

    assert repeated(work) == [
        ("C2", "PS"), ("P3", None), ("P2", "PS"), ("C1", "JO"), ("C2", "PS"), ("C2", "PS")
    ]  # fmt: skip


def test_interactions_follow_the_salesperson_of_their_contact_k30(work: Work) -> None:
    records.insert_fixtures(work)
    records.change_setup(work, inherit_salesperson=True)
    for contact in ("C1", "P1", "P2", "C2"):
        records.insert_entry(work, contact=contact)

    contacts.update(work, "C1", {"salesperson_code": "PS"})
    assert repeated(work) == [("C1", "PS"), ("P1", "PS"), ("P2", "PS"), ("C2", "PS")]
    contacts.update(work, "C2", {"salesperson_code": None})
    contacts.update(work, "P2", {"salesperson_code": "JO"})
    assert repeated(work) == [("C1", "PS"), ("P1", "PS"), ("P2", "JO"), ("C2", None)]
    records.stored(work, Contact, no="C2")
    contacts.update(work, "C2", {"salesperson_code": "JO"})
    contacts.update(work, "P3", {"company_no": "C2"})
    assert repeated(work)[-1] == ("C2", "JO")


def test_a_person_who_gets_the_salesperson_of_a_new_company_keeps_the_log_right_k30(work: Work) -> None:
    records.insert_fixtures(work)
    records.change_setup(work, inherit_salesperson=True)
    records.insert_entry(work, contact="P1")

    contacts.update(work, "P1", {"company_no": "C2"})

    assert repeated(work) == [("P1", "PS")]


def test_an_import_of_contacts_changes_the_salespeople_of_their_interactions_k30(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    records.change_setup(work, inherit_salesperson=True)
    for contact in ("C1", "P1", "P2", "C2"):
        records.insert_entry(work, contact=contact)

    file = write_file(tmp_path, "No.,Type,Name,Salesperson Code\nC1,Company,Cannon Group,PS\nP2,Person,Peter,JO\n")
    contact_import.run(work, file, existing=Existing.UPDATE)

    assert repeated(work) == [("C1", "PS"), ("P1", "PS"), ("P2", "JO"), ("C2", "PS")]


def log_segment(work: Work) -> None:
    segments.log(work, records.stored(work, Segment, description="Spring").no)


CHANGES: dict[str, Callable[[Work], Any]] = {
    "create": lambda work: rules.create(work, {**JO_VISITS, "contact_no": "C2", "comments": ["Long talk"]}),
    "resume": lambda work: rules.resume(work, 1, {}),
    "log": log_segment,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_interactions_that_are_logged_while_their_contact_changes_repeat_its_new_salesperson_k30(
    database: Database, loop: asyncio.AbstractEventLoop, change: Callable[[Work], Any]
) -> None:
    interleaving = Interleaving(database, loop)

    def prepare(work: Work) -> None:
        for table in reversed(Table.metadata.sorted_tables):
            if table.name not in KEPT:
                work.session.execute(table.delete())
        records.insert_fixtures(work)
        records.insert_postponed_interaction(work, contact="C2", entry_no=1)
        create_segment(work, "C2", template_code="VISIT", description="Spring")

    def give_away(work: Work) -> None:
        contacts.update(work, "C2", {"salesperson_code": "JO"})

    interleaving.run(prepare)
    sent = interleaving.statements(change)
    writing = next(place for place, text in enumerate(sent) if "INSERT INTO interaction_log_entry" in text)
    for place in range(writing + 1):
        interleaving.run(prepare)
        waits = interleaving.alone or interleaving.on_citus  # there the contact is locked before the INSERT
        interleaving.between(change, place, give_away, may_wait=waits)
        assert set(interleaving.run(repeated)) == {("C2", "JO")}
