"""The words of the log for search: each distinct text of entries once, and each comment.

Triggers of the database store them in the same transaction as the entries and comments (migration 0015).
"""

from collections.abc import Sequence

from sqlalchemy import Column, Identity, Integer, Unicode, literal_column
from sqlalchemy import Table as SqlTable
from sqlalchemy import text as sql
from sqlalchemy.engine import Dialect

from persistence.columns import Table, identity, index, text_key
from persistence.dialects import dialect_of
from persistence.dialects.sql_writer import SqlWriter, WordsQuery
from persistence.sql.conditions import Condition, ListParameter
from persistence.sql.constructs import Compilation, Construct
from persistence.sql_types import SqlExpression, SqlQuery
from persistence.texts.words_v1 import MAX_WORD_LENGTH, TEXT_SEPARATOR

INDEXES_OF_MIGRATIONS = ("ix_interaction_log_entry_text", "ix_search_text_words")
TABLES_OF_MIGRATIONS = ("search_index", *(f"search_index_{part}" for part in ("config", "data", "docsize", "idx")))
"""What migration 0015 creates and no table can declare: an index of text keys in the log, and the index of words, which
is a table on SQLite.
"""

MAX_TEXTS, MAX_ENTRIES = 20_000, 100_000
"""How many texts, and entries with them, a search looks up by their words. If more have the words, it reads the list in
its order instead, and soon finds enough for a page.
"""

MAX_COMPARED_TEXTS, MAX_COUNTED_TEXTS = 2_000, 100_000
"""How many texts that may pass a filter are looked up, for a page and for a total. To find them, the stored texts are
compared one by one: with more, that would take longer than to read the list until a page is full.
"""

TEXTS = SqlTable(
    "search_text",
    Table.metadata,
    Column("id", identity(), Identity(always=True), primary_key=True),
    Column("text_key", text_key()),
    Column("entry_no", Integer),
    Column("line_no", Integer),
    Column("words", Unicode, nullable=False),
    index("ix_search_text_text_key", "text_key", where=sql("text_key IS NOT NULL")),
    index("uq_search_text_entry_no_line_no", "entry_no", "line_no", unique=True, where=sql("entry_no IS NOT NULL")),
)
"""The words, as `words_v1.spaced_words` writes them. A row is the description and subject of all entries with this
`text_key`, or the comment `line_no` on the entry `entry_no`. A text may be there twice on PostgreSQL, where
transactions that log the same text must not wait for each other.
"""

UNUSED_TEXTS = SqlTable("unused_text", Table.metadata, Column("text_key", TEXTS.c.text_key.type, nullable=False))
"""The texts of entries that were deleted or got another text. They are deleted unless other entries have them."""


class TextKey(Construct[object]):
    """The key of the description and the subject of an entry in `search_text`."""

    def __init__(self, description: SqlExpression, subject: SqlExpression) -> None:
        self.texts, self.type = (description, subject), TEXTS.c.text_key.type

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.text_key(*map(compiled, self.texts))


class SameKey(Construct[object]):
    """The key of a stored text, written so that it can be compared with `TextKey` by an index."""

    def __init__(self, text_key: SqlExpression) -> None:
        self.text_key, self.type = text_key, TEXTS.c.text_key.type

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.without_affinity(compiled(self.text_key))


class Words(Construct[str]):
    """`words_v1.spaced_words` of a text."""

    type = Unicode()

    def __init__(self, text: SqlExpression) -> None:
        self.text = text

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.words(compiled(self.text))


class WordsOfEntry(Construct[str]):
    """The spaced words of the texts of an entry and of all comments on it, one after the other."""

    type = Unicode()

    def __init__(self, entry_no: SqlExpression, description: SqlExpression, subject: SqlExpression) -> None:
        self.entry_no, self.text_key = entry_no, TextKey(description, subject)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.words_of_entry(compiled(self.entry_no), compiled(self.text_key), TEXT_SEPARATOR)


class WordsQueries(ListParameter):
    """A list of queries of words (`WordsQuery`) as one parameter."""

    cache_ok = False

    def __init__(self) -> None:
        super().__init__(Unicode())

    def process_bind_param(self, value: Sequence[WordsQuery] | None, dialect: Dialect) -> object:
        queries = [dialect_of(dialect).sql.words_query(query) for query in value or ()]
        return super().process_bind_param(queries, dialect)


class EntriesWithWords(Construct[str]):
    """A list of the numbers of all entries that may have the words, or null if there are too many to look up
    (`MAX_TEXTS`, `MAX_ENTRIES`).

    `of_texts` and `of_comments` are `WordsQueries` with the same number of queries. Each pair of them alone finds all
    entries, through their texts and through their comments: the first that finds few enough is used. Null for empty
    lists.
    """

    type = Unicode()

    def __init__(self, of_texts: SqlExpression, of_comments: SqlExpression) -> None:
        self.of_texts, self.of_comments = of_texts, of_comments

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        texts, comments = compiled(self.of_texts), compiled(self.of_comments)
        return writer.entries_with_words(texts, comments, MAX_TEXTS, MAX_ENTRIES)


class EntriesWithTexts(Construct[str]):
    """A list of the numbers of all entries whose texts have one of the keys that a SELECT finds as `text_key`, or null
    if there are more than `max_texts`, or more entries than `MAX_ENTRIES`.
    """

    type = Unicode()

    def __init__(self, text_keys: SqlQuery, max_texts: int) -> None:
        self.text_keys, self.max_texts = text_keys.limit(literal_column(str(max_texts + 1))), max_texts

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.entries_with_texts(compiled(self.text_keys), self.max_texts, MAX_ENTRIES)


class HasCutWords(Condition):
    """The stored words of a text may contain a word of which `words_v1` left out the end, because it is too long."""

    def __init__(self, words: SqlExpression) -> None:
        self.words = words

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.is_longer(compiled(self.words), MAX_WORD_LENGTH + 1)


class IsListed(Condition):
    """The number is in the list that `EntriesWithWords` or `EntriesWithTexts` found."""

    def __init__(self, entry_no: SqlExpression, entry_nos: SqlExpression) -> None:
        self.entry_no, self.entry_nos = entry_no, entry_nos

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.is_listed(compiled(self.entry_no), compiled(self.entry_nos))


class TooManyToList(Condition):
    """`EntriesWithWords` or `EntriesWithTexts` found null: too many entries may have the words or texts. `date` is that
    of the entry: SQLite needs a condition on a column.
    """

    def __init__(self, date: SqlExpression, entry_nos: SqlExpression) -> None:
        self.date, self.entry_nos = date, entry_nos

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.too_many_to_list(compiled(self.date), compiled(self.entry_nos))
