"""A database of an older version is upgraded and keeps its rows."""

import asyncio
from collections.abc import Callable
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlmodel import Session

from persistence import versions
from persistence.columns import Table
from persistence.database import Database
from persistence.tables import OF_MIGRATIONS
from tests.old_versions import downgrade, first_version, upgrade

ROWS = [
    "INSERT INTO contact (no, version, type, name, search_name, exclude_from_segment, privacy_blocked) "
    "VALUES ('P1', 1, 'PERSON', 'Pamela', 'pamela', false, false)",
    "INSERT INTO logged_segment (entry_no, segment_no, description, creation_date, logged_at, user_id, canceled) "
    "VALUES (1, 'SM1', 'Spring', '2026-03-18', '2026-03-18T10:00:00+00:00', 'local', true)",
    "INSERT INTO interaction_log_entry (entry_no, contact_no, date, time_of_interaction, description, campaign_target, "
    "campaign_response, attempt_failed, cost, duration, logged_segment_entry_no, canceled, user_id, logged_at) VALUES "
    "(7, 'P1', '2026-03-18', '09:00:00', 'Visit', false, false, false, 45, 180, 1, true, 'local', '2026-03-18T10:00:00+00:00')",
]

WITHOUT_IDENTITY = """SELECT string_agg(relname, ', ') FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND relreplident <> 'f'
AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisprimary)"""
"""Tables without a primary key and with the usual replica identity, which is the primary key."""


def test_a_database_of_the_first_release_keeps_its_rows_when_it_is_upgraded(
    new_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    def first_release(session: Session) -> None:
        upgrade(session, first_version(new_url))
        for row in ROWS:
            session.execute(text(row))

    async def bring_up_to_date() -> list[Any]:
        async with Database.at(new_url) as database:
            await database.writing(first_release)
            await versions.migrate(database)
            await versions.check(database)
            shown = "SELECT entry_no || ' ' || description FROM interaction_log_entry WHERE canceled AND canceled_with IS NULL"
            return await database.reading([(shown, ())])

    assert loop.run_until_complete(bring_up_to_date()) == ["7 Visit"]


def test_the_newest_version_can_be_downgraded_to_the_first_release(
    new_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    first = first_version(new_url)

    async def back() -> str | None:
        async with Database.at(new_url) as database:
            await versions.migrate(database)
            await database.writing(lambda session: downgrade(session, first))
            return await versions.current(database)

    assert loop.run_until_complete(back()) == first


def test_the_migrations_create_the_tables_columns_and_indexes_that_the_models_declare(
    new_url: str, loop: asyncio.AbstractEventLoop
) -> None:
    def differences(session: Session) -> list[Any]:
        options = {"include_object": lambda _, name, *others: name not in OF_MIGRATIONS}
        context = MigrationContext.configure(session.connection(), opts=options)
        found: list[Any] = compare_metadata(context, Table.metadata)
        return found

    async def compare() -> list[Any]:
        async with Database.at(new_url) as database:
            await versions.migrate(database)
            return await database.writing(differences)

    assert loop.run_until_complete(compare()) == []


def test_logical_replication_finds_the_rows_of_all_tables(
    empty: Callable[[str], str], loop: asyncio.AbstractEventLoop
) -> None:
    """Otherwise Citus does not move a company while rows are deleted."""

    url = empty("postgresql")

    async def tables() -> list[Any]:
        async with Database.at(url) as database:
            return await database.reading([(WITHOUT_IDENTITY, ())])

    assert loop.run_until_complete(tables()) == [None]
