"""The words for search of version 0015: the triggers that store them, and their computation from the log.

Do not edit this module: the result of a migration must stay the same.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from persistence.texts.words_v1 import TEXT_SEPARATOR, postgresql_functions

ROWS_AT_ONCE = 20_000
INDEX = "ix_interaction_log_entry_text"
PROGRESS = "search_progress"

POSTGRESQL_KEY = "hashtextextended({0}description || E'\\x1f' || coalesce({0}subject, ''), 0)"
SQLITE_KEY = "{0}description || char(31) || coalesce({0}subject, '')"
WORDS = f"carnet_words({{0}}description) || coalesce('{TEXT_SEPARATOR}' || carnet_words({{0}}subject), '')"
WORD_LIST = "array_to_tsvector(string_to_array(btrim(words, ' '), ' '))"
IS_MISSING = "(SELECT id FROM search_text WHERE search_text.text_key = {0} LIMIT 1) IS NULL"
"""As a subquery with LIMIT, which PostgreSQL always looks up in the index."""

POSTGRESQL_TABLES = (
    "CREATE TABLE search_text (id BIGINT GENERATED ALWAYS AS IDENTITY, text_key BIGINT, entry_no INTEGER, "
    'line_no INTEGER, words VARCHAR COLLATE "C" NOT NULL, CONSTRAINT pk_search_text PRIMARY KEY (id))',
    "CREATE TABLE unused_text (text_key BIGINT NOT NULL)",
)
SQLITE_TABLES = (
    "CREATE TABLE search_text (id INTEGER NOT NULL, text_key VARCHAR, entry_no INTEGER, line_no INTEGER, "
    "words VARCHAR NOT NULL, CONSTRAINT pk_search_text PRIMARY KEY (id))",
    "CREATE TABLE unused_text (text_key VARCHAR NOT NULL PRIMARY KEY) WITHOUT ROWID",
)
INDEXES = (
    "CREATE INDEX ix_search_text_text_key ON search_text (text_key) WHERE text_key IS NOT NULL",
    "CREATE UNIQUE INDEX uq_search_text_entry_no_line_no ON search_text (entry_no, line_no) WHERE entry_no IS NOT NULL",
)

POSTGRESQL_TRIGGERS = (
    f"""CREATE FUNCTION carnet_add_texts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
INSERT INTO search_text (text_key, words) SELECT text_key, {WORDS.format("")} FROM (
SELECT DISTINCT {POSTGRESQL_KEY.format("")} AS text_key, description, subject FROM changed) AS texts
WHERE {IS_MISSING.format("texts.text_key")};
RETURN NULL;
END $$""",
    f"""CREATE FUNCTION carnet_change_text() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
INSERT INTO unused_text VALUES ({POSTGRESQL_KEY.format("OLD.")});
INSERT INTO search_text (text_key, words) SELECT {POSTGRESQL_KEY.format("NEW.")}, {WORDS.format("NEW.")}
WHERE {IS_MISSING.format(POSTGRESQL_KEY.format("NEW."))};
RETURN NULL;
END $$""",
    f"""CREATE FUNCTION carnet_remove_texts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
INSERT INTO unused_text SELECT DISTINCT {POSTGRESQL_KEY.format("")} FROM changed;
RETURN NULL;
END $$""",
    """CREATE FUNCTION carnet_clear_texts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF TG_TABLE_NAME = 'interaction_comment' THEN DELETE FROM search_text WHERE entry_no IS NOT NULL;
ELSE DELETE FROM search_text WHERE text_key IS NOT NULL; DELETE FROM unused_text; END IF;
RETURN NULL;
END $$""",
    """CREATE FUNCTION carnet_comment_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF TG_OP <> 'INSERT' THEN DELETE FROM search_text WHERE entry_no = OLD.entry_no AND line_no = OLD.line_no; END IF;
IF TG_OP <> 'DELETE' THEN INSERT INTO search_text (entry_no, line_no, words)
VALUES (NEW.entry_no, NEW.line_no, carnet_words(NEW.comment)); END IF;
RETURN NULL;
END $$""",
    f"""CREATE FUNCTION carnet_delete_unused_texts(most integer) RETURNS boolean LANGUAGE plpgsql
