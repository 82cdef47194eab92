"""The order of the change feed on PostgreSQL, where transactions commit in another order than they draw numbers.

Before a transaction draws a number, it takes a shared advisory lock whose key is the last number drawn so far. So a
number above the least such key may belong to a transaction that is still running; all numbers up to it are settled. A
transaction draws late, so readers wait for no more than its commit, however long it ran before.
"""

from sqlalchemy import BigInteger, Boolean, Integer, case, cast, column, func, literal_column, select, table

WRAP = 2**31
"""Keys of advisory locks have 31 bits here. No transaction runs while so many numbers are drawn."""

LOCK_CLASS = "'change_feed_item'::regclass::oid"
"""The other half of the key: the table, so that several schemas in one database do not share it."""

SEQUENCE = table("change_feed_item_no_seq", column("last_value", BigInteger), column("is_called", Boolean))
LAST_DRAWN = case((SEQUENCE.c.is_called, SEQUENCE.c.last_value), else_=SEQUENCE.c.last_value - 1)

ANNOUNCEMENT = select(
    func.pg_advisory_xact_lock_shared(
        cast(literal_column(LOCK_CLASS), Integer), cast(LAST_DRAWN % literal_column(str(WRAP)), Integer)
    )
    .is_(None)
    .label("locked")
).subquery("announcement")
"""On Citus, this runs on the coordinator before the statement around it, and its result, which is not void, is sent on.
"""

LAST_NUMBERS = f"""SELECT coalesce((
SELECT min(drawn - (drawn % {WRAP} - objid::bigint + {WRAP}) % {WRAP}) FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 2 AND classid = {LOCK_CLASS} AND drawn IS NOT NULL
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
), drawn) AS complete, drawn FROM (
SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS drawn FROM change_feed_item_no_seq OFFSET 0
) AS counter"""
"""It reads the number drawn last before it reads the announcements: a transaction that announces itself later draws a
higher number.
"""
