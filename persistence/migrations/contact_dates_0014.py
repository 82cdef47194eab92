"""The dates of contacts of version 0014: their first computation from the log, and the triggers that mark days.

Do not edit this module: the result of a migration must stay the same.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from persistence.migrations import sums_0012

CONTACTS_AT_ONCE = 5_000
COUNTS = {
    "last_any": "",
    "last_interaction": " AND NOT attempt_failed",
    "last_attempt": " AND initiated_by = 'US'",
    "last_outbound": " AND information_flow = 'OUTBOUND'",
    "last_inbound": " AND information_flow = 'INBOUND'",
}
"""Which of the entries that are not canceled count for each date."""

ADDED = ("contact_no", "company_no", "initiated_by", "information_flow")
"""The columns of entries that dates depend on and sums do not."""


def replace_triggers(connection: sa.Connection, added: Sequence[str]) -> None:
    """Let the triggers of updates also mark days on which one of these columns changed."""
    columns = ", ".join((*sums_0012.COUNTED, *added))
    if connection.dialect.name == "postgresql":
        (function,) = (each for each in sums_0012.POSTGRESQL_TRIGGERS if "carnet_mark_days_of_update()" in each[:60])
        replaced = function.replace(sums_0012.ALL, columns)
        connection.exec_driver_sql(replaced.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
        return
    (trigger,) = (each for each in sums_0012.SQLITE_TRIGGERS if "carnet_mark_updated" in each)
    connection.exec_driver_sql("DROP TRIGGER carnet_mark_updated")
    connection.exec_driver_sql(trigger.replace(sums_0012.ALL, columns))


def next_batch(connection: sa.Connection) -> tuple[str, int, int] | None:
    """Compute the dates of the next contacts, by number. Returns the table, how many contacts are done and how many
    there are; None when all are done.
    """
    last = connection.scalar(sa.text("SELECT max(contact_no) FROM contact_date")) or ""
    chosen = sa.text(f"SELECT no FROM contact WHERE no > :last ORDER BY no LIMIT {CONTACTS_AT_ONCE}")
    numbers = list(connection.scalars(chosen, {"last": last}))
    if not numbers:
        return None
    dates = ", ".join(
        f"CASE WHEN type = 'COMPANY' THEN {_last('company_no', counts)} ELSE {_last('contact_no', counts)} END"
        for counts in COUNTS.values()
    )
    connection.execute(
        sa.text(
            f"INSERT INTO contact_date (contact_no, {', '.join(COUNTS)}) SELECT no, {dates} FROM contact "
            "WHERE no > :last AND no <= :end ORDER BY no"
        ),
        {"last": last, "end": numbers[-1]},
    )
    done, total = (
        connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0 for table in ("contact_date", "contact")
    )
    return "contact_date", done, total


def _last(owner: str, counts: str) -> str:
    return (
        f"(SELECT date FROM interaction_log_entry WHERE {owner} = contact.no AND NOT canceled{counts} "
        "ORDER BY date DESC LIMIT 1)"
    )
