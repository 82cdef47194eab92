"""R-LOG-13, K24: several clients at one segment."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlmodel import Session, select

from persistence.database import Database
from resolvers import segments
from resolvers.errors import Refused
from resolvers.segments.tables import ENTRIES
from resolvers.work import User, Work
from tests import given
from tests.conftest import NOW
from tests.lines import a_segment


def test_k24_of_two_who_log_a_segment_at_once_one_reads_that_it_is_logged(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """R-LOG-13. Whoever adds a contact meanwhile is before the log or too late, never half in it."""

    def prepare(session: Session) -> str:
        work = Work(session, User("tester"), NOW)
        given.the_fixtures(work)
        return a_segment(work, "C1", "C2", template_code="VISIT", description="Spring").no

    async def attempt(verb: Callable[[Work], Any]) -> str:
        try:
            done = await database.writing(lambda session: verb(Work(session, User("tester"), NOW)))
        except Refused as refused:
            return str(refused.refusals[0].code)
        return type(done).__name__

    async def all_at_once() -> list[str]:
        no = await database.writing(prepare)
        return await asyncio.gather(
            *(attempt(lambda work: segments.log(work, no)) for _ in range(4)),
            attempt(lambda work: segments.add_contacts(work, no, contact_nos=["P1"])),
        )

    *logs, addition = loop.run_until_complete(all_at_once())
    entries = loop.run_until_complete(database.select(select(ENTRIES.c.contact_no)))

    assert sorted(logs) == ["LOGGED_SEGMENT_EXISTS"] * 3 + ["Logged"]
    assert (addition, len(entries)) in [("ContactsAdded", 3), ("SEGMENT_NOT_FOUND", 2)]
