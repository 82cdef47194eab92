"""Counts the statements that are sent to a database, and fills it with many more rows."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine as AnyEngine
from sqlalchemy import Select, event
from sqlmodel import Session, insert

from persistence import tables
from persistence.database import Database
from tests.schema.a_small_company import LOGGED_AT, W
from tests.statements import without_ranges

MANY = 1000


@dataclass
class Sent:
    """The statements sent to a database: the number of planned ones for each call, and the SQL of all others, sent in a
    session or in autocommit mode. Statements that store and count ranges of keys for the change feed are left out:
    there are some for each change of objects whose keys do not follow each other.
    """

    planned: list[int] = field(default_factory=list)
    unplanned: list[str] = field(default_factory=list)
    shown: int = 0
    """Rows that were read by the statement that inserted them, which saves a planned statement."""


@contextmanager
def counted(database: Database) -> Iterator[Sent]:
    sent, reader = Sent(), database.reader
    run = reader.run

    async def noted(statements: Any) -> list[Any]:
        sent.planned.append(len(statements))
        return await run(statements)

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN") and without_ranges([statement]):
            sent.unplanned.append(statement)

    def row(statement: Any, values: Any, *, retry: bool, **more: Any) -> Any:
        sent.unplanned.append(type(statement).__name__)
        sent.shown += not retry and isinstance(statement, Select) and len(statement.selected_columns) > 1
        return autocommit(statement, values, retry=retry, **more)

    event.listen(AnyEngine, "before_cursor_execute", note)
    reader.run = noted  # type: ignore[method-assign]  # only here, only for counting
    statements = getattr(database.transactions, "autocommit", None)
    if statements:
        autocommit = statements.row
        statements.row = row
    try:
        yield sent
    finally:
        reader.run = run  # type: ignore[method-assign]  # only here, only for counting
        if statements:
            statements.row = autocommit
        event.remove(AnyEngine, "before_cursor_execute", note)


def much_more(session: Session) -> None:
    """A thousand more contacts, and for each an entry, a postponed interaction and a line."""
    numbers = range(1, MANY + 1)
    session.execute(
        insert(tables.Contact),
        [
            {
                "no": f"X{n:04d}",
                "type": "PERSON",
                "name": f"x {n}",
                "search_name": f"x {n}",
                "company_no": "C1",
                "company_name": "Boréal",
                "search_company_name": "boreal",
                "salesperson_code": "JO",
            }
            for n in numbers
        ],
    )
    shared = [
        {"contact_no": f"X{n:04d}", "company_no": "C1", "template_code": "VISIT", "salesperson_code": "JO"}
        for n in numbers
    ]
    session.execute(
        insert(tables.InteractionLogEntry),
        [
            {
                "entry_no": 1000 + n,
                "date": W,
                "time_of_interaction": dt.time(9),
                "description": "More",
                "campaign_no": "CP1",
                "campaign_entry_no": 1,
                "logged_segment_entry_no": 1,
                "user_id": "u",
                "logged_at": LOGGED_AT,
                **each,
            }
            for n, each in enumerate(shared, start=1)
        ],
    )
    session.execute(
        insert(tables.PostponedInteraction),
        [
            {"entry_no": 5000 + n, "user_id": "u", "postponed_at": LOGGED_AT, "resume_on": W, **each}
            for n, each in enumerate(shared, start=1)
        ],
    )
    session.execute(
        insert(tables.SegmentLine),
        [{"segment_id": 1, "line_no": 100 + n, "date": W, **each} for n, each in enumerate(shared, start=1)],
    )
    session.execute(insert(tables.Segment), [{"no": f"T{n:04d}", "date": W} for n in numbers])
    one = {"kind": "contact", "object_id": 2}
    session.execute(
        insert(tables.Change),
        [
            {**one, "version": 100 + n, "object_key": "C2", "at": LOGGED_AT, "user_id": "u", "action": "UPDATED"}
            for n in numbers
        ],
    )
    session.execute(
        insert(tables.ChangeField), [{**one, "version": 100 + n, "field": "city", "new_value": "x"} for n in numbers]
    )
