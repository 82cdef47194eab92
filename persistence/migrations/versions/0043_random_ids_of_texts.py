"""Random ids for the rows of `search_text` on Citus, instead of those of a sequence

Triggers insert these rows, so on Citus the worker drew their ids. Each worker has a range of a sequence, and begins again with
the first id when a company is restored or the worker is activated anew: new texts got ids that others had. Rows that
exist keep their ids. Elsewhere the sequence is never behind the rows, and its ids cost less than random ones.
"""

from alembic import op

from persistence.migrations import search_0015

revision = "0043"
down_revision = "0042"

RANDOM_ID = "(hashtextextended(CAST(gen_random_uuid() AS text), 0) & 4611686018427387903)"
"""62 random bits: a search counts texts with ids below 2⁶². `random()` has fewer."""

ON_CITUS = "current_setting('citus.enable_schema_based_sharding', true) IS NOT NULL"
KEY, KEY_OF_NEW, KEY_OF_OLD = (search_0015.POSTGRESQL_KEY.format(row) for row in ("", "NEW.", "OLD."))
WORDS, WORDS_OF_NEW = (search_0015.WORDS.format(row) for row in ("", "NEW."))
IS_MISSING = search_0015.IS_MISSING.format("texts.text_key")
TEXTS = f"SELECT DISTINCT {KEY} AS text_key, description, subject FROM changed"
LIST_TEXTS = (
    "SELECT array_agg(text_key), array_agg(description), array_agg(subject) INTO keys, descriptions, subjects "
    f"FROM ({TEXTS}) AS texts"
)
LISTED_TEXTS = "unnest(keys, descriptions, subjects) AS texts (text_key, description, subject)"


CHANGE_TEXT = (
    f"INSERT INTO search_text ({{}}text_key, words) {{}}{KEY_OF_NEW}, {WORDS_OF_NEW}\n"
    f"WHERE {search_0015.IS_MISSING.format(KEY_OF_NEW)}"
)
ADD_TEXTS = f"INSERT INTO search_text ({{}}text_key, words) {{}}text_key, {WORDS} FROM {{}}\nWHERE {IS_MISSING}"
ADD_COMMENT = (
    "INSERT INTO search_text ({}entry_no, line_no, words)\n{}NEW.entry_no, NEW.line_no, carnet_words(NEW.comment){}"
)
DRAWN, RANDOM = ("", "SELECT "), ("id, ", f"OVERRIDING SYSTEM VALUE SELECT {RANDOM_ID}, ")
"""How the ids are given: the column, and what is before the other values."""


def functions(*, random_on_citus: bool) -> tuple[str, ...]:
    """The statements that replace the functions that insert rows."""
    on_citus = RANDOM if random_on_citus else DRAWN
    change, comment = CHANGE_TEXT.format(*DRAWN), ADD_COMMENT.format("", "VALUES (", ")")
    if random_on_citus:
        change = f"IF {ON_CITUS} THEN {CHANGE_TEXT.format(*RANDOM)};\nELSE {change};\nEND IF"
        comment = f"IF {ON_CITUS} THEN {ADD_COMMENT.format(*RANDOM, '')};\nELSE {comment}; END IF"
    return (
        f"""CREATE OR REPLACE FUNCTION carnet_add_texts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE keys bigint[]; descriptions varchar[]; subjects varchar[];
BEGIN
IF {ON_CITUS} THEN
{LIST_TEXTS};
{ADD_TEXTS.format(*on_citus, LISTED_TEXTS)};
ELSE
{ADD_TEXTS.format(*DRAWN, f"({TEXTS}) AS texts")};
END IF;
RETURN NULL;
END $$""",
        f"""CREATE OR REPLACE FUNCTION carnet_change_text() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
INSERT INTO unused_text VALUES ({KEY_OF_OLD});
{change};
RETURN NULL;
END $$""",
        f"""CREATE OR REPLACE FUNCTION carnet_comment_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF TG_OP <> 'INSERT' THEN DELETE FROM search_text WHERE entry_no = OLD.entry_no AND line_no = OLD.line_no; END IF;
IF TG_OP <> 'DELETE' THEN {comment}; END IF;
RETURN NULL;
END $$""",
    )


def upgrade() -> None:
    _replace(random_on_citus=True)


def downgrade() -> None:
    _replace(random_on_citus=False)


def _replace(*, random_on_citus: bool) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for each in functions(random_on_citus=random_on_citus):
            op.execute(each)
