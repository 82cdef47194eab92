"""Migration 0010 lets tokens that exist do what they could do before, and its downgrade gives no token more rights."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from persistence import versions
from persistence.database import Database
from persistence.enums import Role
from resolvers.users import rules as users
from resolvers.work import User, Work
from tests.conftest import NOW
from tests.old_versions import downgrade, skip_if_older_than_citus, upgrade

OLD_TOKENS = (
    "INSERT INTO user_setup (user_id) VALUES ('ann')",
    "INSERT INTO access_token (token_hash, user_id, created_at) VALUES ('abc', 'ann', '2026-03-18T10:00:00+00:00')",
)


@pytest.fixture
def old(new_url: str, loop: asyncio.AbstractEventLoop) -> str:
    """A database of version 0009 with a token."""
    skip_if_older_than_citus(new_url, "0009")

    def fill(session: Session) -> None:
        upgrade(session, "0009")
        for statement in OLD_TOKENS:
            session.execute(text(statement))

    async def run() -> None:
        async with Database.at(new_url) as database:
            await database.writing(fill)

    loop.run_until_complete(run())
    return new_url


def test_old_tokens_are_admin_and_a_downgrade_revokes_what_may_do_less(
    old: str, loop: asyncio.AbstractEventLoop
) -> None:
    def create(session: Session) -> list[tuple[str, list[Role], object]]:
        work = Work(session, User(users.LOCAL), NOW)
        users.create_token(work, "bob", roles=[Role.READER])
        users.create_token(work, "eve", roles=[Role.ADMIN], expires="1d")
        users.create_token(work, "dan", roles=[Role.READER, Role.ADMIN])
        users.create_token(work, "kim", roles=[Role.ADMIN])
        return [(token.user_id, [*token.roles], token.expires_at) for token in users.tokens(work)]

    def valid_after_downgrade(session: Session) -> list[Any]:
        downgrade(session, "0009")
        valid = "SELECT user_id FROM access_token WHERE revoked_at IS NULL ORDER BY id"
        return [*session.scalars(text(valid))]

    async def run() -> tuple[list[tuple[str, list[Role], object]], list[Any]]:
        async with Database.at(old) as database:
            await versions.migrate(database)
            return await database.writing(create), await database.writing(valid_after_downgrade)

    listed, valid = loop.run_until_complete(run())
    assert listed[0] == ("ann", [Role.ADMIN], None)
    assert valid == ["ann", "kim"]