SET lock_timeout = '50ms' AS $$ BEGIN
LOCK TABLE interaction_log_entry IN SHARE MODE;
WITH chosen AS (
DELETE FROM unused_text WHERE ctid = ANY (ARRAY(SELECT ctid FROM unused_text LIMIT most)) RETURNING text_key)
DELETE FROM search_text WHERE text_key IN (SELECT text_key FROM chosen)
AND NOT EXISTS (SELECT 1 FROM interaction_log_entry WHERE {POSTGRESQL_KEY.format("")} = search_text.text_key);
RETURN true;
EXCEPTION WHEN lock_not_available THEN RETURN false;
END $$""",
    "CREATE TRIGGER carnet_texts_inserted AFTER INSERT ON interaction_log_entry REFERENCING NEW TABLE AS changed "
    "FOR EACH STATEMENT EXECUTE FUNCTION carnet_add_texts()",
    "CREATE TRIGGER carnet_texts_updated AFTER UPDATE OF description, subject ON interaction_log_entry FOR EACH ROW "
    "WHEN ((OLD.description, OLD.subject) IS DISTINCT FROM (NEW.description, NEW.subject)) "
    "EXECUTE FUNCTION carnet_change_text()",
    "CREATE TRIGGER carnet_texts_deleted AFTER DELETE ON interaction_log_entry REFERENCING OLD TABLE AS changed "
    "FOR EACH STATEMENT EXECUTE FUNCTION carnet_remove_texts()",
    "CREATE TRIGGER carnet_texts_truncated AFTER TRUNCATE ON interaction_log_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION carnet_clear_texts()",
    "CREATE TRIGGER carnet_comments_changed AFTER INSERT OR DELETE OR UPDATE OF entry_no, line_no, comment "
    "ON interaction_comment FOR EACH ROW EXECUTE FUNCTION carnet_comment_words()",
    "CREATE TRIGGER carnet_comments_truncated AFTER TRUNCATE ON interaction_comment "
    "FOR EACH STATEMENT EXECUTE FUNCTION carnet_clear_texts()",
)
POSTGRESQL_FUNCTIONS = (
    "carnet_add_texts()",
    "carnet_change_text()",
    "carnet_remove_texts()",
    "carnet_clear_texts()",
    "carnet_comment_words()",
    "carnet_delete_unused_texts(integer)",
    "carnet_words(text)",
)
POSTGRESQL_TRIGGER_NAMES = {
    "interaction_log_entry": ("texts_inserted", "texts_updated", "texts_deleted", "texts_truncated"),
    "interaction_comment": ("comments_changed", "comments_truncated"),
}

_ADD_TEXT = (
    f"INSERT INTO search_text (text_key, words) SELECT {SQLITE_KEY.format('NEW.')}, {WORDS.format('NEW.')} "
    f"WHERE {IS_MISSING.format(SQLITE_KEY.format('NEW.'))};"
)
_ADD_COMMENT = (
    "INSERT INTO search_text (entry_no, line_no, words) VALUES (NEW.entry_no, NEW.line_no, carnet_words(NEW.comment));"
)
_DELETE_COMMENT = "DELETE FROM search_text WHERE entry_no = OLD.entry_no AND line_no = OLD.line_no;"
SQLITE_TRIGGERS = (
    f"CREATE TRIGGER carnet_texts_inserted AFTER INSERT ON interaction_log_entry "
    f"WHEN {IS_MISSING.format(SQLITE_KEY.format('NEW.'))} BEGIN {_ADD_TEXT} END",
    f"CREATE TRIGGER carnet_texts_updated AFTER UPDATE OF description, subject ON interaction_log_entry "
    f"WHEN OLD.description IS NOT NEW.description OR OLD.subject IS NOT NEW.subject "
    f"BEGIN INSERT OR IGNORE INTO unused_text VALUES ({SQLITE_KEY.format('OLD.')}); {_ADD_TEXT} END",
    f"CREATE TRIGGER carnet_texts_deleted AFTER DELETE ON interaction_log_entry "
    f"BEGIN INSERT OR IGNORE INTO unused_text VALUES ({SQLITE_KEY.format('OLD.')}); END",
    f"CREATE TRIGGER carnet_comments_inserted AFTER INSERT ON interaction_comment BEGIN {_ADD_COMMENT} END",
    f"CREATE TRIGGER carnet_comments_updated AFTER UPDATE OF entry_no, line_no, comment ON interaction_comment "
    f"BEGIN {_DELETE_COMMENT} {_ADD_COMMENT} END",
    f"CREATE TRIGGER carnet_comments_deleted AFTER DELETE ON interaction_comment BEGIN {_DELETE_COMMENT} END",
)
SQLITE_TRIGGER_NAMES = (
    "texts_inserted",
    "texts_updated",
    "texts_deleted",
    "comments_inserted",
    "comments_updated",
    "comments_deleted",
)

POSTGRESQL_INDEX = (
    f"CREATE INDEX ix_search_text_words ON search_text USING gin ({WORD_LIST}) WITH (gin_pending_list_limit = 512)"
)
"""The limit, in kB, is of what a search reads in addition to the index."""

SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE search_index USING fts5 (words, content = 'search_text', content_rowid = 'id', "
    "tokenize = 'ascii', detail = 'none')",
    "INSERT INTO search_index (search_index) VALUES ('rebuild')",
    "CREATE TRIGGER carnet_words_inserted AFTER INSERT ON search_text "
    "BEGIN INSERT INTO search_index (rowid, words) VALUES (NEW.id, NEW.words); END",
    "CREATE TRIGGER carnet_words_deleted AFTER DELETE ON search_text "
    "BEGIN INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', OLD.id, OLD.words); END",
)
"""The tokenizer separates words at spaces: words have no other signs of ASCII than letters and digits."""


def next_batch(connection: sa.Connection) -> tuple[str, int, int] | None:
    """Store the words of the next entries and their comments; the first call creates the tables and the triggers, which
    no writer can miss from then on. Returns the table, how many entries are done and how many there are; None when all
    are done.
    """
    if not sa.inspect(connection).has_table(PROGRESS):
        _begin(connection)
    last, done, total = connection.execute(sa.text(f"SELECT last_no, done, total FROM {PROGRESS}")).one()
    if last is None:
        return None
    following = "SELECT entry_no FROM interaction_log_entry WHERE entry_no > :last ORDER BY entry_no LIMIT :limit"
    rows = connection.execute(
        sa.text(f"SELECT count(*), max(entry_no) FROM ({following}) AS following"),
        {"last": last, "limit": ROWS_AT_ONCE},
    ).one()
    reached = rows[1] if rows[0] == ROWS_AT_ONCE else None
    for statement in _statements(connection):
        connection.execute(sa.text(statement), {"last": last, "reached": 2**31 - 1 if reached is None else reached})
    connection.execute(
        sa.text(f"UPDATE {PROGRESS} SET last_no = :reached, done = :done"), {"reached": reached, "done": done + rows[0]}
    )
    return "search_text", done + rows[0], max(total, done + rows[0])


def _begin(connection: sa.Connection) -> None:
    is_postgresql = connection.dialect.name == "postgresql"
    tables, triggers = (
        ((*POSTGRESQL_TABLES, *postgresql_functions()), POSTGRESQL_TRIGGERS)
        if is_postgresql
        else (SQLITE_TABLES, SQLITE_TRIGGERS)
    )
    for statement in (*tables, *INDEXES, *triggers):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(
        f"CREATE TABLE {PROGRESS} (last_no INTEGER, done INTEGER NOT NULL, total INTEGER NOT NULL)"
    )
    connection.exec_driver_sql(f"INSERT INTO {PROGRESS} SELECT -1, 0, count(*) FROM interaction_log_entry")


def _statements(connection: sa.Connection) -> Iterator[str]:
    key = (POSTGRESQL_KEY if connection.dialect.name == "postgresql" else SQLITE_KEY).format("")
    within = "entry_no > :last AND entry_no <= :reached"
    yield (
        f"INSERT INTO search_text (text_key, words) SELECT text_key, {WORDS.format('')} FROM ("
        f"SELECT DISTINCT {key} AS text_key, description, subject FROM interaction_log_entry WHERE {within}) AS texts "
        f"WHERE {IS_MISSING.format('texts.text_key')}"
    )
    yield (
        "INSERT INTO search_text (entry_no, line_no, words) SELECT entry_no, line_no, carnet_words(comment) "
        f"FROM interaction_comment AS new WHERE {within} AND NOT EXISTS (SELECT 1 FROM search_text "
        "WHERE search_text.entry_no = new.entry_no AND search_text.line_no = new.line_no)"
    )


def finish(connection: sa.Connection) -> None:
    """Create the indexes of words and of texts in the log."""
    is_postgresql = connection.dialect.name == "postgresql"
    key = f"({(POSTGRESQL_KEY if is_postgresql else SQLITE_KEY).format('')})"
    connection.exec_driver_sql(f"DROP TABLE {PROGRESS}")
    connection.exec_driver_sql(f"CREATE INDEX {INDEX} ON interaction_log_entry ({key})")
    for statement in (POSTGRESQL_INDEX, "ANALYZE search_text") if is_postgresql else SQLITE_INDEX:
        connection.exec_driver_sql(statement)


def remove(connection: sa.Connection) -> None:
    """Drop everything that this version added."""
    if connection.dialect.name == "postgresql":
        statements = [
            *(
                f"DROP TRIGGER carnet_{name} ON {table}"
                for table, names in POSTGRESQL_TRIGGER_NAMES.items()
                for name in names
            ),
            *(f"DROP FUNCTION {function}" for function in POSTGRESQL_FUNCTIONS),
        ]
    else:
        statements = [*(f"DROP TRIGGER carnet_{name}" for name in SQLITE_TRIGGER_NAMES), "DROP TABLE search_index"]
    for statement in (*statements, f"DROP INDEX {INDEX}", "DROP TABLE search_text", "DROP TABLE unused_text"):
        connection.exec_driver_sql(statement)
