"""Whether a server is a copy of the primary, and how new it is."""

from persistence.dialects.postgresql.connections import PostgresqlReader
from persistence.dialects.postgresql.driver import DriverConnection
from persistence.dialects.postgresql.hosts import TIMELINE_OF_PRIMARY, TIMELINE_OR_ZERO
from persistence.dialects.read_positions import PLACE_BITS, TIMELINE_BITS

_TIMELINE_OF_STANDBY = (
    "(SELECT greatest(min_recovery_end_timeline, (SELECT received_tli FROM pg_stat_wal_receiver)) "
    "FROM pg_control_recovery())"
)
"""The timeline that a standby follows. For some minutes after a promotion it may be the one before: the standby writes
it to its disk later, and only members of the role pg_monitor see the timeline that it receives.
"""


def _position(timeline: str, place: str) -> str:
    """SQL for a position (`persistence.dialects.read_positions`), from SQL for its timeline and place in the log."""
    cluster = f"(SELECT system_identifier FROM pg_control_system())::numeric * {1 << TIMELINE_BITS}"
    return f"({cluster} + {timeline}) * {1 << PLACE_BITS} + ({place} - '0/0'::pg_lsn)"


REPLAYED = (
    f"SELECT CASE WHEN pg_is_in_recovery() THEN {_position(_TIMELINE_OF_STANDBY, 'pg_last_wal_replay_lsn()')} "
    f"ELSE {_position(f'({TIMELINE_OF_PRIMARY})', 'pg_current_wal_insert_lsn()')} END"
)
"""The position up to which the server has all changes. It is read before the snapshot of the read is taken: a function
in the read itself could see a newer position than its snapshot.
"""

_COMMITTED = (
    "CASE current_setting('synchronous_commit') WHEN 'off' "
    "THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END"
)

POSITION = f"SELECT {_position(f'({TIMELINE_OF_PRIMARY})', _COMMITTED)}"
"""Reads, on the primary, a position after all committed changes.

It is the position up to which the log was written to the disk: a standby gets the log up to there at once, and the rest
later. If `synchronous_commit` is off, a confirmed change may not be on the disk yet. Then the position is the end of
the log.
"""

IDENTITY = (
    "SELECT ARRAY[system_identifier, (SELECT oid::bigint FROM pg_database WHERE datname = current_database()), "
    "(SELECT oid::bigint FROM pg_namespace WHERE nspname = current_schema())] FROM pg_control_system()"
)
"""What a database and its copies have in common, and no other database has."""

TIMELINE = f"SELECT {TIMELINE_OR_ZERO}"


class NoCopyError(Exception):
    """The server has no copy of the primary."""


class OtherDatabaseError(NoCopyError):
    """The database of the server was not copied from the primary."""


class PromotedServerError(NoCopyError):
    """The server was promoted, and does not follow the primary any more."""


class Copies:
    """Checks whether servers are copies of the primary."""

    def __init__(self, primary: PostgresqlReader) -> None:
        self._primary = primary
        self._identity: object = None

    async def check(self, connection: DriverConnection) -> None:
        """Raise NoCopyError if the server of a connection is no copy of the primary. Notes on the connection whether
        the server is a standby.
        """
        if self._identity is None:
            (self._identity,) = await self._primary.run([(IDENTITY, ())])
        if await connection.fetchval(IDENTITY) != self._identity:
            raise OtherDatabaseError
        timeline = await connection.fetchval(TIMELINE)
        connection.is_standby = timeline == 0
        if timeline and (await self._primary.run([(TIMELINE, ())])) != [timeline]:
            raise PromotedServerError


def was_promoted(connection: DriverConnection) -> bool:
    """Whether the server was a standby when the connection was made, and has become a primary since."""
    return connection.is_standby and connection.get_settings().in_hot_standby == "off"
