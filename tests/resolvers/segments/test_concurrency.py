"""Several clients change one segment concurrently, on databases that commit (R-LOG-13, K24)."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from persistence.database import Database
from persistence.templates import InteractionTemplate
from resolvers.errors import Refused
from resolvers.segments import rules as segments
from resolvers.segments.logging.logging_plan import OnBlocked
from resolvers.segments.tables import ENTRIES, LINES, LOGGED_SEGMENTS, SEGMENTS
from resolvers.work import User, Work
from tests import records
from tests.conftest import NOW
from tests.segment_lines import create_segment, insert_contacts
from tests.soaking import repetitions

pytestmark = pytest.mark.slow

Command = Callable[[Work], Any]


class Clients:
    """Clients of one database, each change in a transaction of its own, with a count of the results of concurrent
    changes.
    """

    def __init__(self, database: Database, loop: asyncio.AbstractEventLoop) -> None:
        self._database, self._loop = database, loop
        self.tally: Counter[str] = Counter()

    def run(self, command: Command) -> Any:
        """Execute one change."""
        return self._loop.run_until_complete(self._change(command))

    def run_concurrently(self, *commands: Command) -> list[Any]:
        """Execute several changes concurrently. Returns the result of each, or the code of its refusal."""

        async def attempt(command: Command) -> Any:
            try:
                return await self._change(command)
            except Refused as refused:
                return str(refused.refusals[0].code)

        async def attempts() -> list[Any]:
            return await asyncio.gather(*map(attempt, commands))

        result = self._loop.run_until_complete(attempts())
        self.tally.update(each if isinstance(each, str) else "done" for each in result)
        return result

    def rows(self, *columns: Any, **where: Any) -> list[Any]:
        """These columns of all rows with these values, in order."""
        statement = select(*columns).filter_by(**where).order_by(*columns)
        return [tuple(row.values()) for row in self._loop.run_until_complete(self._database.select(statement))]

    async def _change(self, command: Command) -> Any:
        def change(session: Session) -> Any:
            return command(Work(session, User("tester"), NOW))

        return await self._database.writing(change)


@pytest.fixture
def clients(database: Database, loop: asyncio.AbstractEventLoop) -> Iterator[Clients]:
    made = Clients(database, loop)
    made.run(records.insert_fixtures)
    yield made
    print(f"\n{database.dialect.name}: {dict(made.tally)}")


def create_segment_in_transaction(clients: Clients, *contacts: str) -> str:
    return str(
        clients.run(lambda work: create_segment(work, *contacts, template_code="VISIT", description="Spring").no)
    )


def test_k24_the_second_of_two_clients_who_log_a_segment_at_once_gets_logged_segment_exists(clients: Clients) -> None:
    for number in range(1, repetitions(8, 50) + 1):
        no = create_segment_in_transaction(clients, "C1", "C2", "P1")

        def log(work: Work, no: str = no) -> Any:
            return segments.log(work, no, create_follow_up=True)

        result = clients.run_concurrently(log, log)

        assert sorted(each if isinstance(each, str) else "" for each in result) == ["", "LOGGED_SEGMENT_EXISTS"]
        assert clients.rows(func.count(ENTRIES.c.entry_no)) == [(3 * number,)]
        assert clients.rows(func.count(LOGGED_SEGMENTS.c.entry_no)) == [(number,)]
    follow_ups = clients.rows(SEGMENTS.c.no, logged_segment_entry_no=None)
    assert len(set(follow_ups)) == repetitions(8, 50)


def test_changes_of_lines_during_logging_are_logged_or_refused_but_never_lost(clients: Clients) -> None:
    """R-LOG-13. A change of a line is committed before logging or refused after it."""
    for _ in range(repetitions(8, 50)):
        no = create_segment_in_transaction(clients, "C1", "C2")

        def log(work: Work, no: str = no) -> Any:
            return segments.log(work, no)

        def add(work: Work, no: str = no) -> Any:
            return segments.add_contacts(work, no, contact_nos=["P1"])

        def remove(work: Work, no: str = no) -> Any:
            return segments.remove_lines(work, no, line_nos=[2])

        def customise(work: Work, no: str = no) -> Any:
            return segments.update_lines(work, no, [{"line_nos": [1], "set": {"evaluation": "NEGATIVE"}}])

        logged, *others = clients.run_concurrently(log, add, remove, customise)
        added, removed, customised = (not isinstance(each, str) for each in others)

        assert {each for each in others if isinstance(each, str)} <= {"SEGMENT_NOT_FOUND"}
        entries = clients.rows(
            ENTRIES.c.contact_no, ENTRIES.c.evaluation, logged_segment_entry_no=logged.logged_segment_entry_no
        )
        of_c1 = ("C1", "NEGATIVE" if customised else None)
        assert entries == [of_c1, *([] if removed else [("C2", None)]), *([("P1", None)] if added else [])]
        assert logged.logged == len(entries) == len(clients.rows(LINES.c.line_no, segment_id=logged.closed_segment_id))


@pytest.mark.parametrize("on_blocked", list(OnBlocked))
def test_k10_a_template_blocked_during_logging_blocks_all_of_its_lines_or_none(
    clients: Clients, on_blocked: OnBlocked
) -> None:
    for number in range(repetitions(4, 50)):
        code = f"T{number}"

        def prepare(work: Work, code: str = code) -> str:
            records.insert_template(work, code)
            no = create_segment(work, "C1", "C2", "P1", template_code="VISIT", description="Spring").no
            segments.update_lines(work, no, [{"line_nos": [2], "set": {"template_code": code}}])
            return str(no)

        no = clients.run(prepare)
        logged, _ = clients.run_concurrently(
            partial(segments.log, segment_no=no, on_blocked=on_blocked), partial(retire_template, code=code)
        )

        entries = [row[0] for row in clients.rows(ENTRIES.c.contact_no, segment_no=no)]
        if on_blocked is OnBlocked.FAIL and isinstance(logged, str):
            assert (logged, entries) == ("LINES_BLOCKED", [])
        else:
            assert (logged.logged, logged.blocked, entries) in [(3, 0, ["C1", "C2", "P1"]), (2, 1, ["C1", "P1"])]


def retire_template(work: Work, code: str) -> None:
    records.block(work, records.stored(work, InteractionTemplate, code=code))


@pytest.mark.parametrize("second", list(OnBlocked))
def test_k8_the_second_of_two_clients_who_leave_blocked_lines_finds_only_these_lines(
    clients: Clients, second: OnBlocked
) -> None:
    for _ in range(repetitions(3, 50)):
        no = create_segment_in_transaction(clients, "C1", "C2")

        def block(work: Work, no: str = no) -> Any:
            return segments.update_lines(work, no, [{"line_nos": [2], "set": {"template_code": None}}])

        def leave(work: Work, no: str = no) -> Any:
            return segments.log(work, no, on_blocked=OnBlocked.LEAVE_IN_SEGMENT)

        def log(work: Work, no: str = no) -> Any:
            return segments.log(work, no, on_blocked=second)

        clients.run(block)
        result = clients.run_concurrently(leave, log)

        done = [each for each in result if not isinstance(each, str)]
        assert [each.logged for each in done] == [1]
        assert clients.rows(ENTRIES.c.contact_no, segment_no=no) == [("C1",)]
        if done[0].open_segment_id is not None:
            assert clients.rows(LINES.c.line_no, segment_id=done[0].open_segment_id) == [(2,)]
            assert {each for each in result if isinstance(each, str)} <= {"LINES_BLOCKED", "SEGMENT_EMPTY"}


def test_k18_the_second_of_two_clients_who_undo_at_once_is_refused(clients: Clients) -> None:
    for _ in range(repetitions(4, 50)):
        no = create_segment_in_transaction(clients, "C1", "C2")
        entry_no = clients.run(partial(segments.log, segment_no=no)).logged_segment_entry_no

        def undo(work: Work, entry_no: int = entry_no) -> Any:
            return segments.undo(work, entry_no)

        result = clients.run_concurrently(undo, undo)

        assert sorted(each if isinstance(each, str) else "" for each in result) == ["", "LOGGED_SEGMENT_CANCELED"]
        assert len(clients.rows(SEGMENTS.c.id, no=no, logged_segment_entry_no=None)) == 1
        assert clients.rows(ENTRIES.c.canceled, segment_no=no) == [(True,), (True,)]


def test_k18_undoing_two_logged_parts_of_a_segment_at_once_joins_them_in_one_open_segment(clients: Clients) -> None:
    """Two logged segments of one number are undone while the lines that were left are logged: no line is lost, and at
    most one segment is open.
    """
    for _ in range(repetitions(4, 50)):
        no = create_segment_in_transaction(clients, "C1", "C2", "P1")

        def parts(work: Work, no: str = no) -> list[int]:
            entry_nos = []
            for place in (2, 3):
                segments.update_lines(work, no, [{"line_nos": list(range(place, 4)), "set": {"template_code": None}}])
                entry_nos.append(segments.log(work, no, on_blocked=OnBlocked.LEAVE_IN_SEGMENT).logged_segment_entry_no)
                segments.update_lines(
                    work, no, [{"line_nos": list(range(place, 4)), "set": {"template_code": "VISIT"}}]
                )
            return entry_nos

        first, second = clients.run(parts)
        *undone, _ = clients.run_concurrently(
            partial(segments.undo, entry_no=first),
            partial(segments.undo, entry_no=second),
            partial(segments.log, segment_no=no),
        )

        assert not any(isinstance(each, str) for each in undone)
        ids = [row[0] for row in clients.rows(SEGMENTS.c.id, no=no)]
        lines = sorted(row[0] for each in ids for row in clients.rows(LINES.c.line_no, segment_id=each))
        assert lines == [1, 2, 3]
        assert len(clients.rows(SEGMENTS.c.id, no=no, logged_segment_entry_no=None)) <= 1


def test_a_thousand_lines_added_during_logging_are_added_completely_or_not_at_all(clients: Clients) -> None:
    crowd = clients.run(lambda work: [*insert_contacts(work, 1000), *insert_contacts(work, 999)])
    no = create_segment_in_transaction(clients, *crowd[:1000])

    logged, added = clients.run_concurrently(
        lambda work: segments.log(work, no), lambda work: segments.add_contacts(work, no, contact_nos=crowd[1000:])
    )

    assert logged.logged == (1000 if added == "SEGMENT_NOT_FOUND" else 1999)
    assert clients.rows(func.count(ENTRIES.c.entry_no)) == [(logged.logged,)]
