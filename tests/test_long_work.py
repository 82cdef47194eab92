"""Long work is visible, can be canceled, ends in time and lets nobody wait without end; on both databases, through HTTP."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from persistence.database import Database
from persistence.exceptions import ChangeTooLong, Overloaded
from persistence.limits import Limits
from resolvers.work import User, Work
from schema.server.app import create_app
from schema.server.settings import Settings
from tests.api import Api, set_up
from tests.commands import carnet
from tests.conftest import NOW
from tests.lines import a_crowd
from tests.locks import Hold, until

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


class Long:
    """An application whose segment of a thousand lines is worked on."""

    def __init__(self, url: str, api: Api, no: str, loop: asyncio.AbstractEventLoop) -> None:
        self.url, self.api, self.no, self.hold, self._loop = url, api, no, Hold(url), loop

    def run(self, what: Any) -> Any:
        return self._loop.run_until_complete(what)

    async def sent(self, text: str, **headers: str) -> Any:
        return await self.api.sent(text, {"no": self.no}, **headers)

    async def progress(self) -> Any:
        return (await self.sent(PROGRESS)).json()["data"]["segment"]["logProgress"]

    async def cancel(self) -> Any:
        text = """mutation($no: String!) { cancelLogSegment(input: {segmentNo: $no})
        { segment { noOfLines logProgress { phase } } userErrors { code } } }"""
        return (await self.sent(text)).json()["data"]["cancelLogSegment"]

    async def held(self, text: str, phase: str) -> asyncio.Task[Any]:
        """A request that stands still in this phase."""
        table, column = ("segment_line", "line_no") if phase == "ADDING" else ("interaction_log_entry", "entry_no")
        await self.hold.begin(table, column, 1500 if phase == "ADDING" else 500)
        task = asyncio.ensure_future(self.sent(text))

        async def reached() -> bool:
            progress = await self.progress()
            return bool(progress and progress["phase"] == phase)

        await until(reached)
        return task


@pytest.fixture
def long(database_url: str, loop: asyncio.AbstractEventLoop) -> Callable[..., Any]:
    """Makes the application with these settings and numbers."""

    @contextmanager
    def made(lines: int = LINES, **settings: Any) -> Iterator[Long]:
        app = create_app(Settings(database_url=database_url, **settings))
        lifespan = app.router.lifespan_context(app)
        loop.run_until_complete(lifespan.__aenter__())
        client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://carnet")
        api = Api(client, loop)
        set_up(api)
        database: Database = app.state.database
        loop.run_until_complete(
            database.writing(lambda session: a_crowd(Work(session, User("tester"), NOW), lines - 4))
        )
        segment = {"description": "Spring", "templateCode": "VISIT", "salespersonCode": "JO"}
        no = api.done("createSegment", {"segment": segment}, "segment { no }")["segment"]["no"]
        api.ask(ADD, no=no)
        yield Long(database_url, api, no, loop)
        loop.run_until_complete(client.aclose())
        loop.run_until_complete(lifespan.__aexit__(None, None, None))

    return made


def test_logging_is_seen_while_it_runs(long: Any) -> None:
    with long() as work:

        async def story() -> Any:
            task = await work.held(LOG, "LOGGING")
            seen = await until(work.progress)
            if work.url.startswith("sqlite:"):
                await work.cancel()
            else:
                await work.hold.end()
            return seen, (await task).json()

        seen, answer = work.run(story())
        after = work.api.ask("{ segments { nodes { noOfLines logProgress { phase } } } }")["segments"]["nodes"]

        assert (seen["phase"], seen["total"], seen["startedAt"][:2]) == ("LOGGING", LINES, "20")
        assert 0 < seen["done"] <= LINES
        assert work.url.startswith("sqlite:") or answer["data"]["logSegment"]["logged"] == LINES
        assert after == [{"noOfLines": LINES, "logProgress": None}]


def test_progress_moves(long: Any) -> None:
    with long(lines=20_000) as work:

        async def story() -> list[Any]:
            seen = []
            task = asyncio.ensure_future(work.sent(LOG))
            while not task.done():
                segment = (await work.sent(PROGRESS)).json()["data"]["segment"]
                seen += [segment["logProgress"]] if segment and segment["logProgress"] else []
            assert task.result().json()["data"]["logSegment"]["logged"] == 20_000
            return seen

        seen = work.run(story())
        logging = [each["done"] for each in seen if each["phase"] == "LOGGING"]

        assert [each["phase"] for each in seen] == sorted(
            (each["phase"] for each in seen), key=["CHECKING", "LOGGING", "FOLLOW_UP"].index
        )
        assert logging == sorted(logging)
        assert len(set(logging)) > 2
        assert 0 < logging[len(logging) // 2] < 20_000


@pytest.mark.parametrize(("text", "phase"), [(LOG, "LOGGING"), (ADD, "ADDING")])
def test_what_is_canceled_changed_nothing_and_can_be_done_again(long: Any, text: str, phase: str) -> None:
    with long() as work:
        before = work.api.ask(ALL, no=work.no)

        async def story() -> Any:
            task = await work.held(text, phase)
            canceled = await work.cancel()
            answer = (await task).json()
            await work.hold.end()
            return canceled, answer

        canceled, answer = work.run(story())
        after = work.api.ask(ALL, no=work.no)
        again = work.api.ask(text, no=work.no)

        assert canceled == {"segment": {"noOfLines": LINES, "logProgress": None}, "userErrors": []}
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["CANCELED"]
        assert after == before
        assert LINES in next(iter(again.values())).values()


def test_what_takes_too_long_changed_nothing_and_can_be_done_again(long: Any) -> None:
    with long(bulk_timeout_seconds=0.7) as work:
        before = work.api.ask(ALL, no=work.no)

        async def story() -> Any:
            task = await work.held(LOG, "LOGGING")
            answer = (await task).json()
            await work.hold.end()
            return answer

        answer = work.run(story())
        after = work.api.ask(ALL, no=work.no)

        assert [error["extensions"]["code"] for error in answer["errors"]] == ["TIMEOUT"]
        assert "Nothing was changed" in answer["errors"][0]["message"]
        assert after == before
        assert work.api.ask(LOG, no=work.no)["logSegment"]["logged"] == LINES


def test_who_waits_behind_long_work_is_told_when_to_come_back(long: Any) -> None:
    """For SQLite's one writer, for PostgreSQL's last connection and for a row that another transaction holds."""
    with long(patience_seconds=0.3, pool_size=1) as work:
        create = (
            """mutation { createSalesperson(input: {code: "X", salesperson: {name: "X"}}) { userErrors { code } } }"""
        )

        async def story() -> Any:
            task = await work.held(LOG, "LOGGING")
            waited = [await work.sent(create, accept=accept) for accept in ("application/json", RESPONSE)]
            await work.cancel()
            await task
            await work.hold.end()
            return waited

        older, newer = work.run(story())

        for response, status in ((older, 200), (newer, 503)):
            (error,) = response.json()["errors"]
            assert (response.status_code, response.headers["retry-after"]) == (status, "1")
            assert error["extensions"] == {"code": "OVERLOADED", "retryAfterSeconds": 1}
            assert response.json()["data"] is None
        assert "errors" not in work.api.post(create).json()


def test_who_waits_for_a_segment_that_is_logged_is_told_when_to_come_back(long: Any) -> None:
    with long(patience_seconds=0.3) as work:

        async def story() -> Any:
            task = await work.held(LOG, "LOGGING")
            twin = (await work.sent(LOG)).json()
            await work.cancel()
            await task
            await work.hold.end()
            return twin

        assert work.run(story())["errors"][0]["extensions"]["code"] == "OVERLOADED"


def test_who_waits_for_another_process_is_told_when_to_come_back(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    """On SQLite, which has one writer in all processes together."""
    url = empty_copy("sqlite")
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def story() -> None:
        async with Database.at(url, limits=Limits(patience=0.1)) as database:
            with pytest.raises(Overloaded):
                await database.writing(lambda session: session.execute(text(TOUCH)))
            other.close()
            await database.writing(lambda session: session.execute(text(TOUCH)))

    loop.run_until_complete(story())


def test_a_reader_finds_a_connection_or_is_told_when_to_come_back(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    url = empty_copy("postgresql")

    async def story() -> None:
        async with Database.at(url, pool_size=1, limits=Limits(patience=0.1)) as database:
            slow = asyncio.ensure_future(database.reading([("SELECT pg_sleep(0.5)::text", ())]))
            await asyncio.sleep(0)
            with pytest.raises(Overloaded):
                await database.reading([("SELECT 1", ())])
            await slow
            assert await database.reading([("SELECT 1", ())]) == [1]

    loop.run_until_complete(story())


def test_a_caller_who_is_gone_leaves_nothing_behind(database_url: str, loop: asyncio.AbstractEventLoop) -> None:
    """The next writer has its turn at once, and finds nothing changed."""

    def change(session: Any) -> None:
        session.execute(text(TOUCH))
        session.execute(text(ENDLESS))

    async def story() -> None:
        async with Database.at(database_url) as database:
            task = asyncio.ensure_future(database.writing(change, bulk=True))
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with asyncio.timeout(2):
                await database.writing(lambda session: session.execute(text(TOUCH)))
            assert await database.reading([("SELECT version FROM marketing_setup", ())]) == [2]

    loop.run_until_complete(story())


def test_a_change_of_a_few_rows_has_a_limit_of_its_own(database_url: str, loop: asyncio.AbstractEventLoop) -> None:
    running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%RECURSIVE%' AND state = 'active' AND pid <> pg_backend_pid()"

    async def story() -> None:
        async with Database.at(database_url, limits=Limits(change=0.2, bulk=60)) as database:
            with pytest.raises(ChangeTooLong):
                await database.writing(lambda session: session.execute(text(ENDLESS)))
            if not database_url.startswith("sqlite:"):

                async def ended() -> bool:
                    return await database.reading([(running, ())]) == [0]

                await until(ended)
            await database.writing(lambda session: session.execute(text(TOUCH)))

    loop.run_until_complete(story())


def test_where_nothing_is_under_way_there_is_nothing_to_cancel(api: Api) -> None:
    set_up(api)
    segment = {"segment": {"description": "One"}, "contactNos": ["P1"]}
    no = api.done("createSegment", segment, "segment { no }")["segment"]["no"]

    said = api.do("cancelLogSegment", {"segmentNo": no}, "userErrors { french: message(language: FR) }")["userErrors"]

    assert [error["code"] for error in said] == ["INVALID"]
    assert said[0]["french"].startswith(f"Aucune opération n’est en cours sur le segment {no}")
    assert api.refused("cancelLogSegment", {"segmentNo": "NONE"}) == ["SEGMENT_NOT_FOUND"]
    api.done("updateSegment", {"no": no, "segment": {"templateCode": "VISIT", "salespersonCode": "JO"}}, "linesChanged")
    api.done("logSegment", {"segmentNo": no}, "logged")
    assert api.refused("cancelLogSegment", {"segmentNo": no}) == ["LOGGED_SEGMENT_EXISTS"]


def test_the_command_logs_and_says_what_came_of_it(long: Any) -> None:
    with long() as work:
        done = carnet(work.url, "log-segment", work.no, "--follow-up", "--on-blocked", "skip")
        again = carnet(work.url, "log-segment", work.no)

        assert (done.exit_code, again.exit_code) == (0, 1), done.stderr
        assert "1,000 interactions" in done.stderr
        assert "was logged already" in again.stderr


def test_the_command_lists_every_blocked_line_and_how_to_log_the_others(api: Api, database_url: str) -> None:
    """The command lists the first 100 blocked lines with their reasons, and the options that it names work."""
    set_up(api)
    segment = {"description": "Spring", "templateCode": "VISIT", "salespersonCode": "JO"}
    no = api.done("createSegment", {"segment": segment, "contactNos": ["C1"]}, "segment { no }")["segment"]["no"]
    contacts = [
        api.done("createContact", {"contact": {"type": "COMPANY", "name": f"Nr {number}"}}, "contact { no }")[
            "contact"
        ]["no"]
        for number in range(101)
    ]
    api.done("addSegmentContacts", {"segmentNo": no, "from": {"contactNos": contacts}}, "added")
    api.done(
        "updateSegmentLines",
        {
            "segmentNo": no,
            "changes": [
                {"lines": {"lineNos": list(range(2, 103))}, "set": {"templateCode": None, "salespersonCode": None}}
            ],
        },
        "changed",
    )

    refused = carnet(database_url, "log-segment", no)
    nothing = carnet(database_url, "log-segment", no, "--leave-out", "no_email", "--leave-out", "NO_EMAIL")

    assert (refused.exit_code, nothing.exit_code) == (1, 0), nothing.stderr
    lines = refused.stderr.splitlines()
    assert [line for line in lines if line.startswith("  Line ")][::99] == [
        f"  Line {place}: An interaction needs an interaction template. Choose one; it fills in cost, duration and the rest. "
        "An interaction needs a salesperson. Choose who had it."
        for place in (2, 101)
    ]
    assert "… and 1 more." in refused.stderr
    assert "add --on-blocked skip" in lines[-2] + lines[-1]
    assert "1 interaction, 101 lines skipped, 0 blocked" in nothing.stderr
    assert carnet(database_url, "log-segment", no, "--on-blocked", "leave_in_segment").exit_code == 1


def test_ctrl_c_cancels_the_command_with_nothing_changed(long: Any) -> None:
    with long() as work:
        before = work.api.ask(ALL, no=work.no)

        async def story() -> Any:
            await work.hold.begin("interaction_log_entry", "entry_no", 500)
            command = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                "from schema.server.cli import main; main()",
                "log-segment",
                work.no,
                env=os.environ | {"CARNET_DATABASE_URL": work.url, "COLUMNS": "200"},
                stderr=asyncio.subprocess.PIPE,
            )
            await until(lambda: _is_writing(work))
            await asyncio.sleep(0.3)  # the bar looks ten times a second
            command.send_signal(signal.SIGINT)
            _, said = await command.communicate()
            await work.hold.end()
            return command.returncode, said.decode()

        status, said = work.run(story())

        assert (status, f"Canceled. Segment {work.no} is unchanged" in said) == (130, True), said
        assert "Logging" in said
        assert work.api.ask(ALL, no=work.no) == before


async def _is_writing(work: Long) -> Any:
    """Whether another process writes: PostgreSQL shows it to everybody, on SQLite nobody else can begin."""
    if not work.url.startswith("sqlite:"):
        return await work.progress()
    connection = sqlite3.connect(work.url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False
