"""Single statements of a rule: outside the session on PostgreSQL, or part of its transaction once that has begun."""

import asyncio
import datetime as dt
from functools import partial
from typing import Any

import pytest
from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from persistence.database import Database
from persistence.entry_numbers import insert_numbered
from persistence.interactions import PostponedInteraction
from persistence.transactions.autocommit import first_row

WAITING = {"user_id": "u", "postponed_at": dt.datetime(2026, 3, 18, tzinfo=dt.UTC), "attempt_failed": False}
POSTPONED: Any = PostponedInteraction.__table__  # type: ignore[attr-defined]  # made by SQLModel for every table
BY_NO = select(POSTPONED.c.user_id, POSTPONED.c.version).where(
    POSTPONED.c.entry_no == bindparam("entry_no", type_=POSTPONED.c.entry_no.type)
)


def how_many(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(POSTPONED)) or 0


def test_a_change_of_one_statement_is_kept_with_the_defaults_of_its_columns(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    entry_no = loop.run_until_complete(
        database.writing(lambda session: insert_numbered(session, PostponedInteraction, WAITING, last=True))
    )

    found = loop.run_until_complete(
        database.querying(lambda session: first_row(session, BY_NO, {"entry_no": entry_no}))
    )

    assert found is not None
    assert (found["user_id"], found["version"]) == ("u", 1)


def test_a_change_must_not_use_its_session_after_its_last_statement(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    def goes_on(session: Session) -> None:
        insert_numbered(session, PostponedInteraction, WAITING, last=True)
        first_row(session, BY_NO, {"entry_no": 1})

    url = empty_copy("postgresql")

    async def change() -> None:
        async with Database.at(url) as database:
            await database.writing(goes_on)

    with pytest.raises(AssertionError, match="after its last statement"):
        loop.run_until_complete(change())


def test_single_statements_belong_to_the_transaction_once_it_has_begun(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    def two(session: Session) -> None:
        first = insert_numbered(session, PostponedInteraction, WAITING)
        assert first_row(session, BY_NO, {"entry_no": first}), "a change sees what it wrote itself"
        insert_numbered(session, PostponedInteraction, WAITING, last=True)
        assert how_many(session) == 2
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError):
        loop.run_until_complete(database.writing(two))

    assert loop.run_until_complete(database.querying(how_many)) == 0


def test_a_violated_constraint_raises_the_same_error_in_and_outside_the_session(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:

    def insert_for_unknown_contact(session: Session, *, last: bool) -> None:
        insert_numbered(session, PostponedInteraction, WAITING | {"contact_no": "NOBODY"}, last=last)

    for last in (False, True):
        with pytest.raises(IntegrityError):
            loop.run_until_complete(database.writing(partial(insert_for_unknown_contact, last=last)))

    assert loop.run_until_complete(database.querying(how_many)) == 0
