"""Triggers that Citus can run: rows that were changed and tables that are written are not in one statement

Citus reads no transition table in a statement on a table of a company. There the functions first read the changed rows
into variables. Elsewhere they do what they did before, which takes half the time. SQLite has no such functions.
"""

from alembic import op

from persistence.migrations import contact_dates_0014, due_contacts_0025, search_0015, sums_0012

revision = "0027"
down_revision = "0025"

KEY, WORDS = search_0015.POSTGRESQL_KEY.format(""), search_0015.WORDS.format("")
COLUMNS = ", ".join((*sums_0012.COUNTED, *contact_dates_0014.ADDED))
OLD, NEW = (f"SELECT {COLUMNS} FROM {rows} WHERE NOT canceled" for rows in ("old_rows", "new_rows"))

ON_CITUS = "current_setting('citus.enable_schema_based_sharding', true) IS NOT NULL"


def function(name: str, variables: str, on_citus: str, otherwise: str) -> str:
    """The statement that replaces a function of a trigger."""
    return f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE {variables};
BEGIN
IF {ON_CITUS} THEN
{on_citus};
ELSE
{otherwise};
END IF;
RETURN NULL;
END $$"""


DAYS = "SELECT DISTINCT date FROM changed WHERE NOT canceled"
DAYS_OF_UPDATE = (
    f"SELECT DISTINCT date FROM (({OLD} EXCEPT ALL {NEW}) UNION ALL ({NEW} EXCEPT ALL {OLD})) AS changed"
)
KEYS = f"SELECT DISTINCT {KEY} FROM changed"
TEXTS = f"SELECT DISTINCT {KEY} AS text_key, description, subject FROM changed"
CONTACTS = (
    "SELECT no FROM (SELECT contact_no AS no FROM changed UNION SELECT company_no FROM changed) AS numbers "
    "WHERE no IS NOT NULL"
)
ADD_TEXTS = f"""INSERT INTO search_text (text_key, words) SELECT text_key, {WORDS} FROM {{}}
WHERE {search_0015.IS_MISSING.format("texts.text_key")}"""

FUNCTIONS = (
    function(
        "carnet_mark_days",
        "days date[]",
        f"days := ARRAY({DAYS}); INSERT INTO dirty_day SELECT unnest(days)",
        f"INSERT INTO dirty_day {DAYS}",
    ),
    function(
        "carnet_mark_days_of_update",
        "days date[]",
        f"days := ARRAY({DAYS_OF_UPDATE}); INSERT INTO dirty_day SELECT unnest(days)",
        f"INSERT INTO dirty_day {DAYS_OF_UPDATE}",
    ),
    function(
        "carnet_add_texts",
        "keys bigint[]; descriptions varchar[]; subjects varchar[]",
        "SELECT array_agg(text_key), array_agg(description), array_agg(subject) INTO keys, descriptions, subjects "
        f"FROM ({TEXTS}) AS texts;\n"
        + ADD_TEXTS.format("unnest(keys, descriptions, subjects) AS texts (text_key, description, subject)"),
        ADD_TEXTS.format(f"({TEXTS}) AS texts"),
    ),
    function(
        "carnet_mark_contacts_of_deleted",
        "numbers varchar[]",
        f"numbers := ARRAY({CONTACTS}); INSERT INTO dirty_contact SELECT unnest(numbers)",
        f"INSERT INTO dirty_contact {CONTACTS}",
    ),
    function(
        "carnet_remove_texts",
        "keys bigint[]",
        f"keys := ARRAY({KEYS}); INSERT INTO unused_text SELECT unnest(keys)",
        f"INSERT INTO unused_text {KEYS}",
    ),
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
        for each in (*FUNCTIONS, SIZE_OF_LINES):
            op.execute(each)


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP FUNCTION carnet_size_of_lines()")
    names = [each.split("(")[0].split()[-1] for each in FUNCTIONS]
    for before in (*sums_0012.POSTGRESQL_TRIGGERS, *search_0015.POSTGRESQL_TRIGGERS):
        if any(before.startswith(f"CREATE FUNCTION {name}()") for name in names):
            op.execute(before.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    contact_dates_0014.replace_triggers(op.get_bind(), contact_dates_0014.ADDED)
    due_contacts_0025.replace_function_of_deleted(op.get_bind())
