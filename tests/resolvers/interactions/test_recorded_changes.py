"""The feed has what a change of many interactions or lines changed, whatever others commit meanwhile (R-FEED-1)."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import ColumnElement, FromClause, text, update

from persistence.columns import Table
from persistence.database import Database
from resolvers import change_feed
from resolvers.contacts import rules as contacts
from resolvers.interactions.entries import canceling, evaluating
from resolvers.segments import rules as segments
from resolvers.segments.tables import ENTRIES
from resolvers.work import Work
from tests import records
from tests.change_feed import FeedCheck, Rows
from tests.interleaving import Interleaving
from tests.segment_lines import create_segment

KEPT = ("number_series", "number_series_line", "marketing_setup", "interaction_entry_counter")


def select_rows(database: Database, loop: asyncio.AbstractEventLoop, statement: str) -> Rows:
    return loop.run_until_complete(
        database.querying(lambda session: session.connection().execute(text(statement)).mappings().all())
    )


def places(interleaving: Interleaving, change: Callable[[Work], Any]) -> range:
    """The statements of a change before which others commit: any, but only one if they wait in any case."""
    return range(1 if interleaving.alone else len(interleaving.statements(change)))


def with_subject(rows: FromClause) -> ColumnElement[bool]:
    return rows.c.subject == "chosen"


CHANGES: dict[str, Callable[[Work], Any]] = {
    "cancel": lambda work: canceling.set_canceled(work, canceled=True, matching=with_subject),
    "un-cancel": lambda work: canceling.set_canceled(work, canceled=False, matching=with_subject),
    "evaluate": lambda work: evaluating.evaluate(work, matching=with_subject, evaluation="POSITIVE"),
    "delete": lambda work: canceling.delete_canceled(work, with_subject),
}


def insert_fixtures(work: Work) -> None:
    """The records of `tests/records.py`, without any others."""
    for table in reversed(Table.metadata.sorted_tables):
        if table.name not in KEPT:
            work.session.execute(table.delete())
    records.insert_fixtures(work)


def prepare(work: Work) -> None:
    """Seven interactions, of which four are chosen: one canceled and one not, then two others after gaps."""
    insert_fixtures(work)
    for number in range(1, 8):
        records.insert_entry(
            work, contact="C1", entry_no=number, subject="chosen" if number in (1, 2, 5, 7) else "other"
        )
    work.session.execute(update(ENTRIES).where(ENTRIES.c.entry_no.in_((2, 3, 5))).values(canceled=True))


def leave(*numbers: int) -> Callable[[Work], None]:
    """A change of another client after which only these interactions are chosen."""

    def change(work: Work) -> None:
        others = (ENTRIES.c.subject == "chosen", ENTRIES.c.entry_no.not_in(numbers))
        recorded = change_feed.record(work, change_feed.UPDATED, ENTRIES, *others)
        work.session.execute(update(ENTRIES).where(*others, recorded).values(subject="other"))

    return change


def change_others(work: Work) -> None:
    """Choose other interactions: some are canceled, one no longer is."""
    work.session.execute(update(ENTRIES).where(ENTRIES.c.entry_no.in_((3, 4, 6))).values(subject="chosen"))
    for canceled, numbers in ((True, (1, 6)), (False, (2,))):
        change_feed.record(work, change_feed.UPDATED, ENTRIES, ENTRIES.c.entry_no.in_(numbers))
        work.session.execute(update(ENTRIES).where(ENTRIES.c.entry_no.in_(numbers)).values(canceled=canceled))
    change_feed.record(work, change_feed.UPDATED, ENTRIES, ENTRIES.c.entry_no.in_((3, 4)))


OTHERS: dict[str, tuple[str, Callable[[Work], None]]] = {
    **{f"{name} while others are chosen": (name, change_others) for name in CHANGES},
    "evaluate while two are left": ("evaluate", leave(1, 2)),
    "evaluate while one is left": ("evaluate", leave(7)),
    "cancel while none is left": ("cancel", leave()),
    "delete while one is left": ("delete", leave(5)),
}


@pytest.mark.parametrize(("name", "other"), OTHERS.values(), ids=OTHERS)
def test_a_change_of_many_interactions_changes_only_what_the_feed_has_r_feed_1(
    database: Database, loop: asyncio.AbstractEventLoop, name: str, other: Callable[[Work], None]
) -> None:
    change, interleaving = CHANGES[name], Interleaving(database, loop)
    interleaving.run(prepare)
    for place in places(interleaving, change):
        interleaving.run(prepare)
        check = FeedCheck(partial(select_rows, database, loop))
        interleaving.between(change, place, other, may_wait=True)
        check.check(of_several=True)


def test_an_update_of_lines_changes_only_what_the_feed_has_r_feed_1(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """The lines take the salespeople of their contacts, of which one gets another meanwhile."""
    interleaving = Interleaving(database, loop)

    def with_segment(work: Work) -> str:
        insert_fixtures(work)
        return str(create_segment(work, "C2", "C1", "P2", salesperson_code="JO").no)

    def change_contact(work: Work) -> None:
        contacts.update(work, "C1", {"salesperson_code": "PS"})

    def update_segment(work: Work) -> None:
        segments.update(work, no, {"salesperson_code": None})

    no = interleaving.run(with_segment)
    for place in places(interleaving, update_segment):
        no = interleaving.run(with_segment)
        check = FeedCheck(partial(select_rows, database, loop))
        interleaving.between(update_segment, place, change_contact, may_wait=True)
        check.check(of_several=True)
