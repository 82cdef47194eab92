"""A read is one statement for each root field, however many rows there are; a mutation reads back each object it shows at once."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, insert

from persistence import tables
from persistence.database import Database
from schema.engine import Caller, Engine, GraphQLRequest
from tests.conftest import NOW
from tests.schema.a_small_company import LOGGED_AT, W, build
from tests.schema.questions import GRAPH

MANY = 1000


@dataclass
class Sent:
    """What was sent to a database: planned statements, call by call; and what went through SQLAlchemy."""

    planned: list[int] = field(default_factory=list)
    ordinary: list[str] = field(default_factory=list)


@contextmanager
def counted(database: Database) -> Iterator[Sent]:
    sent, reader = Sent(), database.reader
    run = reader.run

    async def noted(statements: Any, timeout: float) -> list[Any]:
        sent.planned.append(len(statements))
        return await run(statements, timeout)

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.ordinary.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    reader.run = noted  # type: ignore[method-assign]  # only here, only for counting
    try:
        yield sent
    finally:
        reader.run = run  # type: ignore[method-assign]
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


def much_more(session: Session) -> None:
    """A thousand more contacts, and for each an entry, a postponed interaction and a line."""
    numbers = range(1, MANY + 1)
    session.execute(insert(tables.Contact), [
        {"no": f"X{n:04d}", "type": "PERSON", "name": f"x {n}", "search_name": f"x {n}", "company_no": "C1", "company_name": "Boréal",
         "search_company_name": "boreal", "salesperson_code": "JO"} for n in numbers
    ])
    shared = [{"contact_no": f"X{n:04d}", "company_no": "C1", "template_code": "VISIT", "salesperson_code": "JO"} for n in numbers]
    session.execute(insert(tables.InteractionLogEntry), [
        {"entry_no": 1000 + n, "date": W, "time_of_interaction": dt.time(9), "description": "More", "campaign_no": "CP1",
         "campaign_entry_no": 1, "logged_segment_entry_no": 1, "user_id": "u", "logged_at": LOGGED_AT, **each}
        for n, each in enumerate(shared, start=1)
    ])
    session.execute(insert(tables.PostponedInteraction), [
        {"entry_no": 5000 + n, "user_id": "u", "postponed_at": LOGGED_AT, "resume_on": W, **each} for n, each in enumerate(shared, start=1)
    ])
    session.execute(insert(tables.SegmentLine), [
        {"segment_id": 1, "line_no": 100 + n, "date": W, **each} for n, each in enumerate(shared, start=1)
    ])
    session.execute(insert(tables.Segment), [{"no": f"T{n:04d}", "date": W} for n in numbers])


Asking = Callable[..., tuple[Any, Sent]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ask(request: pytest.FixtureRequest, empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Any]:
    """`ask(text, many=True)`: the data of the answer and what was sent for it, over few or many rows."""
    opened = {many: Database.at(empty_copy(request.param)) for many in (False, True)}
    databases = {many: loop.run_until_complete(opening.__aenter__()) for many, opening in opened.items()}
    for many, database in databases.items():
        loop.run_until_complete(database.writing(build))
        if many:
            loop.run_until_complete(database.writing(much_more))
    engines = {many: Engine(GRAPH, database, clock=lambda: NOW) for many, database in databases.items()}

    def asking(text: str, *, many: bool = False, **variables: Any) -> tuple[Any, Sent]:
        with counted(databases[many]) as sent:
            body = loop.run_until_complete(engines[many].answer(GraphQLRequest(text, variables), Caller())).body
        answer = json.loads(body)
        assert "errors" not in answer, answer
        return answer["data"], sent

    yield asking
    for opening in opened.values():
        loop.run_until_complete(opening.__aexit__(None, None, None))


PERSON = "no name company { name salesperson { name } } salesperson { name } dateOfLastInteraction lastDateAttempted"
ENTRY = f"entryNo date contact {{ {PERSON} }} company {{ name }} template {{ description group {{ code }} }} group {{ description }} "
ENTRY += "salesperson { name } campaign { no } campaignEntry { cost noOfInteractions } loggedSegment { cost } comments { comment }"
PAGE = "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
ROOTS = {
    "contacts": f"contacts(first: 100, filter: {{name: {{contains: \"e\"}}}}, orderBy: [{{field: DATE_OF_LAST_INTERACTION, direction: DESC}}]) "
                f"{{ {PAGE} nodes {{ {PERSON} people {{ totalCount }} interactionLogEntries(first: 5) {{ {PAGE} nodes {{ {ENTRY} }} }} "
                "segments { nodes { no noOfLines } } postponedInteractions { totalCount } } }",
    "contacts searched": f"contacts(first: 100, search: \"e o\") {{ nodes {{ {PERSON} }} }}",
    "contacts counted": "contacts(first: 100, filter: {interactions: {count: {gt: 2}}}) { totalCount nodes { no } }",
    "contact": f"contact(no: \"c1\") {{ {PERSON} people(first: 100) {{ {PAGE} nodes {{ {PERSON} }} }} }}",
    "interactionLogEntries": f"interactionLogEntries(first: 100) {{ {PAGE} edges {{ cursor node {{ {ENTRY} }} }} }}",
    "interactionLogEntry": f"interactionLogEntry(entryNo: 5) {{ {ENTRY} }}",
    "postponedInteractions": "postponedInteractions(first: 100) { totalCount nodes { entryNo missingFields contact { name } } }",
    "postponedInteraction": "postponedInteraction(entryNo: 101) { contact { name } missingFields comments { comment } }",
    "segments": f"segments(first: 100) {{ {PAGE} nodes {{ no noOfLines cost lines(first: 10) {{ nodes {{ contact {{ {PERSON} }} }} }} }} }}",
    "segment": f"segment(no: \"SM1\") {{ noOfLines lines(first: 100) {{ {PAGE} nodes {{ customizedFields contact {{ {PERSON} }} }} }} }}",
    "loggedSegments": f"loggedSegments {{ nodes {{ noOfInteractions interactionLogEntries(first: 100) {{ nodes {{ {ENTRY} }} }} }} }}",
    "loggedSegment": "loggedSegment(entryNo: 1) { followUpSegments { no } followUps { entryNo } campaignEntries { nodes { cost } } }",
    "campaigns": f"campaigns {{ nodes {{ entries {{ nodes {{ cost }} }} interactionLogEntries(first: 100) {{ nodes {{ {ENTRY} }} }} }} }}",
    "campaign": "campaign(no: \"CP1\") { description salesperson { name } }",
    "campaignEntries": "campaignEntries { nodes { entryNo noOfInteractions campaign { description } } }",
    "campaignEntry": "campaignEntry(entryNo: 1) { cost duration }",
    "salespeople": f"salespeople {{ nodes {{ name interactionLogEntries(first: 100) {{ nodes {{ {ENTRY} }} }} }} }}",
    "salesperson": "salesperson(code: \"jo\") { postponedInteractions(first: 100) { nodes { entryNo } } }",
    "interactionTemplates": "interactionTemplates { nodes { translations { description } description(languageCode: \"fra\") } }",
    "interactionTemplate": "interactionTemplate(code: \"VISIT\") { group { templates { nodes { code } } } }",
    "interactionGroups": "interactionGroups { nodes { translations { description } templates { totalCount } } }",
    "interactionGroup": "interactionGroup(code: \"MEET\") { description }",
    "numberSeries": "numberSeries(code: \"CONT\") { lines { startingNo } }",
}


@pytest.mark.parametrize("name", list(ROOTS))
def test_a_root_field_is_one_statement_however_many_rows_there_are(name: str, ask: Asking) -> None:
    for many in (False, True):
        _, sent = ask(f"{{ {ROOTS[name]} }}", many=many)
        assert (sent.planned, sent.ordinary) == ([1], [])
