"""Search folds case and accents the same way in Python, on SQLite and on PostgreSQL."""

import asyncio

import pytest
from sqlalchemy import Unicode, literal, select

from persistence.database import Database
from persistence.folding import Folded, fold
from resolvers.work import Work

WORDS = ["Éric Bœuf", "Straße", "ŁÓDŹ", "ЖУК Ёлка", "Ωmega ΆΣ", "ﬁn", "İstanbul", "Ǆ", "plain ASCII", "", "日本語", "e\u0301"]


@pytest.mark.parametrize("word", WORDS)
def test_the_database_folds_as_python_does(work: Work, word: str) -> None:
    assert work.session.execute(select(Folded(literal(word, Unicode())))).scalar_one() == fold(word)


def test_every_letter_folds_alike(shared_database: Database, loop: asyncio.AbstractEventLoop) -> None:
    letters = [chr(code) for code in range(0x20, 0x2FF)] + [chr(code) for code in range(0x370, 0x590)]
    shown = loop.run_until_complete(shared_database.select(select(Folded(literal("\n".join(letters), Unicode())).label("x"))))

    assert shown[0]["x"] == fold("\n".join(letters))
