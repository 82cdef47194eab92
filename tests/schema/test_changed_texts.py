"""Searches find the texts as they are after changes, and the words of deleted texts are deleted."""

import asyncio
import random
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from persistence.precomputed import search
from resolvers.interactions.unused_texts import ANY_UNUSED_TEXT, delete_some
from tests.schema import searched_company
from tests.schema.searched_company import COMMENTS, ENTRIES, Company, Stored, comment_rows, entry_row, numbers_found

company = searched_company.company


def test_changes_of_texts_and_comments_change_what_is_found(company: Company, loop: asyncio.AbstractEventLoop) -> None:
    def found(text: str) -> list[int]:
        return numbers_found(company, [text])[0][1]

    def change(*statements: Any) -> None:
        def run(session: Session) -> None:
            for statement in statements:
                session.execute(statement)

        loop.run_until_complete(company.database.writing(run))

    new = Stored(900, None, ["Zebra crossing", None, "striped animal"])
    change(insert(ENTRIES).values(entry_row(new, random.Random(1))))
    assert found("zebra") == [900]
    change(insert(COMMENTS).values(comment_rows(new)))
    assert (found("zebra animal"), found('"crossing striped"')) == ([900], [])
    change(update(COMMENTS).where(COMMENTS.c.entry_no == 900).values(comment=""))
    assert (found("striped"), found("zebra")) == ([], [900])
    change(update(ENTRIES).where(ENTRIES.c.entry_no == 900).values(description="Giraffe", subject="Neck"))
    assert (found("zebra"), found("giraffe neck")) == ([], [900])
    change(delete(COMMENTS).where(COMMENTS.c.entry_no == 900), delete(ENTRIES).where(ENTRIES.c.entry_no == 900))
    assert found("giraffe") == []


def test_the_words_of_deleted_texts_are_deleted(company: Company, loop: asyncio.AbstractEventLoop) -> None:
    """A text that another entry has stays."""

    def delete_entries(session: Session) -> None:
        for number, text in ((901, "Secret plan"), (902, "Call again"), (903, "Call again")):
            session.execute(insert(ENTRIES).values(entry_row(Stored(number, None, [text, None]), random.Random(1))))
        session.execute(delete(ENTRIES).where(ENTRIES.c.entry_no.in_([901, 902])))

    def stored(session: Session) -> list[str]:
        kept = select(search.TEXTS.c.words).where(search.TEXTS.c.words.in_([" secret plan ", " call again "]))
        return list(session.scalars(kept))

    loop.run_until_complete(company.database.writing(delete_entries))
    assert sorted(loop.run_until_complete(company.database.querying(stored))) == [" call again ", " secret plan "]
    assert loop.run_until_complete(company.database.writing(delete_some)) is False
    assert loop.run_until_complete(company.database.querying(stored)) == [" call again "]
    assert loop.run_until_complete(company.database.reading([ANY_UNUSED_TEXT])) == [None]
