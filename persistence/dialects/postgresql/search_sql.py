"""The SQL for PostgreSQL that searches the log for words and texts (see `persistence.precomputed.search`)."""

from persistence.dialects.quoting import quoted
from persistence.dialects.sql_writer import SqlWriter, WordsQuery


class PostgresqlSearchWriter(SqlWriter):
    """The part of the writer about stored words."""

    def words(self, text: str) -> str:
        """Calls a function that a migration creates."""
        return f'carnet_words({text}) COLLATE "C"'

    def words_query(self, query: WordsQuery) -> str:
        groups = (" & ".join(f"'{word}'{':*' * begins}" for word, begins in group) for group in query)
        return " | ".join(f"({group})" for group in groups)

    def text_key(self, description: str, subject: str) -> str:
        return f"hashtextextended({description} || E'\\x1f' || coalesce({subject}, ''), 0)"

    def words_of_entry(self, entry_no: str, text_key: str, separator: str) -> str:
        comments = (
            f"SELECT string_agg({quoted(separator)} || c.words, '') FROM search_text c WHERE c.entry_no = {entry_no}"
        )
        return (
            f"((SELECT t.words FROM search_text t WHERE t.text_key = {text_key} LIMIT 1) || coalesce(({comments}), ''))"
        )

    def entries_with_words(self, of_texts: str, of_comments: str, max_texts: int, max_entries: int) -> str:
        """MATERIALIZED makes PostgreSQL look up the texts in the index of words: without statistics of the keys in the
        log, it would hope to meet enough entries after a few texts. The inner LIMIT makes it look up the entries of
        each text in the index. OFFSET 0 keeps it from computing the lists again for each mention of them.
        """
        list_of_words = "array_to_tsvector(string_to_array(btrim(t.words, ' '), ' '))"
        texts = f"search_text t WHERE t.text_key IS NOT NULL AND {list_of_words} @@ CAST(way.of_texts AS tsquery)"
        comments = f"search_text t WHERE t.entry_no IS NOT NULL AND {list_of_words} @@ CAST(way.of_comments AS tsquery)"
        key = self.text_key("e.description", "e.subject")
        return (
            f"(SELECT found.entry_nos FROM unnest(CAST({of_texts} AS text[]), CAST({of_comments} AS text[])) "
            "AS way(of_texts, of_comments) "
            f"CROSS JOIN LATERAL (SELECT CASE WHEN (SELECT count(*) FROM (SELECT 1 FROM {texts} LIMIT {max_texts + 1}) "
            f"AS few) <= {max_texts} THEN ARRAY(WITH t AS MATERIALIZED (SELECT t.text_key FROM {texts}) "
            "SELECT entry.entry_no FROM t "
            f"CROSS JOIN LATERAL (SELECT e.entry_no FROM interaction_log_entry e WHERE {key} = t.text_key "
            f"LIMIT {max_entries + 1}) AS entry UNION ALL SELECT t.entry_no FROM {comments} LIMIT {max_entries + 1}) "
            f"END AS entry_nos OFFSET 0) AS found WHERE cardinality(found.entry_nos) <= {max_entries} LIMIT 1)"
        )

    def is_longer(self, text: str, length: int) -> str:
        """The bytes are counted first, which is faster."""
        return f"(octet_length({text}) > {length} AND char_length({text}) > {length})"

    def entries_with_texts(self, text_keys: str, max_texts: int, max_entries: int) -> str:
        """The inner LIMIT makes PostgreSQL look up the entries of each text in the index, OFFSET 0 keeps it from
        computing the list again for each mention of it.
        """
        key = self.text_key("e.description", "e.subject")
        return (
            f"(WITH t AS MATERIALIZED ({text_keys}) SELECT found.entry_nos FROM (SELECT "
            f"CASE WHEN (SELECT count(*) FROM t) <= {max_texts} THEN ARRAY(SELECT entry.entry_no FROM t "
            f"CROSS JOIN LATERAL (SELECT e.entry_no FROM interaction_log_entry e WHERE {key} = t.text_key "
            f"LIMIT {max_entries + 1}) AS entry LIMIT {max_entries + 1}) END AS entry_nos OFFSET 0) AS found "
            f"WHERE cardinality(found.entry_nos) <= {max_entries})"
        )

    def too_many_to_list(self, date: str, list_: str) -> str:
        return f"{list_} IS NULL"

    def is_listed(self, value: str, list_: str) -> str:
        return f"{value} = ANY (CAST({list_} AS integer[]))"
