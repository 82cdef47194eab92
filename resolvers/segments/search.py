"""The search for open segments by the words of their number, description and subject, in SQL."""

from sqlalchemy import func

from persistence.precomputed.search import Words
from persistence.texts.words_v1 import TEXT_SEPARATOR
from resolvers.queries import Alternatives, SqlBuilder, SqlExpression, TableRow, quoted
from resolvers.word_search import has_words


def search(segment: TableRow, text: object, sql: SqlBuilder) -> Alternatives:
    """The segments whose texts have the words of the search. Open segments are few: their words are not stored."""
    words: SqlExpression = Words(segment.c.no)
    for column in (segment.c.description, segment.c.subject_default):
        words = words + quoted(TEXT_SEPARATOR) + func.coalesce(Words(column), "")
    return [[has_words(words, text, sql)]]
