"""The SQL for SQLite that searches the log for words and texts (see `persistence.precomputed.search`)."""

from persistence.dialects.quoting import quoted
from persistence.dialects.sql_writer import SqlWriter, WordsQuery
from persistence.dialects.sqlite.functions import WORDS

AFTER_LAST_DAY = "9999-99"
"""A text after all days."""


class SqliteSearchWriter(SqlWriter):
    """The part of the writer about stored words."""

    def words(self, text: str) -> str:
        return f"{WORDS}({text})"

    def words_query(self, query: WordsQuery) -> str:
        groups = (" AND ".join(f'"{word}"{"*" * begins}' for word, begins in group) for group in query)
        return " OR ".join(f"({group})" for group in groups)

    def text_key(self, description: str, subject: str) -> str:
        return f"({description} || char(31) || coalesce({subject}, ''))"

    def words_of_entry(self, entry_no: str, text_key: str, separator: str) -> str:
        comments = (
            f"SELECT group_concat({quoted(separator)} || c.words, '') FROM search_text c WHERE c.entry_no = {entry_no}"
        )
        return (
            f"((SELECT t.words FROM search_text t WHERE t.text_key = {text_key} LIMIT 1) || coalesce(({comments}), ''))"
        )

    def entries_with_words(self, of_texts: str, of_comments: str, max_texts: int, max_entries: int) -> str:
        """A CROSS JOIN makes SQLite read the tables in this order."""
        key = self.text_key("e.description", "e.subject")
        texts = "search_index(of_texts.value) i CROSS JOIN search_text t ON t.id = i.rowid AND t.text_key IS NOT NULL"
        comments = (
            "search_index(of_comments.value) i CROSS JOIN search_text t ON t.id = i.rowid AND t.entry_no IS NOT NULL"
        )
        return (
            "(SELECT entry_nos FROM (SELECT "
            f"CASE WHEN (SELECT count(*) FROM (SELECT 1 FROM {texts} LIMIT {max_texts + 1})) <= {max_texts} "
            f"THEN (SELECT json_group_array(entry_no) FROM (SELECT e.entry_no FROM {texts} "
            f"CROSS JOIN interaction_log_entry e ON {key} = {self.without_affinity('t.text_key')} "
            f"UNION ALL SELECT t.entry_no FROM {comments} LIMIT {max_entries + 1})) END AS entry_nos "
            f"FROM json_each({of_texts}) of_texts CROSS JOIN json_each({of_comments}) of_comments "
            f"ON of_comments.key = of_texts.key) WHERE json_array_length(entry_nos) <= {max_entries} LIMIT 1)"
        )

    def is_longer(self, text: str, length: int) -> str:
        return f"length({text}) > {length}"

    def entries_with_texts(self, text_keys: str, max_texts: int, max_entries: int) -> str:
        """A CROSS JOIN makes SQLite read the tables in this order."""
        key = self.text_key("e.description", "e.subject")
        return (
            f"(WITH t AS MATERIALIZED ({text_keys}) SELECT entry_nos FROM (SELECT "
            f"CASE WHEN (SELECT count(*) FROM t) <= {max_texts} THEN (SELECT json_group_array(entry_no) FROM ("
            "SELECT e.entry_no FROM t CROSS JOIN interaction_log_entry e "
            f"ON {key} = {self.without_affinity('t.text_key')} LIMIT {max_entries + 1})) END AS entry_nos) "
            f"WHERE json_array_length(entry_nos) <= {max_entries})"
        )

    def too_many_to_list(self, date: str, list_: str) -> str:
        """As a condition on the date: SQLite would read all rows to find that a condition on none of them is false."""
        return f"{date} < CASE WHEN {list_} IS NULL THEN '{AFTER_LAST_DAY}' ELSE '' END"
