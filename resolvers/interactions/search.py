"""The search for entries by the words of their description, subject and comments, in SQL."""

from collections.abc import Hashable

from sqlalchemy import Boolean, or_, select

from persistence.search import EntriesWithWords, IsListed, TooManyToList, WordsOfEntry, WordsQueries
from persistence.sql_types import SqlQuery
from resolvers.queries import Alternatives, SqlBuilder, TableRow
from resolvers.word_search import bound, has_words


def search(entry: TableRow, text: object, sql: SqlBuilder) -> Alternatives:
    """The entries whose texts have the words of the search. If few may have them, these are looked up; if many may, the
    words of each entry are read in the order of the list.
    """

    def entries_with_words() -> SqlQuery:
        of_texts = bound(text, lambda search: search.queries_of_texts, WordsQueries(), sql)
        of_comments = bound(text, lambda search: search.queries_of_comments, WordsQueries(), sql)
        return select(EntriesWithWords(of_texts, of_comments).label("entry_nos"))

    assert isinstance(text, Hashable)
    found = sql.common((search, text), entries_with_words)
    is_one_word = bound(text, lambda search: search.is_one_word, Boolean(), sql)
    words = has_words(WordsOfEntry(entry.c.entry_no, entry.c.description, entry.c.subject), text, sql)
    return [[IsListed(entry.c.entry_no, found), or_(is_one_word, words)], [TooManyToList(entry.c.date, found), words]]
