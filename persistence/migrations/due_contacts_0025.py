"""The due contacts of version 0025: the triggers that mark contacts, and their first computation.

Do not edit this module: the result of a migration must stay the same.
"""

import sqlalchemy as sa

MARK = "INSERT INTO dirty_contact SELECT {no} WHERE {no} IS NOT NULL;"
OF_TEMPLATE = (
    "INSERT INTO dirty_contact SELECT DISTINCT contact_no FROM interaction_log_entry WHERE template_code = NEW.code "
    "AND contact_no IS NOT NULL;"
)
OF_ENTRY = MARK.format(no="OLD.contact_no") + " " + MARK.format(no="OLD.company_no")
CONTACT_COLUMNS = ("contact_every_days", "created_on", "salesperson_code", "type")
MOVED = ("contact_no", "company_no", "date")
ROW_TRIGGERS = (
    ("moved", f"UPDATE OF {', '.join(MOVED)}", "interaction_log_entry", MOVED, OF_ENTRY),
    ("new_contact", "INSERT", "contact", "NEW.contact_every_days IS NOT NULL", MARK.format(no="NEW.no")),
    ("contact", f"UPDATE OF {', '.join(CONTACT_COLUMNS)}", "contact", CONTACT_COLUMNS, MARK.format(no="NEW.no")),
    ("gone_contact", "DELETE", "contact", "OLD.no IS NOT NULL", MARK.format(no="OLD.no")),
    ("template", "UPDATE OF follow_up_after_days", "interaction_template", ("follow_up_after_days",), OF_TEMPLATE),
)
"""Of each trigger of single rows the name, the event, the table, the condition or the columns that must differ, and
what it does.
"""

ON_POSTGRESQL = (
    (
        "contacts_of_deleted",
        "DELETE",
        "REFERENCING OLD TABLE AS changed ",
        "INSERT INTO dirty_contact SELECT unnest(numbers);",
        "numbers varchar[] := ARRAY(SELECT no FROM (SELECT contact_no AS no FROM changed UNION "
        "SELECT company_no FROM changed) AS owners WHERE no IS NOT NULL)",
    ),
    ("contacts_of_truncated", "TRUNCATE", "", "INSERT INTO dirty_contact SELECT contact_no FROM due_contact;", ""),
)
"""Triggers of whole statements over entries, with what their functions read before they write: Citus reads no
transition table in a statement that writes another table.
"""

FAILED = """INSERT INTO due_contact (contact_no, salesperson_code, due_on)
SELECT contact.no, contact.salesperson_code, {next_day} FROM contact JOIN interaction_log_entry AS newest
ON newest.entry_no = (SELECT entry_no FROM interaction_log_entry AS of_contact WHERE of_contact.contact_no = contact.no
AND NOT canceled ORDER BY date DESC, time_of_interaction DESC, entry_no DESC LIMIT 1) WHERE newest.attempt_failed"""
"""Before this version no contact has a rhythm and no template a follow-up: due is whose last attempt failed."""


def create(connection: sa.Connection) -> None:
    """Create the triggers, which no writer can miss from then on, and store which contacts are due."""
    is_postgresql = connection.dialect.name == "postgresql"
    for name, event, table, condition, statements in ROW_TRIGGERS:
        if isinstance(condition, tuple):
            operator = "IS DISTINCT FROM" if is_postgresql else "IS NOT"
            condition = " OR ".join(f"OLD.{column} {operator} NEW.{column}" for column in condition)
        if is_postgresql:
            _create_function(connection, name, statements)
            connection.exec_driver_sql(
                f"CREATE TRIGGER carnet_mark_{name} AFTER {event} ON {table} FOR EACH ROW WHEN ({condition}) "
                f"EXECUTE FUNCTION carnet_mark_{name}()"
            )
        else:
            connection.exec_driver_sql(
                f"CREATE TRIGGER carnet_mark_{name} AFTER {event} ON {table} WHEN {condition} BEGIN {statements} END"
            )
    if is_postgresql:
        for name, event, referencing, statements, declared in ON_POSTGRESQL:
            _create_function(connection, name, statements, declared)
            connection.exec_driver_sql(
                f"CREATE TRIGGER carnet_mark_{name} AFTER {event} ON interaction_log_entry {referencing}"
                f"FOR EACH STATEMENT EXECUTE FUNCTION carnet_mark_{name}()"
            )
    else:
        connection.exec_driver_sql(
            f"CREATE TRIGGER carnet_mark_contacts_of_deleted AFTER DELETE ON interaction_log_entry BEGIN {OF_ENTRY} END"
        )
    connection.exec_driver_sql(
        FAILED.format(next_day="newest.date + 1" if is_postgresql else "date(newest.date, '+1 day')")
    )


def drop(connection: sa.Connection) -> None:
    """Drop the triggers and their functions."""
    is_postgresql = connection.dialect.name == "postgresql"
    triggers = [(name, table) for name, _, table, *_ in ROW_TRIGGERS]
    entries = ON_POSTGRESQL if is_postgresql else ON_POSTGRESQL[:1]
    for name, table in [*triggers, *((name, "interaction_log_entry") for name, *_ in entries)]:
        connection.exec_driver_sql(f"DROP TRIGGER carnet_mark_{name}{f' ON {table}' if is_postgresql else ''}")
        if is_postgresql:
            connection.exec_driver_sql(f"DROP FUNCTION carnet_mark_{name}()")


def replace_function_of_deleted(connection: sa.Connection) -> None:
    """Give the trigger of deleted interactions on PostgreSQL the function that it has in this version."""
    name, _, _, statements, declared = ON_POSTGRESQL[0]
    _create_function(connection, name, statements, declared)


def _create_function(connection: sa.Connection, name: str, statements: str, declared: str = "") -> None:
    declaration = f"DECLARE {declared}; " if declared else ""
    connection.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION carnet_mark_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ {declaration}"
        f"BEGIN {statements} RETURN NULL; END $$"
    )
