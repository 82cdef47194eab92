"""The stored sums of version 0012: their triggers, and their computation from the log.

Do not edit this module: the result of a migration must stay the same.
"""

import sqlalchemy as sa

DAYS_AT_ONCE = 50
SUMS = ("interactions", "succeeded", "cost_high", "cost_low", "duration", "evaluated", "score", "targets", "responses")
KINDS = ("TEMPLATE", "GROUP", "SALESPERSON", "CAMPAIGN", "EVALUATION", "HOUR", "TOTAL")
COUNTED = (
    "date",
    "time_of_interaction",
    "template_code",
    "group_code",
    "salesperson_code",
    "campaign_no",
    "evaluation",
    "attempt_failed",
    "cost",
    "duration",
    "campaign_target",
    "campaign_response",
)
"""The columns of entries that sums depend on, besides the canceled mark."""

ALL = ", ".join(COUNTED)
POINTS = (
    "CASE evaluation WHEN 'VERY_POSITIVE' THEN 2 WHEN 'POSITIVE' THEN 1 WHEN 'NEGATIVE' THEN -1 "
    "WHEN 'VERY_NEGATIVE' THEN -2 ELSE 0 END"
)

POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION carnet_mark_days() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
INSERT INTO dirty_day SELECT DISTINCT date FROM changed WHERE NOT canceled;
RETURN NULL;
END $$""",
    f"""CREATE FUNCTION carnet_mark_days_of_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
INSERT INTO dirty_day SELECT DISTINCT date FROM (
(SELECT {ALL} FROM old_rows WHERE NOT canceled EXCEPT ALL SELECT {ALL} FROM new_rows WHERE NOT canceled) UNION ALL
(SELECT {ALL} FROM new_rows WHERE NOT canceled EXCEPT ALL SELECT {ALL} FROM old_rows WHERE NOT canceled)) AS changed;
RETURN NULL;
END $$""",
    """CREATE FUNCTION carnet_mark_all_days() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
