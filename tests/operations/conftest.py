"""A large segment, on which operations can be held while they run."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from persistence.database import Database
from resolvers.work import User, Work
from tests.api import Api, create_company, running_app
from tests.concurrency import InsertHold, wait_until
from tests.conftest import NOW
from tests.segment_lines import insert_contacts

LINES = 1000
LOG = """mutation($no: String!) { logSegment(input: {segmentNo: $no, createFollowUp: true})
{ logged followUpSegment { noOfLines } userErrors { code } } }"""
ADD = """mutation($no: String!) { addSegmentContacts(input: {segmentNo: $no, from: {all: true}, allowExistingContacts: true})
{ added userErrors { code } } }"""
PROGRESS = "query($no: String!) { segment(no: $no) { logProgress { phase done total startedAt } } }"
ALL = """query($no: String!) { segment(no: $no) { no version noOfLines steps { stepNo } logProgress { phase } }
interactionLogEntries { totalCount } loggedSegments { totalCount } segments { totalCount } }"""
ENDLESS = "SELECT count(*) FROM (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r) AS x"
TOUCH = "UPDATE marketing_setup SET version = version + 1"
RESPONSE = "application/graphql-response+json"


class LargeSegment:
    """The application with a segment of a thousand lines, on which an operation can be held."""

    def __init__(self, url: str, api: Api, no: str, loop: asyncio.AbstractEventLoop) -> None:
        self.url, self.api, self.no, self.hold, self._loop = url, api, no, InsertHold(url), loop

    def run(self, what: Any) -> Any:
        return self._loop.run_until_complete(what)

    async def send(self, text: str, **headers: str) -> Any:
        return await self.api.send(text, {"no": self.no}, **headers)

    async def progress(self) -> Any:
        return (await self.send(PROGRESS)).json()["data"]["segment"]["logProgress"]

    async def begun_progress(self) -> Any:
        """The progress once a row is done; None before."""
        progress = await self.progress()
        return progress if progress and progress["done"] else None

    async def cancel(self) -> Any:
        text = """mutation($no: String!) { cancelLogSegment(input: {segmentNo: $no})
        { segment { noOfLines logProgress { phase } } userErrors { code } } }"""
        return (await self.send(text)).json()["data"]["cancelLogSegment"]

    async def start_and_hold(self, text: str, phase: str) -> asyncio.Task[Any]:
        """Send a request and wait until its operation is held in this phase."""
        table, column = ("segment_line", "line_no") if phase == "ADDING" else ("interaction_log_entry", "entry_no")
        await self.hold.begin(table, column, 1500 if phase == "ADDING" else 500)
        task = asyncio.ensure_future(self.send(text))

        async def reached() -> bool:
            progress = await self.progress()
            return bool(progress and progress["phase"] == phase)

        await wait_until(reached)
        return task


OpenLargeSegment = Callable[..., AbstractContextManager[LargeSegment]]


@pytest.fixture
def large_segment(database_url: str, loop: asyncio.AbstractEventLoop) -> OpenLargeSegment:
    """Opens the application with these settings and a segment with this many lines: `with large_segment(lines=20) as
    segment`.
    """

    @contextmanager
    def open_segment(lines: int = LINES, **settings: Any) -> Iterator[LargeSegment]:
        with running_app(database_url, loop, **settings) as api:
            create_company(api)
            loop.run_until_complete(add_lines(lines - 4))
            segment = {"description": "Spring", "templateCode": "VISIT", "salespersonCode": "JO"}
            no = api.mutate("createSegment", {"segment": segment}, "segment { no }")["segment"]["no"]
            api.execute(ADD, no=no)
            yield LargeSegment(database_url, api, no, loop)

    async def add_lines(count: int) -> None:
        async with Database.at(database_url) as database:
            await database.writing(lambda session: insert_contacts(Work(session, User("tester"), NOW), count))

    return open_segment
