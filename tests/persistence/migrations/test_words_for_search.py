"""Migration 0015 stores the words of a filled database of version 0007, even if it is interrupted."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlmodel import Session

from persistence.database import Database
from persistence.migrations import search_0015
from persistence.texts.words_v1 import spaced_words
from tests.interrupted_migrations import migrate_with_interruption
from tests.old_versions import skip_if_older_than_citus, upgrade

ENTRY = (
    "INSERT INTO interaction_log_entry (entry_no, date, time_of_interaction, description, subject, campaign_target, "
    "campaign_response, attempt_failed, cost, duration, canceled, user_id, logged_at) VALUES (:no, '2026-01-01', "
    "'09:00:00', :description, :subject, false, false, false, 1, 15, false, 'ann', '2026-03-18T10:00:00+00:00')"
)
COMMENT = (
    "INSERT INTO interaction_comment (entry_no, line_no, date, comment, user_id) "
    "VALUES (:no, 1, '2026-03-18', :comment, 'ann')"
)
TEXTS = [("Call", None), ("Appel à Zoë", "Été"), ("Call", "Back\\x1f"), ("😀", None)]
MORE = "INSERT INTO interaction_comment (entry_no, line_no, date, comment, user_id) VALUES (19, 2, '2026-03-18', 'New', 'ann')"


@pytest.fixture
def filled(new_url: str, loop: asyncio.AbstractEventLoop) -> str:
    """A database of version 0007 with entries and comments, one of them on a postponed interaction."""
    skip_if_older_than_citus(new_url, "0007")

    def fill(session: Session) -> None:
        upgrade(session, "0007")
        for number in range(20):
            description, subject = TEXTS[number % 4]
            session.execute(text(ENTRY), {"no": number, "description": description, "subject": subject})
        for number in (3, 19, 50):
            session.execute(text(COMMENT), {"no": number, "comment": f"Comment on N° {number}"})

    async def run() -> None:
        async with Database.at(new_url) as database:
            await database.writing(fill)

    loop.run_until_complete(run())
    return new_url


def words_of_log(session: Session) -> list[str]:
    """The stored words of each entry, which is found by its key, and those of comments."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    key = (search_0015.POSTGRESQL_KEY if is_postgresql else search_0015.SQLITE_KEY).format("e.")
    found = text(
        f"SELECT e.entry_no, words FROM interaction_log_entry e JOIN search_text ON text_key = {key} ORDER BY 1"
    )
    comments = text("SELECT entry_no, words FROM search_text WHERE entry_no IS NOT NULL ORDER BY 1, line_no")
    return [f"{number}{words}" for number, words in (*session.execute(found), *session.execute(comments))]


def expected() -> Sequence[str]:
    texts = [TEXTS[number % 4] for number in range(20)]
    joined = [spaced_words(one) + (f"¶{spaced_words(other)}" if other else "") for one, other in texts]
    entries = [f"{number}{words}" for number, words in enumerate(joined)]
    return [*entries, *(f"{number} comment on n {number} " for number in (3, 19)), "19 new ", "50 comment on n 50 "]


def test_the_words_of_a_filled_database_are_stored_in_batches_also_after_an_interruption(
    filled: str, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_0015, "ROWS_AT_ONCE", 8)

    async def run() -> tuple[list[tuple[int, int]], list[str]]:
        async with Database.at(filled) as database:
            reported = await migrate_with_interruption(
                database, "search_text", lambda: database.writing(lambda session: session.execute(text(MORE)))
            )
            return reported, await database.querying(words_of_log)

    reported, words = loop.run_until_complete(run())

    assert reported == [(8, 20), (16, 20), (20, 20)]
    assert words == expected()
