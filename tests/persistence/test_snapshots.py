"""The statements of one read see the same state of the database, while others write."""

import asyncio
from typing import Any

import pytest
from sqlmodel import Session

from persistence.database import Database
from persistence.salespeople import Salesperson
from persistence.sql_types import Statement

COUNT: Statement = ("SELECT count(*) FROM salesperson", ())
PAUSE: dict[str, Statement] = {
    "sqlite": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT max(i) FROM n",
        (),
    ),
    "postgresql": ("SELECT pg_sleep(0.3)::text", ()),
}
INVALID: Statement = ("SELECT there_is_no_such_column", ())


def insert_one(session: Session) -> None:
    session.add(Salesperson(code="NEW", name="New", search_name="new"))
    session.flush()


def test_a_change_between_two_statements_of_a_read_is_not_visible(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    pause = PAUSE[database.dialect.name]

    async def reading_and_writing() -> tuple[list[Any], list[Any]]:
        reading = asyncio.ensure_future(database.reading([COUNT, pause, COUNT]))
        await asyncio.sleep(0.1)
        await database.writing(insert_one)
        assert not reading.done()
        return await reading, await database.reading([COUNT])

    (before, _, between), (after,) = loop.run_until_complete(reading_and_writing())

    assert (before, between, after) == (0, 0, 1)


def test_a_read_goes_on_after_one_that_failed(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    for _ in range(12):
        with pytest.raises(Exception, match="there_is_no_such_column"):
            loop.run_until_complete(database.reading([COUNT, INVALID]))

    loop.run_until_complete(database.writing(insert_one))

    for statements in ([COUNT], [COUNT, COUNT]):
        assert set(loop.run_until_complete(database.reading(statements))) == {1}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_single_statement_needs_no_transaction(database: Database, loop: asyncio.AbstractEventLoop) -> None:
    isolation: Statement = ("SELECT current_setting('transaction_isolation')", ())

    assert loop.run_until_complete(database.reading([isolation])) == ["read committed"]
    assert loop.run_until_complete(database.reading([isolation, isolation])) == ["repeatable read"] * 2
