"""Citus: which sessions of rules use it.

A company is on one worker. Citus sends what a WITH or a subquery of the coordinator finds to all workers, so that such
a statement fails while any of them is down. Statements on the tables of one company, and INSERT … VALUES with a number
of a sequence, concern the worker of the company only. So on Citus, changes have more statements, each of one kind.
They do not lock or create tables on all workers, either.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

IS_CITUS = "SELECT current_setting('citus.enable_schema_based_sharding', true) IS NOT NULL"

SYNC_METADATA = "set_config('citus.enable_metadata_sync', 'on', true)"
DO_NOT_SYNC_METADATA = "SELECT set_config('citus.enable_metadata_sync', 'off', false)"
"""After it, Citus sends LOCK TABLE and CREATE TABLE only to the worker of the company. Otherwise it sends them to all
workers, so that they fail while any of them is down. It is safe, because all clients use the coordinator, where each
statement locks its tables, and because rules drop the tables that they create in the same transaction. Migrations
execute `SYNC_METADATA`. Both have no effect without Citus.
"""

PROPAGATE_LOCAL_SETTINGS = "SELECT set_config('citus.propagate_set_commands', 'local', false)"
"""After it, Citus also sends SET LOCAL to the workers. It has no effect without Citus."""

LIMIT_WAITING = "carnet_limit_waiting"
"""A key of `Session.info`. The value is the statement that limits how long a change waits for locks. Other settings of
a connection do not reach the workers, where rows are locked.
"""

TABLE_ARGUMENTS = "CAST(name AS regclass), CAST(current_schema() AS text), name"
MAKE_TABLE_LOCAL = (
    f"SELECT citus_drop_all_shards({TABLE_ARGUMENTS}, false) FROM (SELECT CAST(:name AS text) AS name) AS given",
    f"SELECT master_remove_partition_metadata({TABLE_ARGUMENTS}) FROM (SELECT CAST(:name AS text) AS name) AS given",
)
"""Make a table of the company an ordinary table of the coordinator. Citus sends DROP TABLE of any other table to all
workers.
"""

ON_CITUS = "carnet_on_citus"
"""A key of `Session.info`. The value is true if the session uses a coordinator of Citus."""


def is_on_citus(session: Session) -> bool:
    """Whether changes of this session go through a coordinator of Citus."""
    return bool(session.info.get(ON_CITUS))


def make_table_local(session: Session, name: str) -> None:
    """Make a table that this transaction has created one of the coordinator only, so that it can be dropped there."""
    for statement in MAKE_TABLE_LOCAL:
        session.execute(text(statement), {"name": name})
