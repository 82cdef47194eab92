"""Each of two transactions that overlap has recorded in the feed all that it has changed itself (R-FEED-1)."""

import asyncio
import itertools
from functools import partial

import pytest
from sqlalchemy import text

from persistence.database import Database
from resolvers.work import Work
from tests.change_feed import Changes, FeedCheck, Rows, Select
from tests.interleaving import Interleaving
from tests.resolvers.concurrent_commands import COMMANDS, Company, insert_company
from tests.soaking import SOAKING
from tests.written_rows import TRIGGERS, WrittenRows

CHANGE_WHAT_IS_RECORDED = (
    ("merge people", "undo a canceled segment"),
    ("merge people and move", "undo a canceled segment"),
    ("merge people and move", "log a part"),
    ("merge companies", "undo a canceled segment"),
    ("anonymize a person", "comment"),
    ("delete a logged segment", "undo a follow-up"),
    ("delete a logged segment", "log an open follow-up"),
)
"""Pairs of which the second can change what the first has just recorded."""

OF_MANY = (
    "merge people",
    "merge people and move",
    "merge companies",
    "anonymize a person",
    "anonymize a company",
    "change a company",
    "delete a contact",
    "snooze",
    "evaluate",
    "cancel",
    "delete canceled",
    "delete campaign entries",
    "change a segment",
    "remove contacts",
    "undo a step",
    "log a part",
    "undo",
    "delete a logged segment",
)
"""Commands that record several objects by a condition. `make soak` tests each of them with all others."""

PAIRS = [*itertools.product(OF_MANY, COMMANDS)] if SOAKING else CHANGE_WHAT_IS_RECORDED


@pytest.fixture
def select(database: Database, loop: asyncio.AbstractEventLoop) -> Select:
    def select_rows(statement: str) -> Rows:
        return loop.run_until_complete(
            database.querying(lambda session: session.connection().execute(text(statement)).mappings().all())
        )

    return select_rows


class Overlapping:
    """Runs two commands at the same time, and returns the changes that a transaction has not recorded. On SQLite and on
    Citus, where triggers cannot write into another table, it compares all changes with those that both have recorded.
    """

    def __init__(self, interleaving: Interleaving, select: Select) -> None:
        self._interleaving, self._select = interleaving, select
        self._begin = interleaving.beginning(insert_company)
        self._compares_rows = interleaving.alone or interleaving.on_citus
        if not self._compares_rows:
            interleaving.run(lambda work: [work.session.execute(text(each)) for each in TRIGGERS])
            self._written = WrittenRows(select)

    def places(self, first: str) -> list[tuple[int, str]]:
        """The statements of a command before which the other one can run, from the first that records something. On
        SQLite it waits before any of them.
        """
        company = self._begin()
        sent = [*enumerate(self._interleaving.statements(lambda work: COMMANDS[first](work, company)))]
        if self._interleaving.alone:
            return sent[:1]
        return sent[next(place for place, statement in sent if "INSERT INTO change_feed_item" in statement) :]

    def missing(self, first: str, place: int, other: str) -> dict[str, Changes]:
        """The changes that were not recorded, by transaction."""
        company: Company = self._begin()

        def run(name: str, work: Work) -> None:
            COMMANDS[name](work, company)

        if self._compares_rows:
            check = FeedCheck(self._select)
            self._interleaving.between(partial(run, first), place, partial(run, other), may_wait=True)
            check.check(of_several=True)
            return {}
        self._written.missing()
        self._interleaving.between(partial(run, first), place, partial(run, other), may_wait=True)
        return self._written.missing()


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_changes_something_and_records_it_r_feed_1(
    database: Database, loop: asyncio.AbstractEventLoop, select: Select, name: str
) -> None:
    interleaving = Interleaving(database, loop)
    company = interleaving.run(insert_company)
    check = FeedCheck(select)

    interleaving.run(lambda work: COMMANDS[name](work, company))

    assert check.check() > 0


@pytest.mark.slow
@pytest.mark.parametrize(("first", "other"), PAIRS)
def test_two_overlapping_commands_record_all_that_they_change_r_feed_1(
    database: Database, loop: asyncio.AbstractEventLoop, select: Select, first: str, other: str
) -> None:
    """The second commits before any statement of the first, or waits for it."""
    overlapping = Overlapping(Interleaving(database, loop), select)
    for place, statement in overlapping.places(first):
        assert not overlapping.missing(first, place, other), (place, statement)
