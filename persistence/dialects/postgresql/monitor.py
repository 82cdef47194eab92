"""The progress of operations on segments, in the names of connections, which all servers over the database see."""

import datetime as dt
import json
from collections.abc import Mapping

from sqlalchemy import text
from sqlmodel import Session

from persistence.dialects.interface import Reader
from persistence.transactions.running_operations import LOGGING, Progress, RunningTransaction

NAME = "carnet segment "
"""The beginning of the application name of a connection that works on a segment. Then come the schema, the id of the
segment, the phase, the total and a starting value, see `publish`. The numbers are hexadecimal, because the server cuts
names after 63 bytes.
"""

SCHEMA = "to_hex(current_schema()::regnamespace::oid::bigint)"
"""Identifies the schema: segments of other schemas in the same database may have the same ids."""

BYTES_PER_LINE = 120
"""The approximate size of a segment line, as measured."""

RUNNING = f"pg_stat_activity WHERE datname = current_database() AND application_name LIKE '{NAME}' || {SCHEMA} || ' "
PROGRESS = (
    "SELECT json_agg(json_build_array(application_name, xact_start, (SELECT last_value FROM interaction_entry_no), "
    f"carnet_size_of_lines()))::text FROM {RUNNING}%'"
)


def publish(session: Session, running: RunningTransaction) -> None:
    """Name the connection for the rest of the transaction.

    The starting value is the last entry number when the phase draws numbers, else the size of the segment lines.
    """
    start = "(SELECT last_value FROM interaction_entry_no)" if running.phase == LOGGING else "carnet_size_of_lines()"
    name = f" {running.segment_id:x} {running.phase} {running.total:x} "
    named = f"SELECT set_config('application_name', '{NAME}' || {SCHEMA} || :name || to_hex({start}), true)"
    session.execute(text(named), {"name": name})


class ActivityMonitor:
    """Watches operations in `pg_stat_activity`, PostgreSQL's list of connections and what they do."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def progress(self) -> Mapping[int, Progress]:
        """Estimated from the entry numbers drawn, or from the growth of the segment lines."""
        (found,) = await self._reader.run([(PROGRESS, ())])
        return dict(_progress(*row) for row in json.loads(found or "[]"))

    async def stop(self, segment_id: int) -> bool:
        """Cancel the running statement. It has no effect between two statements, so it must be repeated."""
        canceled = f"SELECT bool_or(pg_cancel_backend(pid)) FROM {RUNNING}{segment_id:x} %'"
        (stopped,) = await self._reader.run([(canceled, ())])
        return bool(stopped)


def _progress(name: str, started_at: str, last_no: int, size: int) -> tuple[int, Progress]:
    _, segment_id, phase, total, start = name.removeprefix(NAME).split()
    rows = last_no - int(start, 16) if phase == LOGGING else (size - int(start, 16)) // BYTES_PER_LINE
    done = max(0, min(int(total, 16), rows))
    return int(segment_id, 16), Progress(phase, done, int(total, 16), dt.datetime.fromisoformat(started_at))