INSERT INTO dirty_day SELECT DISTINCT day FROM day_sum;
RETURN NULL;
END $$""",
    "CREATE TRIGGER carnet_mark_truncated AFTER TRUNCATE ON interaction_log_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION carnet_mark_all_days()",
    "CREATE TRIGGER carnet_mark_inserted AFTER INSERT ON interaction_log_entry REFERENCING NEW TABLE AS changed "
    "FOR EACH STATEMENT EXECUTE FUNCTION carnet_mark_days()",
    "CREATE TRIGGER carnet_mark_deleted AFTER DELETE ON interaction_log_entry REFERENCING OLD TABLE AS changed "
    "FOR EACH STATEMENT EXECUTE FUNCTION carnet_mark_days()",
    "CREATE TRIGGER carnet_mark_updated AFTER UPDATE ON interaction_log_entry REFERENCING OLD TABLE AS old_rows "
    "NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION carnet_mark_days_of_update()",
)
"""The days of rows that were inserted or deleted; of updated rows, those on which a sum may have changed."""

MARK = "INSERT INTO dirty_day SELECT {0}.date WHERE NOT EXISTS (SELECT 1 FROM dirty_day WHERE day = {0}.date);"

SQLITE_TRIGGERS = (
    f"CREATE TRIGGER carnet_mark_inserted AFTER INSERT ON interaction_log_entry WHEN NOT NEW.canceled "
    f"BEGIN {MARK.format('NEW')} END",
    f"CREATE TRIGGER carnet_mark_deleted AFTER DELETE ON interaction_log_entry WHEN NOT OLD.canceled "
    f"BEGIN {MARK.format('OLD')} END",
    f"CREATE TRIGGER carnet_mark_updated AFTER UPDATE OF canceled, {ALL} ON interaction_log_entry "
    f"WHEN NOT (OLD.canceled AND NEW.canceled) BEGIN {MARK.format('OLD')} {MARK.format('NEW')} END",
)

DAYS_OF_LOG = """INSERT INTO dirty_day WITH RECURSIVE days(day) AS (
SELECT min(date) FROM interaction_log_entry
UNION ALL
SELECT (SELECT min(date) FROM interaction_log_entry WHERE date > days.day) FROM days WHERE days.day IS NOT NULL
) SELECT day FROM days WHERE day IS NOT NULL"""
"""Marks all days of the log. It looks each one up in the index of dates, and does not read the entries."""


def create_triggers(connection: sa.Connection) -> None:
    """Create the triggers, which no writer can miss from then on, and mark all days."""
    is_postgresql = connection.dialect.name == "postgresql"
    for statement in POSTGRESQL_TRIGGERS if is_postgresql else SQLITE_TRIGGERS:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(DAYS_OF_LOG)


def drop_triggers(connection: sa.Connection) -> None:
    """Drop the triggers and their functions."""
    is_postgresql = connection.dialect.name == "postgresql"
    for name in ("inserted", "deleted", "updated", *(["truncated"] if is_postgresql else [])):
        connection.exec_driver_sql(
            f"DROP TRIGGER carnet_mark_{name}{' ON interaction_log_entry' if is_postgresql else ''}"
        )
    if is_postgresql:
        for function in ("carnet_mark_days", "carnet_mark_days_of_update", "carnet_mark_all_days"):
            connection.exec_driver_sql(f"DROP FUNCTION {function}()")


def next_batch(connection: sa.Connection) -> tuple[str, int, int] | None:
    """Compute the sums of the next days, oldest first. Returns the table, how many days are done and how many there
    are; None when all are done.

    The marks are deleted before the entries are read: a change that is committed in between keeps its mark.
    """
    days = sa.text(f"SELECT DISTINCT day FROM dirty_day ORDER BY day LIMIT {DAYS_AT_ONCE}").columns(day=sa.Date)
    chosen = [row.day for row in connection.execute(days)]
    if not chosen:
        return None
    within = [sa.bindparam("first", chosen[0], type_=sa.Date), sa.bindparam("last", chosen[-1], type_=sa.Date)]
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    for statement in (
        "DELETE FROM dirty_day WHERE day BETWEEN :first AND :last",
        f"DELETE FROM day_sum WHERE kind IN ({kinds}) AND day BETWEEN :first AND :last",
        f"INSERT INTO day_sum (kind, key, day, {', '.join(SUMS)}) {_sums(connection)}",
    ):
        connection.execute(sa.text(statement).bindparams(*within))
    counts = "SELECT count(DISTINCT day) FROM dirty_day", "SELECT count(*) FROM day_sum WHERE kind = 'TOTAL'"
    left, done = (connection.scalar(sa.text(count)) or 0 for count in counts)
    return "day_sum", done, done + left


def _sums(connection: sa.Connection) -> str:
    """The SELECT of the sums of the days between `first` and `last`."""
    is_postgresql = connection.dialect.name == "postgresql"
    keys = {
        "template": "coalesce(template_code, '')",
        "its_group": "coalesce(group_code, '')",
        "salesperson": "coalesce(salesperson_code, '')",
        "campaign": "coalesce(campaign_no, '')",
        "its_evaluation": "coalesce(evaluation, '')",
        "hour": "to_char(time_of_interaction, 'HH24')" if is_postgresql else "substr(time_of_interaction, 1, 2)",
    }
    sums = {
        "interactions": "count(*)",
        "succeeded": "count(*) FILTER (WHERE NOT attempt_failed)",
        "cost_high": "sum(cost)" if is_postgresql else "sum(cost / 1000000000)",
        "cost_low": "0" if is_postgresql else "sum(cost % 1000000000)",
        "duration": "sum(duration)",
        "evaluated": "count(evaluation)",
        "score": f"sum({POINTS})",
        "targets": "count(*) FILTER (WHERE campaign_target)",
        "responses": "count(*) FILTER (WHERE campaign_response)",
    }
    all_keys = ", ".join(f"{value} AS {name}" for name, value in keys.items())
    counted = "FROM interaction_log_entry WHERE NOT canceled AND date BETWEEN :first AND :last"
    if is_postgresql:
        each = ", ".join(f"(date, {name})" for name in keys)
        kind = " ".join(f"WHEN {name} IS NOT NULL THEN '{kind}'" for name, kind in zip(keys, KINDS, strict=False))
        return (
            f"SELECT CASE {kind} ELSE 'TOTAL' END, coalesce({', '.join(keys)}, ''), date, {', '.join(sums.values())} "
            f"FROM (SELECT *, {all_keys} {counted}) AS counted GROUP BY GROUPING SETS ({each}, (date)) ORDER BY 1, 2, 3"
        )
    combined = ", ".join(f"{value} AS {name}" for name, value in sums.items())
    added = ", ".join(f"sum({name})" for name in sums)
    selects = " UNION ALL ".join(
        f"SELECT '{kind}', {name}, date, {added} FROM combined GROUP BY date, {name}"
        for kind, name in zip(KINDS, (*keys, "''"), strict=True)
    )
    by_all = ", ".join(("date", *keys))
    return (
        f"WITH combined AS (SELECT date, {all_keys}, {combined} {counted} GROUP BY {by_all}) SELECT * FROM ({selects})"
    )
