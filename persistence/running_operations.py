"""Changes that take long: how far they are, seen from outside their transaction, and how they are made to end.

A rule tells what it begins with `tell`. On PostgreSQL that stands in the name of its connection, which all servers over
the database see; it goes with the transaction. On SQLite it is known to the process that writes.
"""

import datetime as dt
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import text
from sqlmodel import Session

from persistence.exceptions import ChangeCanceled, ChangeTooLong

UNDER_WAY = "carnet_under_way"
"""Under this name a session carries the change that it makes."""

LOGGING = "LOGGING"
"""The phase that draws entry numbers; the others put lines on segments or only look."""

OPERATIONS = 50_000
"""So many operations of SQLite's machine lie between two looks at whether to go on."""

OPERATIONS_PER_ROW = 400
BYTES_PER_LINE = 120
"""What a row costs, roughly, as measured: progress is an estimate."""

NAME = "carnet at segment "


@dataclass(frozen=True)
class Progress:
    """How far a change is: an estimate. The total is 0 where it is not known yet."""

    phase: str
    done: int
    total: int
    started_at: dt.datetime


@dataclass
class RunningTransaction:
    """A running change or read. It ends at its time limit or when it is stopped; its transaction is then rolled
    back.
    """

    limit: float | None = None
    stopped: bool = False
    read_only: bool = False
    """It is a read, so the message of its timeout does not mention changes."""
    segment_id: int | None = None
    phase: str = ""
    total: int = 0
    started_at: dt.datetime | None = None
    looks: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds_left(self) -> float | None:
        """How long it may still take; nothing where there is no limit."""
        return None if self.limit is None else self.limit - (time.monotonic() - self.began)

    def must_end(self) -> bool:
        """Whether the statement that runs must be given up. Asked by SQLite again and again, in a thread of its own."""
        self.looks += 1
        return self.stopped or self._is_late()

    def ending(self) -> Exception | None:
        """Why it was given up, if it was."""
        if self.stopped:
            return ChangeCanceled("It was canceled while it was under way. Nothing was changed.")
        if self._is_late() and self.read_only:
            return TimeoutError(f"A read took longer than {self.limit:g} seconds.")
        if self._is_late():
            return ChangeTooLong(
                f"This took longer than {self.limit:g} seconds, so it was given up. Nothing was changed."
            )
        return None

    def _is_late(self) -> bool:
        left = self.seconds_left
        return left is not None and left <= 0


Keep = Callable[[Session, RunningTransaction], None]
"""Keeps what a change did, or says why not."""


def tell(session: Session, segment_id: int, phase: str, total: int, now: dt.datetime) -> None:
    """Say what is being done to a segment from here on: a phase, and how many rows it will make, 0 if that is not
    known.
    """
    change: RunningTransaction | None = session.info.get(UNDER_WAY)
    if change is None:
        return
    change.segment_id, change.phase, change.total, change.looks = segment_id, phase, total, 0
    change.started_at = change.started_at or now
    if session.get_bind().dialect.name == "postgresql":
        mark = (
            "(SELECT last_value FROM interaction_entry_no)" if phase == LOGGING else "pg_relation_size('segment_line')"
        )
        name = f"{NAME}{segment_id} {phase} {total} "
        session.execute(text(f"SELECT set_config('application_name', :name || {mark}, true)"), {"name": name})


class Watching(Protocol):
    """Looks at changes from outside."""

    async def progress(self) -> Mapping[int, Progress]:
        """How far each segment is that is worked on, by its id."""
        ...

    async def stop(self, segment_id: int) -> bool:
        """Have what is done to a segment end; False where nothing is. It ends soon afterwards."""
        ...


class Writer:
    """SQLite's one writer in this process, and the change that it makes."""

    def __init__(self) -> None:
        self.change: RunningTransaction | None = None

    async def progress(self) -> Mapping[int, Progress]:
        """By the operations that the machine has done."""
        change = self.change
        if change is None or change.segment_id is None or change.started_at is None:
            return {}
        done = min(change.total, change.looks * OPERATIONS // OPERATIONS_PER_ROW)
        return {change.segment_id: Progress(change.phase, done, change.total, change.started_at)}

    async def stop(self, segment_id: int) -> bool:
        """The statement ends at its next look."""
        if self.change is None or self.change.segment_id != segment_id:
            return False
        self.change.stopped = True
        return True


class Activity:
    """PostgreSQL's own list of what its connections do, for all servers over the database."""

    AT_WORK = f"pg_stat_activity WHERE datname = current_database() AND application_name LIKE '{NAME}"
    SEEN = (
        "SELECT json_agg(json_build_array(application_name, xact_start, (SELECT last_value FROM interaction_entry_no), "
        f"pg_relation_size('segment_line')))::text FROM {AT_WORK}%'"
    )

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    async def progress(self) -> Mapping[int, Progress]:
        """By the numbers drawn, or by what the lines grew."""
        (seen,) = await self._reader.run([(self.SEEN, ())])
        return dict(_read(*row) for row in json.loads(seen or "[]"))

    async def stop(self, segment_id: int) -> bool:
        """The statement that runs ends at once; between two statements nothing happens, so it is repeated."""
        canceled = f"SELECT bool_or(pg_cancel_backend(pid)) FROM {self.AT_WORK}{int(segment_id)} %'"
        (stopped,) = await self._reader.run([(canceled, ())])
        return bool(stopped)


def _read(name: str, begun: str, last_no: int, size: int) -> tuple[int, Progress]:
    segment_id, phase, total, mark = name.removeprefix(NAME).split()
    made = last_no - int(mark) if phase == LOGGING else (size - int(mark)) // BYTES_PER_LINE
    done = max(0, min(int(total), made))
    return int(segment_id), Progress(phase, done, int(total), dt.datetime.fromisoformat(begun))
