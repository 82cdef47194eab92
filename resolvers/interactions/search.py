"""The search for entries by the words of their description, subject and comments, in SQL."""

from collections.abc import Hashable

from sqlalchemy import Boolean, case, literal_column, not_, or_, select

from persistence.precomputed.search import (
    TEXTS,
    EntriesWithWords,
    IsListed,
    SameKey,
    TextKey,
    TooManyToList,
    WordsOfEntry,
    WordsQueries,
)
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import Alternatives, SqlBuilder, SqlCondition, TableRow
from resolvers.word_search import bound, has_words, text_has_words

HIGHEST_ID: SqlExpression = literal_column(str(2**62))


def search(entry: TableRow, text: object, sql: SqlBuilder) -> Alternatives:
    """The entries whose texts have the words of the search. If few may have them, these are looked up; if many may, the
    words of each entry are read in the order of the list.
    """
    found, words = _entries_with_words(text, sql), _has_words(entry, text, sql)
    return [_is_found(entry, found, words, text, sql), [TooManyToList(entry.c.date, found), words]]


def counted(entry: TableRow, text: object, sql: SqlBuilder, all_rows: bool) -> Alternatives:
    """The same entries as `search`, to count them: if many may have the words, those of an entry without comments are
    the words of its text. If `all_rows` are counted, the words of each text are read once; else those of each entry
    that passes the other conditions.
    """
    found, words = _entries_with_words(text, sql), _has_words(entry, text, sql)
    too_many = TooManyToList(entry.c.date, found)
    texts, comments, same = TEXTS.alias(), TEXTS.alias(), TEXTS.alias()
    key, matches = TextKey(entry.c.description, entry.c.subject), text_has_words(texts.c.words, text, sql)
    needed = texts.c.id < case(
        (found.is_(None), HIGHEST_ID), else_=literal_column("0")
    )  # SQLite: else it reads no text
    keys = select(SameKey(texts.c.text_key)).where(needed, texts.c.text_key.is_not(None), matches)
    same_key = select(texts.c.id).where(texts.c.text_key == key, texts.c.text_key.is_not(None), matches)
    has_text = key.in_(keys) if all_rows else same_key.exists()
    commented = entry.c.entry_no.in_(select(comments.c.entry_no).where(comments.c.entry_no.is_not(None)))
    has_comment = select(same.c.id).where(same.c.entry_no == entry.c.entry_no, same.c.entry_no.is_not(None)).exists()
    return [
        _is_found(entry, found, words, text, sql),
        [too_many, has_text, not_(has_comment)],
        [too_many, commented, words],
    ]


def _entries_with_words(text: object, sql: SqlBuilder) -> SqlExpression:
    def entries_with_words() -> SqlQuery:
        of_texts = bound(text, lambda search: search.queries_of_texts, WordsQueries(), sql)
        of_comments = bound(text, lambda search: search.queries_of_comments, WordsQueries(), sql)
        return select(EntriesWithWords(of_texts, of_comments).label("entry_nos"))

    assert isinstance(text, Hashable)
    return sql.common((_entries_with_words, text), entries_with_words)


def _is_found(
    entry: TableRow, found: SqlExpression, words: SqlCondition, text: object, sql: SqlBuilder
) -> list[SqlCondition]:
    is_one_word = bound(text, lambda search: search.is_one_word, Boolean(), sql)
    return [IsListed(entry.c.entry_no, found), or_(is_one_word, words)]


def _has_words(entry: TableRow, text: object, sql: SqlBuilder) -> SqlCondition:
    return has_words(WordsOfEntry(entry.c.entry_no, entry.c.description, entry.c.subject), text, sql)
