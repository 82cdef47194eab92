"""The lines with a contact that are not logged, because they are blocked or left out due to a warning (K8, K27)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import CTE, RowMapping, Select, case, func, select, true

from persistence.segments import Segment
from resolvers.segments.lines.line_updates import LINE
from resolvers.segments.logging.line_status import (
    REASON_COLUMNS,
    CheckedLine,
    LineStatus,
    checked_line,
    lines_with_status,
)
from resolvers.segments.logging.warnings import LeaveOut, parameters
from resolvers.selections import MAX_SHOWN
from resolvers.work import Work


@dataclass(frozen=True)
class NotLogged:
    """How many lines are not logged, and the first 100 blocked ones. `checksum` is the sum of all their numbers."""

    blocked: int = 0
    left_out: int = 0
    checksum: int = 0
    blocked_lines: list[CheckedLine] = field(default_factory=list)


def not_logged(work: Work, segment: Segment, leave_out: LeaveOut) -> NotLogged:
    """The lines that are not logged now, read by one statement."""
    return from_summary(work.session.execute(_statement(leave_out), parameters(work, segment.id)).mappings().all())


@cache
def _statement(leave_out: LeaveOut) -> Select[Any]:
    return summary(lines_not_logged(leave_out))


@cache
def lines_not_logged_by_number(leave_out: LeaveOut) -> Select[Any]:
    """Selects the lines that are not logged, in their order, for `from_rows`."""
    lines = lines_not_logged(leave_out)
    return select(lines).order_by(lines.c.line_no)


def lines_not_logged(leave_out: LeaveOut) -> CTE:
    """The lines that are not logged, with their reasons."""
    with_status = lines_with_status(leave_out)
    return (
        with_status.select(LINE.c.line_no, with_status.status.label("status"), *REASON_COLUMNS)
        .where(LINE.c.contact_no.is_not(None), with_status.status != LineStatus.READY.value)
        .cte("not_logged")
    )


def summary(lines: CTE) -> Select[Any]:
    """Selects the counts of these lines together with the first 100 blocked ones, for `from_summary`."""
    is_blocked = lines.c.status == LineStatus.BLOCKED.value
    counts = (
        select(
            func.count().label("count"),
            func.coalesce(func.sum(lines.c.line_no), 0).label("checksum"),
            func.coalesce(func.sum(case((is_blocked, 1), else_=0)), 0).label("blocked"),
        )
        .select_from(lines)
        .subquery("counts")
    )
    first = select(lines).where(is_blocked).order_by(lines.c.line_no).limit(MAX_SHOWN).subquery("first")
    return select(counts, first).select_from(counts.outerjoin(first, true())).order_by(first.c.line_no)


def from_summary(rows: Sequence[RowMapping]) -> NotLogged:
    """The lines that are not logged, from the result of `summary`."""
    count, checksum, blocked = (int(rows[0][name]) for name in ("count", "checksum", "blocked"))
    blocked_lines = [checked_line(row) for row in rows if row["line_no"] is not None]
    return NotLogged(blocked, count - blocked, checksum, blocked_lines)


def from_rows(rows: Sequence[RowMapping]) -> NotLogged:
    """The lines that are not logged, from all of their rows."""
    blocked = [row for row in rows if row["status"] == LineStatus.BLOCKED.value]
    checksum = sum(row["line_no"] for row in rows)
    first = [checked_line(row) for row in blocked[:MAX_SHOWN]]
    return NotLogged(len(blocked), len(rows) - len(blocked), checksum, first)
