"""Triggers that Citus can run: rows that were changed and tables that are written are not in one statement

Citus reads no transition table in a statement on a table of a company. The functions first read the changed rows into
variables. SQLite has no such functions.
"""

from alembic import op

from persistence.migrations import contact_dates_0014, search_0015, sums_0012

revision = "0027"
down_revision = "0025"

KEY, WORDS = search_0015.POSTGRESQL_KEY.format(""), search_0015.WORDS.format("")
COLUMNS = ", ".join((*sums_0012.COUNTED, *contact_dates_0014.ADDED))
OLD, NEW = (f"SELECT {COLUMNS} FROM {rows} WHERE NOT canceled" for rows in ("old_rows", "new_rows"))

FUNCTIONS = (
    """CREATE OR REPLACE FUNCTION carnet_mark_days() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE days date[] := ARRAY(SELECT DISTINCT date FROM changed WHERE NOT canceled);
BEGIN
INSERT INTO dirty_day SELECT unnest(days);
RETURN NULL;
END $$""",
    f"""CREATE OR REPLACE FUNCTION carnet_mark_days_of_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE days date[] := ARRAY(SELECT DISTINCT date FROM (
({OLD} EXCEPT ALL {NEW}) UNION ALL ({NEW} EXCEPT ALL {OLD})) AS changed);
BEGIN
INSERT INTO dirty_day SELECT unnest(days);
RETURN NULL;
END $$""",
    f"""CREATE OR REPLACE FUNCTION carnet_add_texts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE keys bigint[]; descriptions varchar[]; subjects varchar[];
BEGIN
SELECT array_agg(text_key), array_agg(description), array_agg(subject) INTO keys, descriptions, subjects FROM (
SELECT DISTINCT {KEY} AS text_key, description, subject FROM changed) AS texts;
INSERT INTO search_text (text_key, words) SELECT text_key, {WORDS}
FROM unnest(keys, descriptions, subjects) AS texts (text_key, description, subject)
WHERE {search_0015.IS_MISSING.format("texts.text_key")};
RETURN NULL;
END $$""",
    f"""CREATE OR REPLACE FUNCTION carnet_remove_texts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE keys bigint[] := ARRAY(SELECT DISTINCT {KEY} FROM changed);
BEGIN
INSERT INTO unused_text SELECT unnest(keys);
RETURN NULL;
END $$""",
)


SIZE_OF_LINES = """CREATE FUNCTION carnet_size_of_lines() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE size bigint;
BEGIN
IF to_regproc('pg_catalog.citus_relation_size') IS NOT NULL THEN
BEGIN
EXECUTE 'SELECT citus_relation_size(''segment_line'')' INTO size;
RETURN size;
EXCEPTION WHEN OTHERS THEN NULL;
END;
END IF;
RETURN pg_relation_size('segment_line');
END $$"""
"""The bytes of the lines of segments, from which the progress of adding contacts is estimated. With Citus they are on
another server, unless the schema is not distributed.
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for function in (*FUNCTIONS, SIZE_OF_LINES):
            op.execute(function)


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP FUNCTION carnet_size_of_lines()")
    names = [function.split("(")[0].split()[-1] for function in FUNCTIONS]
    for before in (*sums_0012.POSTGRESQL_TRIGGERS, *search_0015.POSTGRESQL_TRIGGERS):
        if any(before.startswith(f"CREATE FUNCTION {name}()") for name in names):
            op.execute(before.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    contact_dates_0014.replace_triggers(op.get_bind(), contact_dates_0014.ADDED)
