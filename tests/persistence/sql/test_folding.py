"""Texts that differ only in case, accents or invisible characters fold to the same text, in Python, on SQLite and on PostgreSQL."""

import random
import unicodedata

import pytest
from hypothesis import given as generated
from hypothesis import strategies
from sqlalchemy import Unicode, literal, select

from persistence.sql.conditions import like_pattern
from persistence.sql.folding import Folded, FoldedIsLike, Visible, fold, rough_pattern, stored_key, stored_text, visible
from persistence.sql_types import SqlExpression
from persistence.texts.quick_folding import FRENCH, LATIN, fold_quickly
from resolvers.work import Work

CHARACTERS = [chr(code) for code in (*range(0x01, 0xD800), *range(0xE000, 0x32000), *range(0xE0000, 0xE1000), 0x10FFFD)]
IOTA_BELOW = {char for char in CHARACTERS if "\u0345" in unicodedata.normalize("NFD", char)}
"""Greek letters whose capital form has the small iota beside the letter."""

EQUAL = [
    ("ΓΙΩΡΓΟΣ", "Γιώργος"),
    ("STRAẞE", "strasse"),
    ("Straße", "STRASSE"),
    ("José", "Jose\u0301"),
    ("Éric Bœuf", "eric boeuf"),
    ("ŁÓDŹ", "lodz"),
    ("Ђ", "ђ"),
    ("ЖУК Ёлка", "жук елка"),
    ("İstanbul", "istanbul"),
    ("ISPARTA", "ısparta"),
    ("Ǆ", "dz"),
    ("ﬁn", "FIN"),
    ("Ｆｕｌｌ １２", "full 12"),
    ("ｶﾞ", "ガ"),
    ("ꭰ", "Ꭰ"),
    ("ა", "Ა"),
    ("𐐀", "𐐨"),
    ("שָׁלוֹם", "שלום"),
    ("مُحَمَّد", "محمد"),
    ("محـمد", "محمد"),
    ("Nguyễn", "nguyen"),
    ("Đỗ", "do"),
    ("١٢٣", "123"),
    ("O’Neil", "O'Neil"),
    ("Jean–Luc", "jean-luc"),
    ("a\u00a0b", "a b"),
    ("a\u200bb\u00ad\u2060\ufeffc\u200e\ufe0f", "abc"),
    ("가", "\u1100\u1161"),
    ("Þór", "thor"),
    ("ſ", "s"),
]
DIFFERENT = [("か", "が"), ("क", "कि"), ("क", "क़"), ("เสือ", "เสื่อ"), ("か", "カ"), ("e", "a")]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal_texts_fold_to_the_same_text(one: str, other: str) -> None:
    assert fold(one) == fold(other) == fold(one.upper()) == fold(unicodedata.normalize("NFD", other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_words_fold_to_different_texts(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_every_character_folds_alike_in_either_case_and_decomposed() -> None:
    for char in CHARACTERS:
        folded = fold(char)
        assert fold(folded) == folded == fold(unicodedata.normalize("NFD", char)) == fold(char.lower()), char
        assert char in IOTA_BELOW or fold(char.upper()) == folded == fold(char.casefold()), char


def test_normalizing_a_key_twice_changes_nothing() -> None:
    for char in CHARACTERS:
        kept = stored_key(f"a{char}b")
        assert stored_key(kept) == kept, char


@pytest.mark.parametrize(
    "text", ["", " ", "\u00a0\u3000", "\u200b", " \u200d\ufe0f ", "\u2060\u00ad", "\u3164", "\u2800\t\n"]
)
def test_an_invisible_text_is_blank(text: str) -> None:
    assert stored_text(text) is stored_key(text) is None


def test_a_text_is_stored_in_normal_form_c_and_otherwise_unchanged() -> None:
    assert stored_text(" Jose\u0301 👩\u200d👧 \u202eabc ") == "José 👩\u200d👧 \u202eabc"
    assert stored_key(" stra\u00dfe\u200b ") == "STRASSE"


def test_every_character_folds_in_the_database_as_in_python(work: Work) -> None:
    """Of those that both know: PostgreSQL may have a newer Unicode."""
    known = [char for char in CHARACTERS if unicodedata.category(char) != "Cn"]
    for first in range(0, len(known), 50):
        text = "".join(known[first : first + 50])
        assert _in_database(work, text) == (fold(text), visible(text))


def test_texts_of_any_mixture_of_letters_fold_and_match_in_the_database_as_in_python(work: Work) -> None:
    for start in range(0, len(MIXTURES), 25):
        texts = MIXTURES[start : start + 25]
        patterns = [like_pattern(fold(text[1:3]), anywhere=start % 2 == 0) for text in texts]
        columns: list[SqlExpression] = []
        for text, pattern in zip(texts, patterns, strict=True):
            given = literal(text, Unicode())
            columns += [Folded(given), FoldedIsLike(given, literal(pattern), literal(rough_pattern(pattern)))]
        found = list(work.session.execute(select(*columns)).one())
        assert found[::2] == [fold(text) for text in texts]
        expected = [_matches(text, anywhere=start % 2 == 0) for text in texts]
        assert list(map(bool, found[1::2])) == expected


def _matches(text: str, *, anywhere: bool) -> bool:
    searched = fold(text[1:3])
    return searched in fold(text) if anywhere else fold(text).startswith(searched)


def _mixtures() -> list[str]:
    """Texts of ASCII, of ASCII and the letters that databases fold quickly, and of any letters, which these then do not
    fold quickly.
    """
    known = [char for char in CHARACTERS if unicodedata.category(char) != "Cn"]
    ascii_only = [chr(code) for code in range(1, 128)]
    chosen = random.Random(13)
    texts = []
    for letters in ("", FRENCH, LATIN, "œŒßæ’éÉµ½̧́", known):
        for length in range(1, 41):
            some = chosen.choices(ascii_only, k=length) + (chosen.choices(letters, k=length // 4) if letters else [])
            chosen.shuffle(some)
            texts.append("".join(some))
    return texts


MIXTURES = _mixtures()


def test_python_folds_each_text_quickly_to_the_same_text() -> None:
    for text in (*MIXTURES, *CHARACTERS):
        assert fold_quickly(text) == fold(text)


@generated(strategies.text(strategies.sampled_from(LATIN + "aéœ́가"), max_size=8))
def test_python_folds_western_european_texts_quickly_to_the_same_text(text: str) -> None:
    assert fold_quickly(text) == fold(text)


@generated(strategies.text(max_size=12))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text) == fold(unicodedata.normalize("NFD", text))


def _in_database(work: Work, text: str) -> tuple[str, str]:
    given = literal(text, Unicode())
    folded, seen = work.session.execute(select(Folded(given), Visible(given))).one()
    return folded, seen
