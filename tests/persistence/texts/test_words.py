"""What a word is does not depend on the database: every character is in a word, or separates words, on all of them."""

from sqlalchemy import Unicode, literal, select

from persistence.precomputed.search import Words
from persistence.texts.words_v1 import MAX_WORD_LENGTH, spaced_words, words_of
from resolvers.work import Work
from tests.persistence.sql.test_folding import CHARACTERS

AT_ONCE = 5_000


def test_words_are_the_same_in_python_and_in_the_database(work: Work) -> None:
    texts = ["x ".join(CHARACTERS[start : start + AT_ONCE]) for start in range(0, len(CHARACTERS), AT_ONCE)]
    texts += ["", " ", "!!!", "a", "é" * 500, "a" * 200 + " " + "b" * 201, "L’été – à Québec, 1,000.50 €", "_a_b_"]
    for text in texts:
        found = work.session.scalar(select(Words(literal(text, Unicode()))))
        assert found == spaced_words(text)


def test_words_are_folded_runs_of_letters_and_digits() -> None:
    assert words_of("L’été: JEAN.dupont@example.com (½) 😀") == [
        "l",
        "ete",
        "jean",
        "dupont",
        "example",
        "com",
        "1",
        "2",
    ]
    assert words_of("x" * 300) == ["x" * MAX_WORD_LENGTH]
