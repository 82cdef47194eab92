"""The examples of GraphiQL run on the demo company, one after the other."""

import asyncio
import datetime as dt
from typing import Any

from persistence.database import Database
from resolvers import demo
from resolvers.work import User, Work
from schema.server import graphiql
from tests.api import Api


def test_every_example_runs_on_the_demo_company_without_user_errors(
    api: Api, database_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    loop.run_until_complete(_load_demo_company(database_url))

    answers = [api.ask(tab["query"]) for tab in graphiql.tabs()]

    payloads = [payload for answer in answers for payload in answer.values()]
    assert [payload["userErrors"] for payload in payloads if payload.get("userErrors")] == []
    assert all(None not in answer.values() for answer in answers)
    assert _of(answers, "addSegmentContacts")["added"] > _of(answers, "removeSegmentContacts")["removed"] > 0
    assert _of(answers, "undoSegmentStep")["undone"]["action"] == "KEEP_MATCHING"
    assert _of(answers, "logSegment")["logged"] == _of(answers, "addSegmentContacts")["added"]
    assert _of(answers, "changes")["nodes"][0]["fields"][0]["newValue"] == "514 555-0142"


async def _load_demo_company(url: str) -> None:
    async with Database.at(url) as database:
        await database.writing(lambda session: demo.load(Work(session, User("tester"), dt.datetime.now(dt.UTC))))


def _of(answers: list[Any], field: str) -> Any:
    return next(answer[field] for answer in answers if field in answer)
