"""Citus: which sessions of rules use it.

A company is on one worker. Citus sends what a WITH or a subquery of the coordinator finds to all workers, so that such
a statement fails while any of them is down. Statements on the tables of one company, and INSERT … VALUES with a number
of a sequence, concern the worker of the company only. So on Citus, changes have more statements, each of one kind.
Nor do they lock or create tables on all workers.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

IS_CITUS = "SELECT current_setting('citus.enable_schema_based_sharding', true) IS NOT NULL"

SYNC_METADATA = "set_config('citus.enable_metadata_sync', 'on', true)"
LOCK_AND_CREATE_HERE = "SELECT set_config('citus.enable_metadata_sync', 'off', false)"
"""Has LOCK TABLE and CREATE TABLE concern the coordinator and the worker of the company only. Otherwise Citus sends
them to all workers, so that they fail while any of them is down. That is safe, because all clients use the coordinator,
where each statement locks its tables, and because these tables are dropped by the transaction that creates them.
Migrations set `SYNC_METADATA`. Other servers ignore both.
"""

NAMES = "CAST(name AS regclass), CAST(current_schema() AS text), name"
FORGET_TABLE = (
    f"SELECT citus_drop_all_shards({NAMES}, false) FROM (SELECT CAST(:name AS text) AS name) AS given",
    f"SELECT master_remove_partition_metadata({NAMES}) FROM (SELECT CAST(:name AS text) AS name) AS given",
)
"""Make a table of the company an ordinary table of the coordinator. DROP TABLE of an ordinary table concerns no worker;
that of another one would be sent to all.
"""

ON_CITUS = "carnet_on_citus"
"""A key of `Session.info`. The value is true if the session uses a coordinator of Citus."""


def is_on_citus(session: Session) -> bool:
    """Whether changes of this session go through a coordinator of Citus."""
    return bool(session.info.get(ON_CITUS))


def forget_table(session: Session, name: str) -> None:
    """Prepare a table that this transaction has created to be dropped."""
    for statement in FORGET_TABLE:
        session.execute(text(statement), {"name": name})
